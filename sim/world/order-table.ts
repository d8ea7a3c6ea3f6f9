import * as z from 'zod';
import { type CompanyNames, called, meant } from './names.ts';
import { newOrder, type Order } from './order.ts';
import { voidPayment } from './payments.ts';
import type { WorldState } from './state.ts';

/** What the world needs of a `pg` Pool. */
export interface SqlPool {
  query(text: string, values?: unknown[]): Promise<{ readonly rows: readonly unknown[] }>;
}

type Orders = CompanyNames['orders'];

const MARK = 'pretend world of oms-bot: emptied at its start';

const Row = z.object({
  id: z.string(),
  status: z.string(),
  code: z.string().nullable(),
  made: z.date(),
  moved: z.date(),
});

const Existing = z.object({ there: z.boolean(), mark: z.string().nullable() });

/** A time as its column has it, or a column as a time: SQL has one expression for the two ways. */
function moved({ timeZone }: Orders, sql: string): string {
  return timeZone === undefined ? sql : `((${sql}) at time zone '${timeZone}')`;
}

/** Makes the table, or empties the one of an earlier world. Throws when a table of that name of somebody else is there. */
export async function prepareTable(pool: SqlPool, { table, columns, timeZone }: Orders): Promise<void> {
  const time = timeZone === undefined ? 'timestamptz' : 'timestamp';
  const answer = await pool.query(
    `select to_regclass('${table}') is not null as there, obj_description(to_regclass('${table}'), 'pg_class') as mark`,
  );
  const { there, mark } = Existing.parse(answer.rows[0]);
  if (there && mark !== MARK) {
    throw new Error(`The database has a table “${table}” that no pretend world made. Nothing was changed.`);
  }
  if (there) {
    await pool.query(`truncate ${table}`);
    await watchTable(pool, table);
    return;
  }
  const schema = table.includes('.') ? `create schema if not exists ${table.split('.')[0]};` : '';
  await pool.query(`
    ${schema}
    create table ${table} (
      ${columns.id} text primary key,
      ${columns.status} text not null,
      ${columns.errorCode} text,
      ${columns.createdAt} ${time} not null,
      ${columns.updatedAt} ${time} not null
    );
    create index on ${table} (${columns.status}, ${columns.updatedAt});
    comment on table ${table} is '${MARK}'`);
  await watchTable(pool, table);
}

/** Whoever writes into the table leaves a row beside it, whatever role they have. */
async function watchTable(pool: SqlPool, table: string): Promise<void> {
  await pool.query(`
    create table if not exists ${table}_changes (at timestamptz not null default clock_timestamp());
    create or replace function ${table}_changed() returns trigger language plpgsql security definer as
      $$ begin insert into ${table}_changes default values; return null; end $$;
    create or replace trigger changed after insert or update or delete or truncate on ${table}
      for each statement execute function ${table}_changed()`);
}

/** Whether anybody, also we, wrote into the table since this was asked last. */
export async function wasWritten(pool: SqlPool, { table }: Orders): Promise<boolean> {
  const { rows } = await pool.query(`delete from ${table}_changes returning at`);
  return rows.length > 0;
}

/**
 * Orders of last week, straight into the table: delivered long ago, they stand for nothing but how many came. The world does not
 * know them.
 */
export async function writeLastWeek(
  pool: SqlPool,
  orders: Orders,
  { from, to, perHour }: { readonly from: number; readonly to: number; readonly perHour: number },
): Promise<void> {
  if (perHour <= 0) return;
  const { table, columns, statuses } = orders;
  await pool.query(
    `insert into ${table} (${columns.id}, ${columns.status}, ${columns.createdAt}, ${columns.updatedAt})
     select 'ord_past' || lpad(to_hex(n), 6, '0'), '${called(statuses, 'delivered')}', ${moved(orders, 'at')}, ${moved(orders, "at + interval '2 days'")}
       from (select n, $1::timestamptz + (n + (n * 37 % 80) / 100.0) * $3 * interval '1 second' as at
               from generate_series(0, $2::int - 1) as n) as past`,
    [new Date(from).toISOString(), Math.floor(((to - from) / 3_600_000) * perHour), 3_600 / perHour],
  );
}

/** Takes over what somebody changed in the table by SQL since the last look: the table counts. */
export async function adoptRows(pool: SqlPool, state: WorldState): Promise<void> {
  const { orders } = state.names;
  const { table, columns, statuses } = orders;
  const open = [...state.orders.values()].filter(isOpen).map((order) => order.id);
  const { rows } = await pool.query(
    `select ${columns.id} as id, ${columns.status} as status, ${columns.errorCode} as code,
            ${moved(orders, columns.createdAt)} as made, ${moved(orders, columns.updatedAt)} as moved
       from ${table} where ${columns.status} = any($2) or ${columns.id} = any($1)`,
    [open, ['pending_payment', 'processing'].map((status) => called(statuses, status))],
  );
  const seen = new Set<string>();
  for (const raw of rows) {
    const found = Row.parse(raw);
    // Somebody with SQL can write anything into the table.
    const row = { ...found, status: meant(statuses, found.status) ?? found.status };
    seen.add(row.id);
    const known = state.orders.get(row.id);
    // What could not be written yet is newer than the table.
    if (state.dirty.has(row.id)) continue;
    const order = known ?? foundOrder(row.id, row.made.getTime());
    state.orders.set(row.id, order);
    if (order.status !== row.status) {
      order.run = null;
      voidPayment(order);
    }
    order.status = row.status;
    order.errorCode = row.code;
    order.updatedAt = row.moved.getTime();
  }
  for (const id of open) {
    if (!seen.has(id) && !state.dirty.has(id)) state.orders.delete(id);
  }
}

/** An order that somebody inserted by SQL: its events went out, its workflow does not run. */
function foundOrder(id: string, createdAt: number): Order {
  const order = newOrder(id, createdAt);
  order.events.push({ type: 'fulfillment.requested', at: createdAt });
  return order;
}

function isOpen(order: Order): boolean {
  return order.status === 'pending_payment' || order.status === 'processing';
}

/** Writes what changed. When it fails the changes stay due. */
export async function flushRows(pool: SqlPool, state: WorldState): Promise<void> {
  if (state.dirty.size === 0) return;
  const { table, columns, statuses } = state.names.orders;
  const orders = [...state.dirty].flatMap((id) => state.orders.get(id) ?? []);
  await pool.query(
    `insert into ${table} (${columns.id}, ${columns.status}, ${columns.errorCode}, ${columns.createdAt}, ${columns.updatedAt})
     select id, status, code, ${moved(state.names.orders, 'made')}, ${moved(state.names.orders, 'moved')}
       from unnest($1::text[], $2::text[], $3::text[], $4::timestamptz[], $5::timestamptz[]) as t (id, status, code, made, moved)
     on conflict (${columns.id}) do update
       set ${[columns.status, columns.errorCode, columns.updatedAt].map((name) => `${name} = excluded.${name}`).join(', ')}`,
    [
      orders.map((order) => order.id),
      orders.map((order) => called(statuses, order.status)),
      orders.map((order) => order.errorCode),
      orders.map((order) => new Date(order.createdAt).toISOString()),
      orders.map((order) => new Date(order.updatedAt).toISOString()),
    ],
  );
  state.dirty.clear();
}
