import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { SystemError } from '../../ports/system-error.ts';
import { sqlError } from './sql-error.ts';

/** How long the way to a running query may take, ms. Past it the server's own `statement_timeout` ends the query. */
const CANCEL_MS = 2_000;

/** One question inside a transaction that can only read. */
export type Question = (
  text: string,
  values?: readonly unknown[],
) => Promise<readonly Readonly<Record<string, unknown>>[]>;

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
  return await onConnection(system, pool, signal, async (ask) => {
    await ask('begin read only');
    const answer = await work(ask);
    await ask('rollback');
    return answer;
  });
}

/**
 * One statement that changes something, sent once.
 * @throws SystemError with `sent: 'no'` where it surely was not carried out
 */
export async function changing(
  system: string,
  pool: pg.Pool,
  signal: AbortSignal,
  text: string,
  values: readonly unknown[],
): Promise<readonly Readonly<Record<string, unknown>>[]> {
  let sent = false;
  try {
    return await onConnection(system, pool, signal, async (ask) => {
      sent = true;
      return await ask(text, values);
    });
  } catch (err) {
    if (!sent || !(err instanceof SystemError) || refusedWhole(err.cause)) throw err;
    const { fault, message } = err;
    throw new SystemError(system, fault, message, { sent: 'maybe', mayRetry: false, cause: err });
  }
}

/** The server did not accept the statement (class 42) or its values (22), so none of it was carried out. */
function refusedWhole(cause: unknown): boolean {
  return cause instanceof Error && 'code' in cause && /^(?:42|22)/.test(String(cause.code));
}

async function onConnection<T>(
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
    const ask: Question = async (text, values = []) => {
      const found = await client.query(`${mark} ${text}`, [...values]);
      return found.rows;
    };
    return await Promise.race([work(ask), hungUp]);
  } catch (err) {
    broken = err instanceof Error ? err : new Error('unknown');
    if (signal.aborted) void cancel(pool, mark);
    throw failure(system, broken, client.user ?? null);
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

function failure(system: string, err: unknown, role: string | null = null): SystemError {
  if (err instanceof SystemError) return err;
  return sqlError(system, err instanceof Error ? err : new Error('unknown'), role);
}

function ignore(): void {}
