import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { SystemError } from '../../ports/system-error.ts';
import { sqlError } from './sql-error.ts';

/** How long the way to a running query may take, ms. Past it the server's own `statement_timeout` ends the query. */
const CANCEL_MS = 2_000;

/** One question inside a transaction that can only read; the first row, or null. */
export type Question = (text: string, values: readonly unknown[]) => Promise<Record<string, unknown> | null>;

/**
 * Runs `work` in one read-only transaction. When the signal fires, the running query is cancelled at the server and
 * its connection is closed: an abandoned query would hold one of few connections and burn the database that hurts.
 * @throws SystemError
 */
export async function reading<T>(
  system: string,
  pool: pg.Pool,
  signal: AbortSignal,
  work: (ask: Question) => Promise<T>,
): Promise<T> {
  const hungUp = new Promise<never>((_resolve, reject) => {
    const stop = () => {
      const words = `${system} did not answer in time.`;
      reject(new SystemError(system, 'too slow', words, { sent: 'no', mayRetry: true }));
    };
    if (signal.aborted) stop();
    else signal.addEventListener('abort', stop, { once: true });
  });
  const connecting = pool.connect();
  const client = await Promise.race([connecting, hungUp]).catch((err: unknown) => {
    // It may still come; nobody waits for it any more.
    connecting.then((late) => late.release()).catch(() => undefined);
    throw failure(system, err);
  });
  // Without a listener an error between two queries would end the process.
  client.on('error', ignore);
  const mark = `/* oms-bot ${randomUUID()} */`;
  let broken: Error | undefined;
  try {
    const ask: Question = async (text, values) => {
      const found = await client.query(`${mark} ${text}`, [...values]);
      return found.rows[0] ?? null;
    };
    const whole = (async () => {
      await client.query('begin read only');
      const answer = await work(ask);
      await client.query('rollback');
      return answer;
    })();
    return await Promise.race([whole, hungUp]);
  } catch (err) {
    broken = err instanceof Error ? err : new Error('unknown');
    if (signal.aborted) void cancel(pool, mark);
    throw failure(system, broken);
  } finally {
    client.off('error', ignore);
    client.release(broken);
  }
}

/** Ends the query that carries our mark, and no other: by now its connection may serve somebody else. */
async function cancel(pool: pg.Pool, mark: string): Promise<void> {
  const client = new pg.Client({ ...pool.options, connectionTimeoutMillis: CANCEL_MS });
  client.on('error', ignore);
  try {
    await client.connect();
    await client.query(
      `select pg_cancel_backend(pid) from pg_stat_activity where state = 'active' and starts_with(query, $1)`,
      [mark],
    );
  } catch {
    // The server's own statement_timeout ends it then.
  } finally {
    await client.end().catch(ignore);
  }
}

function failure(system: string, err: unknown): SystemError {
  if (err instanceof SystemError) return err;
  return sqlError(system, err instanceof Error ? err : new Error('unknown'));
}

function ignore(): void {}
