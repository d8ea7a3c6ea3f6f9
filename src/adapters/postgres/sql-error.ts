import pg from 'pg';
import { SystemError, type SystemFault } from '../../ports/system-error.ts';

interface Meaning {
  readonly fault: SystemFault;
  readonly words: string;
  readonly mayRetry: boolean;
}

const means = (fault: SystemFault, words: string, mayRetry = false): Meaning => ({ fault, words, mayRetry });

const NAMES = '`orders` in oms.yaml names table, columns and statuses';
const ENDED = means('unreachable', 'ended the connection; it stops, starts or fails over', true);

/** By SQLSTATE, or by its class (the first two characters); PostgreSQL's manual, appendix A. */
const BY_STATE: Readonly<Record<string, Meaning>> = {
  '53300': means('exhausted', 'has too many connections'),
  '53': means('exhausted', 'has run out of a resource'),
  '57014': means('too slow', 'did not answer in time', true),
  '57P03': means('starting or stopping', 'starts, stops or recovers, and takes nobody meanwhile', true),
  '57': ENDED,
  '08': ENDED,
  '28': means('forbidden', 'does not accept the user or password of ORDERS_DATABASE_URL'),
  '3D': means('not found', 'has no database of the name in ORDERS_DATABASE_URL'),
  '3F': means('not found', `has no such schema; ${NAMES}`),
  '42P01': means('not found', `has no such table; ${NAMES}`),
  '42703': means('not found', `has no such column; ${NAMES}`),
  '42': means('refused', `does not accept our question; ${NAMES}`),
  '22023': means('refused', 'does not know the time zone that orders.timeZone in oms.yaml names'),
  '22': means('refused', `cannot compare what our question names; ${NAMES}`),
  '40': means('failed', 'took our question back for the sake of another', true),
  '55': means('failed', 'holds a lock on what we ask for', true),
};

/** Of node and `pg`, before any answer. */
const BY_NETWORK: readonly (readonly [RegExp, Meaning])[] = [
  // Poolers say it in words of their own, under a code that means something else.
  [/no more connections allowed|too many connections/i, means('exhausted', 'has too many connections')],
  [
    /connection timeout|timeout exceeded when trying to connect|ETIMEDOUT/i,
    means('too slow', 'took no connection in time', true),
  ],
  [
    /ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH/,
    means('unreachable', 'cannot be reached', true),
  ],
];

/** As PostgreSQL takes it: plain where it is plain, else in quotes. */
function identifier(name: string): string {
  return /^[a-z_][a-z0-9_]*$/.test(name) ? name : pg.escapeIdentifier(name);
}

const RIGHTS: Readonly<Record<string, string>> = {
  database: 'CONNECT ON DATABASE',
  schema: 'USAGE ON SCHEMA',
};

/** Of a missing right PostgreSQL names the object in its sentence alone; of a column it names the table. */
function denied(message: string, role: string | null): Meaning {
  const pattern =
    /^permission denied for (database|schema|table|view|materialized view|foreign table|relation) "?([^"]+)"?$/;
  const [, kind = '', name = ''] = pattern.exec(message) ?? [];
  // It speaks another language, or of something else.
  if (kind === '')
    return means('forbidden', 'does not let us do what we ask; deploy/orders-db.sql has the grants');
  const grant = `GRANT ${RIGHTS[kind] ?? 'SELECT ON'} ${identifier(name)} TO ${role === null ? 'our role' : identifier(role)}`;
  const narrower = kind === 'table' ? ', and so would that of the few columns in deploy/orders-db.sql' : '';
  return means(
    'forbidden',
    `does not let us do all that we ask of ${kind} ${name}; \`${grant}\` would${narrower}`,
  );
}

/**
 * What an error of `pg` means. It was a read, so nothing was changed whatever it was.
 * @param role as whom we asked; null: nobody let us in
 */
export function sqlError(system: string, err: Error, role: string | null = null): SystemError {
  const code = 'code' in err && typeof err.code === 'string' ? err.code : '';
  const text = `${code} ${err.message}`;
  const state = /^[0-9A-Z]{5}$/.test(code) ? code : null;
  const found =
    BY_NETWORK.find(([pattern]) => pattern.test(text))?.[1] ??
    (state === null
      ? means('unreachable', 'broke off the conversation', true)
      : state === '42501'
        ? denied(err.message, role)
        : (BY_STATE[state] ?? BY_STATE[state.slice(0, 2)] ?? means('failed', 'could not do it')));
  const { fault, words, mayRetry } = found;
  const shown = code === '' ? '' : ` (${code})`;
  return new SystemError(system, fault, `${system} ${words}${shown}.`, { sent: 'no', mayRetry, cause: err });
}
