import { DONE, tickOf } from '../../domain/by-hand.ts';
import { type Duty, openDuties } from '../../domain/duty.ts';
import type { ByHandId, Incident, Tick } from '../../domain/incident.ts';
import type { AnyByHand, Ends, Judging } from '../define-runbook.ts';
import type { Thresholds } from '../thresholds.ts';

type Ticked = Pick<Judging<unknown>, 'incident' | 'now' | 'thresholds'>;

/** Until when what a person saw counts, epoch ms; then somebody has to look again. */
export function seenUntil({ at }: Tick, { seenByHandMinutes }: Thresholds): number {
  return at + seenByHandMinutes * 60_000;
}

/** What a person says they see (*incident*), while it is fresh enough to count; null: nobody says anything. */
export function seenByHand({ incident, now, thresholds }: Ticked, step: ByHandId): string | null {
  const tick = tickOf(incident, step);
  return tick === null || seenUntil(tick, thresholds) < now ? null : tick.answer;
}

/** What a tick of this step says when it is done; null: it only says what was seen. */
export function doneWord({ answers, done }: Pick<AnyByHand, 'answers' | 'done'>): string | null {
  return done ?? (answers === undefined ? DONE : null);
}

/** Duties that nobody has ticked off and that a step by hand does. */
export function owedFor(
  { runs, owed }: Pick<Incident, 'runs' | 'owed'>,
  ends: Ends | undefined,
): readonly Duty[] {
  if (ends === undefined) return [];
  return openDuties(owed).filter(({ run, step, what }) => {
    const from = step ?? runs.find(({ id }) => id === run)?.action;
    return from !== undefined && ends.after.includes(from) && what.startsWith(ends.begins);
  });
}
