import * as z from 'zod';
import { OrderId } from '../../domain/ids.ts';
import type { OversoldOrders, OversoldQuestion } from '../../ports/orders-database.ts';
import { read } from './schema.ts';
import type { Reading } from './sessions.ts';

const Row = z.object({ id: z.string(), since: z.date(), total: z.int().nonnegative() });

/** X8. Names are as SQL writes them. */
export function oversoldQuestion(
  reading: Reading,
  names: Readonly<Record<'table' | 'id' | 'status' | 'code' | 'created', string>>,
): (question: OversoldQuestion, signal: AbortSignal) => Promise<OversoldOrders> {
  const { table, id, status, code, created } = names;
  const counted = 'count(*) over ()::int as total';
  // A time without a zone is one of the database's zone, in which it is compared; the client would take it for one of ours.
  const fromTable = `select ${id}::text as id, ${created}::timestamptz as since, ${counted} from ${table}
    where ${code} = $1 and ${status} <> all($2) and ${created} >= $3::timestamptz - $4 * interval '1 minute'
    order by since desc, id limit $5`;
  const fromView = `select order_id::text as id, since::timestamptz as since, ${counted} from oms_bot_oversold order by since desc, order_id limit $1`;
  return async ({ code: wanted, decided, windowMinutes, most, now }, signal) =>
    await reading(async (ask) => {
      const [view] = await ask(`select to_regclass('oms_bot_oversold') is not null as "exists"`);
      const viewed = view?.['exists'] === true;
      const rows = viewed
        ? await ask(fromView, [most])
        : await ask(fromTable, [wanted, decided, new Date(now).toISOString(), windowMinutes, most]);
      const what = viewed ? 'The view oms_bot_oversold' : 'The list of oversold orders';
      const found = rows.map((row) => read(Row, row, what));
      const orders = found.flatMap((row) => {
        const known = OrderId.safeParse(row.id);
        return known.success ? [{ id: known.data, since: row.since.getTime() }] : [];
      });
      return {
        orders,
        unread: found.length - orders.length,
        total: found[0]?.total ?? 0,
        source: viewed ? ('oversold view' as const) : ('orders table' as const),
      };
    }, signal);
}
