import type pg from 'pg';
import * as z from 'zod';
import type { OrdersDatabaseLever } from '../../ports/orders-database.ts';
import { SystemError, type SystemFault } from '../../ports/system-error.ts';
import type { Policy } from '../resilience.ts';
import { changing } from './read.ts';
import { ORDERS_DATABASE, read, Untouchable } from './schema.ts';
import { MAY_NOT_END, OVER, UNTOUCHABLE } from './sessions.ts';

/** Looks and ends in one statement: between two, the process could come to serve somebody else. */
const TERMINATE = `
  with judged as materialized (
    select activity.pid, case
        when backend_type is null and usesysid is not null then 'hidden'
        when backend_start is distinct from $2::timestamptz then 'another session'
        when query_start is distinct from $3::timestamptz then 'another query'
        when ${OVER} then 'over'
        else coalesce(${UNTOUCHABLE}, case when ${MAY_NOT_END} then 'no right' end)
      end as refused
    from pg_stat_activity activity where activity.pid = $1
  )
  select quote_ident(current_user) as role, case when pid is null then 'gone' else refused end as refused,
    case when pid is not null and refused is null then pg_terminate_backend(pid) else false end as told
  from (select) one left join judged on true`;

const Row = z.object({
  role: z.string(),
  refused: z
    .enum(['gone', 'hidden', 'another session', 'another query', 'over', 'no right', ...Untouchable.options])
    .nullable(),
  told: z.boolean(),
});

/** R42. Pulled once, never repeated from here. */
export function ordersDatabaseLever(pool: pg.Pool, policy: Policy): OrdersDatabaseLever {
  return {
    terminate: async ({ pid, backendStart, queryStart }, signal) =>
      await policy.once(async () => {
        const rows = await changing(ORDERS_DATABASE, pool, signal, TERMINATE, [
          pid,
          backendStart,
          queryStart,
        ]);
        const { role, refused, told } = read(Row, rows[0], 'The answer to ending a session');
        if (refused !== null) throw refusal(pid, refused, role);
        if (!told) throw refusal(pid, 'gone', role);
        return `Session ${pid} was told to end; its transaction is rolled back.`;
      }, signal),
  };
}

type Refused = NonNullable<z.infer<typeof Row>['refused']>;

function refusal(pid: number, refused: Refused, role: string): SystemError {
  const because = WORDS[refused](pid, role);
  const fault: SystemFault = refused === 'hidden' || refused === 'no right' ? 'forbidden' : 'refused';
  return new SystemError(ORDERS_DATABASE, fault, `${because} Nothing was ended.`, {
    sent: 'no',
    mayRetry: false,
  });
}

const WORDS: Readonly<Record<Refused, (pid: number, role: string) => string>> = {
  gone: (pid) => `Session ${pid} has ended by itself.`,
  hidden: (_pid, role) =>
    `${ORDERS_DATABASE} hides the sessions of others from us; \`GRANT pg_read_all_stats TO ${role}\` would show them.`,
  'another session': (pid) => `Process ${pid} serves another session by now.`,
  'another query': (pid) => `Session ${pid} runs another query by now.`,
  over: (pid) => `The query of session ${pid} is over.`,
  'no right': (_pid, role) =>
    `${ORDERS_DATABASE} does not let us end the sessions of others; \`GRANT pg_signal_backend TO ${role}\` would.`,
  replication: (pid) => `Session ${pid} feeds a replica.`,
  superuser: (pid) => `Session ${pid} belongs to a superuser.`,
  'own session': (pid) => `Session ${pid} is the bot’s own.`,
  'anti-wraparound vacuum': (pid) => `Process ${pid} is a vacuum that prevents the loss of data.`,
  'server process': (pid) => `Process ${pid} belongs to the server itself.`,
};
