import type { RunId } from '../domain/ids.ts';
import type { Parts } from './parts.ts';

/** A lease is renewed so often, ms; a call that begins has ended before the lease does. */
const RENEW_MS = 1_000;

/** Holds the lease of a run. */
export interface Keeper {
  held(): boolean;
  stop(): void;
}

/**
 * Renews the lease every second; once it could not be renewed, nothing more may begin.
 * @param claimedAt real time just before the claim was asked for
 */
export function keepLease(parts: Parts, run: RunId, claimedAt: number): Keeper {
  const { callMs, runLeaseMs } = parts.rules.timing;
  const over = new AbortController();
  let renewedAt = claimedAt;
  void (async () => {
    while (!over.signal.aborted) {
      await parts.clock.sleep(Math.min(RENEW_MS, (runLeaseMs - callMs) / 3), over.signal);
      if (over.signal.aborted) return;
      // Counted from before the question: the answer may have been long on its way.
      const askedAt = parts.clock.now();
      const renewed = await parts.journal.renewRun(run, runLeaseMs).catch(() => false);
      if (renewed) renewedAt = askedAt;
    }
  })();
  return {
    // A call that begins now has ended before the lease does.
    held: () => parts.clock.now() - renewedAt < runLeaseMs - callMs,
    stop: () => over.abort(),
  };
}
