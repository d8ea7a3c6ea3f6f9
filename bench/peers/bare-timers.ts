import pg from 'pg';

// The least that a durable timer can be: sleep until the earliest one, claim what is due, mark it, commit. Nothing is
// decided, nothing is journaled (the own table of libs' comparison: 10 ms late at worst).
const client = new pg.Client({ connectionString: process.env['DATABASE_URL'] });
await client.connect();
await client.query(
  'create table timers (id int primary key, due_at timestamptz not null, done_at timestamptz)',
);
await client.query('create index timers_due on timers (due_at) where done_at is null');
console.log('up');

for (;;) {
  const claimed = await client.query(
    `update timers set done_at = clock_timestamp()
     where id in (select id from timers where due_at <= clock_timestamp() and done_at is null
                  order by due_at limit 200 for update skip locked)`,
  );
  if (claimed.rowCount !== 0) continue;
  const next = await client.query<{ ms: number | null }>(
    `select extract(epoch from min(due_at) - clock_timestamp())::float8 * 1000 as ms
     from timers where done_at is null`,
  );
  const ms = Math.max(1, Math.min(500, next.rows[0]?.ms ?? 500));
  await new Promise((resolve) => setTimeout(resolve, ms));
}
