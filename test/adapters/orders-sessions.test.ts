import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { ordersDatabasePool } from '../../src/adapters/postgres/pool.ts';
import { ordersDatabaseProbe } from '../../src/adapters/postgres/probe.ts';
import { ORDERS_DATABASE } from '../../src/adapters/postgres/schema.ts';
import { policyFor } from '../../src/adapters/resilience.ts';
import { outcome, patient } from '../support/trouble.ts';
import { by, type OrdersHere, ordersHere, pidOf, TABLE } from './orders-support.ts';

let here: OrdersHere;
beforeAll(async () => {
  here = await ordersHere();
});
afterEach(async () => await here.clear());
afterAll(async () => await here.stop());

describe('the sessions of a real PostgreSQL', () => {
  test('say who waits for whom, also in a chain; literals are masked', async () => {
    const { first, second, third } = await here.chain();
    const all = await here.sessions();
    expect(all.map(({ pid }) => pid)).toEqual([first, second, third].map((one) => pidOf(one)));
    expect(by(all, first)).toMatchObject({
      user: here.service.name,
      application: 'order-service',
      state: 'idle in transaction',
      query: 'update orders set status = ? where id = ?',
      blockedBy: [],
      blocks: 2,
      untouchable: null,
    });
    expect(by(all, second)).toMatchObject({ state: 'active', blocks: 1, blockedBy: [all[0]?.pid] });
    expect(by(all, third)).toMatchObject({ application: 'reports', blocks: 0, blockedBy: [all[1]?.pid] });
    expect(JSON.stringify(all)).not.toContain('secret');
    expect(by(all, first)?.blocksMs).toBeGreaterThan(0);
    expect(by(all, third)?.blocksMs).toBe(0);
  });

  test('a long query is there, an idle session that holds nothing is not', async () => {
    const [busy, idle] = [await here.ofService(), await here.ofService()];
    await idle.query('select 1');
    const query = busy.query('select pg_sleep(60)').catch(() => undefined);
    await expect.poll(async () => (await here.sessions()).length).toBe(1);
    const [one] = await here.sessions();
    expect(one).toMatchObject({ query: 'select pg_sleep(?)', state: 'active', blocks: 0 });
    expect(one?.forMs).toBeGreaterThanOrEqual(0);
    await here.owner.query('select pg_cancel_backend($1)', [one?.pid]);
    await query;
  });

  test('an idle session is there while others wait for its advisory lock', async () => {
    const [holder, waiter] = [await here.ofService(), await here.ofService()];
    await holder.query('select pg_advisory_lock(7)');
    const waits = waiter.query('select pg_advisory_lock(7)').catch(() => undefined);
    await expect.poll(async () => (await here.count()).waiting).toBe(1);
    expect(by(await here.sessions(), holder)).toMatchObject({ state: 'idle', blocks: 1 });
    await holder.end();
    await waits;
  });

  test('a query of thousands of characters is cut', async () => {
    const session = await here.ofService();
    void session.query(`select pg_sleep(60), ${'null, '.repeat(200)} 'secret'`).catch(() => undefined);
    await expect.poll(async () => (await here.sessions())[0]?.query.length).toBe(300);
  });

  test('only as many as are wanted, those first that most wait for', async () => {
    const { first } = await here.chain();
    const all = await here.probe().sessions(1, patient());
    expect(all).toHaveLength(1);
    expect(by(all, first)).toBeDefined();
  });
});

