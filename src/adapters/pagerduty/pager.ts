import * as z from 'zod';
import type { Severity } from '../../domain/severity.ts';
import type { Page, Pager } from '../../ports/pager.ts';
import { SystemError } from '../../ports/system-error.ts';
import { askJson } from '../http.ts';
import type { Policy } from '../resilience.ts';

export const PAGERDUTY = 'PagerDuty';

export interface PagerDutySettings {
  /** The Events API v2, `https://events.pagerduty.com/v2/enqueue`. */
  readonly url: string;
  /** By team; `default` for a team without its own. */
  readonly routingKeys: Readonly<Record<string, string>>;
  readonly source: string;
  readonly policy: Policy;
}

const Confirmed = z.looseObject({ dedup_key: z.string() });

/** `Event object is invalid: routing_key: …` */
const Problem = z
  .looseObject({ message: z.string(), errors: z.array(z.string()).default([]) })
  .transform(({ message, errors }) => [message, ...errors].join(': '));

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
        throw new SystemError(PAGERDUTY, 'refused', `There is no PAGERDUTY_ROUTING_KEY for ${page.team}.`, {
          sent: 'no',
          mayRetry: false,
        });
      }
      const body = JSON.stringify(event(page, routingKey, settings.source));
      const send = async () =>
        await askJson(PAGERDUTY, {
          method: 'POST',
          url: settings.url,
          headers: { 'content-type': 'application/json' },
          body,
          signal,
          problem: (answer) => Problem.safeParse(answer).data ?? null,
        });
      const confirmed = Confirmed.safeParse(await settings.policy.repeatable(send, signal));
      if (confirmed.data?.dedup_key === page.dedupKey) return page.dedupKey;
      const words = `${PAGERDUTY} did not confirm the page ${page.dedupKey}; nobody can be sure that it was heard.`;
      throw new SystemError(PAGERDUTY, 'not understood', words, { sent: 'maybe', mayRetry: false });
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
