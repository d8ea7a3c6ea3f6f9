import pg from 'pg';
import { migrate } from '../../src/store/database.ts';
import { startEmbeddedPostgres } from '../../src/store/embedded.ts';
import type { Closers } from './closers.ts';

/** The databases of the demo, on an embedded PostgreSQL whose temporary folder goes with it. */
export interface DemoDatabases {
  /** The bot's own, as its owner. */
  readonly owner: string;
  /** The same as the role that the bot runs as. */
  readonly bot: string;
  readonly orders: string;
}

export async function startDatabases(closers: Closers): Promise<DemoDatabases> {
  const server = await startEmbeddedPostgres();
  closers.add(server.stop);
  const client = new pg.Client({ connectionString: server.url });
  await client.connect();
  await client.query('create database bot');
  await client.query('create database orders');
  await client.end();
  const owner = at(server.url, '/bot');
  await migrate(owner);
  return {
    owner,
    bot: `${owner}?options=${encodeURIComponent('-c role=oms_bot')}`,
    orders: at(server.url, '/orders'),
  };
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
