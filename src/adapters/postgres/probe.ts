import pg from 'pg';
import * as z from 'zod';
import type { ImpactCounts, OrderRate, OrdersDatabaseProbe } from '../../ports/probes.ts';
import { SystemError } from '../../ports/system-error.ts';
import type { Policy } from '../resilience.ts';
import { misfit } from '../shape.ts';
import { oversoldQuestion } from './oversold.ts';
import { planQuestion } from './plan.ts';
import { type Question, reading } from './read.ts';
import { ORDERS_DATABASE, read } from './schema.ts';
import { type Reading, sessionQuestions } from './sessions.ts';
import { tablesQuestion } from './tables.ts';

export interface OrdersTable {
  readonly table: string;
  readonly columns: Readonly<Record<'id' | 'status' | 'errorCode' | 'createdAt' | 'updatedAt', string>>;
  /** What clock the two times are by where their columns have no time zone; unset: the database's own. */
  readonly timeZone?: string | undefined;
  /** Statuses of orders that have not come to *processing*. */
  readonly beforeProcessing: readonly string[];
}

const Counts = z
  .object({ affected: z.int().nonnegative(), total: z.int().nonnegative(), as_of: z.date() })
  .refine(({ affected, total }) => affected <= total, 'more orders affected than there are');

const Changed = z.object({ changed: z.int().nonnegative() });

const Clock = z.object({ clock: z.string(), columns: z.array(z.string()) });

const Rate = z.object({ created: z.int().nonnegative(), last_week: z.int().nonnegative() });

