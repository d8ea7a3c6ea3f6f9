-- What waits is said in the order in which it was decided; in a storm the first few must not cost a look at all the rest.
create index outbox_unsent on outbox (kind, id) where state <> 'sent';

-- Until the clock alone has something to do, ms; null: nothing is planned. Every loop asks it after every round, and a
-- function keeps its plan, which took longer than the answer.
create function oms_until_due() returns double precision language plpgsql volatile as $$
declare
  due timestamptz;
begin
  select min(at) into due from (
    select min(due_at) as at from incidents
    union all select until from "freeze"
    union all select min(look_at) from incidents where look_lease < clock_timestamp()
    union all select oms_now() + (min(not_before) - clock_timestamp()) from inbox where done_at is null
    union all select oms_now() + (min(lease) - clock_timestamp()) from runs where state <> 'ended'
    union all select oms_now() + (min(until) - clock_timestamp()) from leases where until > clock_timestamp()
  ) planned;
  return extract(epoch from due - oms_now())::float8 * 1000;
end $$;

-- The first unsent row of each stream that may be tried now, oldest first: a row waits for those before it in its stream.
-- Row by row along the index, because the planner would rather sort all that waits than stop after the first few.
create function oms_outbox_heads(wanted text, most int) returns setof outbox language plpgsql volatile
  set enable_sort = off as $$
declare
  head outbox;
  found int := 0;
begin
  for head in
    select * from outbox
    where state <> 'sent' and kind = wanted and not_before <= clock_timestamp() order by id
  loop
    continue when exists (select from outbox earlier
      where earlier.stream = head.stream and earlier.state <> 'sent' and earlier.seq < head.seq);
    return next head;
    found := found + 1;
    exit when found >= most;
  end loop;
end $$;
