import pg from 'pg';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { ordersDatabaseLever } from '../../src/adapters/postgres/lever.ts';
import { ordersDatabasePool } from '../../src/adapters/postgres/pool.ts';
import { ordersDatabaseProbe } from '../../src/adapters/postgres/probe.ts';
import { ORDERS_DATABASE } from '../../src/adapters/postgres/schema.ts';
import { policyFor } from '../../src/adapters/resilience.ts';
import type { SessionSeen } from '../../src/ports/orders-database.ts';
import { type FreshDatabase, freshDatabase, readingRole } from '../support/postgres.ts';
import { outcome, patient } from '../support/trouble.ts';

const TABLE = {
  table: 'orders',
  columns: { status: 'status', errorCode: 'error_code', createdAt: 'created_at', updatedAt: 'updated_at' },
  beforeProcessing: [],
};

type Role = Awaited<ReturnType<typeof readingRole>>;
let database: FreshDatabase;
let bot: Role;
let service: Role;
let owner: pg.Client;
let pool: pg.Pool;
const opened: pg.Client[] = [];
const policy = () => policyFor(ORDERS_DATABASE, { backoffMs: [] });
const probe = () => ordersDatabaseProbe(pool, policy(), TABLE);
const lever = () => ordersDatabaseLever(pool, policy());

beforeAll(async () => {
  database = await freshDatabase();
  [bot, service] = [await readingRole(database.url), await readingRole(database.url)];
  owner = await client(database.url, 'owner');
  opened.pop();
  await owner.query('create table orders (id int primary key, status text)');
  await owner.query(`insert into orders select one, 'processing' from generate_series(1, 9) one`);
  await owner.query('grant select, update on orders to public');
  await owner.query(`grant pg_read_all_stats, pg_signal_backend to ${bot.name}`);
  pool = ordersDatabasePool(bot.url, () => undefined);
});
afterEach(async () => {
  // One that sleeps does not notice that its client has gone.
  const pids = opened.map((each) => Reflect.get(each, 'processID'));
  await owner.query('select pg_terminate_backend(pid) from unnest($1::int[]) pid', [pids]);
  await Promise.all(opened.splice(0).map(async (each) => await each.end().catch(() => undefined)));
  await expect.poll(async () => (await count()).sessions).toBe(0);
});
afterAll(async () => {
  await pool.end();
  await owner.end();
  await database.drop();
  await bot.drop();
  await service.drop();
});

async function client(url: string, application: string): Promise<pg.Client> {
  const made = new pg.Client({ connectionString: url, application_name: application });
  made.on('error', () => undefined);
  await made.connect();
  opened.push(made);
  return made;
}
const ofService = async (application = 'order-service') => await client(service.url, application);

/** Sessions of the service, and how many of them wait for a lock. */
async function count(): Promise<{ sessions: number; waiting: number }> {
  const { rows } = await owner.query(
    `select count(*)::int as sessions, (count(*) filter (where wait_event_type = 'Lock'))::int as waiting
     from pg_stat_activity where usename = $1`,
    [service.name],
  );
  return rows[0];
}
const sessions = async () => await probe().sessions(10, patient());
const by = (all: readonly SessionSeen[], session: pg.Client) =>
  all.find(({ pid }) => pid === Reflect.get(session, 'processID'));

/** A transaction that holds one order, one that waits for it and holds another, and one that waits for that. */
async function chain() {
  const [first, second, third] = [await ofService(), await ofService(), await ofService('reports')];
  await first.query('begin');
  await first.query(`update orders set status = 'held by a secret' where id = 1`);
  await second.query('begin');
  await second.query(`update orders set status = 'x' where id = 2`);
  const waits = [
    second.query(`update orders set status = 'secret' where id = 1`).catch(() => undefined),
    third.query(`update orders set status = 'secret' where id = 2`).catch(() => undefined),
  ];
  await expect.poll(async () => (await count()).waiting).toBe(2);
  return { first, second, third, waits };
}

