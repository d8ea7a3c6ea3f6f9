import type { InventorySync } from '../../../src/ports/order-service.ts';
import type { LockSeen } from '../../../src/ports/redis.ts';
import type { Findings } from '../../../src/runbooks/define-runbook.ts';
import type { InventoryData } from '../../../src/runbooks/inventory-reservation/checks.ts';
import type { LocksFound } from '../../../src/runbooks/inventory-reservation/locks.ts';
import type { ReservationClass, ReservationLogs } from '../../../src/runbooks/inventory-reservation/logs.ts';
import type { StockSeen } from '../../../src/runbooks/inventory-reservation/stock.ts';
import type { LagSeen } from '../../../src/runbooks/shared/lag.ts';
import type { GroupSeen } from '../../../src/runbooks/shared/lag-memory.ts';
import type { RateSeen } from '../../../src/runbooks/shared/success-rate.ts';
import { MINUTE, NOW, ordersSeen, seen } from '../../support/runbooks.ts';

/** Lines by class, the newest a minute old. */
export function logCounts(
  lines: Partial<Record<ReservationClass, number>>,
  change: Partial<ReservationLogs> & { readonly lastAt?: number | null } = {},
): ReservationLogs {
  const { lastAt = NOW - MINUTE, ...rest } = change;
  const of = (name: ReservationClass) => ({ lines: lines[name] ?? 0, lastAt: lines[name] ? lastAt : null });
  return {
    classes: {
      race: of('race'),
      lock: of('lock'),
      timeout: of('timeout'),
      'sold out': of('sold out'),
      oversold: of('oversold'),
    },
    unclassed: 0,
    newestAt: lastAt,
    whole: true,
    containers: 3,
    problems: [],
    products: [],
    ...rest,
  };
}

export function aSync(change: Partial<InventorySync> = {}): InventorySync {
  return { running: false, lastSyncAt: NOW - 2 * MINUTE, words: null, catalogUp: true, ...change };
}

/** A lock that is so many minutes old; null: it does not tell. */
export function aLock(sku: string, minutes: number | null, holder = `holder-of-${sku}`): LockSeen {
  return { key: `lock:inventory:${sku}`, holder, ageMs: minutes === null ? null : minutes * MINUTE };
}

export function locksFound(change: Partial<LocksFound> = {}): LocksFound {
  return { total: 0, stale: 0, live: 0, untold: 0, replica: false, oldest: [], ...change };
}

/** Two old ones and three live ones. */
export function staleFound(change: Partial<LocksFound> = {}): LocksFound {
  return locksFound({ total: 5, stale: 2, live: 3, oldest: [aLock('a', 40), aLock('b', 12)], ...change });
}

export function aLag(change: Partial<GroupSeen> = {}): LagSeen {
  const group: GroupSeen = {
    group: 'order-inventory-consumer',
    kind: 'classic',
    state: 'Stable',
    members: 2,
    lag: 3,
    samples: [],
    trend: null,
    catchUpMs: null,
    inState: { since: NOW - 9 * MINUTE, looks: 9 },
    partitions: [],
    more: 0,
    ...change,
  };
  return { groups: [group], total: 1, behind: Number(group.lag >= 100), whole: true };
}

export function aRate(change: Partial<RateSeen> = {}): RateSeen {
  return {
    percent: 99,
    answered: 3,
    pods: 3,
    attempts: null,
    window: null,
    samples: [],
    usual: null,
    ...change,
  };
}

/** Products as both sides count them; where they differ, since so many seconds. */
export function someStock(
  products: readonly (readonly [product: string, catalog: number, ours: number, since?: number])[],
): StockSeen {
  const all = products.map(([product, catalog, ours, since]) => ({
    product,
    failed: 3,
    catalog,
    ours,
    differsSince: since === undefined ? null : NOW - since * 1_000,
  }));
  const names = (of: typeof all) => of.map(({ product }) => product);
  return {
    products: all,
    differing: names(all.filter(({ differsSince }) => differsSince !== null && NOW - differsSince >= 60_000)),
    soldOut: names(all.filter(({ catalog, ours }) => catalog <= 0 && ours <= 0)),
    silent: { catalog: 0, ours: 0 },
  };
}

/** All is well, but for what is given. */
export function findings(change: Partial<Findings<InventoryData>> = {}): Findings<InventoryData> {
  return {
    sync: seen('healthy', aSync()),
    logs: seen('healthy', logCounts({})),
    lag: seen('healthy', aLag()),
    locks: seen('healthy', locksFound({ total: 3, live: 3 })),
    rate: seen('healthy', aRate()),
    stock: seen('skipped', null),
    oversold: seen('skipped', null),
    consumers: seen('skipped', null),
    orders: seen('healthy', ordersSeen(60)),
    ...change,
  };
}
