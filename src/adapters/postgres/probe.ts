import pg from 'pg';
import type { OrdersDatabaseProbe } from '../../ports/probes.ts';
import { SystemError } from '../../ports/system-error.ts';

const SYSTEM = 'The orders database';

export interface OrdersTable {
  readonly table: string;
  readonly columns: { readonly status: string; readonly updatedAt: string };
}

/** Reads of the orders database, by a role that should have no other right. */
export function ordersDatabaseProbe(pool: pg.Pool, { table, columns }: OrdersTable): OrdersDatabaseProbe {
  const name = table.split('.').map(pg.escapeIdentifier).join('.');
  const status = pg.escapeIdentifier(columns.status);
  const updated = pg.escapeIdentifier(columns.updatedAt);
  return {
    async stuckShare(question, signal) {
      const view = await read(
        pool,
        signal,
        `select to_regclass('oms_bot_impact') is not null as "exists"`,
        [],
      );
      if (view['exists'] === true) {
        const row = await read(
          pool,
          signal,
          'select affected::int, total::int, as_of from oms_bot_impact where runbook = $1',
          ['stuck-orders'],
        );
        return {
          ...numbers(row),
          windowMinutes: question.windowMinutes,
          source: 'impact view',
          at: timeOf(row['as_of']),
        };
      }
      const row = await read(
        pool,
        signal,
        `select (count(*) filter (where stuck))::int as affected, count(*)::int as total, $4::timestamptz as as_of from (
           select ${status} = $1 and ${updated} < $4::timestamptz - $2 * interval '1 minute' as stuck
           from ${name}
           where (${status} = $1 and ${updated} < $4::timestamptz - $2 * interval '1 minute')
              or (${status} not in ($1, 'pending_payment', 'paid') and ${updated} >= $4::timestamptz - $3 * interval '1 minute')
         ) counted`,
        [
          question.status,
          question.olderThanMinutes,
          question.windowMinutes,
          new Date(question.now).toISOString(),
        ],
      );
      return {
        ...numbers(row),
        windowMinutes: question.windowMinutes,
        source: 'orders table',
        at: timeOf(row['as_of']),
      };
    },
  };
}

async function read(
  pool: pg.Pool,
  signal: AbortSignal,
  text: string,
  values: unknown[],
): Promise<Record<string, unknown>> {
  if (signal.aborted) throw slow();
  const client = await pool.connect().catch(fail);
  let broken: Error | undefined;
  try {
    await client.query('begin read only');
    const found = await client.query({ text, values });
    await client.query('rollback');
    return found.rows[0] ?? {};
  } catch (err) {
    broken = err instanceof Error ? err : new Error('unknown');
    return fail(broken);
  } finally {
    client.release(broken);
  }
}

function slow(): SystemError {
  return new SystemError(SYSTEM, 'too slow', `${SYSTEM} did not answer in time.`, {
    sent: 'no',
    mayRetry: true,
  });
}

function fail(err: Error): never {
  const code = 'code' in err ? String(err.code) : '';
  const as = (fault: SystemError['fault'], words: string) =>
    new SystemError(SYSTEM, fault, words, { sent: 'no', mayRetry: fault !== 'forbidden', cause: err });
  if (code === '53300') throw as('refused', `${SYSTEM} has too many connections.`);
  if (code === '42501')
    throw as('forbidden', `${SYSTEM} does not let us read; grant select on the orders table.`);
  if (code === '42P01' || code === '42703')
    throw as('not found', `${SYSTEM} has no such table or column; \`orders\` in oms.yaml names them.`);
  if (code === '57014') throw slow();
  throw as('unreachable', `${SYSTEM} cannot be reached.`);
}

function numbers(row: Record<string, unknown>): { affected: number; total: number } {
  return { affected: Number(row['affected'] ?? 0), total: Number(row['total'] ?? 0) };
}

function timeOf(value: unknown): number {
  return value instanceof Date ? value.getTime() : Number.NaN;
}
