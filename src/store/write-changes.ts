import type pg from 'pg';
import type { Incident, IncidentEvent } from '../domain/incident.ts';
import type { Offer } from '../domain/offer.ts';
import type { Change, Outgoing } from '../ports/journal.ts';
import { FORMAT, storable } from './rows.ts';

const CHANGED = 'An incident was changed by somebody else meanwhile.';

/**
 * Writes every decided change of one transaction in a handful of statements, however many incidents it touches.
 * @throws Error when an incident was changed since it was read; the whole transaction is to be decided again
 */
export async function writeChanges(client: pg.PoolClient, changes: readonly Change[]): Promise<void> {
  await writeIncidents(client, changes);
  const offers = changes.flatMap(newOffers);
  if (offers.length > 0) await writeOffers(client, offers);
  await supersede(client, changes);
  for (const { after, events } of changes) {
    for (const event of events) {
      await writeRun(client, after, event);
      await writeDuty(client, after, event);
    }
  }
}

async function writeIncidents(client: pg.PoolClient, changes: readonly Change[]): Promise<void> {
  const whole = fromFirstToLast(changes);
  const rows = whole.map(({ before, after, dueAt, lookAt }) => ({
    id: after.id,
    runbook: after.runbook,
    scope: after.scope,
    generation: after.generation,
    before: before?.version ?? null,
    version: after.version,
    state: after.state,
    severity: after.severity,
    body: { ...after, diagnosis: null },
    // Written again only where somebody looked again.
    looked: after.diagnosis !== (before?.diagnosis ?? null),
    diagnosis: after.diagnosis === before?.diagnosis ? null : after.diagnosis,
    opened_at: iso(after.openedAt),
    due_at: iso(dueAt),
    look_at: iso(lookAt),
  }));
  const written = await client.query(
    `with r as (
       select * from jsonb_to_recordset($1) as r (id text, runbook text, scope text, generation int, before int, version int,
         state text, severity text, body jsonb, looked boolean, diagnosis jsonb, opened_at timestamptz, due_at timestamptz, look_at timestamptz)
     ), opened as (
       insert into incidents (id, runbook, scope, generation, version, format, state, severity, body, diagnosis, opened_at, due_at, look_at)
       select id, runbook, scope, generation, version, $2, state, severity, body, nullif(diagnosis, 'null'), opened_at, due_at, look_at
       from r where before is null returning 1
     ), changed as (
       update incidents i set generation = r.generation, version = r.version, state = r.state, severity = r.severity,
         body = r.body, diagnosis = case when r.looked then nullif(r.diagnosis, 'null') else i.diagnosis end,
         due_at = r.due_at, look_at = r.look_at
       from r where i.id = r.id and i.version = r.before returning 1
     )
     select 1 from opened union all select 1 from changed`,
    [storable(rows), FORMAT],
  );
  if (written.rowCount !== whole.length) throw new Error(CHANGED);
}

/** A statement sees no row that it wrote itself: an incident with several changes is one row, its first before and its last after. */
function fromFirstToLast(changes: readonly Change[]): readonly Change[] {
  const byId = new Map<string, Change>();
  for (const change of changes) {
    const earlier = byId.get(change.after.id);
    if (earlier !== undefined && earlier.after.version !== change.before?.version) throw new Error(CHANGED);
    byId.set(change.after.id, earlier === undefined ? change : { ...change, before: earlier.before });
  }
  return [...byId.values()];
}

interface OfferRow {
  id: string;
  incident: string;
  action: string;
  binding: unknown;
  body: Offer;
}

/** The offers that this change brought into the world. */
function newOffers({ before, after, events }: Change): OfferRow[] {
  const known = new Set(before?.offers.map(({ id }) => id));
  const offers = new Map<string, Offer>();
  for (const event of events) {
    if (event.type === 'requested') offers.set(event.offer.id, event.offer);
    if (event.type === 'diagnosed') for (const offer of event.offers) offers.set(offer.id, offer);
  }
  return [...offers.values()]
    .filter(({ id }) => !known.has(id))
    .map((offer) => ({
      id: offer.id,
      incident: after.id,
      action: offer.action,
      binding: offer.binding,
      body: offer,
    }));
}

