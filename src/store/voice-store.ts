import type pg from 'pg';
import type { Ids } from '../ports/clock.ts';
import type { VoiceStore, Waiting } from '../ports/voice.ts';
import { FREEZE_COLUMNS, freezeOf } from './freeze.ts';
import { decode, FORMAT, type IncidentRow } from './rows.ts';

/** Of an incident `i`, its card `c` and the freeze `f`: the card does not show the newest state. */
export const STALE = `(c.shown_version is distinct from i.version
  or (i.state <> 'resolved' and c.shown_freeze is distinct from f.version))`;

/** Cards, outbox and the leased row of the background voice, on PostgreSQL. */
export function createVoiceStore({ pool, ids }: { pool: pg.Pool; ids: Ids }): VoiceStore {
  const holder = ids.next();
  return {
    async lease(name, ms) {
      const taken = await pool.query(
        `insert into leases (name, holder, until) values ($1, $2, clock_timestamp() + $3 * interval '1 ms')
         on conflict (name) do update set holder = excluded.holder, until = excluded.until
         where leases.holder = excluded.holder or leases.until < clock_timestamp()`,
        [name, holder, ms],
      );
      return taken.rowCount === 1;
    },

    async staleCards(channel, limit) {
      const found = await pool.query<StaleRow>(
        `select i.body, i.diagnosis, c.ts, c.after_mark, ${FREEZE_COLUMNS}
         from incidents i cross join "freeze" f left join cards c on c.incident = i.id and c.channel = $1
         where ${STALE} and i.format <= $3
         order by array_position(array['critical', 'high', 'medium', 'low'], i.severity), i.opened_at
         limit $2`,
        [channel, limit, FORMAT],
      );
      return found.rows.map((row) => ({
        incident: decode(row),
        freeze: freezeOf(row),
        freezeVersion: row.version,
        ts: row.ts,
        afterMark: row.after_mark,
      }));
    },

    async cardTried(incident, channel, afterMark) {
      await pool.query(
        `insert into cards (incident, channel, after_mark) values ($1, $2, $3)
         on conflict (incident, channel) do update set after_mark = coalesce(cards.after_mark, excluded.after_mark)`,
        [incident, channel, afterMark],
      );
    },

    async cardShown(incident, channel, ts, shown) {
      await pool.query(
        `insert into cards (incident, channel, ts, shown_version, shown_freeze) values ($1, $2, $3, $4, $5)
         on conflict (incident, channel) do update
         set ts = excluded.ts, shown_version = excluded.shown_version, shown_freeze = excluded.shown_freeze`,
        [incident, channel, ts, shown?.version ?? null, shown?.freezeVersion ?? null],
      );
    },

    async cardOf(incident, channel) {
      const found = await pool.query<{ ts: string | null }>(
        'select ts from cards where incident = $1 and channel = $2',
        [incident, channel],
      );
      return found.rows[0]?.ts ?? null;
    },

    async heads(kind, limit) {
      const found = await pool.query<Waiting>(
        `select id::int, stream, key, kind, payload, attempts, after_mark as "afterMark"
         from oms_outbox_heads($1, $2)`,
        [kind, limit],
      );
      return found.rows;
    },

    async followed({ id, stream }) {
      const found = await pool.query(
        'select from outbox where stream = $1 and seq > (select seq from outbox where id = $2) limit 1',
        [stream, id],
      );
      return found.rowCount === 1;
    },

    async tried(id, afterMark) {
      await pool.query(
        `update outbox set state = 'tried', after_mark = coalesce(after_mark, $2) where id = $1`,
        [id, afterMark],
      );
    },

    async sent(id, reference) {
      await pool.query(
        `update outbox set state = 'sent', sent_at = clock_timestamp(), reference = $2, trouble = null where id = $1`,
        [id, reference],
      );
    },

    async later(id, afterMs, because) {
      await pool.query(
        `update outbox set attempts = attempts + 1, not_before = clock_timestamp() + $2 * interval '1 ms', trouble = $3
         where id = $1`,
        [id, afterMs, because],
      );
    },
  };
}

type StaleRow = IncidentRow &
  NonNullable<Parameters<typeof freezeOf>[0]> & {
    readonly ts: string | null;
    readonly after_mark: string | null;
  };
