import type { SqlPool } from './order-table.ts';

/**
 * The server's catalog in story time. The server, its sessions and its locks are real; what it says of times would be real
 * too, and an hour of the story takes a second. So the database gets a schema that goes before the catalog, with the few
 * names that tell times.
 */
const schemaFor = (orders: string) => `
  drop schema if exists story cascade;
  create schema story;
  create table story.clock (ahead interval not null, server_started timestamptz not null);
  insert into story.clock values (interval '0', pg_catalog.now());
  create table story.session (
    pid int primary key,
    backend_start timestamptz not null,
    opened timestamptz not null,
    began timestamptz
  );
  create function story.clock_timestamp() returns timestamptz language sql volatile as
    'select pg_catalog.clock_timestamp() + ahead from story.clock';
  create function story.pg_postmaster_start_time() returns timestamptz language sql volatile as
    'select server_started from story.clock';
  create table if not exists order_totals (day date primary key, orders int not null);
  insert into order_totals values (date '2026-03-10', 0) on conflict do nothing;
  grant usage on schema story to public;
  grant select on all tables in schema story to public;
  ${orders.includes('.') ? `grant usage on schema ${orders.split('.')[0]} to public;` : ''}
  grant select on ${orders} to public;
  grant select, update on order_totals to public;
  do $$
  declare columns text;
  begin
    select string_agg(
      case
        when attname = 'backend_start' then 'coalesce(told.opened, real.backend_start + clock.ahead) as backend_start'
        when attname in ('xact_start', 'query_start', 'state_change') then format(
          'case when real.%1$I is null then null
             when told.pid is null then real.%1$I + clock.ahead
             else coalesce(told.began, story.clock_timestamp() - interval ''0.3 s'') end as %1$I', attname)
        else format('real.%I', attname)
      end, ', ' order by attnum) into columns
    from pg_attribute where attrelid = 'pg_catalog.pg_stat_activity'::regclass and attnum > 0;
    execute format(
      'create view story.pg_stat_activity as select %s from story.clock cross join pg_catalog.pg_stat_activity real
         left join story.session told on told.pid = real.pid and told.backend_start = real.backend_start', columns);
    execute 'grant select on story.pg_stat_activity to public';
    execute format('alter database %I set search_path = story, pg_catalog, public', current_database());
  end $$`;

/** Connections that are made from now on see the times of the story. @param orders the table of the orders */
export async function tellStoryTime(pool: SqlPool, orders: string): Promise<void> {
  await pool.query(schemaFor(orders));
}

export async function setStoryClock(pool: SqlPool, aheadMs: number, serverStartedAt: number): Promise<void> {
  await pool.query(`update story.clock set ahead = $1 * interval '1 ms', server_started = $2`, [
    aheadMs,
    new Date(serverStartedAt).toISOString(),
  ]);
}

/** @param session.began null: one short query after the other */
export async function tellSession(
  pool: SqlPool,
  session: { readonly pid: number; readonly opened: number; readonly began: number | null },
): Promise<void> {
  await pool.query(
    `insert into story.session select pid, backend_start, $2, $3 from pg_catalog.pg_stat_activity where pid = $1
     on conflict (pid) do update
       set backend_start = excluded.backend_start, opened = excluded.opened, began = excluded.began`,
    [
      session.pid,
      new Date(session.opened).toISOString(),
      session.began === null ? null : new Date(session.began).toISOString(),
    ],
  );
}
