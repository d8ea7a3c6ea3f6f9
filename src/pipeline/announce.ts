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

/** A rung's channel that Slack refused. */
interface RungNotReached {
  readonly what: 'not reached';
  readonly channel: string;
  readonly rung: number;
  readonly because: string;
}

/** A team's channel that Slack refused, for something owed. */
interface DutyNotReached {
  readonly what: 'duty not reached';
  readonly duty: string;
  readonly channel: string;
  readonly because: string;
}

/** Told in the card's thread, and of a rung in the alerts channel too; once by its key. */
export async function notReached(
  parts: Parts,
  incident: IncidentId,
  key: string,
  what: RungNotReached | DutyNotReached,
): Promise<void> {
  await parts.journal.transact('not reached', async (tx) =>
    tx.say({ stream: `thread ${incident}`, key, kind: 'slack post', payload: { incident, ...what } }),
  );
}
