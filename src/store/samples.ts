import type pg from 'pg';
import type { Sample, Samples } from '../ports/samples.ts';

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
    async between(names, from, to) {
      const found = await pool.query<{ name: string; at: Date; value: number }>(
        'select name, at, value from samples where name = any($1) and at between $2 and $3 order by at',
        [names, new Date(from).toISOString(), new Date(to).toISOString()],
      );
      const samples: Record<string, Sample[]> = {};
      for (const { name, at, value } of found.rows) {
        samples[name] ??= [];
        samples[name].push({ at: at.getTime(), value });
      }
      return samples;
    },
  };
}
