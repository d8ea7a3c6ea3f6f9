import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { lockKey, locksAt, takeLock } from '../../../sim/world/inventory.ts';
import { resync } from '../../../sim/world/inventory-sync.ts';
import type { Order } from '../../../sim/world/order.ts';
import { MINUTE, recover, scenario, type TestWorld, testWorld } from './support.ts';

const SECOND = 1_000;
let here: TestWorld;
beforeEach(async () => {
  here = await testWorld(1, 240);
});
afterEach(async () => await here.stop());

async function start(id: string): Promise<void> {
  await here.world.start(scenario(id));
}

/** Reservations that ended in the last so many ms: how many by code. */
async function ended(sinceMs: number): Promise<Record<string, number>> {
  return await here.world.read(({ inventory }, now) => {
    const found: Record<string, number> = {};
    for (const { code, endedAt } of inventory.reservations.all())
      if (endedAt > now - sinceMs) found[code ?? 'reserved'] = (found[code ?? 'reserved'] ?? 0) + 1;
    return found;
  });
}

/** The error lines of reservations of the last so many ms. */
async function errors(sinceMs: number): Promise<readonly string[]> {
  return await here.world.read((state, now) =>
    state.pods
      .flatMap((pod) => state.logs.read(pod.name, now - sinceMs).map(({ text }) => text))
      .filter((text) => text.includes(' ERROR inventory:reserve ')),
  );
}

async function figures() {
  return (await here.world.snapshot()).inventory;
}

/** Somebody holds the lock of every product that has none. */
async function lockAll(value: string): Promise<void> {
  await here.world.change(({ inventory }, now) => {
    for (const product of inventory.products)
      takeLock(inventory, { key: lockKey(product), value, ttlMs: null }, now);
  });
}

describe('a healthy inventory', () => {
  test('every order of six hours was reserved, and nothing ran low', async () => {
    const found = await ended(6 * 60 * MINUTE);
    expect(Object.keys(found)).toEqual(['reserved']);
    expect(found['reserved']).toBeGreaterThan(1_300);
    expect(await errors(6 * 60 * MINUTE)).toEqual([]);
    expect(await figures()).toMatchObject({ staleLocks: 0, soldOut: 0, successRate: 1 });
  });

  test('locks are held for seconds, and let go', async () => {
    const seen = new Set<number>();
    for (let look = 0; look < 30; look += 1) {
      here.skip(7 * SECOND);
      seen.add((await figures()).locks);
    }
    expect(Math.max(...seen)).toBeGreaterThan(0);
    const old = await here.world.read(({ inventory }, now) =>
      locksAt(inventory, now).filter(({ takenAt }) => now - takenAt > 15 * SECOND),
    );
    expect(old).toEqual([]);
  });

  test('is synced every five minutes', async () => {
    const first = (await figures()).syncedAt ?? 0;
    here.skip(5 * MINUTE);
    expect((await figures()).syncedAt).toBe(first + 5 * MINUTE);
  });
});

describe('a reservation', () => {
  test('waits for a lock that is held, and pays only when it is reserved', async () => {
    await lockAll('somebody');
    here.skip(20 * SECOND);
    const waiting = await here.world.read(({ orders }) =>
      [...orders.values()].filter(({ payment }) => payment.stage === 'held').map(({ id }) => id),
    );
    expect(waiting.length).toBeGreaterThan(0);
    await here.world.change(({ inventory }) => inventory.locks.clear());
    here.skip(4 * MINUTE);
    for (const id of waiting) expect((await here.world.order(id))?.status).toBe('processing');
  });

  test('gives up after 30 s, and its order ends', async () => {
    await lockAll('somebody');
    here.skip(3 * MINUTE);
    const found = await ended(3 * MINUTE);
    expect(found['RESERVATION_TIMEOUT']).toBeGreaterThan(3);
    const [line] = await errors(3 * MINUTE);
    expect(line).toMatch(
      /order=ord_\w+ code=RESERVATION_TIMEOUT waited_ms=30000 held=lock:inventory:sku-\d+$/,
    );
    const { rows } = await here.pool.query(
      `select status from orders where error_code = 'RESERVATION_TIMEOUT' group by status`,
    );
    expect(rows).toEqual([{ status: 'reservation_failed' }]);
  });

  test('whose live lock somebody deleted sells what another sold too: locks prevent races', async () => {
    for (let second = 0; second < 120; second += 1) {
      here.skip(SECOND);
      await here.world.change(({ inventory }) => inventory.locks.clear());
    }
    expect((await ended(2 * MINUTE))['OVERSOLD_PRODUCT']).toBeGreaterThan(2);
    expect((await errors(2 * MINUTE)).join()).toContain('race condition');
  });

  test('of an order that somebody cancelled meanwhile ends without a word', async () => {
    await lockAll('somebody');
    here.skip(10 * SECOND);
    const waiting = await here.world.read(({ orders }): readonly Order['id'][] =>
      [...orders.values()].filter(({ payment }) => payment.stage === 'held').map(({ id }) => id),
    );
    for (const id of waiting)
      await here.world.setStatus(id, { status: 'cancelled', reason: 'by hand', by: null });
    here.skip(MINUTE);
    for (const id of waiting) expect((await here.world.order(id))?.status).toBe('cancelled');
  });
});

