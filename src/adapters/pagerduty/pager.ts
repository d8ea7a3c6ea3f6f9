import type { Severity } from '../../domain/severity.ts';
import type { Page, Pager } from '../../ports/pager.ts';
import { SystemError } from '../../ports/system-error.ts';
import { askJson } from '../http.ts';

const SYSTEM = 'PagerDuty';

export interface PagerDutySettings {
  /** The Events API v2, `https://events.pagerduty.com/v2/enqueue`. */
  readonly url: string;
  /** By team; `default` for a team without its own. */
  readonly routingKeys: Readonly<Record<string, string>>;
  readonly source: string;
}

const SEVERITY = {
  critical: 'critical',
  high: 'error',
  medium: 'warning',
  low: 'info',
} as const satisfies Record<Severity, string>;

/** PagerDuty's Events API v2. Asking again with the same dedup key is harmless. */
export function pagerDuty(settings: PagerDutySettings): Pager {
  return {
    async send(page, signal) {
      const routingKey = settings.routingKeys[page.team] ?? settings.routingKeys['default'];
      if (routingKey === undefined) {
        throw new SystemError(SYSTEM, 'refused', `There is no PAGERDUTY_ROUTING_KEY for ${page.team}.`, {
          sent: 'no',
          mayRetry: false,
        });
      }
      await askJson(SYSTEM, {
        method: 'POST',
        url: settings.url,
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(event(page, routingKey, settings.source)),
        signal,
        problem: (body) =>
          typeof body === 'object' && body !== null && 'message' in body ? String(body.message) : null,
      });
      return page.dedupKey;
    },
  };
}

function event(page: Page, routingKey: string, source: string): object {
  const head = { routing_key: routingKey, dedup_key: page.dedupKey, event_action: page.action };
  if (page.action === 'resolve') return head;
  return {
    ...head,
    payload: {
      summary: page.summary.slice(0, 1024),
      source,
      severity: SEVERITY[page.severity],
      custom_details: page.details,
    },
    links: page.links,
  };
}
