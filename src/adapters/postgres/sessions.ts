import type {
  ServerActivity,
  SessionKey,
  SessionQuestions,
  SessionSeen,
} from '../../ports/orders-database.ts';
import { SystemError } from '../../ports/system-error.ts';
import { maskSql } from './mask-sql.ts';
import type { Question } from './read.ts';
import {
  ApplicationRow,
  GrantsRow,
  ORDERS_DATABASE,
  read,
  SeenRow,
  ServerRow,
  SessionRow,
} from './schema.ts';

/** Characters of a query that people see, and of the one that is masked first. */
const QUERY_SHOWN = 300;
const QUERY_READ = 8_000;
/** Sessions that are read at most; who blocks whom is counted among them. */
const SESSIONS_READ = 500;

/** A client that takes one of `max_connections`. The kind of a hidden one is hidden too. */
const CLIENT = `(backend_type = 'client backend' or (backend_type is null and usesysid is not null))`;
const IDLE_IN_TRANSACTION = `state in ('idle in transaction', 'idle in transaction (aborted)')`;
/** A session of another role that the server shows only in outline. */
const HIDDEN = `(backend_type is null and usesysid is not null)`;

const SERVER = `
  select (count(*) filter (where state = 'active'))::int as active,
    (count(*) filter (where ${IDLE_IN_TRANSACTION}))::int as idle_in_transaction,
    count(*)::int as connections,
    current_setting('max_connections')::int as max_connections,
    current_setting('superuser_reserved_connections')::int
      + coalesce(current_setting('reserved_connections', true), '0')::int as reserved,
    greatest(0, extract(epoch from clock_timestamp() - pg_postmaster_start_time()) * 1000)::float8 as up_ms,
    pg_is_in_recovery() as standby,
    (count(*) filter (where ${HIDDEN}))::int as hidden,
    quote_ident(current_user) as role
  from pg_stat_activity where ${CLIENT}`;

const APPLICATIONS = `
  select application_name as application, count(*)::int as connections,
    (count(*) filter (where state = 'active'))::int as active,
    coalesce((array_agg(greatest(0, extract(epoch from clock_timestamp() - state_change) * 1000)::float8
      order by state_change) filter (where ${IDLE_IN_TRANSACTION}))[:100], '{}') as idle_ms
  from pg_stat_activity where ${CLIENT} and datname = current_database()
  group by application_name order by count(*) desc, application_name limit 100`;

const SEEN_HERE = `
  select (count(*) filter (where ${HIDDEN}))::int as hidden, quote_ident(current_user) as role,
    pg_is_in_recovery() as standby
  from pg_stat_activity where datname = current_database()`;

/** As text to the microsecond, which a date of JavaScript does not hold. */
const exact = (column: string) => `to_char(${column} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`;

/** Why nobody may end a session from here. Ours are all that carry our name under our role. */
export const UNTOUCHABLE = `case
    when backend_type = 'walsender' then 'replication'
    when query ilike 'autovacuum:%(to prevent wraparound)' and backend_type = 'autovacuum worker'
      then 'anti-wraparound vacuum'
    when backend_type <> 'client backend' then 'server process'
    when activity.pid = pg_backend_pid()
      or (usename = session_user and application_name = current_setting('application_name')) then 'own session'
    when usesysid in (select oid from pg_roles where rolsuper) then 'superuser'
  end`;

/** Ending sessions of others is a right of its own. */
export const MAY_NOT_END = `(not pg_has_role(current_user, 'pg_signal_backend', 'usage')
    and not pg_has_role(current_user, usesysid, 'usage'))`;
const GRANT_TO_END = `'GRANT pg_signal_backend TO ' || quote_ident(current_user)`;

/** Its query is over, and it holds nothing that others could wait for. */
export const OVER = `(state = 'idle' and not exists (
    select from pg_locks held where held.pid = activity.pid and held.locktype = 'advisory'))`;

/** $1 to $3: a session that is wanted whatever it does, or nulls. */
const SESSIONS = `
  with waiting as (
    select pid, pg_blocking_pids(pid) as blocked_by
    from (select distinct pid from pg_locks where not granted and pid is not null) waiters
  )
  select activity.pid, ${exact('backend_start')} as backend_start, ${exact('query_start')} as query_start,
    coalesce(usename, '') as "user", application_name as application, coalesce(state, '') as state,
    greatest(0, extract(epoch from clock_timestamp() - query_start) * 1000)::float8 as for_ms,
    left(query, ${QUERY_READ}) as query,
    array(select distinct one from unnest(waiting.blocked_by) one where one > 0) as blocked_by,
    ${UNTOUCHABLE} as untouchable,
    case when ${MAY_NOT_END} then ${GRANT_TO_END} end as missing_grant
  from pg_stat_activity activity left join waiting on waiting.pid = activity.pid
  where datname = current_database() and query_start is not null and backend_start is not null
    and activity.pid <> pg_backend_pid()
    and ((state = 'active' and backend_type = 'client backend')
      or exists (select from waiting blocked where activity.pid = any(blocked.blocked_by))
      or (activity.pid = $1 and backend_start = $2::timestamptz and query_start = $3::timestamptz and not ${OVER}))
  order by activity.pid is not distinct from $1 desc, query_start limit ${SESSIONS_READ}`;

