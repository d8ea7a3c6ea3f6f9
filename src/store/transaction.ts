import type pg from 'pg';
import type { IncidentId } from '../domain/ids.ts';
import type { Incident } from '../domain/incident.ts';
import type { Run, RunItem } from '../domain/run.ts';
import type { Change, Outgoing, Transaction } from '../ports/journal.ts';
import { freezeOn } from './freeze.ts';
import { decode, type Fact, FORMAT, factOf, type IncidentRow, storable } from './rows.ts';
import { slackOutagesOn } from './slack-outages.ts';
import { sweep } from './sweep.ts';
import { writeChanges, writeOutbox } from './write-changes.ts';

/** A transaction that was begun on `client`; `flush` writes what was decided, the chain last. */
export async function openTransaction(
  client: pg.PoolClient,
): Promise<{ transaction: Transaction; flush: () => Promise<void> }> {
  const clock = await client.query<{ now: Date }>('select oms_now() as now');
  const now = clock.rows[0]?.now.getTime() ?? Number.NaN;
  const changes: Change[] = [];
  const facts: Fact[] = [];
  const said: Outgoing[] = [];
  const freezes = freezeOn(client);
  const outages = slackOutagesOn(client);

  async function one(text: string, values: unknown[]): Promise<Incident | null> {
    const found = await client.query<IncidentRow>(text, values);
    return found.rows[0] === undefined ? null : decode(found.rows[0]);
  }

  const transaction: Transaction = {
    now,

    async nextIncidentId() {
      const found = await client.query<{ number: number }>(
        `select nextval('incident_number')::int as number`,
      );
      return `OMS-${found.rows[0]?.number ?? Number.NaN}` satisfies IncidentId;
    },

    incident: async (id) => await one('select body, diagnosis from incidents where id = $1 for update', [id]),

    async newest(runbook, scope) {
      await client.query('select pg_advisory_xact_lock(hashtextextended($1, 0))', [`${runbook} ${scope}`]);
      return await one(
        'select body, diagnosis from incidents where runbook = $1 and scope = $2 order by opened_at desc limit 1 for update',
        [runbook, scope],
      );
    },

    async incidentOfOffer(offer) {
      const found = await client.query<{ incident: IncidentId }>(
        'select incident from offers where id = $1',
        [offer],
      );
      return found.rows[0]?.incident ?? null;
    },

    async incidentOfDuty(duty) {
      const found = await client.query<{ incident: IncidentId }>('select incident from owed where id = $1', [
        duty,
      ]);
      return found.rows[0]?.incident ?? null;
    },

    async claimDue(limit) {
      const found = await client.query<IncidentRow>(
        `select body, diagnosis from incidents where due_at <= (select oms_now()) and format <= $2
         order by due_at limit $1 for update skip locked`,
        [limit, FORMAT],
      );
      return found.rows.map(decode);
    },

    save(change) {
      changes.push(change);
      for (const event of change.events) facts.push(factOf(change.after.id, event));
    },

    note(fact) {
      facts.push(factOf(null, { ...fact, at: now }));
    },

    async done(delivery) {
      const done = await client.query(
        'update inbox set done_at = clock_timestamp(), trouble = null where id = $1 and done_at is null',
        [delivery.id],
      );
      return done.rowCount === 1;
    },

    say(outgoing) {
      said.push(outgoing);
    },

    async frozen(purpose) {
      return await freezes.standing(purpose === undefined ? 'for share' : 'for update');
    },
    setFreeze: async (freeze) => await freezes.set(freeze),
    freezeOver: async () => await freezes.over(),

    slackOutage: async () => await outages.open(),
    beginSlackOutage: async () => await outages.begin(),
    slackOutagePaged: async (id, incidents) => await outages.paged(id, incidents),
    endSlackOutage: async (id) => await outages.end(id),

    async claimSlot(name) {
      const taken = await client.query('insert into slots (name) values ($1) on conflict do nothing', [name]);
      return taken.rowCount === 1;
    },

    async head() {
      const found = await client.query<{ seq: number; hash: string }>(
        `select seq::int, encode(hash, 'hex') as hash from journal_head`,
      );
      return found.rows[0] ?? { seq: 0, hash: '' };
    },

    sweep: async () => await sweep(client),

    async busyWith(targets) {
      // Whoever asks waits for whoever asked before and may be about to write a run: each would find the targets free.
      await client.query(`select pg_advisory_xact_lock(hashtextextended('busy with', 0))`);
      const found = await client.query<{ incident: IncidentId; run: Run }>(
        `select i.id as incident, run from runs r join incidents i on i.id = r.incident,
           jsonb_array_elements(i.body -> 'runs') run
         where r.state <> 'ended' and run ->> 'id' = r.id and run -> 'targets' ?| $1 limit 1`,
        [targets],
      );
      return found.rows[0] ?? null;
    },

    async unprovenOn(targets) {
      const found = await client.query<{ incident: IncidentId; run: Run }>(
        `select i.id as incident, run from incidents i, jsonb_array_elements(i.body -> 'runs') run
         where i.look_at is not null and run -> 'targets' ?| $1
           and jsonb_typeof(run -> 'proof') = 'object' and run -> 'proof' ->> 'verdict' is null limit 1`,
        [targets],
      );
      return found.rows[0] ?? null;
    },

    async planItems(run, targets) {
      await client.query(
        `insert into run_items (run, target, place, state)
         select $1, target, place, 'planned' from unnest($2::text[]) with ordinality as t (target, place)`,
        [run, targets],
      );
    },

    async beginItem(run, target) {
      // A worker that lost its lease without noticing finds its items cleared up, and another run at the same target.
      const begun = await client.query(
        `update run_items set state = 'begun', line = 'Asked; no answer yet.', begun_at = clock_timestamp()
         where run = $1 and target = $2 and state = 'planned'
           and not exists (select from run_items other where other.target = $2 and other.state = 'begun')`,
        [run, target],
      );
      return begun.rowCount === 1;
    },

    async setItem(run, target, state, line) {
      await client.query(
        `update run_items set state = $3, line = $4,
           ended_at = clock_timestamp()
         where run = $1 and target = $2`,
        [run, target, state, line],
      );
    },

    async items(run) {
      const found = await client.query<RunItem>(
        'select target, state, line from run_items where run = $1 order by place',
        [run],
      );
      return found.rows;
    },
  };

  async function flush(): Promise<void> {
    if (changes.length > 0) await writeChanges(client, changes);
    await writeOutbox(client, [...changes.flatMap(({ outgoing }) => outgoing), ...said]);
    if (facts.length > 0) await client.query('select journal_append($1)', [storable(facts)]);
  }

  return { transaction, flush };
}
