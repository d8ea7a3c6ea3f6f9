import pg from 'pg';

/** Few connections, short patience: the database that is asked is the one that hurts. */
const CONNECTIONS = 3;
const PATIENCE_MS = 3_000;

/** How our sessions are told from others. */
const NAME = 'oms-bot';

/** The bot's connections to the orders database. It makes none before the first question. */
export function ordersDatabasePool(url: string, onIdleError: (err: Error) => void): pg.Pool {
  const pool = new pg.Pool({
    connectionString: url,
    max: CONNECTIONS,
    connectionTimeoutMillis: PATIENCE_MS,
    statement_timeout: PATIENCE_MS,
    application_name: NAME,
  });
  pool.on('error', onIdleError);
  return pool;
}