/** Reads of the orders database, by a role that should have no other right. */
export function ordersDatabaseProbe(
  pool: pg.Pool,
  policy: Policy,
  { table, columns, timeZone, beforeProcessing }: OrdersTable,
): OrdersDatabaseProbe {
  const name = table.split('.').map(pg.escapeIdentifier).join('.');
  const id = pg.escapeIdentifier(columns.id);
  const status = pg.escapeIdentifier(columns.status);
  const updated = pg.escapeIdentifier(columns.updatedAt);
  const created = pg.escapeIdentifier(columns.createdAt);
  const code = pg.escapeIdentifier(columns.errorCode);

  const readOnly: Reading = async (work, signal) =>
    await policy.repeatable(
      async () =>
        await reading(ORDERS_DATABASE, pool, signal, async (ask) => {
          if (timeZone !== undefined) await ask(`select set_config('TimeZone', $1, true)`, [timeZone]);
          return await work(ask);
        }),
      signal,
    );

  return {
    ...sessionQuestions(readOnly),
    tables: tablesQuestion(readOnly),
    oversold: oversoldQuestion(readOnly, { table: name, id, status, code, created }),
    exportPlan: planQuestion(readOnly, {
      table: name,
      created,
      columns: [status, code, created, updated].join(', '),
    }),

    async timesWithoutZone(signal) {
      return await readOnly(async (ask) => {
        const [row] = await ask(
          `select current_setting('TimeZone') as clock, array(
             select attname::text from pg_attribute
             where attrelid = to_regclass($1) and attname = any($2) and atttypid = 'timestamp'::regtype
             order by attnum) as columns`,
          [name, [columns.createdAt, columns.updatedAt]],
        );
        return read(Clock, row, 'The clock of the database');
      }, signal);
    },

    async statuses(days, signal) {
      return await readOnly(async (ask) => {
        const rows = await ask(
          `select distinct ${status}::text as status from ${name}
           where ${updated} >= now() - $1 * interval '1 day' and ${status} is not null limit 200`,
          [days],
        );
        return rows.map((row) => String(row['status']));
      }, signal);
    },

    async stuckShare(question, signal) {
      const { windowMinutes, runbook = 'stuck-orders', notYet = [], except = [] } = question;
      const counted = except.length === 0 ? '' : `and coalesce(${code}, '') <> all($6)`;
      const seen = await readOnly(async (ask) => {
        const viewed = await fromView(runbook, ask);
        if (viewed !== null) return viewed;
        const [row] = await ask(
          `select (count(*) filter (where stuck))::int as affected, count(*)::int as total, $4::timestamptz as as_of from (
               select ${status} = $1 and ${updated} < $4::timestamptz - $2 * interval '1 minute' as stuck
               from ${name}
               where (${status} = $1 and ${updated} < $4::timestamptz - $2 * interval '1 minute' ${counted})
                  or (${status} <> $1 and ${status} <> all($5) and ${updated} >= $4::timestamptz - $3 * interval '1 minute')
             ) counted`,
          [
            question.status,
            question.olderThanMinutes,
            windowMinutes,
            new Date(question.now).toISOString(),
            [...beforeProcessing, ...notYet],
            ...(except.length === 0 ? [] : [except]),
          ],
        );
        return { ...counts(row, 'The count of orders'), source: 'orders table' as const };
      }, signal);
      return { ...seen, windowMinutes };
    },

    async failedShare(question, signal) {
      const { codes, waiting, waitingMinutes, windowsMinutes, except = [] } = question;
      const counted = except.length === 0 ? '' : `and ${id}::text <> all($6)`;
      const text = `select (count(*) filter (where (${code} = any($3) ${counted})
            or (${status} = $4 and ${updated} < $1::timestamptz - $5 * interval '1 minute')))::int as affected,
          count(*)::int as total, $1::timestamptz as as_of
        from ${name} where ${created} >= $1::timestamptz - $2 * interval '1 minute' and ${created} <= $1::timestamptz`;
      const now = new Date(question.now).toISOString();
      return await readOnly(async (ask): Promise<ImpactCounts> => {
        const seen = await fromView(question.runbook, ask);
        if (seen !== null) return { ...seen, windowMinutes: windowsMinutes[0] ?? 30 };
        let found: ImpactCounts | null = null;
        for (const windowMinutes of windowsMinutes) {
          const [row] = await ask(text, [
            now,
            windowMinutes,
            codes,
            waiting,
            waitingMinutes,
            ...(except.length === 0 ? [] : [except]),
          ]);
          found = { ...counts(row, 'The count of orders'), source: 'orders table', windowMinutes };
          if (found.total >= question.fewest) break;
        }
        if (found === null) throw new Error('The impact was asked for no window.');
        return found;
      }, signal);
    },

    async changedOrders(minutes, now, signal) {
      const rows = await readOnly(
        async (ask) =>
          await ask(
            `select count(*)::int as changed from ${name}
             where ${updated} >= $1::timestamptz - $2 * interval '1 minute' and ${updated} <= $1::timestamptz`,
            [new Date(now).toISOString(), minutes],
          ),
        signal,
      );
      return Changed.parse(rows[0]).changed;
    },

    async orderRate({ now, windowsMinutes, fewest }, signal) {
      // Two ranges, so that an index on the column serves both.
      const text = `select count(*) filter (where ${created} > $1::timestamptz - $2 * interval '1 minute')::int as created,
          count(*) filter (where ${created} <= $1::timestamptz - interval '7 days')::int as last_week
        from ${name}
        where (${created} > $1::timestamptz - $2 * interval '1 minute' and ${created} <= $1::timestamptz)
           or (${created} > $1::timestamptz - interval '7 days' - $2 * interval '1 minute'
               and ${created} <= $1::timestamptz - interval '7 days')`;
      return await readOnly(async (ask): Promise<OrderRate> => {
        let found: OrderRate | null = null;
        for (const windowMinutes of windowsMinutes) {
          const [row] = await ask(text, [new Date(now).toISOString(), windowMinutes]);
          const read = Rate.parse(row);
          found = { created: read.created, lastWeek: read.last_week, windowMinutes };
          if (found.lastWeek >= fewest) break;
        }
        if (found === null) throw new Error('The rate of orders was asked for no window.');
        return found;
      }, signal);
    },

    async impactView(runbook, windowMinutes, signal) {
      const seen = await readOnly(async (ask) => await fromView(runbook, ask), signal);
      return seen === null ? null : { ...seen, windowMinutes };
    },
  };
}

/** The owners of the schema decide what counts, where they made the view; null: there is none. */
async function fromView(runbook: string, ask: Question) {
  const [view] = await ask(`select to_regclass('oms_bot_impact') is not null as "exists"`);
  if (view?.['exists'] !== true) return null;
  const text =
    'select affected::int, total::int, as_of::timestamptz as as_of from oms_bot_impact where runbook = $1';
  const [row] = await ask(text, [runbook]);
  return { ...counts(row, 'The view oms_bot_impact'), source: 'impact view' as const };
}

function counts(row: Readonly<Record<string, unknown>> | undefined, what: string) {
  const read = Counts.safeParse(row);
  if (read.success)
    return { affected: read.data.affected, total: read.data.total, at: read.data.as_of.getTime() };
  const why = row === undefined ? 'it has no row for this runbook' : misfit(read.error);
  throw new SystemError(ORDERS_DATABASE, 'not understood', `${what} cannot be used: ${why}.`, {
    sent: 'no',
    mayRetry: false,
  });
}
