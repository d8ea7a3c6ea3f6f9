import type { RunId } from '../domain/ids.ts';
import type { VoiceStore } from '../ports/voice.ts';
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

/**
 * Works under a named lease, which is renewed meanwhile however long the work takes; false when somebody else holds it.
 * `held` is to be asked before each call to the outside.
 */
export async function underLease(
  { parts, voice, name }: { readonly parts: Parts; readonly voice: VoiceStore; readonly name: string },
  work: (held: () => boolean) => Promise<boolean>,
): Promise<boolean> {
  const { clock, rules } = parts;
  const ms = rules.timing.voiceMs;
  const take = async () => {
    const asked = clock.now();
    return (await voice.lease(name, ms)) ? asked + ms : 0;
  };
  let until = await take();
  if (until === 0) return false;
  const over = new AbortController();
  void (async () => {
    while (!over.signal.aborted) {
      await clock.sleep(Math.min(RENEW_MS, ms / 4), over.signal);
      if (!over.signal.aborted) until = Math.max(until, await take().catch(() => 0));
    }
  })();
  try {
    return await work(() => clock.now() < until);
  } finally {
    over.abort();
  }
}
