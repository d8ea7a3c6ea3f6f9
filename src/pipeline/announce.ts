import type { IncidentId } from '../domain/ids.ts';
import { changeOf } from './change.ts';
import { firstVerdict } from './news.ts';
import type { Parts } from './parts.ts';

/**
 * The card stands for the first time. A verdict that came while it was on its way is told like one that comes later.
 * @param withVerdict whether what was posted surely held the first verdict
 */
export async function announced(parts: Parts, id: IncidentId, withVerdict: boolean): Promise<void> {
  await parts.journal.transact('announced', async (tx) => {
    const incident = await tx.incident(id);
    if (incident === null || incident.announcedAt !== null) return;
    const late = !withVerdict && incident.diagnosis !== null && incident.state !== 'resolved';
    const news = late && incident.diagnosis !== null ? firstVerdict(incident, incident.diagnosis) : [];
    tx.save(changeOf(incident, [{ type: 'announced', at: tx.now }], parts.rules, news));
  });
}

/** A rung's channel that Slack refused is told in the card's thread and in the alerts channel, once by its key. */
export async function notReached(
  parts: Parts,
  id: IncidentId,
  key: string,
  what: { readonly channel: string; readonly rung: number; readonly because: string },
): Promise<void> {
  await parts.journal.transact('not reached', async (tx) =>
    tx.say({
      stream: `thread ${id}`,
      key,
      kind: 'slack post',
      payload: { what: 'not reached', incident: id, ...what },
    }),
  );
}

/** A team's channel that Slack refused, for something owed: it is told in the card's thread, once by its key. */
export async function dutyNotReached(
  parts: Parts,
  id: IncidentId,
  key: string,
  what: { readonly duty: string; readonly channel: string; readonly because: string },
): Promise<void> {
  await parts.journal.transact('not reached', async (tx) =>
    tx.say({
      stream: `thread ${id}`,
      key,
      kind: 'slack post',
      payload: { what: 'duty not reached', incident: id, ...what },
    }),
  );
}
