import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ordersDatabaseProbe } from '../../src/adapters/postgres/probe.ts';
import { ORDERS_DATABASE } from '../../src/adapters/postgres/schema.ts';
import { policyFor } from '../../src/adapters/resilience.ts';
import { type FreshDatabase, freshDatabase } from '../support/postgres.ts';
import { patient } from '../support/trouble.ts';
import { TABLE } from './orders-support.ts';

const NOW = Date.parse('2026-07-10T12:00:00Z');

let database: FreshDatabase;
let pool: pg.Pool;

beforeAll(async () => {
  database = await freshDatabase();
  const owner = new pg.Client({ connectionString: database.url });
  await owner.connect();
  await owner.query(`do $$ begin
    execute format('alter database %I set timezone to %L', current_database(), 'Europe/Berlin'); end $$`);
  await owner.query(
    'create table orders (id text, status text, error_code text, created_at timestamptz, updated_at timestamp)',
  );
  // One changed ten minutes ago and one three hours ago; the service writes UTC.
  await owner.query(`insert into orders values
    ('ord_1', 'processing', 'OVERSOLD', '2026-07-10T11:50:00Z', '2026-07-10T11:50:00'),
    ('ord_2', 'processing', 'OVERSOLD', '2026-07-10T09:00:00Z', '2026-07-10T09:00:00')`);
  await owner.end();
  pool = new pg.Pool({ connectionString: database.url, max: 2 });
});
afterAll(async () => {
  await pool.end();
  await database.drop();
});

const probe = (timeZone?: string) =>
  ordersDatabaseProbe(pool, policyFor(ORDERS_DATABASE, { backoffMs: [] }), { ...TABLE, timeZone });
const changed = async (timeZone?: string) => await probe(timeZone).changedOrders(30, NOW, patient());

describe('times without a time zone', () => {
  test('are by the clock that the configuration names, else by the database’s own', async () => {
    expect(await changed()).toBe(0);
    expect(await changed('UTC')).toBe(1);
    const stuck = { status: 'processing', olderThanMinutes: 120, windowMinutes: 120, now: NOW };
    expect(await probe().stuckShare(stuck, patient())).toMatchObject({ affected: 2 });
    expect(await probe('UTC').stuckShare(stuck, patient())).toMatchObject({ affected: 1 });
  });

  test('are found, with the clock that they are read by', async () => {
    const columns = ['updated_at'];
    expect(await probe().timesWithoutZone(patient())).toEqual({ columns, clock: 'Europe/Berlin' });
    expect(await probe('UTC').timesWithoutZone(patient())).toEqual({ columns, clock: 'UTC' });
  });

  test('by a clock that PostgreSQL does not know are not looked at', async () => {
    await expect(changed('Mars/Olympus')).rejects.toThrow('does not know the time zone that orders.timeZone');
  });
});
