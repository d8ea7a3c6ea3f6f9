import type { ServerActivity, SessionSeen } from '../../../src/ports/orders-database.ts';
import type { PoolData } from '../../../src/runbooks/database-pool/checks.ts';
import type { DatabaseSeen } from '../../../src/runbooks/database-pool/database.ts';
import { NO_CONNECTION } from '../../../src/runbooks/database-pool/logs.ts';
import type { PoolSeen } from '../../../src/runbooks/database-pool/pool.ts';
import type { Findings, Judging } from '../../../src/runbooks/define-runbook.ts';
import type { Load } from '../../../src/runbooks/shared/load.ts';
import type { PodsSeen } from '../../../src/runbooks/shared/pods.ts';
import {
  aDeployment,
  aJudging,
  logCounts,
  MINUTE,
  NOW,
  ordersSeen,
  seen,
  someSettings,
  trafficSeen,
} from '../../support/runbooks.ts';

export const SPIKE: Load = { perMinute: 300, usual: 100, than: 'last week at this hour' };
export const MORE: Load = { perMinute: 170, usual: 100, than: 'last week at this hour' };
export const USUAL: Load = { perMinute: 100, usual: 100, than: 'last week at this hour' };

/** Pools of 20; `full` if any is, for as long as `forMs`. */
export function pools(active: readonly number[], change: Partial<PoolSeen> = {}, forMs = MINUTE): PoolSeen {
  const full = active.filter((each) => each >= 18);
  return {
    pools: active.map((each, place) => ({ pod: `pod-${place + 1}`, active: each, size: 20 })),
    pods: active.length,
    fullSince: full.length > 0 ? NOW - forMs : null,
    full: full.length > 0 && forMs >= 15_000,
    allFullSince: full.length === active.length ? NOW - forMs : null,
    looks: [],
    load: null,
    ...change,
  };
}

export function anActivity(change: Partial<ServerActivity> = {}, ours: object = {}): ServerActivity {
  return {
    active: 20,
    idleInTransaction: 1,
    connections: 42,
    maxConnections: 100,
    reserved: 3,
    upMs: 40 * 24 * 60 * MINUTE,
    standby: false,
    byApplication: [
      { application: 'order-service', connections: 30, active: 20, idleMs: [], ...ours },
      { application: 'reports', connections: 12, active: 0, idleMs: [] },
    ],
    missingRight: null,
    ...change,
  };
}

export function aDatabase(change: Partial<DatabaseSeen> = {}): DatabaseSeen {
  return {
    full: false,
    moving: false,
    activity: anActivity(),
    ours: { connections: 30, active: 20, left: 0 },
    roleChangedAt: null,
    ...change,
  };
}

export function aSession(change: Partial<SessionSeen> = {}): SessionSeen {
  return {
    pid: 4711,
    backendStart: '2026-03-10T02:00:00.000001Z',
    queryStart: '2026-03-10T03:04:05.678901Z',
    user: 'orders',
    application: 'order-service',
    state: 'active',
    forMs: 90_000,
    query: 'select * from orders where id = ?',
    blockedBy: [],
    blocks: 0,
    blocksMs: 0,
    untouchable: null,
    missingGrant: null,
    ...change,
  };
}

export const blocking = (change: Partial<SessionSeen> = {}): SessionSeen =>
  aSession({ state: 'idle in transaction', blocks: 3, blocksMs: 80_000, ...change });

export function somePods(change: Partial<PodsSeen> = {}): PodsSeen {
  return { ready: 1, total: 1, restartedAt: null, waiting: [], ...change };
}

/** All is well, but for what is given. */
export function findings(change: Partial<Findings<PoolData>> = {}): Findings<PoolData> {
  return {
    pool: seen('healthy', pools([4, 5])),
    database: seen('healthy', aDatabase()),
    sessions: seen('healthy', { sessions: [] }),
    pods: seen('healthy', somePods()),
    service: seen('healthy', { state: aDeployment(), settings: someSettings() }),
    logs: seen('healthy', logCounts(NO_CONNECTION)),
    orders: seen('healthy', ordersSeen(60)),
    traffic: seen('healthy', trafficSeen(100)),
    ...change,
  };
}

export type Given = Partial<Findings<PoolData>>;

export function judged(given: Given = {}, change: Partial<Judging<PoolData>> = {}): Judging<PoolData> {
  return aJudging(findings(given), change);
}

export const given = {
  pool: (active: readonly number[], change: Partial<PoolSeen> = {}, forMs = MINUTE): Given => ({
    pool: seen('broken', pools(active, change, forMs)),
  }),
  database: (change: Partial<DatabaseSeen>): Given => ({ database: seen('broken', aDatabase(change)) }),
  sessions: (...sessions: readonly SessionSeen[]): Given => ({ sessions: seen('broken', { sessions }) }),
  pods: (change: Partial<PodsSeen>): Given => ({ pods: seen('broken', somePods(change)) }),
  leak: { database: seen('broken', aDatabase({ ours: { connections: 40, active: 0, left: 5 } })) } as Given,
  small: {
    pool: seen('broken', pools([19, 20], { load: USUAL }, 10 * MINUTE)),
  } as Given,
  spike: { pool: seen('broken', pools([19, 20], { load: SPIKE })) } as Given,
};