describe('the server', () => {
  test('says how many connections are used, by application, and how long each idles in its transaction', async () => {
    const held = await Promise.all([1, 2, 3].map(async () => await here.ofService()));
    for (const one of held) await one.query('begin; select 1');
    await (await here.ofService()).query('select 1');
    const seen = await here.probe().activity(patient());
    const ours = seen.byApplication.find(({ application }) => application === 'order-service');
    expect(ours).toMatchObject({ connections: 4, active: 0 });
    expect(ours?.idleMs).toHaveLength(3);
    expect([...(ours?.idleMs ?? [])].sort((one, other) => other - one)).toEqual(ours?.idleMs);
    expect(seen.idleInTransaction).toBeGreaterThanOrEqual(3);
    expect(seen.connections).toBeGreaterThanOrEqual(6);
    expect(seen).toMatchObject({ standby: false, missingRight: null, reserved: 3 });
    expect(seen.maxConnections).toBeGreaterThan(seen.connections);
    expect(seen.upMs).toBeGreaterThan(0);
  });

  test('that hides the sessions of others is counted, and the GRANT is named', async () => {
    await here.ofService();
    await here.owner.query(`revoke pg_read_all_stats from ${here.bot.name}`);
    const grant = `GRANT pg_read_all_stats TO ${here.bot.name}`;
    const seen = await here.probe().activity(patient());
    const asked = await outcome(here.sessions());
    await here.owner.query(`grant pg_read_all_stats to ${here.bot.name}`);
    expect(seen.missingRight).toBe(grant);
    expect(seen.byApplication).toContainEqual(
      expect.objectContaining({ application: 'order-service', connections: 1, active: 0 }),
    );
    expect(asked).toMatchObject({
      fault: 'forbidden',
      message: `The orders database hides the sessions of others from us; \`${grant}\` would show them.`,
    });
  });
});

test('a standby says that it is one, and not whose sessions are on the primary', async () => {
  await here.owner.query(`create schema other;
    create function other.pg_is_in_recovery() returns boolean language sql as 'select true';
    grant usage on schema other to public`);
  const url = new URL(here.bot.url);
  url.searchParams.set('options', '-c search_path=other,pg_catalog,public');
  const pool = ordersDatabasePool(url.href, () => undefined);
  const probe = ordersDatabaseProbe(pool, policyFor(ORDERS_DATABASE, { backoffMs: [] }), TABLE);
  expect(await probe.activity(patient())).toMatchObject({ standby: true });
  expect(await outcome(probe.sessions(10, patient()))).toMatchObject({
    fault: 'refused',
    message: expect.stringContaining('A standby answered'),
  });
  await pool.end();
});

describe('the plan of an export', () => {
  const plan = async () => await here.probe().exportPlan('2024-01-01', '2024-01-31', patient());

  test('is told from a scan of the whole table, and nothing is executed', async () => {
    await here.owner.query(
      'create table wide_orders (status text, error_code text, created_at timestamptz, updated_at timestamptz)',
    );
    await here.owner.query(`insert into wide_orders select 'x', null, timestamptz '2023-06-01' + one * interval '1 hour', now()
      from generate_series(1, 20000) one`);
    await here.owner.query('grant select on wide_orders to public');
    await here.owner.query('analyze wide_orders');
    const asked = here.probe('wide_orders');
    const scan = await asked.exportPlan('2024-01-01', '2024-01-31', patient());
    expect(scan).toMatchObject({ scan: 'sequential', index: null });
    expect(scan.rows).toBeGreaterThan(600);
    expect(scan.rows).toBeLessThan(900);
    await here.owner.query('create index made_when on wide_orders (created_at)');
    expect(await asked.exportPlan('2024-01-01', '2024-01-31', patient())).toMatchObject({
      scan: 'index',
      index: 'made_when',
    });
    await here.owner.query('drop table wide_orders');
  });

  test('without the column is not found', async () => {
    expect(await outcome(plan())).toMatchObject({ fault: 'not found', sent: 'no' });
  });

  test('a date that is none is refused', async () => {
    const asked = here.probe().exportPlan("2024-01-01'; drop table orders; --", 'x', patient());
    expect(await outcome(asked)).toMatchObject({ sent: 'no' });
    expect((await here.owner.query('select count(*)::int as n from orders')).rows).toEqual([{ n: 9 }]);
  });
});
