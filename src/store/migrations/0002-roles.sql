-- What the bot itself may do. It appends to the journal through journal_append() only, and never changes a row of it.
do $$
begin
  if not exists (select from pg_roles where rolname = 'oms_bot') then
    create role oms_bot nologin;
  end if;
end $$;

alter function journal_append(jsonb) security definer set search_path = public, pg_temp;
revoke all on function journal_append(jsonb) from public;
grant execute on function journal_append(jsonb), oms_now() to oms_bot;
grant usage on schema public to oms_bot;
grant usage on sequence incident_number to oms_bot;
grant select on clock, journal, journal_head, journal_asides, migrations to oms_bot;
grant select, insert, update, delete on inbox, incidents, outbox, cards, leases, samples to oms_bot;
grant select, insert, update on offers, run_items, runs, owed to oms_bot;
grant select, insert on approvals to oms_bot;
grant select, update on "freeze" to oms_bot;
