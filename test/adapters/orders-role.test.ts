import { readFileSync } from 'node:fs';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ordersDatabaseLever } from '../../src/adapters/postgres/lever.ts';
import { ordersDatabasePool } from '../../src/adapters/postgres/pool.ts';
import { ordersDatabaseProbe } from '../../src/adapters/postgres/probe.ts';
import { ORDERS_DATABASE } from '../../src/adapters/postgres/schema.ts';
import { policyFor } from '../../src/adapters/resilience.ts';
import type { SessionSeen } from '../../src/ports/orders-database.ts';
import { type EmbeddedPostgres, startEmbeddedPostgres } from '../../src/store/embedded.ts';
import { roomInMemory } from '../support/folder.ts';
import { outcome, patient } from '../support/trouble.ts';

const FILE = readFileSync(new URL('../../deploy/orders-db.sql', import.meta.url), 'utf8');
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
const NOW = Date.parse('2026-03-10T12:00:00Z');

/** A server of its own: the file makes a role, and roles belong to the whole server. */
let server: EmbeddedPostgres;
let owner: pg.Client;
let service: pg.Client;
let pool: pg.Pool;
let url: string;

beforeAll(async () => {
  server = await startEmbeddedPostgres({ within: roomInMemory() });
  owner = await client(server.url);
  await owner.query('create database shop');
  await owner.end();
  const shop = new URL(server.url);
  shop.pathname = '/shop';
  owner = await client(shop.href);
  await owner.query(
    `create table orders (id text, status text, error_code text, created_at timestamptz, updated_at timestamptz,
       address text)`,
  );
  await owner.query(`insert into orders select one::text, 'processing', null, now(), now(), 'secret'
    from generate_series(1, 9) one`);
  await owner.query(`create role order_service login password 'x'`);
  await owner.query('grant all on orders to order_service');
  await owner.query(FILE);
  await owner.query(`alter role oms_bot_orders password 'x'`);
  shop.password = 'x';
  shop.username = 'order_service';
  service = await client(shop.href, 'order-service');
  shop.username = 'oms_bot_orders';
  url = shop.href;
  pool = ordersDatabasePool(url, () => undefined);
});
afterAll(async () => {
  await Promise.all([pool.end(), service.end(), owner.end()]);
  await server.stop();
});

async function client(of: string, application = 'owner'): Promise<pg.Client> {
  const made = new pg.Client({ connectionString: of, application_name: application });
  made.on('error', () => undefined);
  await made.connect();
  return made;
}

/** The commented statements of the file that contain the words. */
async function optional(words: string): Promise<void> {
  const statements = FILE.replace(/^-- /gm, '').split(';');
  const found = statements.filter((statement) => statement.includes(words));
  for (const statement of found) await owner.query(statement.slice(statement.search(/^(?:create|grant) /m)));
}

const probe = () => ordersDatabaseProbe(pool, policyFor(ORDERS_DATABASE, { backoffMs: [] }), TABLE);
const lever = () => ordersDatabaseLever(pool, policyFor(ORDERS_DATABASE));
const share = async () =>
  await probe().stuckShare(
    { status: 'processing', olderThanMinutes: 120, windowMinutes: 120, now: NOW },
    patient(),
  );

/** The service holds an order; its session as the bot sees it. */
async function held(): Promise<SessionSeen> {
  await service.query(`begin; update orders set status = 'x' where id = '1'`);
  const waiter = await client(url.replace('oms_bot_orders', 'order_service'), 'order-service');
  void waiter.query(`update orders set status = 'x' where id = '1'`).catch(() => undefined);
  await expect.poll(async () => await probe().sessions(10, patient())).toHaveLength(2);
  const [found] = await probe().sessions(10, patient());
  if (found === undefined) throw new Error('Nobody is seen.');
  return found;
}

