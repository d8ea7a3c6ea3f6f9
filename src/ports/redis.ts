/** One lock as Redis holds it. */
export interface LockSeen {
  readonly key: string;
  /**
   * Whose lock it is: SHA-1 of the lock's value in hex, as Redis' own scripts make it. The value proves who may release the
   * lock, so it leaves the adapter nowhere; two locks of one key are told apart by this.
   */
  readonly holder: string;
  /** ms since it was taken; null: neither its time to live nor its value tells. */
  readonly ageMs: number | null;
}

export interface LocksSeen {
  /** All that were found; the oldest first, those without an age last. At most 10,000 are looked at one by one. */
  readonly locks: readonly LockSeen[];
  /** All keys that match, also those that were not looked at one by one. */
  readonly total: number;
  /** A replica answered: nothing may be deleted there. */
  readonly replica: boolean;
}

export interface LockQuestion {
  /** A glob of Redis: `lock:inventory:*`. */
  readonly pattern: string;
  /** The time to live that a fresh lock gets, ms: its age is this minus what is left. Null: only its value can tell. */
  readonly ttlMs: number | null;
}

/** Reads only. Throws SystemError. */
export interface RedisProbe {
  /** R12: by SCAN in small steps, never KEYS. */
  locks(question: LockQuestion, signal: AbortSignal): Promise<LocksSeen>;
  /** By key, whose lock it is now; a key that is gone is left out. */
  holders(keys: readonly string[], signal: AbortSignal): Promise<Readonly<Record<string, string>>>;
}

export interface RedisLever {
  /**
   * R14: deletes one lock if it is still this holder's, compared and deleted in one step by Redis itself; a lock that was taken
   * again survives. Resolves with what happened, in one sentence, also when it was gone already; throws SystemError *refused*
   * with `sent: 'no'` when it is another's by now or a replica answers.
   */
  deleteLock(key: string, holder: string, signal: AbortSignal): Promise<string>;
}
