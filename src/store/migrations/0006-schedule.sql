-- One replica a slot: whoever inserts its name does the work, in the same commit.
create table slots (
  name text primary key,
  at timestamptz not null default clock_timestamp()
);
grant select, insert, delete on slots to oms_bot;
-- What was said long ago is swept.
alter table outbox add column sent_at timestamptz;
update outbox set sent_at = clock_timestamp() where state = 'sent';
