import {
  BrokenCircuitError,
  ConsecutiveBreaker,
  circuitBreaker,
  handleWhen,
  IterableBackoff,
  retry,
  TaskCancelledError,
} from 'cockatiel';
import { SystemError, type SystemFault } from '../ports/system-error.ts';

/** How all calls to one system deal with trouble. The caller's signal is the one deadline of everything in here. */
export interface Policy {
  /** A question, or a change that is harmless twice: repeated where the error's `mayRetry` says that it can help. */
  repeatable<T>(work: () => Promise<T>, signal: AbortSignal): Promise<T>;
  /** A change: sent once or not at all, whatever comes back. */
  once<T>(work: () => Promise<T>, signal: AbortSignal): Promise<T>;
}

/** Our defaults. */
const DEFAULTS = {
  /** So many failures in a row open the breaker. */
  failures: 5,
  /** An open breaker lets nobody through for so long, ms; then one call tries. */
  restMs: 8_000,
  /** Waits before each repetition, ms; their number is the number of repetitions. */
  backoffMs: [100, 400] as readonly number[],
};

/** Faults after which nothing is known but that the system is in trouble. A 4xx is an answer. */
const SILENT: readonly SystemFault[] = ['unreachable', 'too slow', 'failed'];

/**
 * One object per system, shared by its probe and its lever. While its breaker is open nothing is sent: the call
 * throws SystemError `unreachable` with `sent: 'no'`, so an approved change fails for sure and is never *unknown*.
 */
export function policyFor(system: string, options: Partial<typeof DEFAULTS> = {}): Policy {
  const { failures, restMs, backoffMs } = { ...DEFAULTS, ...options };
  // A change that may have been done is read back next. Counted, it could open the breaker before its own read-back.
  const uncertain = new WeakSet<Error>();
  const counter = new ConsecutiveBreaker(failures);
  const breaker = circuitBreaker(
    handleWhen((err) => err instanceof SystemError && SILENT.includes(err.fault) && !uncertain.has(err)),
    { breaker: counter, halfOpenAfter: restMs },
  );
  const again = retry(
    handleWhen((err) => err instanceof SystemError && err.mayRetry),
    { maxAttempts: backoffMs.length, backoff: new IterableBackoff(backoffMs) },
  );
  let openedAt = 0;
  breaker.onBreak(() => {
    openedAt = Date.now();
  });

  async function attempt<T>(work: () => Promise<T>, signal: AbortSignal): Promise<T> {
    let begun = false;
    let giveUp: () => void = () => undefined;
    // Behind a half-open breaker a call waits for the one that tries, and must not wait beyond its own deadline.
    const waitedTooLong = new Promise<never>((_resolve, reject) => {
      giveUp = () => {
        if (!begun) reject(notAsked());
      };
      signal.addEventListener('abort', giveUp);
    });
    try {
      if (signal.aborted) throw notAsked();
      const answer = breaker.execute(async () => {
        if (signal.aborted) throw notAsked();
        begun = true;
        return await work();
      }, signal);
      return await Promise.race([answer, waitedTooLong]);
    } finally {
      signal.removeEventListener('abort', giveUp);
    }
  }

  function notAsked(): SystemError {
    return new SystemError(system, 'too slow', `${system} was not asked: the time was up before.`, {
      sent: 'no',
      mayRetry: true,
    });
  }

  function explained(err: unknown): unknown {
    if (err instanceof TaskCancelledError) return notAsked();
    if (!(err instanceof BrokenCircuitError)) return err;
    const times = Math.max(failures, counter.state);
    const seconds = Math.max(1, Math.ceil((openedAt + restMs - Date.now()) / 1_000));
    const last = breaker.lastFailure;
    const cause = last !== undefined && 'error' in last && last.error instanceof Error ? last.error : null;
    const words = `${system} has failed ${times} times in a row; it is asked again in ${seconds} s.`;
    return new SystemError(
      system,
      'unreachable',
      cause === null ? words : `${words} The last time: ${cause.message}`,
      { sent: 'no', mayRetry: true, cause },
    );
  }

  return {
    repeatable: async (work, signal) =>
      await again
        .execute(async () => await attempt(work, signal), signal)
        .catch((err: unknown) => {
          throw explained(err);
        }),
    once: async (work, signal) =>
      await attempt(
        async () =>
          await work().catch((err: unknown) => {
            if (err instanceof SystemError && err.sent === 'maybe') uncertain.add(err);
            throw err;
          }),
        signal,
      ).catch((err: unknown) => {
        throw explained(err);
      }),
  };
}
