import type pg from 'pg';
import type { Duty } from '../domain/duty.ts';
import type { RunbookId } from '../domain/severity.ts';
import type { Clock, Step } from '../ports/clock.ts';
import {
  type ClaimedRun,
  type Delivery,
  type Journal,
  JournalUnavailable,
  type Waits,
} from '../ports/journal.ts';
import { freezeOn } from './freeze.ts';
import { decode, FORMAT, type IncidentRow, storable } from './rows.ts';
import { openTransaction } from './transaction.ts';
import { STALE } from './voice-store.ts';

const HEAR = `insert into inbox (source, delivery_id, payload) values ($1, $2, $3)
  on conflict (source, delivery_id) do nothing returning id`;
/**
 * An alert that fires again after its end says word for word what it said before: only what is still to be worked on is the
 * same delivery. A person's click stays the same for as long as it is known, and waits for nothing more than one insert.
 */
const HEAR_AGAIN = `with before as (
    update inbox set delivery_id = delivery_id || ' ' || id
    where source = $1 and delivery_id = $2 and done_at is not null returning 1
  )
  insert into inbox (source, delivery_id, payload) select $1, $2, $3 from (select count(*) from before) renamed
  on conflict (source, delivery_id) do nothing returning id`;

/** The journal on PostgreSQL. */
export function createJournal(parts: { pool: pg.Pool; clock: Clock; step: Step }): Journal {
  const { pool, step } = parts;
  let asking: Promise<pg.QueryResult<Record<Waits, number | null>>> | null = null;

  async function query<Row extends pg.QueryResultRow>(
    text: string,
    values: unknown[],
  ): Promise<pg.QueryResult<Row>> {
    return await pool.query<Row>(text, values).catch(unavailable);
  }

  return {
    async transact(name, work) {
      return await step(`commit ${name}`, async () => {
        const client = await pool.connect().catch(unavailable);
        let broken: Error | undefined;
        // A connection that dies under us rejects the query; unheard, its own event would end the process.
        const died = () => undefined;
        client.on('error', died);
        try {
          await client.query('begin');
          const { transaction, flush } = await openTransaction(client);
          const result = await work(transaction);
          await flush();
          await client.query('commit');
          return result;
        } catch (err) {
          broken = await client.query('rollback').then(
            () => undefined,
            (other: Error) => other,
          );
          throw isConnectionLoss(err)
            ? new JournalUnavailable('The database went away.', { cause: err })
            : err;
        } finally {
          client.off('error', died);
          client.release(broken);
        }
      });
    },

    async accept(source, deliveryId, payload, withinMs) {
      return await step(`accept ${source}`, async () => {
        const inserted = await within(
          parts.clock,
          withinMs,
          query(source === 'alertmanager' ? HEAR_AGAIN : HEAR, [source, deliveryId, storable(payload)]),
        );
        return inserted.rowCount === 1;
      });
    },

    async claimDelivery(leaseMs) {
      const found = await query<InboxRow>(
        `update inbox set attempts = attempts + 1, not_before = clock_timestamp() + $1 * interval '1 ms'
         where id = (select id from inbox where done_at is null and not_before <= clock_timestamp()
                       and not exists (select from inbox earlier
                                       where inbox.source <> 'slack' and earlier.source = inbox.source
                                         and earlier.id < inbox.id and earlier.done_at is null
                                         and earlier.attempts <= 1)
                     order by id limit 1 for update skip locked)
         returning id::int, source, delivery_id, payload, attempts`,
        [leaseMs],
      );
      const row = found.rows[0];
      if (row === undefined) return null;
      return {
        id: row.id,
        source: row.source,
        deliveryId: row.delivery_id,
        payload: row.payload,
        attempts: row.attempts,
      };
    },

    async postpone(delivery, afterMs, because) {
      await query(
        `update inbox set not_before = clock_timestamp() + $2 * interval '1 ms', trouble = $3 where id = $1`,
        [delivery.id, afterMs, because],
      );
    },

    async claimLook(leaseMs) {
      const found = await query<IncidentRow>(
        `update incidents set look_lease = clock_timestamp() + $1 * interval '1 ms'
         where id = (select id from incidents
                     where look_at <= (select oms_now()) and look_lease < clock_timestamp() and format <= $2
                     order by look_at limit 1 for update skip locked)
         returning body, diagnosis`,
        [leaseMs, FORMAT],
      );
      return found.rows[0] === undefined ? null : decode(found.rows[0]);
    },

    async releaseLook(id) {
      await query(`update incidents set look_lease = '-infinity' where id = $1`, [id]);
    },

    async claimRun(leaseMs) {
      const found = await query<{ incident: ClaimedRun['incident']; id: string; state: string }>(
        `update runs set lease = clock_timestamp() + $1 * interval '1 ms'
         where id = (select id from runs where state <> 'ended' and lease < clock_timestamp()
                     order by id limit 1 for update skip locked)
         returning incident, id, state`,
        [leaseMs],
      );
      const row = found.rows[0];
      return row === undefined
        ? null
        : { incident: row.incident, run: row.id, takenOver: row.state === 'running' };
    },

    async renewRun(run, leaseMs) {
      const renewed = await query(
        `update runs set lease = clock_timestamp() + $2 * interval '1 ms'
         where id = $1 and state <> 'ended' and lease > clock_timestamp()`,
        [run, leaseMs],
      );
      return renewed.rowCount === 1;
    },

    async untilDue(kind, most) {
      // All loops ask at once after a round that woke them; one answer does for all.
      asking ??= query<Record<Waits, number | null>>('select * from oms_waits()', []).finally(() => {
        asking = null;
      });
      const found = await asking;
      return Math.max(0, Math.min(most, found.rows[0]?.[kind] ?? most));
    },

    async backlog(channel) {
      const found = await query<Record<string, number>>(
        `select (select count(*)::int from inbox where done_at is null) as inbox,
           (select count(*)::int from outbox where state <> 'sent') as outbox,
           (select count(*)::int from incidents where due_at <= oms_now())
             + (select count(*)::int from "freeze" where until <= oms_now()) as deadlines,
           (select count(*)::int from incidents where look_at <= oms_now() or look_lease > clock_timestamp()) as looks,
           (select count(*)::int from runs where state <> 'ended') as runs,
           (select count(*)::int from incidents i cross join "freeze" f
              left join cards c on c.incident = i.id and c.channel = $1 where ${STALE}) as cards`,
        [channel],
      );
      return found.rows[0] ?? {};
    },

    async resolvedSince(at) {
      const found = await query<IncidentRow>(
        `select body, diagnosis from incidents where state = 'resolved' and (body -> 'resolution' ->> 'at')::float8 >= $1
         order by (body -> 'resolution' ->> 'at')::float8`,
        [at],
      );
      return found.rows.map(decode);
    },

    async openIncidents() {
      const found = await query<IncidentRow>(
        `select body, diagnosis from incidents where state <> 'resolved' order by opened_at`,
        [],
      );
      return found.rows.map(decode);
    },

    async openRunbooks() {
      const found = await query<{ runbook: RunbookId }>(
        `select distinct runbook from incidents where state <> 'resolved'`,
        [],
      );
      return found.rows.map(({ runbook }) => runbook);
    },

    async owed() {
      const found = await query<{ incident: ClaimedRun['incident']; body: Duty }>(
        'select incident, body from owed where done_at is null order by seq',
        [],
      );
      return found.rows.map(({ incident, body }) => ({ incident, duty: body }));
    },

    async notTaken(since) {
      const found = await query<{ reason: string; count: number }>(
        `select a.text::jsonb ->> 'reason' as reason,
                count(distinct (a.text::jsonb ->> 'source', a.text::jsonb ->> 'key'))::int as count
         from journal j join journal_asides a on a.hash = j.text::jsonb ->> 'body'
         where j.incident is null and j.at >= to_timestamp($1 / 1000.0) and a.text is not null
           and j.text::jsonb ->> 'type' = 'alert not taken'
         group by 1 order by 2 desc, 1`,
        [since],
      );
      return found.rows;
    },

    freeze: async () => await freezeOn(pool).standing('').catch(unavailable),

    async incidentById(id) {
      const found = await query<IncidentRow>('select body, diagnosis from incidents where id = $1', [id]);
      return found.rows[0] === undefined ? null : decode(found.rows[0]);
    },

    async now() {
      const found = await query<{ now: Date }>('select oms_now() as now', []);
      return found.rows[0]?.now.getTime() ?? Number.NaN;
    },
  };

  function unavailable(err: Error): never {
    throw isConnectionLoss(err)
      ? new JournalUnavailable('The database does not answer.', { cause: err })
      : err;
  }
}

interface InboxRow {
  id: number;
  source: Delivery['source'];
  delivery_id: string;
  payload: unknown;
  attempts: number;
}

/** Rejects after `ms`; the insert may still arrive, which is harmless: it is unique by its delivery. */
async function within<T>(clock: Clock, ms: number, work: Promise<T>): Promise<T> {
  const over = new AbortController();
  const late = clock.sleep(ms, over.signal).then(() => {
    if (!over.signal.aborted) throw new JournalUnavailable(`The database did not store it within ${ms} ms.`);
    return work;
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    over.abort();
    late.catch(() => undefined);
  }
}

/** Class 08, 57P, 53300 (no connection is left), and everything that is no answer of the server at all. */
function isConnectionLoss(err: unknown): boolean {
  if (!(err instanceof Error)) return false;
  const code = 'code' in err && typeof err.code === 'string' ? err.code : '';
  if (/^(08|57P|53300)/.test(code)) return true;
  return (
    /^E[A-Z]+$/.test(code) ||
    /Connection terminated|connection error|timeout exceeded when trying to connect/.test(err.message)
  );
}
