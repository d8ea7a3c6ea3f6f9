import * as z from 'zod';
import type { Alert, Reading, Unmatched } from '../domain/alert.ts';
import {
  alertsOf,
  IntakeError,
  type IntakeRules,
  matches,
  ofAnother,
  ofNoRunbook,
  safeUrl,
  scopeOf,
} from './rules.ts';

const Labels = z.record(z.string(), z.string());

const Payload = z.object({
  version: z.literal('4'),
  externalURL: z.string().optional(),
  truncatedAlerts: z.number().int().nonnegative().default(0),
  alerts: z
    .array(
      z.object({
        status: z.enum(['firing', 'resolved']),
        labels: Labels,
        annotations: Labels.default({}),
        startsAt: z.string(),
        generatorURL: z.string().optional(),
        fingerprint: z.string().min(1),
      }),
    )
    .max(10_000),
});

/**
 * Alertmanager's webhook, version "4": one alert for each that the group holds.
 * @throws IntakeError for anything else
 */
export function readAlertmanager(body: unknown, rules: IntakeRules): Reading {
  const read = Payload.safeParse(body);
  if (!read.success) {
    const version = typeof body === 'object' && body !== null && 'version' in body ? body.version : undefined;
    if (version !== '4') throw new IntakeError(wrongVersion(version));
    throw new IntakeError(
      `Alertmanager's webhook does not read as version "4": ${z.prettifyError(read.error).split('\n').join(' ').slice(0, 300)}.`,
    );
  }
  const alerts: Alert[] = [];
  const unmatched: Unmatched[] = [];
  for (const one of read.data.alerts) {
    const said = Object.values(one.annotations).join(' ');
    const text = [one.labels['alertname'], said].filter(Boolean).join(': ');
    const environment = one.labels[rules.environmentLabel];
    if (environment !== undefined && environment !== rules.environment) {
      const because = ofAnother(environment, rules);
      unmatched.push({ source: 'alertmanager', key: one.fingerprint, reason: 'other environment', because });
      continue;
    }
    const found = matches(text, one.labels, rules);
    if (found.length === 0) {
      const because = ofNoRunbook(one.labels['alertname'] ?? '(without a name)', text, one.labels, rules);
      unmatched.push({ source: 'alertmanager', key: one.fingerprint, reason: 'unknown code', because });
      continue;
    }
    const startsAt = Date.parse(one.startsAt);
    const common = {
      source: 'alertmanager' as const,
      key: one.fingerprint,
      status: one.status,
      scope: scopeOf(one.labels, rules),
      // Alertmanager's zero time is the year 1: it says nothing.
      startsAt: startsAt > 0 ? startsAt : null,
      url: safeUrl(one.generatorURL) ?? safeUrl(read.data.externalURL),
      tellsResolved: true,
      by: null,
    };
    alerts.push(...alertsOf(common, text, one.labels, found));
  }
  const { truncatedAlerts } = read.data;
  const remarks =
    truncatedAlerts === 0
      ? []
      : [
          `Alertmanager left out ${truncatedAlerts} more ${truncatedAlerts === 1 ? 'alert' : 'alerts'} of this group (max_alerts).`,
        ];
  return { alerts, unmatched, remarks };
}

/** Says what stands in the version's place; the number 4 looks right in JSON and is not. */
function wrongVersion(version: unknown): string {
  if (typeof version === 'number') {
    return `This is not Alertmanager's webhook of version "4": version is the number ${version}; Alertmanager sends the string "4".`;
  }
  const said = JSON.stringify(version)?.slice(0, 60);
  return `This is not Alertmanager's webhook of version "4" (version is ${said}).`;
}
