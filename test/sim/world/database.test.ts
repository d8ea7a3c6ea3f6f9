import type pg from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { containersOf, objectIn } from '../../../sim/world/cluster.ts';
import { followSpec } from '../../../sim/world/cluster-rollout.ts';
import type { Pool } from '../../../sim/world/database.ts';
import { ordersDatabaseLever } from '../../../src/adapters/postgres/lever.ts';
import { ordersDatabasePool } from '../../../src/adapters/postgres/pool.ts';
import { ordersDatabaseProbe } from '../../../src/adapters/postgres/probe.ts';
import { ORDERS_DATABASE } from '../../../src/adapters/postgres/schema.ts';
import { policyFor } from '../../../src/adapters/resilience.ts';
import { type OrdersServer, startOrdersServer } from '../../support/orders-server.ts';
import { patient } from '../../support/trouble.ts';
import { MINUTE, recover, restartOrderService, scenario, type TestWorld, testWorld } from './support.ts';

const TABLE = {
  table: 'orders',
  columns: {
    id: 'id',
    status: 'status',
    errorCode: 'error_code',
    createdAt: 'created_at',
    updatedAt: 'updated_at',
  },
  beforeProcessing: [],
};

let server: OrdersServer;
let here: TestWorld;
let bot: pg.Pool;
beforeAll(async () => {
  server = await startOrdersServer();
});
beforeEach(async () => {
  here = await testWorld(1, 80, server);
  bot = ordersDatabasePool(server.url, () => undefined);
});
afterEach(async () => {
  await bot.end();
  await here.stop();
});
afterAll(async () => await server.drop());

const probe = () => ordersDatabaseProbe(bot, policyFor(ORDERS_DATABASE), TABLE);
const lever = () => ordersDatabaseLever(bot, policyFor(ORDERS_DATABASE));
const pools = async (): Promise<readonly Pool[]> => Object.values((await here.world.snapshot()).poolsByPod);
const active = async () => (await pools()).map((pool) => pool.active);

/** What the real server says of the service's sessions. */
async function ours() {
  const { byApplication } = await probe().activity(patient());
  return byApplication.find(({ application }) => application === 'order-service');
}

/** Orders that failed for want of a connection. */
async function refused(): Promise<number> {
  return await here.world.read(
    (state) => [...state.orders.values()].filter(({ errorCode }) => errorCode === 'DB_POOL_EXHAUSTED').length,
  );
}

async function setEnv(value: string): Promise<void> {
  await here.world.change((state, now) => {
    const deployment = state.cluster.deployments.get('order-service');
    const [container] = containersOf(objectIn(deployment?.spec, 'template'));
    if (deployment === undefined || container === undefined) throw new Error('no deployment order-service');
    container['env'] = [{ name: 'DB_POOL_SIZE', value }];
    deployment.generation += 1;
    followSpec(state, deployment, now);
  });
}

describe('the service’s connections', () => {
  test('are few, real and idle as long as all is well; the server began long before the story', async () => {
    expect(await active()).toEqual([3, 3, 3]);
    await expect.poll(ours).toMatchObject({ connections: 3, active: 0, idleMs: [] });
    expect(await probe().sessions(10, patient())).toEqual([]);
    expect((await probe().activity(patient())).upMs).toBeGreaterThan(10 * 24 * 60 * MINUTE);
    expect(await refused()).toBe(0);
  });

  test('end with the world', async () => {
    await here.world.start(scenario('connection-leak'));
    await here.world.close();
    await expect.poll(ours).toBeUndefined();
  });
});

describe('a leak', () => {
  beforeEach(async () => await here.world.start(scenario('connection-leak')));

  test('leaves as many real sessions idle in a transaction as the pools have lost, for as long as the story says', async () => {
    const all = await pools();
    expect(all.map(({ size }) => size)).toEqual([20, 20, 20]);
    expect(await active()).toEqual([20, 20, 20]);
    const leaked = all.reduce((sum, pool) => sum + pool.leaked, 0);
    const seen = await ours();
    expect(seen?.idleMs).toHaveLength(leaked);
    expect(seen?.idleMs.filter((ms) => ms > 5 * MINUTE).length).toBeGreaterThan(leaked - 6);
    expect(seen?.active).toBe(0);
    expect(await refused()).toBeGreaterThan(0);
  });

  test('is written in the log, and orders wait', async () => {
    const lines = await here.world.read((state, now) =>
      state.pods.flatMap((pod) => state.logs.read(pod.name, now - 14 * MINUTE).map(({ text }) => text)),
    );
    expect(lines.filter((line) => line.includes('code=DB_POOL_EXHAUSTED')).length).toBeGreaterThan(3);
    expect(lines.find((line) => line.includes('DB_POOL_EXHAUSTED'))).toMatch(
      / ERROR db-pool order=ord_\w+ code=DB_POOL_EXHAUSTED active=20 size=20 waited_ms=5000$/,
    );
  });

  test('is gone after a restart, for a while; the orders that waited are paid', async () => {
    await restartOrderService(here.world);
    here.skip(MINUTE / 2);
    await here.world.settle();
    here.skip(2 * MINUTE);
    await here.world.settle();
    expect(await active()).toEqual([3, 3, 3]);
    expect((await ours())?.idleMs).toEqual([]);
    here.skip(2 * MINUTE);
    await here.world.settle();
    expect(await refused()).toBe(0);
    here.skip(60 * MINUTE);
    await here.world.settle();
    expect((await pools()).every(({ leaked }) => leaked >= 9)).toBe(true);
    expect((await ours())?.idleMs.length).toBeGreaterThanOrEqual(27);
  });

  test('a session that somebody ends at the server is free again', async () => {
    const [pid] = (
      await here.pool.query(
        `select pid from pg_catalog.pg_stat_activity where state = 'idle in transaction' limit 1`,
      )
    ).rows;
    await here.pool.query('select pg_terminate_backend($1)', [pid?.pid]);
    await expect.poll(async () => (await pools()).reduce((sum, { leaked }) => sum + leaked, 0)).toBe(56);
  });
});