async function writeOffers(client: pg.PoolClient, rows: readonly OfferRow[]): Promise<void> {
  await client.query(
    `insert into offers (id, incident, action, binding, body)
     select id, incident, action, binding, body
     from jsonb_to_recordset($1) as r (id text, incident text, action text, binding jsonb, body jsonb)`,
    [storable(rows)],
  );
}

/** An offer that left the incident without being approved was superseded: by the newer one of its action, or by nothing. */
async function supersede(client: pg.PoolClient, changes: readonly Change[]): Promise<void> {
  const rows = changes.flatMap(({ before, after }) => {
    const still = new Set(after.offers.map(({ id }) => id));
    const approved = new Set(after.runs.map(({ offer }) => offer));
    return (before?.offers ?? [])
      .filter(({ id }) => !still.has(id) && !approved.has(id))
      .map((gone) => ({
        id: gone.id,
        by: after.offers.find(({ action }) => action === gone.action)?.id ?? 'nothing',
      }));
  });
  if (rows.length === 0) return;
  await client.query(
    `update offers o set superseded_by = r.by from jsonb_to_recordset($1) as r (id text, by text) where o.id = r.id`,
    [storable(rows)],
  );
}

async function writeRun(client: pg.PoolClient, incident: Incident, event: IncidentEvent): Promise<void> {
  if (event.type === 'approved') {
    await client.query(
      `with approval as (insert into approvals (offer, by, at) values ($1, $2, $3) returning id)
       insert into runs (id, approval, incident, action, state) select $4, id, $5, $6, $7 from approval`,
      [event.offer, event.by, iso(event.at), event.run.id, incident.id, event.run.action, event.run.state],
    );
  }
  if (event.type === 'run updated' && event.change.state !== undefined) {
    await client.query('update runs set state = $2 where id = $1', [event.run, event.change.state]);
  }
}

async function writeDuty(client: pg.PoolClient, incident: Incident, event: IncidentEvent): Promise<void> {
  if (event.type === 'owed') {
    await client.query(
      `insert into owed (id, incident, run, body)
       select id, $1, run, body from jsonb_array_elements($2) as body, jsonb_to_record(body) as r (id text, run text)`,
      [incident.id, storable(event.duties)],
    );
  }
  if (event.type === 'duty done') {
    await client.query('update owed set done_at = $2, done_by = $3 where id = $1', [
      event.duty,
      iso(event.at),
      event.by,
    ]);
  }
}

/** Keeps what has to be said outside until it was. */
export async function writeOutbox(client: pg.PoolClient, rows: readonly Outgoing[]): Promise<void> {
  if (rows.length === 0) return;
  // Whoever writes into the same stream waits: two would take the same place in it.
  await client.query(
    `select pg_advisory_xact_lock(hashtextextended('outbox ' || stream, 0))
     from (select distinct stream from unnest($1::text[]) stream order by stream) streams`,
    [rows.map(({ stream }) => stream)],
  );
  // A key that was said is not said again: deciding twice is harmless.
  await client.query(
    `with r as (
       select * from jsonb_to_recordset($1) as r (place int, stream text, key text, kind text, payload jsonb)
     ), ends as (
       select stream, coalesce((select max(seq) from outbox o where o.stream = streams.stream), 0) as seq
       from (select distinct stream from r) streams
     )
     insert into outbox (stream, seq, key, kind, payload)
     select stream, ends.seq + place, key, kind, payload from r join ends using (stream)
     on conflict (key) do nothing`,
    [storable(rows.map((row, place) => ({ ...row, place: place + 1 })))],
  );
}

function iso(at: number | null): string | null {
  return at === null ? null : new Date(at).toISOString();
}
