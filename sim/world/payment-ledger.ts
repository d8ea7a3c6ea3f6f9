import type { Outcome } from './gateway.ts';

/** One attempt that ended. */
export interface Tried extends Pick<Outcome, 'result' | 'code'> {
  readonly begunAt: number;
  readonly endedAt: number;
  readonly pod: string;
  readonly order: string;
  /** 1 for the order's first. */
  readonly attempt: number;
}

export interface PaymentFigures {
  /** Since the world began. */
  readonly attempts: number;
  readonly declines: number;
  /** 0 to 1: successes ÷ (attempts − declines) of the last 5 minutes; 1 when there were none. */
  readonly successRate: number;
}

/** Every attempt that ended; what the pods show as numbers is counted from it. */
export interface PaymentLedger {
  record(tried: Tried): void;
  all(): readonly Tried[];
  /** Forgets the attempts for which a scenario tells another story. */
  forget(matches: (tried: Tried) => boolean): void;
  /** Of one pod, or of all together when none is named. */
  figures(at: number, pod?: string): PaymentFigures;
}

const RATE_WINDOW_MS = 5 * 60_000;

export function createPaymentLedger(): PaymentLedger {
  let entries: Tried[] = [];
  return {
    record(tried) {
      entries.push(tried);
    },
    all() {
      return entries;
    },
    forget(matches) {
      entries = entries.filter((tried) => !matches(tried));
    },
    figures(at, pod) {
      const mine = entries.filter((tried) => pod === undefined || tried.pod === pod);
      const recent = mine.filter(
        ({ endedAt, result }) => result !== 'declined' && endedAt > at - RATE_WINDOW_MS && endedAt <= at,
      );
      const paid = recent.filter(({ result }) => result === 'paid').length;
      return {
        attempts: mine.length,
        declines: mine.filter(({ result }) => result === 'declined').length,
        successRate: recent.length === 0 ? 1 : paid / recent.length,
      };
    },
  };
}
