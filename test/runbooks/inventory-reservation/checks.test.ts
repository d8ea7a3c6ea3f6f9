import { describe, expect, test } from 'vitest';
import { NO_IDS } from '../../../src/domain/alert.ts';
import type { InventorySync } from '../../../src/ports/order-service.ts';
import type { LocksSeen } from '../../../src/ports/redis.ts';
import type { LocksFound } from '../../../src/runbooks/inventory-reservation/locks.ts';
import { inventoryLocks } from '../../../src/runbooks/inventory-reservation/locks.ts';
import type { ReservationLogs } from '../../../src/runbooks/inventory-reservation/logs.ts';
import { RUNBOOK_NAMES } from '../../../src/runbooks/names.ts';
import { DEFAULT_THRESHOLDS } from '../../../src/runbooks/thresholds.ts';
import { anIncident } from '../../support/incidents.ts';
import { aLog, diagnosed, fakeProbes, MINUTE, NOW, silent } from '../../support/runbooks.ts';
import { aLock, aSync } from './support.ts';

const ID = 'inventory-reservation';

describe('R9', () => {
  const look = async (change: Partial<InventorySync>) =>
    (await diagnosed(ID, fakeProbes({ orderService: { inventorySync: async () => aSync(change) } }))).of(
      'R9',
    );
  const ago = (minutes: number) => NOW - minutes * MINUTE;

  test.each<[string, Partial<InventorySync>, string, string]>([
    ['2 min ago', {}, 'healthy', 'ended 2 min ago; the next automatic one is due in 3 min.'],
    ['10 min ago', { lastSyncAt: ago(10) }, 'healthy', 'ended 10 min ago; the next one is due.'],
    ['under way', { running: true, lastSyncAt: ago(6) }, 'healthy', 'ended 6 min ago. One is running.'],
    [
      '11 min ago, with its words',
      { lastSyncAt: ago(11), words: 'disk full' },
      'broken',
      'ended 11 min ago; one is due every 5 min. It says: disk full.',
    ],
    ['never', { lastSyncAt: null }, 'unknown', 'names no sync of the inventory that went well.'],
    ['no source of truth', { catalogUp: false }, 'broken', 'The catalog does not answer'],
    ['ahead of our clock', { lastSyncAt: NOW + MINUTE }, 'healthy', 'ended 0 s ago'],
  ])('%s', async (_what, change, verdict, words) => {
    expect(await look(change)).toMatchObject({ verdict, line: expect.stringContaining(words) });
  });
});

describe('R10', () => {
  const look = async (lines: readonly string[], ago = 1) => {
    const kubernetes = { logs: async () => [aLog(lines, {}, ago)] };
    return (await diagnosed(ID, fakeProbes({ kubernetes }))).of('R10');
  };
  const counts = async (line: string) => {
    const { classes, unclassed } = (await look([line])).data as ReservationLogs;
    return [
      ...Object.entries(classes).flatMap(([name, { lines }]) => (lines > 0 ? [name] : [])),
      ...(unclassed > 0 ? ['unclassed'] : []),
    ].join();
  };

  test.each([
    ['code=RESERVATION_TIMEOUT waited_ms=30000 held=lock:inventory:sku-1', 'lock'],
    ['code=RESERVATION_TIMEOUT sku=sku-1 took 30 s', 'timeout'],
    ['code=INVENTORY_UNAVAILABLE available=0 requested=1', 'sold out'],
    ['code=OVERSOLD_PRODUCT stock=-2', 'oversold'],
    ['race condition on stock row 17', 'race'],
    ['code=OVERSOLD_PRODUCT race condition: lost lock:inventory:sku-1', 'race'],
    ['code=INVENTORY_UNAVAILABLE OptimisticLockException', 'race'],
    ['code=INVENTORY_UNAVAILABLE could not acquire distributed lock', 'lock'],
    ['code=RESERVATION_TIMEOUT LockTimeout after 30s', 'lock'],
    ['code=RESERVATION_TIMEOUT deadlock detected', 'lock'],
    ['code=INVENTORY_UNAVAILABLE product="Bike lock, red"', 'sold out'],
    ['code=INVENTORY_UNAVAILABLE sku=lock-9 available=0', 'sold out'],
    [String.raw`code=INVENTORY_UNAVAILABLE {\"title\":\"Race car\"}`, 'sold out'],
    ['code=RESERVATION_TIMEOUT clock skew, request blocked', 'timeout'],
  ])('%s is %s', async (line, name) => {
    expect(await counts(line)).toBe(name);
  });

  test('a line that names a lock by the key of our users tells of a lock', async () => {
    const lines = ['code=RESERVATION_TIMEOUT waited_ms=30000 held=stock/hold/sku-1'];
    const kubernetes = { logs: async () => [aLog(lines, {}, 1)] };
    const lockIn = async (lockPattern: string) => {
      const names = { redis: { ...RUNBOOK_NAMES.redis, lockPattern } };
      const look = await diagnosed(ID, fakeProbes({ kubernetes }), { names });
      return (look.of('R10').data as ReservationLogs).classes.lock.lines;
    };
    expect(await lockIn('stock/hold/*')).toBe(1);
    expect(await lockIn('stock*')).toBe(0);
    expect(await lockIn('keep/*')).toBe(0);
  });

  test('five that go on are trouble; those that stopped are said to have', async () => {
    const lines = Array.from({ length: 5 }, () => 'code=INVENTORY_UNAVAILABLE available=0');
    expect(await look(lines)).toMatchObject({
      verdict: 'broken',
      line: '5 reservations failed in 30 min (sold out 5).',
    });
    expect(await look(lines, 9)).toMatchObject({
      verdict: 'healthy',
      line: '5 reservations failed in 30 min (sold out 5), none in the last 9 min.',
    });
  });
});

