import pg from 'pg';
import { expect } from 'vitest';
import { ordersDatabaseLever } from '../../src/adapters/postgres/lever.ts';
import { ordersDatabasePool } from '../../src/adapters/postgres/pool.ts';
import { ordersDatabaseProbe } from '../../src/adapters/postgres/probe.ts';
import { ORDERS_DATABASE } from '../../src/adapters/postgres/schema.ts';
import { policyFor } from '../../src/adapters/resilience.ts';
import type { SessionSeen } from '../../src/ports/orders-database.ts';
import { freshDatabase, readingRole } from '../support/postgres.ts';
import { patient } from '../support/trouble.ts';

export const TABLE = {
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

export type OrdersHere = Awaited<ReturnType<typeof ordersHere>>;

/** A real orders database with a role for the service and one for the bot, which may see and end sessions. */
export async function ordersHere() {
  const database = await freshDatabase();
  const [bot, service] = [await readingRole(database.url), await readingRole(database.url)];
  const opened: pg.Client[] = [];
  const owner = await client(database.url, 'owner');
  opened.pop();
  await owner.query('create table orders (id int primary key, status text)');
  await owner.query(`insert into orders select one, 'processing' from generate_series(1, 9) one`);
  await owner.query('grant select, update on orders to public');
  await owner.query(`grant pg_read_all_stats, pg_signal_backend to ${bot.name}`);
  const pool = ordersDatabasePool(bot.url, () => undefined);
  const policy = () => policyFor(ORDERS_DATABASE, { backoffMs: [] });

  async function client(url: string, application: string): Promise<pg.Client> {
    const made = new pg.Client({ connectionString: url, application_name: application });
    made.on('error', () => undefined);
    await made.connect();
    opened.push(made);
    return made;
  }

  const here = {
    database,
    bot,
    service,
    owner,
    client,
    probe: (table = 'orders') => ordersDatabaseProbe(pool, policy(), { ...TABLE, table }),
    lever: () => ordersDatabaseLever(pool, policy()),
    ofService: async (application = 'order-service') => await client(service.url, application),
    sessions: async () => await here.probe().sessions(10, patient()),

    /** Sessions of the service, and how many of them wait for a lock. */
    async count(): Promise<{ sessions: number; waiting: number }> {
      const { rows } = await owner.query(
        `select count(*)::int as sessions, (count(*) filter (where wait_event_type = 'Lock'))::int as waiting
         from pg_stat_activity where usename = $1`,
        [service.name],
      );
      return rows[0];
    },

    /** A transaction that holds one order, one that waits for it and holds another, and one that waits for that. */
    async chain() {
      const [first, second, third] = [
        await here.ofService(),
        await here.ofService(),
        await here.ofService('reports'),
      ];
      await first.query('begin');
      await first.query(`update orders set status = 'held by a secret' where id = 1`);
      await second.query('begin');
      await second.query(`update orders set status = 'x' where id = 2`);
      const waits = [
        second.query(`update orders set status = 'secret' where id = 1`).catch(() => undefined),
        third.query(`update orders set status = 'secret' where id = 2`).catch(() => undefined),
      ];
      await expect.poll(async () => (await here.count()).waiting).toBe(2);
      return { first, second, third, waits };
    },

    /** Ends what a test opened. */
    async clear() {
      // One that sleeps does not notice that its client has gone.
      const pids = opened.map(pidOf);
      await owner.query('select pg_terminate_backend(pid) from unnest($1::int[]) pid', [pids]);
      await Promise.all(opened.splice(0).map(async (each) => await each.end().catch(() => undefined)));
      await expect.poll(async () => (await here.count()).sessions).toBe(0);
    },
    async stop() {
      await pool.end();
      await owner.end();
      await database.drop();
      await bot.drop();
      await service.drop();
    },
  };
  return here;
}

export function pidOf(session: pg.Client): number {
  return Number(Reflect.get(session, 'processID'));
}

export function by(all: readonly SessionSeen[], session: pg.Client): SessionSeen | undefined {
  return all.find(({ pid }) => pid === pidOf(session));
}
