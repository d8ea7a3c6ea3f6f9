import type { Run } from '../domain/run.ts';
import type { Parts } from './parts.ts';

/** A lease is renewed so often, ms; a call that begins has ended before the lease does. */
const RENEW_MS = 1_000;

/** Holds the lease of a run. */
export interface Keeper {
  held(): boolean;
  stop(): void;
}

/** Renews the lease every second; once it could not be renewed, nothing more may begin. */
export function keepLease(parts: Parts, run: Run): Keeper {
  const { callMs, runLeaseMs } = parts.rules.timing;
  const over = new AbortController();
  let renewedAt = parts.clock.now();
  void (async () => {
    while (!over.signal.aborted) {
      await parts.clock.sleep(Math.min(RENEW_MS, (runLeaseMs - callMs) / 3), over.signal);
      if (over.signal.aborted) return;
      const renewed = await parts.journal.renewRun(run.id, runLeaseMs).catch(() => false);
      if (renewed) renewedAt = parts.clock.now();
    }
  })();
  return {
    // A call that begins now has ended before the lease does.
    held: () => parts.clock.now() - renewedAt < runLeaseMs - callMs,
    stop: () => over.abort(),
  };
}
