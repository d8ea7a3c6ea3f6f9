import pg from 'pg';
import * as z from 'zod';
import type { OrdersDatabaseProbe } from '../../ports/probes.ts';
import { SystemError } from '../../ports/system-error.ts';
import type { Policy } from '../resilience.ts';
import { reading } from './read.ts';

export const ORDERS_DATABASE = 'The orders database';

export interface OrdersTable {
  readonly table: string;
  readonly columns: { readonly status: string; readonly updatedAt: string };
  /** Statuses of orders that have not come to *processing*. */
  readonly beforeProcessing: readonly string[];
}

const Counts = z
  .object({ affected: z.int().nonnegative(), total: z.int().nonnegative(), as_of: z.date() })
  .refine(({ affected, total }) => affected <= total, 'more orders affected than there are');

/** Reads of the orders database, by a role that should have no other right. */
export function ordersDatabaseProbe(
  pool: pg.Pool,
  policy: Policy,
  { table, columns, beforeProcessing }: OrdersTable,
): OrdersDatabaseProbe {
  const name = table.split('.').map(pg.escapeIdentifier).join('.');
  const status = pg.escapeIdentifier(columns.status);
  const updated = pg.escapeIdentifier(columns.updatedAt);
  return {
    async stuckShare(question, signal) {
      const { windowMinutes } = question;
      const read = async () =>
        await reading(ORDERS_DATABASE, pool, signal, async (ask) => {
          const view = await ask(`select to_regclass('oms_bot_impact') is not null as "exists"`, []);
          if (view?.['exists'] === true) {
            const row = await ask(
              'select affected::int, total::int, as_of from oms_bot_impact where runbook = $1',
              ['stuck-orders'],
            );
            return { ...counts(row, 'The view oms_bot_impact'), source: 'impact view' as const };
          }
          const row = await ask(
            `select (count(*) filter (where stuck))::int as affected, count(*)::int as total, $4::timestamptz as as_of from (
               select ${status} = $1 and ${updated} < $4::timestamptz - $2 * interval '1 minute' as stuck
               from ${name}
               where (${status} = $1 and ${updated} < $4::timestamptz - $2 * interval '1 minute')
                  or (${status} <> $1 and ${status} <> all($5) and ${updated} >= $4::timestamptz - $3 * interval '1 minute')
             ) counted`,
            [
              question.status,
              question.olderThanMinutes,
              windowMinutes,
              new Date(question.now).toISOString(),
              beforeProcessing,
            ],
          );
          return { ...counts(row, 'The count of orders'), source: 'orders table' as const };
        });
      return { ...(await policy.repeatable(read, signal)), windowMinutes };
    },
  };
}

function counts(row: Record<string, unknown> | null, what: string) {
  const read = Counts.safeParse(row);
  if (read.success)
    return { affected: read.data.affected, total: read.data.total, at: read.data.as_of.getTime() };
  const why =
    row === null ? 'has no row for stuck-orders' : (z.prettifyError(read.error).split('\n')[0] ?? '');
  throw new SystemError(ORDERS_DATABASE, 'not understood', `${what} cannot be used: ${why}.`, {
    sent: 'no',
    mayRetry: false,
  });
}
