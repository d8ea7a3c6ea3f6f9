import * as z from 'zod';
import type { FoundTable } from '../../ports/discovery.ts';
import { read } from './schema.ts';
import type { Reading } from './sessions.ts';

const Row = z.object({
  table: z.string(),
  columns: z.array(z.object({ name: z.string(), type: z.string(), readable: z.boolean() })),
});

/** Tables and views of people's own, of which so many are looked at. */
const MOST = 500;

/** Catalogues that every role may read: also what it may not read itself is named. */
export function tablesQuestion(reading: Reading): (signal: AbortSignal) => Promise<readonly FoundTable[]> {
  return async (signal) =>
    await reading(async (ask) => {
      const rows = await ask(
        `select case when pg_table_is_visible(rel.oid) then rel.relname::text
             else space.nspname || '.' || rel.relname end as table,
           json_agg(json_build_object(
             'name', col.attname,
             'type', format_type(col.atttypid, null),
             'readable', has_column_privilege(rel.oid, col.attnum, 'select')
           ) order by col.attnum) as columns
         from pg_class rel
         join pg_namespace space on space.oid = rel.relnamespace
         join pg_attribute col on col.attrelid = rel.oid and col.attnum > 0 and not col.attisdropped
         where rel.relkind in ('r', 'p', 'v', 'm', 'f') and not rel.relispartition
           and space.nspname not like 'pg\\_%' and space.nspname <> 'information_schema'
         group by rel.oid, rel.relname, space.nspname
         order by 1 limit $1`,
        [MOST],
      );
      return rows.map((row) => read(Row, row, 'The list of tables'));
    }, signal);
}
