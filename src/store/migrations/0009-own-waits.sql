-- A function keeps the plan that it made when little waited; in a storm that plan read all of the outbox, for each head again.
alter function oms_outbox_heads(text, int) set enable_seqscan = off;

-- Until each loop has something to do of its own, ms; null: nothing is planned. Before, every loop woke for what fell due in
-- any of them, and in a storm that is all the time.
drop function oms_until_due();
create function oms_waits(
  out deadlines double precision, out looks double precision, out inbox double precision,
  out runs double precision, out leases double precision
) language plpgsql volatile as $$
declare
  story timestamptz := oms_now();
  machine timestamptz := clock_timestamp();
begin
  deadlines := 1000 * extract(epoch from
    least((select min(due_at) from incidents), (select min(until) from "freeze")) - story);
  looks := 1000 * extract(epoch from (select min(look_at) from incidents where look_lease < machine) - story);
  inbox := 1000 * extract(epoch from (select min(not_before) from inbox where done_at is null) - machine);
  runs := 1000 * extract(epoch from (select min(greatest(lease, machine)) from runs where state <> 'ended') - machine);
  leases := 1000 * extract(epoch from (select min(until) from leases where until > machine) - machine);
end $$;
grant execute on function oms_waits() to oms_bot;
