import type { IncidentId } from '../domain/ids.ts';
import type { Delivery } from '../ports/journal.ts';
import { saying } from './news.ts';
import type { Parts } from './parts.ts';
import { acknowledge, resolve } from './people.ts';

/** What somebody did in PagerDuty, read from its webhook. */
export interface PagerDutyWord {
  readonly kind: 'acknowledged' | 'resolved';
  readonly incident: IncidentId;
  /** The incident's at the time of the page; null: nobody knows. */
  readonly generation: number | null;
  readonly by: string;
}

/** PagerDuty's own acknowledge and resolve count like a person's here. Saying it twice changes nothing. */
export async function hearPagerDuty(
  parts: Parts,
  word: PagerDutyWord | null,
  delivery: Delivery,
): Promise<void> {
  if (word?.kind === 'acknowledged') await acknowledge(parts, word.incident, `pagerduty:${word.by}`);
  const no = word?.kind === 'resolved' ? await resolvedThere(parts, word) : null;
  await parts.journal.transact('pagerduty', async (tx) => {
    await tx.done(delivery);
    if (word === null || no === null) return;
    const incident = await tx.incident(word.incident);
    // What has ended, or is nothing of ours, needs no word.
    if (incident === null || incident.state === 'resolved') return;
    const line = `${word.by} resolved it in PagerDuty; it goes on here. ${no}`;
    tx.note({ type: 'refused', by: `pagerduty:${word.by}`, incident: incident.id, because: no });
    tx.say(saying(incident, `pagerduty/${delivery.deliveryId}`, [line]));
  });
}

/** Why their word does not end it; null: it does. */
async function resolvedThere(
  parts: Parts,
  { incident, generation, by }: PagerDutyWord,
): Promise<string | null> {
  const reason = `Resolved in PagerDuty by ${by}.`;
  const said = await resolve(parts, incident, `pagerduty:${by}`, reason, generation);
  return said.ok ? null : said.because;
}