describe('the sessions of a real PostgreSQL', () => {
  test('say who waits for whom, also in a chain; literals are masked', async () => {
    const { first, second, third } = await chain();
    const all = await sessions();
    expect(all.map(({ pid }) => pid)).toEqual(
      [first, second, third].map((one) => Reflect.get(one, 'processID')),
    );
    expect(by(all, first)).toMatchObject({
      user: service.name,
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
    const [busy, idle] = [await ofService(), await ofService()];
    await idle.query('select 1');
    const query = busy.query('select pg_sleep(60)').catch(() => undefined);
    await expect.poll(async () => (await sessions()).length).toBe(1);
    const [one] = await sessions();
    expect(one).toMatchObject({ query: 'select pg_sleep(?)', state: 'active', blocks: 0 });
    expect(one?.forMs).toBeGreaterThanOrEqual(0);
    await owner.query('select pg_cancel_backend($1)', [one?.pid]);
    await query;
  });

  test('an idle session is there while others wait for its advisory lock', async () => {
    const [holder, waiter] = [await ofService(), await ofService()];
    await holder.query('select pg_advisory_lock(7)');
    const waits = waiter.query('select pg_advisory_lock(7)').catch(() => undefined);
    await expect.poll(async () => (await count()).waiting).toBe(1);
    expect(by(await sessions(), holder)).toMatchObject({ state: 'idle', blocks: 1 });
    await holder.end();
    await waits;
  });

  test('a query of thousands of characters is cut', async () => {
    const session = await ofService();
    void session.query(`select pg_sleep(60), ${'null, '.repeat(200)} 'secret'`).catch(() => undefined);
    await expect.poll(async () => (await sessions())[0]?.query.length).toBe(300);
  });

  test('only as many as are wanted, those first that most wait for', async () => {
    const { first } = await chain();
    const all = await probe().sessions(1, patient());
    expect(all).toHaveLength(1);
    expect(by(all, first)).toBeDefined();
  });
});

describe('the server', () => {
  test('says how many connections are used, by application, and how long each idles in its transaction', async () => {
    const held = await Promise.all([1, 2, 3].map(async () => await ofService()));
    for (const one of held) await one.query('begin; select 1');
    await (await ofService()).query('select 1');
    const seen = await probe().activity(patient());
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
    await ofService();
    await owner.query(`revoke pg_read_all_stats from ${bot.name}`);
    const grant = `GRANT pg_read_all_stats TO ${bot.name}`;
    const seen = await probe().activity(patient());
    const asked = await outcome(sessions());
    await owner.query(`grant pg_read_all_stats to ${bot.name}`);
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

describe('the plan of an export', () => {
  const plan = async () => await probe().exportPlan('2024-01-01', '2024-01-31', patient());

  test('is told from a scan of the whole table, and nothing is executed', async () => {
    await owner.query(
      'create table wide_orders (status text, error_code text, created_at timestamptz, updated_at timestamptz)',
    );
    await owner.query(`insert into wide_orders select 'x', null, timestamptz '2023-06-01' + one * interval '1 hour', now()
      from generate_series(1, 20000) one`);
    await owner.query('grant select on wide_orders to public');
    await owner.query('analyze wide_orders');
    const asked = ordersDatabaseProbe(pool, policy(), { ...TABLE, table: 'wide_orders' });
    const scan = await asked.exportPlan('2024-01-01', '2024-01-31', patient());
    expect(scan).toMatchObject({ scan: 'sequential', index: null });
    expect(scan.rows).toBeGreaterThan(600);
    expect(scan.rows).toBeLessThan(900);
    await owner.query('create index made_when on wide_orders (created_at)');
    expect(await asked.exportPlan('2024-01-01', '2024-01-31', patient())).toMatchObject({
      scan: 'index',
      index: 'made_when',
    });
    await owner.query('drop table wide_orders');
  });

  test('without the column is not found', async () => {
    expect(await outcome(plan())).toMatchObject({ fault: 'not found', sent: 'no' });
  });

  test('a date that is none is refused', async () => {
    const asked = probe().exportPlan("2024-01-01'; drop table orders; --", 'x', patient());
    expect(await outcome(asked)).toMatchObject({ sent: 'no' });
    expect((await owner.query('select count(*)::int as n from orders')).rows).toEqual([{ n: 9 }]);
  });
});

describe('ending a session', () => {
  const end = async (one: SessionSeen, change: Partial<SessionSeen> = {}) =>
    await lever().terminate({ ...one, ...change }, patient());
  const blocker = async (first: pg.Client): Promise<SessionSeen> => {
    const found = by(await sessions(), first);
    if (found === undefined) throw new Error('The blocking session is not seen.');
    return found;
  };

  test('ends the one that was shown, and whoever waited goes on', async () => {
    const { first, second, waits } = await chain();
    const shown = await blocker(first);
    expect(await probe().session(shown, patient())).toMatchObject({ pid: shown.pid, blocks: 2 });
    expect(await end(shown)).toBe(`Session ${shown.pid} was told to end; its transaction is rolled back.`);
    await waits[0];
    await expect.poll(async () => await probe().session(shown, patient())).toBeNull();
    expect((await second.query(`select status from orders where id = 1`)).rows).toEqual([
      { status: 'secret' },
    ]);
    expect(await outcome(end(shown))).toMatchObject({
      fault: 'refused',
      sent: 'no',
      message: `Session ${shown.pid} has ended by itself. Nothing was ended.`,
    });
  });

  test.each([
    [
      'serves another session',
      { backendStart: '2024-01-01T00:00:00.000001Z' },
      'serves another session by now',
    ],
    ['runs another query', { queryStart: '2024-01-01T00:00:00.000001Z' }, 'runs another query by now'],
  ])('is refused when the process %s by now', async (_what, change, words) => {
    const { first } = await chain();
    const shown = await blocker(first);
    expect(await probe().session({ ...shown, ...change }, patient())).toBeNull();
    expect(await outcome(end(shown, change))).toMatchObject({
      fault: 'refused',
      sent: 'no',
      message: expect.stringContaining(words),
    });
    expect(await probe().session(shown, patient())).not.toBeNull();
  });

  test('is refused by a microsecond', async () => {
    const { first } = await chain();
    const shown = await blocker(first);
    const last = Number(shown.queryStart.slice(-2, -1));
    const queryStart = `${shown.queryStart.slice(0, -2)}${(last + 1) % 10}Z`;
    expect(await outcome(end(shown, { queryStart }))).toMatchObject({ fault: 'refused' });
  });

  test('is refused when its query is over', async () => {
    const { first } = await chain();
    const shown = await blocker(first);
    await first.query('rollback');
    expect(await outcome(end(shown))).toMatchObject({ fault: 'refused', sent: 'no' });
    expect((await first.query('select 1 as one')).rows).toEqual([{ one: 1 }]);
  });

  test.each<[string, () => Promise<pg.Client>, SessionSeen['untouchable'], string]>([
    [
      'a superuser',
      async () => await client(database.url, 'order-service'),
      'superuser',
      'belongs to a superuser',
    ],
    ['the bot itself', async () => await client(bot.url, 'oms-bot'), 'own session', 'is the bot’s own'],
  ])('of %s is refused', async (_who, open, untouchable, words) => {
    const session = await open();
    const query = session.query('select pg_sleep(60)').catch(() => undefined);
    await expect.poll(async () => by(await sessions(), session)).toMatchObject({ untouchable });
    expect(await outcome(end(await blocker(session)))).toMatchObject({
      fault: 'refused',
      sent: 'no',
      message: expect.stringContaining(words),
    });
    await owner.query('select pg_cancel_backend($1)', [Reflect.get(session, 'processID')]);
    await query;
  });

  test('without the right is refused with the GRANT, and the session lives', async () => {
    const { first } = await chain();
    const shown = await blocker(first);
    await owner.query(`revoke pg_signal_backend from ${bot.name}`);
    const asked = await outcome(end(shown));
    await owner.query(`grant pg_signal_backend to ${bot.name}`);
    expect(asked).toEqual({
      fault: 'forbidden',
      sent: 'no',
      mayRetry: false,
      message: `The orders database does not let us end the sessions of others; \`GRANT pg_signal_backend TO ${bot.name}\` would. Nothing was ended.`,
    });
    expect(await probe().session(shown, patient())).not.toBeNull();
  });
});
