import pg from 'pg';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { ordersDatabaseProbe } from '../../src/adapters/postgres/probe.ts';
import { ORDERS_DATABASE } from '../../src/adapters/postgres/schema.ts';
import { policyFor } from '../../src/adapters/resilience.ts';
import { type FreshDatabase, freshDatabase, readingRole } from '../support/postgres.ts';
import { type ProxyMode, startTcpProxy, type TcpProxy } from '../support/tcp-proxy.ts';
import { outcome, patient } from '../support/trouble.ts';

const QUESTION = { status: 'processing', olderThanMinutes: 120, windowMinutes: 120, now: 1_770_000_000_000 };
const TABLE = {
  table: 'orders',
  columns: {
    id: 'id',
    status: 'status',
    errorCode: 'error_code',
    createdAt: 'created_at',
    updatedAt: 'updated_at',
  },
  beforeProcessing: ['pending_payment'],
};

let database: FreshDatabase;
let role: Awaited<ReturnType<typeof readingRole>>;
let owner: pg.Pool;
let proxy: TcpProxy;
const pools: pg.Pool[] = [];

beforeAll(async () => {
  database = await freshDatabase();
  role = await readingRole(database.url);
  owner = new pg.Pool({ connectionString: database.url, max: 2 });
  await owner.query('create table orders (status text, updated_at timestamptz)');
  await owner.query('grant select on orders to public');
  const { hostname, port } = new URL(database.url);
  proxy = await startTcpProxy({ host: hostname, port: Number(port) });
});
afterEach(async () => {
  proxy.mode = 'open';
  await Promise.all(pools.splice(0).map(async (pool) => await pool.end()));
});
afterAll(async () => {
  await proxy.stop();
  await owner.end();
  await database.drop();
  await role.drop();
});

/** A probe with a pool of its own, through the proxy. */
function probe(more: pg.PoolConfig = {}) {
  const url = new URL(role.url);
  url.hostname = '127.0.0.1';
  url.port = String(proxy.port);
  const pool = new pg.Pool({ connectionString: url.href, max: 2, connectionTimeoutMillis: 1_000, ...more });
  pool.on('error', () => undefined);
  pools.push(pool);
  return ordersDatabaseProbe(pool, policyFor(ORDERS_DATABASE), TABLE);
}

/** Ends the caller's patience once `arrived` says so. */
function until(arrived: () => unknown): AbortSignal {
  const caller = new AbortController();
  void expect
    .poll(arrived, { interval: 5 })
    .toBeTruthy()
    .then(() => caller.abort());
  return caller.signal;
}

/** Queries of the reading role that the server works on now. */
async function working(): Promise<number> {
  const found = await owner.query(
    `select count(*)::int as n from pg_stat_activity where usename = $1 and state = 'active'`,
    [role.name],
  );
  return found.rows[0]?.n;
}

