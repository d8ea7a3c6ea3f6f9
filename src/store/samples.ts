import type pg from 'pg';
import type { Samples } from '../ports/samples.ts';

/** Figures by name and story time. */
export function createSamples(pool: pg.Pool): Samples {
  return {
    async add(at, values) {
      await pool.query(
        `insert into samples (name, at, value)
         select name, $2, value from unnest($1::text[], $3::float8[]) as new (name, value)
         on conflict do nothing`,
        [Object.keys(values), new Date(at).toISOString(), Object.values(values)],
      );
    },
    async since(name, from) {
      const found = await pool.query<{ at: Date; value: number }>(
        'select at, value from samples where name = $1 and at >= $2 order by at',
        [name, new Date(from).toISOString()],
      );
      return found.rows.map(({ at, value }) => ({ at: at.getTime(), value }));
    },
  };
}