describe('R12', () => {
  const look = async (seen: Partial<LocksSeen>, lockTtlSeconds: number | null = 3_600) => {
    const locks = seen.locks ?? [];
    return await inventoryLocks.look({
      probes: fakeProbes({
        redis: { locks: async () => ({ total: locks.length, replica: false, ...seen, locks }) },
      }),
      ids: NO_IDS,
      history: async () => [],
      histories: async () => ({}),
      thresholds: DEFAULT_THRESHOLDS,
      names: { ...RUNBOOK_NAMES, redis: { ...RUNBOOK_NAMES.redis, lockTtlSeconds } },
      now: NOW,
      previous: null,
      incident: anIncident([]),
      signal: new AbortController().signal,
    });
  };

  test.each<[string, Partial<LocksSeen>, string, string]>([
    ['none', {}, 'healthy', 'No inventory lock is held.'],
    ['live ones', { locks: [aLock('a', 5), aLock('b', 0)] }, 'healthy', 'All 2 inventory locks are younger'],
    [
      'old ones',
      { locks: [aLock('a', 42), aLock('b', 6), aLock('c', 1)] },
      'broken',
      '2 of 3 inventory locks are older than 5 min, the oldest 42 min; 1 is younger.',
    ],
    [
      'unknown is not healthy',
      { locks: [aLock('a', 1), aLock('b', null)] },
      'unknown',
      '2 inventory locks are held, 1 of them younger than 5 min. The age of 1 cannot be told.',
    ],
    ['not looked at one by one', { locks: [aLock('a', 1)], total: 20_000 }, 'unknown', 'The age of 19999'],
    ['a replica', { locks: [aLock('a', 9)], replica: true }, 'broken', 'A replica answered'],
  ])('%s', async (_what, seen, verdict, words) => {
    expect(await look(seen)).toMatchObject({ verdict, line: expect.stringContaining(words) });
  });

  test('no time to live is configured: it says which setting would tell', async () => {
    expect((await look({ locks: [aLock('a', null)] }, null)).line).toContain('(`redis.lockTtlSeconds`');
  });

  test('shows how ages are spread, and no holder', async () => {
    const { evidence } = await look({
      locks: [aLock('a', 90), aLock('b', 42), aLock('c', 2), aLock('d', 0.2), aLock('e', null)],
    });
    expect(evidence).toEqual([
      'up to 30 s: 1',
      'up to 5 min: 1',
      'up to 1 h: 1',
      'over 1 h: 1',
      'age not known: 1',
      'lock:inventory:a  1 h 30 min',
      'lock:inventory:b  42 min',
    ]);
  });

  test('keys that cannot be written in a line are counted, and never offered', async () => {
    const odd = { ...aLock('x', 50), key: 'lock:inventory:a b\n' };
    const found = (await look({ locks: [odd, aLock('a', 9)] })).data as LocksFound;
    expect(found).toMatchObject({ stale: 2, oldest: [{ key: 'lock:inventory:a' }] });
  });

  test('keeps no more than one offer’s worth', async () => {
    const locks = Array.from({ length: 900 }, (_, place) => aLock(`s${place}`, 2_000 - place));
    expect((await look({ locks })).data).toMatchObject({ stale: 900, oldest: { length: 200 } });
  });
});

test('every system silent: nothing is healthy, and each says why', async () => {
  const asked = async () => await Promise.reject(silent());
  const look = await diagnosed(
    ID,
    fakeProbes({
      orderService: { inventorySync: asked, metrics: asked },
      kubernetes: { logs: asked, deployment: asked },
      kafka: { groups: asked },
      redis: { locks: asked },
      ordersDatabase: { orderRate: asked },
    }),
  );
  expect(look.findings.map(({ verdict }) => verdict).sort()).toEqual([
    // Neither consumers nor a catalog nor a database is configured.
    'skipped',
    'skipped',
    'skipped',
    'unknown',
    'unknown',
    'unknown',
    'unknown',
    'unknown',
    'unknown',
  ]);
  expect(look.causes.map(({ verdict }) => verdict)).toEqual(Array(5).fill('open'));
});

test('affected are orders with these codes, and no order that waits', async () => {
  const questions: unknown[] = [];
  await diagnosed(
    ID,
    fakeProbes({
      ordersDatabase: {
        failedShare: async (question) => {
          questions.push(question);
          return { affected: 3, total: 40, windowMinutes: 30, source: 'orders table', at: NOW };
        },
      },
    }),
  );
  expect(questions).toMatchObject([
    { waiting: null, codes: ['INVENTORY_UNAVAILABLE', 'RESERVATION_TIMEOUT', 'OVERSOLD_PRODUCT'] },
  ]);
});
