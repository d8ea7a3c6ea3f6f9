import type { Clock } from '../ports/clock.ts';

/** Gives up what it is handed to. */
export interface TimeLimit extends Disposable {
  /** Aborts when the time is up, unless the limit was disposed of before. */
  readonly signal: AbortSignal;
}

/** @param ms from now on */
export function timeLimit(clock: Clock, ms: number): TimeLimit {
  const ending = new AbortController();
  const timer = new AbortController();
  void clock.sleep(ms, timer.signal).then(() => timer.signal.aborted || ending.abort());
  return { signal: ending.signal, [Symbol.dispose]: () => timer.abort() };
}
