import type { JudgedCause } from './finding.ts';
import type { Incident } from './incident.ts';

/** When a cause was last supported, and since when every judgement has ruled it out; null: not yet, or not any more. */
export interface CauseMemory {
  readonly supportedAt: number;
  readonly clearSince: number | null;
}

export type CauseHistory = Readonly<Record<string, CauseMemory>>;

/** One judgement further. A cause that was never supported is not remembered; what was not seen anew changes nothing. */
export function rememberCauses(
  before: CauseHistory,
  causes: readonly JudgedCause[],
  at: number,
): CauseHistory {
  const after: Record<string, CauseMemory> = { ...before };
  for (const { id, verdict, kept } of causes) {
    const known = before[id];
    if (kept !== undefined) continue;
    if (verdict === 'supported') after[id] = { supportedAt: at, clearSince: null };
    else if (known !== undefined)
      after[id] = { ...known, clearSince: verdict === 'ruled out' ? (known.clearSince ?? at) : null };
  }
  return after;
}

/** Two judgements so far apart say that it is over (runbook-knowledge §0). */
export const OVER_MS = 60_000;

/** *Over*: was supported in this incident and has been ruled out for at least `forMs`. Unknown is never over. */
export function isOver(history: CauseHistory, id: string, now: number, forMs: number = OVER_MS): boolean {
  const known = history[id];
  return known?.clearSince != null && now - known.clearSince >= forMs;
}

/** Causes that were supported in this incident and are not now: at its end they are the answer to what it had been. */
export function causesBefore({
  diagnosis,
  causeHistory,
}: Pick<Incident, 'diagnosis' | 'causeHistory'>): readonly JudgedCause[] {
  return (diagnosis?.causes ?? []).filter(
    ({ id, verdict }) => verdict !== 'supported' && causeHistory[id] !== undefined,
  );
}
