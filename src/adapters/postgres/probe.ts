import pg from 'pg';
import type { ImpactCounts, OrdersDatabaseProbe } from '../../ports/probes.ts';
import { SystemError } from '../../ports/system-error.ts';

const SYSTEM = 'The orders database';

export interface OrdersTable {
  readonly table: string;
  readonly columns: Readonly<Record<'status' | 'errorCode' | 'createdAt' | 'updatedAt', string>>;
}

/** Reads of the orders database, by a role that should have no other right. */
export function ordersDatabaseProbe(pool: pg.Pool, { table, columns }: OrdersTable): OrdersDatabaseProbe {
  const name = table.split('.').map(pg.escapeIdentifier).join('.');
  const status = pg.escapeIdentifier(columns.status);
  const updated = pg.escapeIdentifier(columns.updatedAt);
  const created = pg.escapeIdentifier(columns.createdAt);
  const code = pg.escapeIdentifier(columns.errorCode);

  /** The owners of the schema decide what counts, where they made the view; null: there is none. */
  async function fromView(
    runbook: string,
    signal: AbortSignal,
  ): Promise<Omit<ImpactCounts, 'windowMinutes'> | null> {
    const view = await read(pool, signal, `select to_regclass('oms_bot_impact') is not null as "exists"`, []);
    if (view['exists'] !== true) return null;
    const text = 'select affected::int, total::int, as_of from oms_bot_impact where runbook = $1';
    const row = await read(pool, signal, text, [runbook]);
    return { ...numbers(row), source: 'impact view', at: timeOf(row['as_of']) };
  }

  return {
    async stuckShare(question, signal) {
      const seen = await fromView('stuck-orders', signal);
      if (seen !== null) return { ...seen, windowMinutes: question.windowMinutes };
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

    async failedShare(question, signal) {
      const seen = await fromView(question.runbook, signal);
      if (seen !== null) return { ...seen, windowMinutes: question.windowsMinutes[0] ?? 30 };
      const text = `select (count(*) filter (where ${code} = any($3)
            or (${status} = $4 and ${updated} < $1::timestamptz - $5 * interval '1 minute')))::int as affected,
          count(*)::int as total, $1::timestamptz as as_of
        from ${name} where ${created} >= $1::timestamptz - $2 * interval '1 minute' and ${created} <= $1::timestamptz`;
      let found: ImpactCounts | null = null;
      for (const windowMinutes of question.windowsMinutes) {
        const { codes, waiting, waitingMinutes } = question;
        const now = new Date(question.now).toISOString();
        const row = await read(pool, signal, text, [now, windowMinutes, codes, waiting, waitingMinutes]);
        found = { ...numbers(row), windowMinutes, source: 'orders table', at: timeOf(row['as_of']) };
        if (found.total >= question.fewest) return found;
      }
      if (found === null) throw new Error('The impact was asked for no window.');
      return found;
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
