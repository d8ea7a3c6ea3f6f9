import type { Duty } from '../domain/duty.ts';
import { mentioned, type PersonId } from '../domain/ids.ts';
import type { Incident, IncidentEvent } from '../domain/incident.ts';
import { runbookById } from '../runbooks/catalogue.ts';
import { doneWord, owedFor } from '../runbooks/shared/by-hand.ts';
import { changeOf } from './change.ts';
import type { Answer, Parts } from './parts.ts';

/** The duty that is done now, and where it comes from; absent: there is none. */
interface Ticked {
  readonly incident?: Incident;
  readonly duty?: Duty;
}

/** Whose doing left the duty: who asked for the run or approved it, or ticked off the step; null: nobody knows. */
export function whoLeft({ runs, ticks }: Incident, { run: id, step, owner }: Duty): PersonId | null {
  if (/^[UW][A-Z0-9]+$/.test(owner)) return owner;
  const run = runs.find((one) => one.id === id);
  if (run !== undefined) return run.requestedBy ?? run.by;
  return ticks.find((tick) => tick.step === step)?.by ?? null;
}

/** Anybody may say that a duty is done, with their name; also after its incident has ended. */
export async function tickOff(parts: Parts, id: string, by: PersonId): Promise<Answer & Ticked> {
  return await parts.journal.transact('duty done', async (tx) => {
    const of = await tx.incidentOfDuty(id);
    const incident = of === null ? null : await tx.incident(of);
    const duty = incident?.owed.find((one) => one.id === id);
    if (incident === null || duty === undefined)
      return { ok: false, because: 'This button belongs to no duty that is known here.' };
    if (duty.done !== null)
      return { ok: false, because: `${mentioned(duty.done.by)} ticked it off already.`, incident, duty };
    const done = { ...duty, done: { by, at: tx.now } };
    const events: IncidentEvent[] = [
      { type: 'duty done', duty: id, by, at: tx.now },
      ...ticksOf(incident, duty, by, tx.now),
    ];
    tx.save(changeOf(incident, events, parts.rules));
    return { ok: true, because: `Ticked off with your name: ${duty.what}`, incident, duty: done };
  });
}

/** Steps by hand that did nothing but this: with it they are ticked off too. */
function ticksOf(incident: Incident, duty: Duty, by: PersonId, at: number): readonly IncidentEvent[] {
  return (runbookById(incident.runbook).byHand ?? []).flatMap((step) => {
    const left = owedFor(incident, step.ends);
    const answer = doneWord(step);
    if (answer === null || left.length !== 1 || left[0]?.id !== duty.id) return [];
    return [{ type: 'ticked' as const, tick: { step: step.id, answer, by, at }, at }];
  });
}