describe('a query that blocks', () => {
  beforeEach(async () => await here.world.start(scenario('blocking-query')));

  test('holds real locks that the others really wait for', async () => {
    expect(await active()).toEqual([20, 20, 20]);
    const [worst, next] = await probe().sessions(10, patient());
    expect(worst).toMatchObject({
      application: 'order-service',
      user: 'order_service',
      state: 'active',
      blockedBy: [],
      untouchable: null,
    });
    expect(worst?.blocks).toBeGreaterThan(50);
    expect(worst?.forMs).toBeGreaterThan(11 * MINUTE);
    expect(worst?.forMs).toBeLessThan(13 * MINUTE);
    expect(worst?.query).toMatch(/^update order_totals set orders = /);
    expect(next?.blockedBy.length).toBeGreaterThan(0);
  });

  test('ended, lets them go; whoever is shown stays the same while time passes', async () => {
    const [before] = await probe().sessions(1, patient());
    here.skip(20 * MINUTE);
    await here.world.settle();
    const [worst] = await probe().sessions(1, patient());
    expect(worst).toMatchObject({ pid: before?.pid, queryStart: before?.queryStart });
    expect(worst?.forMs).toBeGreaterThan(31 * MINUTE);
    if (worst === undefined) throw new Error('Nobody blocks.');
    await lever().terminate(worst, patient());
    await expect.poll(active).toEqual([3, 3, 3]);
    await expect.poll(async () => await probe().sessions(10, patient())).toEqual([]);
    here.skip(2 * MINUTE);
    await here.world.settle();
    expect(await refused()).toBe(0);
  });

  test('outlives a restart: the server goes on with it', async () => {
    await restartOrderService(here.world);
    for (let passed = 0; passed < 6; passed += 1) {
      here.skip(MINUTE);
      await here.world.settle();
    }
    expect((await probe().sessions(1, patient()))[0]?.blocks).toBeGreaterThan(50);
    await recover(here.world, 'blocking-query');
    await expect.poll(async () => await probe().sessions(10, patient())).toEqual([]);
  });
});

test('after a restart of the server the pools recover by themselves; the server says when it began', async () => {
  await here.world.start(scenario('database-restarted'));
  expect(await active()).toEqual([20, 20, 20]);
  const { upMs } = await probe().activity(patient());
  expect(Math.round(upMs / MINUTE)).toBe(4);
  here.skip(4 * MINUTE);
  await here.world.settle();
  expect(await active()).toEqual([3, 3, 3]);
});

describe('pools that are too small', () => {
  beforeEach(async () => await here.world.start(scenario('small-pool')));

  test('are full of sessions at work, none of which is long', async () => {
    expect(await active()).toEqual([20, 20, 20]);
    await expect.poll(ours).toMatchObject({ active: 60, idleMs: [] });
    expect((await probe().sessions(100, patient())).every(({ forMs }) => forMs < MINUTE)).toBe(true);
    expect(await refused()).toBeGreaterThan(0);
  });

  test('made larger, are large enough', async () => {
    await setEnv('40');
    here.skip(MINUTE / 2);
    await here.world.settle();
    here.skip(3 * MINUTE);
    await here.world.settle();
    expect(await pools()).toEqual(
      [22, 22, 22].map((each) => expect.objectContaining({ active: each, size: 40 })),
    );
    await expect.poll(ours).toMatchObject({ active: 66 });
    expect(await refused()).toBe(0);
  });

  test('the end of the story ends their sessions', async () => {
    await here.world.end(scenario('small-pool'));
    await expect.poll(ours).toMatchObject({ connections: 3, active: 0 });
    expect(await refused()).toBe(0);
  });
});
