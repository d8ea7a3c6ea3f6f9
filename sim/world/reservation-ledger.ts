export type ReservationCode = 'INVENTORY_UNAVAILABLE' | 'RESERVATION_TIMEOUT' | 'OVERSOLD_PRODUCT';

/** One reservation that ended. */
export interface Reserved {
  readonly endedAt: number;
  readonly pod: string;
  readonly order: string;
  /** Null: it went well. */
  readonly code: ReservationCode | null;
}

export interface ReservationFigures {
  /** Since the world began. */
  readonly attempts: number;
  /** 0 to 1, of the last 5 minutes; 1 when there were none. */
  readonly successRate: number;
}

/** Every reservation that ended; what the pods show as numbers is counted from it. */
export interface ReservationLedger {
  record(reserved: Reserved): void;
  all(): readonly Reserved[];
  /** Forgets those for which a scenario tells another story. */
  forget(matches: (reserved: Reserved) => boolean): void;
  /** Of one pod, or of all together when none is named. */
  figures(at: number, pod?: string): ReservationFigures;
}

const RATE_WINDOW_MS = 5 * 60_000;

export function createReservationLedger(): ReservationLedger {
  let entries: Reserved[] = [];
  return {
    record(reserved) {
      entries.push(reserved);
    },
    all: () => entries,
    forget(matches) {
      entries = entries.filter((reserved) => !matches(reserved));
    },
    figures(at, pod) {
      const mine = entries.filter((reserved) => pod === undefined || reserved.pod === pod);
      const recent = mine.filter(({ endedAt }) => endedAt > at - RATE_WINDOW_MS && endedAt <= at);
      const good = recent.filter(({ code }) => code === null).length;
      return { attempts: mine.length, successRate: recent.length === 0 ? 1 : good / recent.length };
    },
  };
}
