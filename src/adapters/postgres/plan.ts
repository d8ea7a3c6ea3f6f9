import type { PlanSeen } from '../../ports/orders-database.ts';
import { type Node, PlanRow, read } from './schema.ts';
import type { Reading } from './sessions.ts';

/**
 * R72 by plain EXPLAIN, which only plans. The dates are parameters: the statement is always the same one.
 * @param columns those that our role may read, `created` among them; as SQL writes them, like `table`
 */
export function planQuestion(
  reading: Reading,
  { table, created, columns }: { readonly table: string; readonly created: string; readonly columns: string },
): (from: string, to: string, signal: AbortSignal) => Promise<PlanSeen> {
  const text = `explain (format json)
    select ${columns} from ${table} where ${created} >= $1::date and ${created} < $2::date + 1`;
  return async (from, to, signal) =>
    await reading(async (ask) => {
      const { 'QUERY PLAN': plans } = read(
        PlanRow,
        (await ask(text, [from, to]))[0],
        'The plan of the query',
      );
      const nodes = plans.flatMap(({ Plan }) => allOf(Plan));
      const index = nodes.find((node) => node['Index Name'] !== undefined)?.['Index Name'] ?? null;
      const sequential = nodes.some((node) => node['Node Type'] === 'Seq Scan');
      return {
        scan: sequential ? 'sequential' : 'index',
        rows: plans[0]?.Plan['Plan Rows'] ?? 0,
        index,
      };
    }, signal);
}

function allOf(node: Node): readonly Node[] {
  return [node, ...(node.Plans ?? []).flatMap(allOf)];
}
