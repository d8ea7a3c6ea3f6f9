-- Everything that oms-bot remembers. The tables belong to the role that migrates (oms_owner); the bot runs as oms_bot.

create table clock (
  one boolean primary key default true check (one),
  -- Only a pretend world writes this (skip 20 minutes); the process refuses to start on a real world when it is not zero.
  story_offset interval not null default '0'
);
insert into clock default values;

-- Story time: deadlines, ages, expiries.
create function oms_now() returns timestamptz language sql volatile
  as $$ select clock_timestamp() + (select story_offset from clock) $$;

create table inbox (
  id bigint generated always as identity primary key,
  source text not null,
  delivery_id text not null,
  payload jsonb not null,
  received_at timestamptz not null default clock_timestamp(),
  attempts int not null default 0,
  -- Real time; a delivery is worked on by one replica at a time.
  not_before timestamptz not null default clock_timestamp(),
  trouble text,
  done_at timestamptz,
  unique (source, delivery_id)
);
create index inbox_waiting on inbox (not_before) where done_at is null;

create sequence incident_number;

create table incidents (
  id text primary key,
  runbook text not null,
  scope text not null,
  generation int not null,
  version int not null,
  -- Rises only on an incompatible change; an older process skips rows of a higher one.
  format int not null default 1,
  state text not null,
  severity text not null,
  -- The fold of the incident's journal.
  body jsonb not null,
  opened_at timestamptz not null,
  -- The next decision that the clock alone makes, story time.
  due_at timestamptz,
  -- The next look at the systems, story time, and who does it, real time.
  look_at timestamptz,
  look_lease timestamptz not null default '-infinity'
);
create unique index incidents_one_open on incidents (runbook, scope) where state <> 'resolved';
create index incidents_due on incidents (due_at) where due_at is not null;
create index incidents_look on incidents (look_at) where look_at is not null;
create index incidents_newest on incidents (runbook, scope, opened_at desc);

-- The chain. `text` is what was hashed, letter by letter; jsonb would not keep it.
create table journal (
  seq bigint not null,
  at timestamptz not null,
  incident text,
  text text not null,
  hash bytea not null
) partition by range (at);
create table journal_default partition of journal default;
create index journal_incident on journal (incident, seq);
create index journal_seq on journal (seq);

create table journal_head (
  one boolean primary key default true check (one),
  seq bigint not null,
  hash bytea not null
);
insert into journal_head (seq, hash) values (0, '\x');

-- Free text and raw payloads: beside the chain, which holds their salted hashes, so that they can be erased.
create table journal_asides (
  hash text primary key,
  seq bigint not null,
  salt text not null,
  text text
);

-- The last step of a transaction. The lock and the reading of the tip are two statements on purpose:
-- in one, a waiter would read the tip as it was before the wait, and the chain would fork.
create function journal_append(facts jsonb) returns bigint
language plpgsql volatile as $$
declare
  tip_seq bigint;
  tip_hash bytea;
  fact jsonb;
begin
  perform 1 from journal_head for update;
  select seq, hash into tip_seq, tip_hash from journal_head;
  for fact in select value from jsonb_array_elements(facts) loop
    tip_seq := tip_seq + 1;
    tip_hash := sha256(tip_hash || convert_to(tip_seq || ' ' || (fact ->> 'text'), 'UTF8'));
    insert into journal (seq, at, incident, text, hash)
      values (tip_seq, (fact ->> 'at')::timestamptz, fact ->> 'incident', fact ->> 'text', tip_hash);
    insert into journal_asides (hash, seq, salt, text)
      select aside ->> 'hash', tip_seq, aside ->> 'salt', aside ->> 'text'
      from jsonb_array_elements(fact -> 'asides') aside;
  end loop;
  update journal_head set seq = tip_seq, hash = tip_hash;
  return tip_seq;
end $$;

-- Immutable but for the mark that a newer one took its place.
create table offers (
  id text primary key,
  incident text not null references incidents (id),
  action text not null,
  binding jsonb not null,
  body jsonb not null,
  superseded_by text
);
create index offers_incident on offers (incident) where superseded_by is null;

create table approvals (
  id bigint generated always as identity primary key,
  offer text not null unique references offers (id),
  by text not null,
  at timestamptz not null
);

create table runs (
  id text primary key,
  approval bigint not null unique references approvals (id),
  incident text not null references incidents (id),
  action text not null,
  state text not null,
  lease timestamptz not null default '-infinity'
);
create index runs_open on runs (lease) where state <> 'ended';

create table run_items (
  run text not null references runs (id),
  target text not null,
  place int not null,
  state text not null,
  line text not null default '',
  begun_at timestamptz,
  ended_at timestamptz,
  primary key (run, target)
);
-- One thing at a time is done to a target, whoever approved it.
create unique index run_items_one_begun on run_items (target) where state = 'begun';

create table outbox (
  id bigint generated always as identity primary key,
  stream text not null,
  seq bigint not null,
  key text not null unique,
  kind text not null,
  payload jsonb not null,
  state text not null default 'waiting',
  attempts int not null default 0,
  not_before timestamptz not null default clock_timestamp(),
  -- The newest message known in the place before the first try: where the search for our own begins.
  after_mark text,
  reference text,
  trouble text,
  unique (stream, seq)
);
create index outbox_waiting on outbox (stream, seq) where state <> 'sent';

create table cards (
  incident text not null references incidents (id),
  channel text not null,
  ts text,
  -- Null while it cannot be known what stands there: then it is edited again.
  shown_version int,
  after_mark text,
  primary key (incident, channel)
);

create table owed (
  id text primary key,
  incident text not null references incidents (id),
  run text,
  body jsonb not null,
  done_at timestamptz,
  done_by text
);

create table samples (
  name text not null,
  at timestamptz not null,
  value double precision not null,
  primary key (name, at)
);

create table "freeze" (
  one boolean primary key default true check (one),
  until timestamptz,
  by text,
  reason text,
  at timestamptz
);
insert into "freeze" default values;

create table leases (
  name text primary key,
  holder text not null,
  until timestamptz not null
);
