import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import pg from 'pg';
import type { Log } from '../ports/log.ts';

const MIGRATIONS = new URL('./migrations/', import.meta.url);

/** One statement or lock may take this long, ms; a transaction that idles longer is ended by the server (design §4). */
const TIMEOUTS = {
  statement_timeout: 10_000,
  lock_timeout: 5_000,
  idle_in_transaction_session_timeout: 2_000,
};

/** A pool as the bot uses it: bounded waits, and an idle connection that dies is logged, not fatal. */
export function openPool(url: string, log: Log, max = 10): pg.Pool {
  const pool = new pg.Pool({
    connectionString: url,
    max,
    connectionTimeoutMillis: 3_000,
    application_name: 'oms-bot',
    ...TIMEOUTS,
  });
  pool.on('error', (err) => log.warn({ err: err.message }, 'an idle database connection ended'));
  return pool;
}

/**
 * Brings the schema up to date, as the owner; safe to run from several processes at once.
 * @throws Error when a migration that was applied has been changed since, or when one fails (nothing of it stays)
 */
export async function migrate(ownerUrl: string): Promise<void> {
  const client = new pg.Client({ connectionString: ownerUrl, application_name: 'oms-bot migrate' });
  await client.connect();
  try {
    await client.query(`select pg_advisory_lock(hashtextextended('oms-bot migrate', 0))`);
    await client.query(
      'create table if not exists migrations (name text primary key, sum text not null, applied_at timestamptz not null default now())',
    );
    const applied = await client.query<{ name: string; sum: string }>('select name, sum from migrations');
    const known = new Map(applied.rows.map(({ name, sum }) => [name, sum]));
    for (const name of readdirSync(MIGRATIONS)
      .filter((file) => file.endsWith('.sql'))
      .sort()) {
      const text = readFileSync(new URL(name, MIGRATIONS), 'utf8');
      const sum = createHash('sha256').update(text).digest('hex');
      if (known.get(name) === sum) continue;
      if (known.has(name))
        throw new Error(`Migration ${name} was applied and has changed since. Add a new one instead.`);
      await client.query('begin');
      await client.query(text);
      await client.query('insert into migrations (name, sum) values ($1, $2)', [name, sum]);
      await client.query('commit');
    }
  } finally {
    await client.end();
  }
}

/** What a database said, in a line; the error of a refused connection to several addresses has no words of its own. */
export function databaseWords(err: unknown): string {
  if (err instanceof AggregateError && err.message === '') return databaseWords(err.errors[0]);
  return err instanceof Error ? err.message : String(err);
}
