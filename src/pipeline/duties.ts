import type { PersonId } from '../domain/ids.ts';
import { changeOf } from './change.ts';
import type { Answer, Parts } from './parts.ts';

/** Anybody may say that a duty is done, with their name; also after its incident has ended. */
export async function tickOff(parts: Parts, id: string, by: PersonId): Promise<Answer> {
  return await parts.journal.transact('duty done', async (tx) => {
    const of = await tx.incidentOfDuty(id);
    const incident = of === null ? null : await tx.incident(of);
    const duty = incident?.owed.find((one) => one.id === id);
    if (incident === null || duty === undefined)
      return { ok: false, because: 'This button belongs to no duty that is known here.' };
    if (duty.done !== null) return { ok: false, because: `<@${duty.done.by}> ticked it off already.` };
    tx.save(changeOf(incident, [{ type: 'duty done', duty: id, by, at: tx.now }], parts.rules));
    return { ok: true, because: `Ticked off with your name: ${duty.what}` };
  });
}