describe('an orders database that', () => {
  const rows: readonly [string, ProxyMode, object, number][] = [
    ['tears the connection down', 'down', { fault: 'unreachable', sent: 'no', mayRetry: true }, 3],
    ['breaks off in the middle', 'cut', { fault: 'unreachable', sent: 'no', mayRetry: true }, 3],
  ];
  test.each(rows)('%s while we connect', async (_what, mode, says, connections) => {
    const before = proxy.connections;
    proxy.mode = mode;
    expect(await outcome(probe().stuckShare(QUESTION, patient()))).toMatchObject(says);
    expect(proxy.connections - before).toBe(connections);
  });

  test('speaks another language is not reached, and nothing of ours breaks', async () => {
    proxy.mode = 'garbage';
    const said = await outcome(probe({ connectionTimeoutMillis: 300 }).stuckShare(QUESTION, patient()));
    expect(said).toMatchObject({ sent: 'no', mayRetry: true });
    expect(['unreachable', 'too slow']).toContain(said === 'done' ? 'done' : said.fault);
  });

  test.each(rows)('%s in the middle of a conversation', async (_what, mode) => {
    const asking = probe();
    expect(await outcome(asking.stuckShare(QUESTION, patient()))).toBe('done');
    proxy.mode = mode === 'down' ? 'silent' : mode;
    const before = proxy.connections;
    const signal = mode === 'down' ? AbortSignal.timeout(300) : until(() => proxy.connections >= before + 2);
    const said = await outcome(asking.stuckShare(QUESTION, signal));
    expect(said).toMatchObject({ sent: 'no', mayRetry: true });
    proxy.mode = 'open';
    expect(await outcome(asking.stuckShare(QUESTION, patient()))).toBe('done');
  });

  test('accepts and says nothing ends with the caller’s deadline', async () => {
    proxy.mode = 'silent';
    const before = proxy.connections;
    const said = await outcome(
      probe().stuckShare(
        QUESTION,
        until(() => proxy.connections > before),
      ),
    );
    expect(said).toMatchObject({ fault: 'too slow', sent: 'no' });
  });

  test('takes no connection in time', async () => {
    proxy.mode = 'silent';
    const said = await outcome(probe({ connectionTimeoutMillis: 50 }).stuckShare(QUESTION, patient()));
    expect(said).toMatchObject({ fault: 'too slow', message: expect.stringContaining('took no connection') });
  });

  test('is not there', async () => {
    const gone = await startTcpProxy({ host: '127.0.0.1', port: 1 });
    await gone.stop();
    const said = await outcome(
      probe({ connectionString: `postgres://x@127.0.0.1:${gone.port}/x` }).stuckShare(QUESTION, patient()),
    );
    expect(said).toMatchObject({
      fault: 'unreachable',
      message: 'The orders database cannot be reached (ECONNREFUSED).',
    });
  });

  test('does not know our password', async () => {
    const said = await outcome(
      probe({ connectionString: role.url.replace(`:${role.name}@`, ':wrong@') }).stuckShare(
        QUESTION,
        patient(),
      ),
    );
    expect(said).toMatchObject({ fault: 'forbidden', mayRetry: false });
  });

  test('has no connection left is exhausted, which is no silence: asked once, and the breaker stays closed', async () => {
    await owner.query(`alter role ${role.name} connection limit 0`);
    const asking = probe();
    const before = proxy.connections;
    for (let time = 0; time < 6; time += 1) {
      expect(await outcome(asking.stuckShare(QUESTION, patient()))).toEqual({
        fault: 'exhausted',
        sent: 'no',
        mayRetry: false,
        message: 'The orders database has too many connections (53300).',
      });
    }
    expect(proxy.connections - before).toBe(6);
    await owner.query(`alter role ${role.name} connection limit -1`);
  });

  test('is busy: the caller’s end cancels the running query and leaves the pool usable', async () => {
    const lock = await owner.connect();
    await lock.query('begin');
    await lock.query('lock table orders in access exclusive mode');
    const asking = probe({ max: 1 });
    const caller = new AbortController();
    const asked = outcome(asking.stuckShare(QUESTION, caller.signal));
    await expect.poll(working).toBe(1);
    caller.abort();
    expect(await asked).toMatchObject({ fault: 'too slow', sent: 'no' });
    await expect.poll(working).toBe(0);
    await lock.query('rollback');
    lock.release();
    expect(await outcome(asking.stuckShare(QUESTION, patient()))).toBe('done');
  });

  test('stops in the middle of a query', async () => {
    const lock = await owner.connect();
    await lock.query('begin');
    await lock.query('lock table orders in access exclusive mode');
    const asked = outcome(probe().stuckShare(QUESTION, patient()));
    await expect.poll(working).toBe(1);
    await owner.query(`select pg_terminate_backend(pid) from pg_stat_activity where usename = $1`, [
      role.name,
    ]);
    await lock.query('rollback');
    lock.release();
    // Asked again, as every question that may be.
    expect(await asked).toBe('done');
  });
});

test('a time without a zone is one of the zone of the database, not of the bot', async () => {
  await owner.query(
    `create view oms_bot_oversold as select 'ord_zzz999'::text as order_id, timestamp '2026-03-10 12:00:00' as since`,
  );
  await owner.query(`create view oms_bot_impact as
    select 'returns'::text as runbook, 1 as affected, 9 as total, timestamp '2026-03-10 12:00:00' as as_of`);
  await owner.query('grant select on oms_bot_oversold, oms_bot_impact to public');
  try {
    const tokyo = probe({ options: '-c TimeZone=Asia/Tokyo' });
    const at = Date.parse('2026-03-10T03:00:00Z');
    const question = { code: 'OVERSOLD_PRODUCT', decided: [], windowMinutes: 60, most: 2, now: at };
    expect((await tokyo.oversold(question, patient())).orders).toEqual([{ id: 'ord_zzz999', since: at }]);
    expect(await tokyo.impactView('returns', 30, patient())).toMatchObject({ affected: 1, at });
  } finally {
    await owner.query('drop view oms_bot_oversold, oms_bot_impact');
  }
});
