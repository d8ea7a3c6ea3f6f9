import pg from 'pg';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { ordersDatabaseLever } from '../../src/adapters/postgres/lever.ts';
import { ordersDatabasePool } from '../../src/adapters/postgres/pool.ts';
import { ordersDatabaseProbe } from '../../src/adapters/postgres/probe.ts';
import { ORDERS_DATABASE } from '../../src/adapters/postgres/schema.ts';
import { sqlError } from '../../src/adapters/postgres/sql-error.ts';
import { policyFor } from '../../src/adapters/resilience.ts';
import { type FreshDatabase, freshDatabase, readingRole } from '../support/postgres.ts';
import { startTcpProxy, type TcpProxy } from '../support/tcp-proxy.ts';
import { outcome, patient } from '../support/trouble.ts';
import { TABLE } from './orders-support.ts';

const KEY = { pid: 999_999, backendStart: '2024-01-01T00:00:00Z', queryStart: '2024-01-01T00:00:00Z' };
let database: FreshDatabase;
let role: Awaited<ReturnType<typeof readingRole>>;
let proxy: TcpProxy;
const pools: pg.Pool[] = [];

beforeAll(async () => {
  database = await freshDatabase();
  role = await readingRole(database.url);
  const { hostname, port } = new URL(database.url);
  proxy = await startTcpProxy({ host: hostname, port: Number(port) });
});
afterEach(async () => {
  proxy.mode = 'open';
  await Promise.all(pools.splice(0).map(async (pool) => await pool.end()));
});
afterAll(async () => {
  await proxy.stop();
  await database.drop();
  await role.drop();
});

/** Probe and lever through the proxy; the pool's connection stands already. */
async function hands() {
  const url = new URL(role.url);
  url.hostname = '127.0.0.1';
  url.port = String(proxy.port);
  const pool = ordersDatabasePool(url.href, () => undefined);
  pools.push(pool);
  await pool.query('select 1');
  const policy = policyFor(ORDERS_DATABASE, { backoffMs: [] });
  return { lever: ordersDatabaseLever(pool, policy), probe: ordersDatabaseProbe(pool, policy, TABLE) };
}

describe('ending a session when', () => {
  test('the answer is lost: it may have been done', async () => {
    const { lever } = await hands();
    proxy.mode = 'cut';
    expect(await outcome(lever.terminate(KEY, patient()))).toMatchObject({
      fault: 'unreachable',
      sent: 'maybe',
      mayRetry: false,
    });
  });

  test('the server says nothing until the deadline: it may have been done', async () => {
    const { lever } = await hands();
    proxy.mode = 'silent';
    expect(await outcome(lever.terminate(KEY, AbortSignal.timeout(200)))).toMatchObject({
      fault: 'too slow',
      sent: 'maybe',
      mayRetry: false,
    });
  });

  test('there is no connection: nothing was sent', async () => {
    const { lever } = await hands();
    proxy.drop();
    proxy.mode = 'down';
    await expect
      .poll(async () => await outcome(lever.terminate(KEY, patient())))
      .toMatchObject({
        fault: 'unreachable',
        sent: 'no',
      });
  });

  test('its key is no time: nothing was done', async () => {
    const { lever } = await hands();
    const asked = lever.terminate({ ...KEY, backendStart: 'yesterday-ish' }, patient());
    expect(await outcome(asked)).toMatchObject({ fault: 'refused', sent: 'no' });
  });

  test('there is nobody of that number: it has ended by itself', async () => {
    const { lever } = await hands();
    expect(await outcome(lever.terminate(KEY, patient()))).toMatchObject({ fault: 'refused', sent: 'no' });
  });
});

describe('a server that takes no more connections', () => {
  async function limited(limit: number): Promise<void> {
    const owner = new pg.Client({ connectionString: database.url });
    await owner.connect();
    await owner.query(`alter role ${role.name} connection limit ${limit}`);
    await owner.end();
  }

  test('is exhausted for every question, and nothing is sent', async () => {
    const { lever, probe } = await hands();
    proxy.drop();
    await limited(0);
    const full = { fault: 'exhausted', sent: 'no', message: expect.stringContaining('too many connections') };
    await expect.poll(async () => await outcome(probe.activity(patient()))).toMatchObject(full);
    expect(await outcome(probe.sessions(10, patient()))).toMatchObject(full);
    expect(await outcome(lever.terminate(KEY, patient()))).toMatchObject(full);
    await limited(-1);
    expect(await outcome(probe.activity(patient()))).toBe('done');
  });
});

test.each([
  ['the database system is starting up', '57P03', 'starting or stopping'],
  ['the database system is shutting down', '57P03', 'starting or stopping'],
  ['terminating connection due to administrator command', '57P01', 'unreachable'],
])('“%s” is told from silence', (words, code, fault) => {
  expect(sqlError(ORDERS_DATABASE, Object.assign(new Error(words), { code }))).toMatchObject({
    fault,
    mayRetry: true,
  });
});