describe('as the role of deploy/orders-db.sql', () => {
  test('everything that the bot asks is answered', async () => {
    expect(await share()).toMatchObject({ source: 'orders table' });
    const question = { waiting: 'a', waitingMinutes: 5, codes: ['X'], windowsMinutes: [30], fewest: 1 };
    expect(
      await probe().failedShare({ ...question, now: Date.now(), runbook: 'database-pool' }, patient()),
    ).toMatchObject({ affected: 0, total: 9 });
    const oversold = { code: 'X', decided: ['shipped'], windowMinutes: 60, most: 5, now: Date.now() };
    expect(await probe().oversold(oversold, patient())).toMatchObject({ total: 0, source: 'orders table' });
    expect(await probe().activity(patient())).toMatchObject({ missingRight: null });
    expect(await probe().sessions(10, patient())).toEqual([]);
    expect(await probe().exportPlan('2024-01-01', '2024-01-31', patient())).toMatchObject({
      scan: 'sequential',
    });
  });

  test.each([
    'insert into orders values ($$x$$)',
    'update orders set status = $$x$$',
    'delete from orders',
    'truncate orders',
    'drop table orders',
    'create table mine (a int)',
    'select address from orders',
    'select * from orders',
    'alter role oms_bot_orders superuser',
    `select pg_terminate_backend(pid) from pg_stat_activity where usename = 'order_service'`,
    `select pg_read_file('/etc/hostname')`,
  ])('this is refused even where the session may write: %s', async (text) => {
    const session = await client(url);
    await session.query('set default_transaction_read_only = off');
    await expect(session.query(text)).rejects.toMatchObject({ code: expect.stringMatching(/^42/) });
    await session.end();
  });

  test.each([
    [
      'a column',
      'revoke select (error_code) on orders from oms_bot_orders',
      'grant select (error_code) on orders to oms_bot_orders',
      'GRANT SELECT ON orders TO oms_bot_orders',
    ],
    [
      'the view of the impact',
      `create view oms_bot_impact as select 'a' as runbook, 1 as affected, 2 as total, now() as as_of`,
      'drop view oms_bot_impact',
      'GRANT SELECT ON oms_bot_impact TO oms_bot_orders',
    ],
    [
      'the schema',
      'create schema "Shut"; create table "Shut".orders (like orders)',
      'drop schema "Shut" cascade',
      'GRANT USAGE ON SCHEMA "Shut" TO oms_bot_orders',
    ],
  ])('the right that is missing is named: %s', async (what, take, give, grant) => {
    await owner.query(take);
    const table = what === 'the schema' ? 'Shut.orders' : 'orders';
    const reader = ordersDatabaseProbe(pool, policyFor(ORDERS_DATABASE, { backoffMs: [] }), {
      ...TABLE,
      table,
    });
    const question = { waiting: 'a', waitingMinutes: 5, codes: ['X'], windowsMinutes: [30], fewest: 1 };
    const asked = reader.failedShare({ ...question, now: NOW, runbook: 'database-pool' }, patient());
    await expect(asked).rejects.toMatchObject({
      fault: 'forbidden',
      message: expect.stringContaining(grant),
    });
    await owner.query(give);
  });

  test('its sessions read only, with a limit on each statement and on their number', async () => {
    const session = await client(url);
    const { rows } = await session.query(
      `select current_setting('default_transaction_read_only') as only, current_setting('statement_timeout') as within,
         (select rolconnlimit from pg_roles where rolname = current_user) as most`,
    );
    await session.end();
    expect(rows).toEqual([{ only: 'on', within: '4s', most: 8 }]);
  });

  test('ending a session names the GRANT that is missing; with it the session ends', async () => {
    const shown = await held();
    const grant = 'GRANT pg_signal_backend TO oms_bot_orders';
    expect(shown.missingGrant).toBe(grant);
    expect(await probe().missingGrants(patient())).toEqual({ toSee: null, toEnd: grant });
    expect(await outcome(lever().terminate(shown, patient()))).toMatchObject({
      fault: 'forbidden',
      sent: 'no',
      message: expect.stringContaining('`GRANT pg_signal_backend TO oms_bot_orders` would.'),
    });
    await optional('grant pg_signal_backend');
    expect((await probe().session(shown, patient()))?.missingGrant).toBeNull();
    expect(await probe().missingGrants(patient())).toEqual({ toSee: null, toEnd: null });
    expect(await lever().terminate(shown, patient())).toContain('was told to end');
    await expect.poll(async () => await probe().session(shown, patient())).toBeNull();
  });

  test('the view of the example is asked before the table', async () => {
    await optional('oms_bot_impact');
    expect(await share()).toMatchObject({ source: 'impact view', affected: 0, total: 9 });
  });

  test('so is the one of oversold orders', async () => {
    await optional('oms_bot_oversold');
    await owner.query(`update orders set error_code = 'OVERSOLD_PRODUCT' where id = '7'`);
    const question = { code: 'X', decided: [], windowMinutes: 60, most: 5, now: Date.now() };
    expect(await probe().oversold(question, patient())).toMatchObject({ source: 'oversold view', total: 1 });
  });
});
