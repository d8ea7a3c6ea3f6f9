import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import pg from 'pg';
import type { DatabaseServer } from '../../sim/world/database-sessions.ts';
import { migrate } from '../../src/store/database.ts';
import { startEmbeddedPostgres } from '../../src/store/embedded.ts';
import type { Closers } from './closers.ts';

/** The databases of the demo, on an embedded PostgreSQL whose temporary folder goes with it. */
export interface DemoDatabases {
  /** The bot's own, as its owner. */
  readonly owner: string;
  /** The same as the role that the bot runs as. */
  readonly bot: string;
  /** As its owner: the pretend world's. */
  readonly orders: string;
}

export async function startDatabases(closers: Closers): Promise<DemoDatabases> {
  const server = await startEmbeddedPostgres();
  closers.add(server.stop);
  for (const name of ['bot', 'orders']) await onServer(server.url, `create database ${name}`);
  const owner = at(server.url, '/bot');
  await migrate(owner);
  return {
    owner,
    bot: `${owner}?options=${encodeURIComponent('-c role=oms_bot')}`,
    orders: at(server.url, '/orders'),
  };
}

/** How the pretend order service reaches its database: as a role of its own. */
export async function serviceAccess(orders: string): Promise<DatabaseServer> {
  const url = as(orders, 'order_service');
  await onServer(orders, `create role order_service login password '${url.password}'`);
  return {
    async connect(application) {
      const client = new pg.Client({ connectionString: url.href, application_name: application });
      client.on('error', () => undefined);
      await client.connect();
      return {
        query: async (text) => await client.query(text),
        end: async () => await client.end(),
        onEnd: (listener) => void client.once('end', listener),
      };
    },
  };
}

/** Lets the bot in with the rights that a company would give it, and that of ending sessions; the orders table is there by then. */
export async function botAccess(orders: string): Promise<string> {
  const url = as(orders, 'oms_bot_orders');
  await onServer(
    orders,
    `${readFileSync(new URL('../../deploy/orders-db.sql', import.meta.url), 'utf8')};
     grant pg_signal_backend to oms_bot_orders;
     alter role oms_bot_orders password '${url.password}'`,
  );
  return url.href;
}

function as(url: string, role: string): URL {
  const other = new URL(url);
  other.username = role;
  other.password = randomBytes(12).toString('hex');
  return other;
}

async function onServer(url: string, text: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query(text);
  await client.end();
}

/** A pool for the world around the bot. */
export function openPool(url: string, closers: Closers): pg.Pool {
  const pool = new pg.Pool({ connectionString: url, max: 5 });
  pool.on('error', () => undefined);
  closers.add(async () => await pool.end());
  return pool;
}

function at(url: string, path: string): string {
  const other = new URL(url);
  other.pathname = path;
  return other.href;
}
