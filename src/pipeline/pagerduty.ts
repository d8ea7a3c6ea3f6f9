import type { IncidentId } from '../domain/ids.ts';
import type { Delivery } from '../ports/journal.ts';
import type { Parts } from './parts.ts';
import { acknowledge, resolve } from './people.ts';

/** What somebody did in PagerDuty, read from its webhook. */
export interface PagerDutyWord {
  readonly kind: 'acknowledged' | 'resolved';
  readonly incident: IncidentId;
  readonly by: string;
}

/** PagerDuty's own acknowledge and resolve count like a person's here. Saying it twice changes nothing. */
export async function hearPagerDuty(
  parts: Parts,
  word: PagerDutyWord | null,
  delivery: Delivery,
): Promise<void> {
  if (word?.kind === 'acknowledged') await acknowledge(parts, word.incident, `pagerduty:${word.by}`);
  if (word?.kind === 'resolved')
    await resolve(parts, word.incident, `pagerduty:${word.by}`, `Resolved in PagerDuty by ${word.by}.`);
  await parts.journal.transact('pagerduty', async (tx) => await tx.done(delivery));
}