describe('stale-locks', () => {
  beforeEach(async () => await start('stale-locks'));

  test('six locks are 24 minutes old; about one order in four timed out since', async () => {
    expect(await figures()).toMatchObject({ staleLocks: 6, soldOut: 0 });
    const { reserved = 0, RESERVATION_TIMEOUT: timedOut = 0, ...others } = await ended(23 * MINUTE);
    expect(others).toEqual({});
    expect(timedOut / (timedOut + reserved)).toBeGreaterThan(0.15);
    expect(timedOut / (timedOut + reserved)).toBeLessThan(0.35);
    expect((await figures()).successRate).toBeLessThan(0.9);
  });

  test('the pod that held them was killed just before', async () => {
    const { pods, now } = await here.world.snapshot();
    const killed = pods.filter(({ lastTermination }) => lastTermination !== null);
    expect(killed).toMatchObject([
      { restarts: 1, lastTermination: { exitCode: 137, at: now - 24 * MINUTE } },
    ]);
  });

  test('no order that failed was ever paid or shipped', async () => {
    const wrong = await here.world.read((state) => {
      const paid = new Set(state.payments.all().map(({ order }) => order));
      return [...state.orders.values()].filter(
        ({ id, status, events }) => status === 'reservation_failed' && (paid.has(id) || events.length > 1),
      );
    });
    expect(wrong).toEqual([]);
  });

  test('once they are gone every order is reserved again', async () => {
    await here.world.change(({ inventory }, now) => {
      for (const { key, takenAt } of locksAt(inventory, now))
        if (now - takenAt > 5 * MINUTE) inventory.locks.delete(key);
    });
    here.skip(6 * MINUTE);
    expect(await figures()).toMatchObject({ staleLocks: 0, successRate: 1 });
  });

  test('they expire an hour after they were taken', async () => {
    here.skip(35 * MINUTE);
    expect((await figures()).staleLocks).toBe(6);
    here.skip(MINUTE);
    expect((await figures()).staleLocks).toBe(0);
  });
});

describe('inventory-sync-stopped', () => {
  beforeEach(async () => await start('inventory-sync-stopped'));

  test('what the catalog has counts as sold out, and nothing syncs by itself', async () => {
    const { soldOut, syncedAt } = await figures();
    expect(soldOut).toBe(6);
    const { now } = await here.world.snapshot();
    expect(syncedAt).toBe(now - 38 * MINUTE);
    const behind = await here.world.read(({ inventory }) =>
      inventory.products.filter(({ ours, catalog }) => ours === 0 && catalog > 0),
    );
    expect(behind).toHaveLength(6);
    const found = await ended(30 * MINUTE);
    expect(found['INVENTORY_UNAVAILABLE']).toBeGreaterThan(10);
    here.skip(11 * MINUTE);
    expect((await figures()).syncedAt).toBe(syncedAt);
  });

  test('a resync brings the catalog’s counts, and the schedule goes on', async () => {
    expect(await here.world.change((state, at) => resync(state, at))).toBe(true);
    expect(await here.world.change((state, at) => resync(state, at))).toBe(false);
    here.skip(41 * SECOND);
    expect(await figures()).toMatchObject({ soldOut: 0 });
    here.skip(6 * MINUTE);
    const { syncedAt, successRate } = await figures();
    expect(successRate).toBe(1);
    expect((await here.world.snapshot()).now - (syncedAt ?? 0)).toBeLessThan(5 * MINUTE);
  });

  test('a resync while the catalog is down changes nothing and says why', async () => {
    const before = (await figures()).syncedAt;
    await here.world.change((state, at) => {
      state.conditions.catalog = 'down';
      resync(state, at);
    });
    here.skip(MINUTE);
    expect(await figures()).toMatchObject({ soldOut: 6, syncedAt: before });
    expect(await here.world.read(({ inventory }) => inventory.sync)).toMatchObject({
      runningSince: null,
      suspended: true,
      error: 'the catalog answered 503',
    });
  });

  test('recovered, the next automatic sync cures it', async () => {
    await recover(here.world, 'inventory-sync-stopped');
    here.skip(6 * MINUTE);
    expect((await figures()).soldOut).toBe(0);
  });
});