const GRANTS = `
  select pg_has_role(current_user, 'pg_read_all_stats', 'usage') as sees,
    pg_has_role(current_user, 'pg_signal_backend', 'usage') as ends, quote_ident(current_user) as role`;

/** Runs in one read-only transaction, under one deadline, asked again where that can help. */
export type Reading = <T>(work: (ask: Question) => Promise<T>, signal: AbortSignal) => Promise<T>;

/** R38, R39 and what R42 is bound to. */
export function sessionQuestions(reading: Reading): Omit<SessionQuestions, 'exportPlan'> {
  return {
    activity: async (signal) =>
      await reading(async (ask): Promise<ServerActivity> => {
        const server = read(ServerRow, (await ask(SERVER))[0], 'The server’s count of sessions');
        const applications = (await ask(APPLICATIONS)).map((row) =>
          read(ApplicationRow, row, 'The count of an application’s sessions'),
        );
        return {
          active: server.active,
          idleInTransaction: server.idle_in_transaction,
          connections: server.connections,
          maxConnections: server.max_connections,
          reserved: server.reserved,
          upMs: server.up_ms,
          standby: server.standby,
          byApplication: applications.map(({ idle_ms: idleMs, ...rest }) => ({ ...rest, idleMs })),
          missingRight: server.hidden === 0 ? null : grantToSee(server.role),
        };
      }, signal),
    sessions: async (most, signal) =>
      await reading(async (ask) => {
        await allSeen(ask);
        return seen(await ask(SESSIONS, [null, null, null])).slice(0, most);
      }, signal),
    session: async ({ pid, backendStart, queryStart }: SessionKey, signal) =>
      await reading(async (ask) => {
        await allSeen(ask);
        const all = seen(await ask(SESSIONS, [pid, backendStart, queryStart]));
        return (
          all.find(
            (one) => one.pid === pid && one.backendStart === backendStart && one.queryStart === queryStart,
          ) ?? null
        );
      }, signal),
    missingGrants: async (signal) =>
      await reading(async (ask) => {
        const { sees, ends, role } = read(GrantsRow, (await ask(GRANTS))[0], 'The rights of our role');
        return { toSee: sees ? null : grantToSee(role), toEnd: ends ? null : grantToEnd(role) };
      }, signal),
  };
}

function grantToEnd(role: string): string {
  return `GRANT pg_signal_backend TO ${role}`;
}

function grantToSee(role: string): string {
  return `GRANT pg_read_all_stats TO ${role}`;
}

async function allSeen(ask: Question): Promise<void> {
  const { hidden, role, standby } = read(SeenRow, (await ask(SEEN_HERE))[0], 'The count of hidden sessions');
  const no = { sent: 'no', mayRetry: false } as const;
  if (standby) {
    const words =
      'A standby answered; the order service’s sessions are on the primary (ORDERS_DATABASE_URL).';
    throw new SystemError(ORDERS_DATABASE, 'refused', words, no);
  }
  if (hidden === 0) return;
  const words = `${ORDERS_DATABASE} hides the sessions of others from us; \`${grantToSee(role)}\` would show them.`;
  throw new SystemError(ORDERS_DATABASE, 'forbidden', words, no);
}

function seen(rows: readonly unknown[]): readonly SessionSeen[] {
  const all = rows.map((row) => read(SessionRow, row, 'A session'));
  return all
    .map((row): SessionSeen => {
      const waiters = waitersOf(row.pid, all);
      return {
        pid: row.pid,
        backendStart: row.backend_start,
        queryStart: row.query_start,
        user: row.user,
        application: row.application,
        state: row.state,
        forMs: row.for_ms,
        query: shortened(maskSql(row.query)),
        blockedBy: row.blocked_by,
        blocks: waiters.length,
        blocksMs: Math.max(0, ...waiters.map(({ for_ms }) => for_ms)),
        untouchable: row.untouchable,
        missingGrant: row.missing_grant,
      };
    })
    .sort((one, other) => other.blocks - one.blocks || other.forMs - one.forMs);
}

/** Whoever waits for that session, and whoever waits for those. */
function waitersOf(pid: number, all: readonly SessionRow[]): readonly SessionRow[] {
  const found = new Set<SessionRow>();
  const holders = [pid];
  for (let holder = holders.pop(); holder !== undefined; holder = holders.pop()) {
    for (const other of all) {
      if (found.has(other) || other.pid === pid || !other.blocked_by.includes(holder)) continue;
      found.add(other);
      holders.push(other.pid);
    }
  }
  return [...found];
}

function shortened(text: string): string {
  return text.length <= QUERY_SHOWN ? text : `${text.slice(0, QUERY_SHOWN - 1)}…`;
}
