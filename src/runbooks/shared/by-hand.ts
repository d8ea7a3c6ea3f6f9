import { tickOf } from '../../domain/by-hand.ts';
import type { ByHandId, Tick } from '../../domain/incident.ts';
import type { Judging } from '../define-runbook.ts';
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
