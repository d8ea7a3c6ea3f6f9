import type { OrderId } from '../domain/ids.ts';

/** R38: what the server has to give, and who takes it. */
export interface ServerActivity {
  /** Of all clients of the server, in whatever database. */
  readonly active: number;
  readonly idleInTransaction: number;
  readonly connections: number;
  readonly maxConnections: number;
  /** Kept back for superusers and reserved roles. */
  readonly reserved: number;
  /** ms since it started, by its own clock. */
  readonly upMs: number;
  /** A standby answered. */
  readonly standby: boolean;
  /** Clients of the orders database itself; at most 100 names, those with most connections. */
  readonly byApplication: readonly {
    readonly application: string;
    readonly connections: number;
    readonly active: number;
    /** ms that each session has been idle in its transaction, longest first; at most 100. */
    readonly idleMs: readonly number[];
  }[];
  /** Other sessions' states are hidden from our role: the `GRANT` that would show them; null: all is seen. */
  readonly missingRight: string | null;
}

/** Which session: a pid alone can belong to another one by the time somebody clicks. */
export interface SessionKey {
  readonly pid: number;
  /** As the server wrote them, to the microsecond. */
  readonly backendStart: string;
  readonly queryStart: string;
}

export interface SessionSeen extends SessionKey {
  readonly user: string;
  readonly application: string;
  readonly state: string;
  /** ms since its query began. */
  readonly forMs: number;
  /** At most 300 characters, literals replaced by `?`. */
  readonly query: string;
  /** Pids that it waits for. */
  readonly blockedBy: readonly number[];
  /** How many wait for it, also in a chain. */
  readonly blocks: number;
  /** ms that the query of the longest of those has run; 0: none waits. */
  readonly blocksMs: number;
  /** Why it may never be terminated from here; null: it may. */
  readonly untouchable:
    | 'replication'
    | 'superuser'
    | 'own session'
    | 'anti-wraparound vacuum'
    | 'server process'
    | null;
  /** The `GRANT` without which we may not end it; null: we may. */
  readonly missingGrant: string | null;
}

/** R72, by plain EXPLAIN. */
export interface PlanSeen {
  readonly scan: 'sequential' | 'index';
  /** Rows that the planner expects. */
  readonly rows: number;
  /** The index that it uses; null: none. */
  readonly index: string | null;
}

/** X8. */
export interface OversoldQuestion {
  /** The error code of an oversold order. */
  readonly code: string;
  /** Statuses of orders that somebody has decided already. */
  readonly decided: readonly string[];
  /** Of orders created in the last so many minutes. */
  readonly windowMinutes: number;
  /** At most so many are named. */
  readonly most: number;
  /** Ages count from here, epoch ms of story time. */
  readonly now: number;
}

export interface OversoldOrders {
  /** The newest first; `since` is epoch ms. */
  readonly orders: readonly { readonly id: OrderId; readonly since: number }[];
  /** Of those that were read, the ones whose id is no order's. */
  readonly unread: number;
  /** All that there are. */
  readonly total: number;
  readonly source: 'oversold view' | 'orders table';
}

export interface SessionQuestions {
  /** Throws SystemError *exhausted* where not even we get a connection. */
  activity(signal: AbortSignal): Promise<ServerActivity>;
  /**
   * R39, of the orders database: queries under way, and whoever others wait for. Those first that most wait for, then the
   * longest. Throws SystemError *forbidden* with the `GRANT` that is missing where sessions of others are hidden from our role,
   * *refused* where a standby answered.
   */
  sessions(most: number, signal: AbortSignal): Promise<readonly SessionSeen[]>;
  /** R42's binding and proof: whether that very session still runs that very query; throws like `sessions`. */
  session(key: SessionKey, signal: AbortSignal): Promise<SessionSeen | null>;
  /** Without which R38 and R39 see only what is ours, and R42 ends nothing; null: nothing is missing. */
  missingGrants(
    signal: AbortSignal,
  ): Promise<{ readonly toSee: string | null; readonly toEnd: string | null }>;
  /** R72. `from` and `to`: `2024-01-01`, both inclusive. */
  exportPlan(from: string, to: string, signal: AbortSignal): Promise<PlanSeen>;
}

export interface OrdersDatabaseLever {
  /**
   * R42: ends that session if it is still that backend and query. Throws SystemError: *refused* with `sent: 'no'` when it is not,
   * *forbidden* with the `GRANT` that is missing.
   */
  terminate(key: SessionKey, signal: AbortSignal): Promise<string>;
}
