/**
 * Real time and waiting. Story time (deadlines, ages, expiries) is never taken from here: it comes with each
 * transaction of the journal (`Transaction.now`), so that all replicas share one clock.
 */
export interface Clock {
  /** Epoch ms of real time: leases, call deadlines, pacing, signatures. */
  now(): number;
  /** Resolves after `ms` of real time, or at once when the signal fires. Never rejects. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

/** Chance. */
export interface Ids {
  /** A new id that sorts by time (UUID version 7). */
  next(): string;
}

/**
 * Every commit and every call to the outside passes through here. A fault test ends the process before or after
 * the named work; the names that were seen are the list of kill points.
 */
export type Step = <T>(name: string, work: () => Promise<T>) => Promise<T>;
