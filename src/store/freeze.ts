import type pg from 'pg';
import type { Freeze } from '../domain/freeze.ts';

interface Row {
  readonly version: number;
  readonly until: Date | null;
  readonly by: string;
  readonly at: Date;
  readonly reason: string;
  readonly lift_asked_by: string | null;
  readonly stands: boolean;
}

export const FREEZE_COLUMNS = `f.version, f.until, f.by, f.at, f.reason, f.lift_asked_by, coalesce(f.until > oms_now(), false) as stands`;

/** The freeze of a row that was read with `FREEZE_COLUMNS`, if it stands. */
export function freezeOf(row: Row | undefined): Freeze | null {
  return row?.stands ? whole(row) : null;
}

/** The one row of the freeze, inside a transaction or outside. */
export function freezeOn(client: pg.Pool | pg.PoolClient) {
  return {
    /** The row is locked whether a freeze stands or not: else one could begin between this look and the commit. */
    async standing(lock: 'for share' | 'for update' | ''): Promise<Freeze | null> {
      const found = await client.query<Row>(`select ${FREEZE_COLUMNS} from "freeze" f ${lock}`);
      return freezeOf(found.rows[0]);
    },

    async over(): Promise<Freeze | null> {
      const found = await client.query<Row>(
        `select ${FREEZE_COLUMNS} from "freeze" f where f.until <= oms_now() for update skip locked`,
      );
      return found.rows[0] === undefined ? null : whole(found.rows[0]);
    },

    async set(freeze: Freeze | null): Promise<number> {
      const changed = await client.query<{ version: number }>(
        `update "freeze" set until = $1, by = $2, at = $3, reason = $4, lift_asked_by = $5, version = version + 1
         returning version`,
        freeze === null
          ? [null, null, null, null, null]
          : [new Date(freeze.until), freeze.by, new Date(freeze.at), freeze.reason, freeze.liftAskedBy],
      );
      return changed.rows[0]?.version ?? Number.NaN;
    },
  };
}

function whole({ until, by, at, reason, lift_asked_by }: Row): Freeze {
  return { until: until?.getTime() ?? 0, by, at: at.getTime(), reason, liftAskedBy: lift_asked_by };
}
