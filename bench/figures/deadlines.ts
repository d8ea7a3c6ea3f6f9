import { setTimeout as sleep } from 'node:timers/promises';
import { WebClient } from '@slack/web-api';
import type pg from 'pg';
import type { Bench, Figure } from '../figure.ts';
import { percentile, rangeOf } from '../statistics.ts';
import { ALERTS, openSlack, startBot } from '../support/bot.ts';
import { type DatabaseServer, openPool, startServer } from '../support/databases.ts';
import { plantIncidents } from '../support/incidents.ts';
import { startProcess } from '../support/processes.ts';

const SIZES = [
  { count: 1_000, rounds: 3 },
  { count: 10_000, rounds: 2 },
] as const;
/** All of them fall due within so long, ms. */
const WITHIN_MS = 5_000;
/** From the planting to the first one, ms: long enough to plant and to come to rest. */
const LEAD_MS = 8_000;
const MOST_MS = 50;
const GIVE_UP_MS = 120_000;

/** How late decisions of the clock are committed, against a loop that does nothing but mark a row. */
export const deadlines: Bench = {
  name: 'deadlines',
  async run(progress) {
    await using stack = new AsyncDisposableStack();
    const server = await startServer(stack);
    const figures: Figure[] = [];
    for (const { count, rounds } of SIZES) {
      const ours: number[][] = [];
      const theirs: number[][] = [];
      for (let round = 1; round <= rounds; round += 1) {
        theirs.push(await bareRound(server, count));
        ours.push(await botRound(server, count));
        progress(
          `${count}, round ${round} of ${rounds}: p99 ${percentile(ours.at(-1) ?? [], 0.99).toFixed(0)} ms, bare ${percentile(theirs.at(-1) ?? [], 0.99).toFixed(0)} ms`,
        );
      }
      figures.push({
        name: `lateness of ${count.toLocaleString('en')} deadlines, p99`,
        how: `${count} open incidents whose next rung falls due at even distances within 5 s; time of each decision’s commit − due_at.`,
        unit: 'ms',
        ours: { name: 'oms-bot', value: percentile(ours.flat(), 0.99) },
        beside: { name: 'bare loop', value: percentile(theirs.flat(), 0.99) },
        goal: { on: 'value', most: MOST_MS },
        range: rangeOf(ours.map((round) => percentile(round, 0.99))),
        samples: ours.flat().length,
      });
    }
    return figures;
  },
};

async function botRound(server: DatabaseServer, count: number): Promise<number[]> {
  await using stack = new AsyncDisposableStack();
  const database = await server.forBot('deadlines');
  // Slack's own limits: in a storm they are what its calls run against.
  const slack = await openSlack(stack, {});
  const pool = openPool(stack, database.owner);
  const client = new WebClient(slack.botToken, { slackApiUrl: slack.apiUrl });
  await startBot(stack, slack, database);
  const { id } = slack.channel(ALERTS);
  const card = await client.chat.postMessage({ channel: id, text: 'A card.' });
  const from = Date.now() + LEAD_MS;
  const plan = { count, from, withinMs: WITHIN_MS, cardChannel: ALERTS, cardTs: card.ts ?? '' };
  await plantIncidents(pool, plan);
  return await lateness(
    pool,
    from,
    count,
    `select extract(epoch from pg_xact_commit_timestamp(j.xmin) - d.due_at)::float8 * 1000 as ms
     from journal j join due d on d.id = j.incident where j.text::jsonb ->> 'type' = 'climbed'`,
  );
}

async function bareRound(server: DatabaseServer, count: number): Promise<number[]> {
  await using stack = new AsyncDisposableStack();
  const url = await server.fresh('timers');
  const pool = openPool(stack, url);
  const loop = startProcess(stack, new URL('../peers/bare-timers.ts', import.meta.url), {
    DATABASE_URL: url,
  });
  await loop.said(/^up$/m);
  const from = Date.now() + LEAD_MS / 2;
  await pool.query(
    `insert into timers (id, due_at)
     select n, to_timestamp($1) + n * $2::float8 * interval '1 ms' from generate_series(0, $3::int - 1) n`,
    [from / 1_000, WITHIN_MS / count, count],
  );
  await pool.query('vacuum analyze timers');
  const late = await lateness(
    pool,
    from,
    count,
    `select extract(epoch from pg_xact_commit_timestamp(xmin) - due_at)::float8 * 1000 as ms
     from timers where done_at is not null`,
  );
  loop.kill();
  return late;
}

/**
 * Waits without asking until the last one is due, then until all are decided.
 * @throws Error when they were planted too late to be on time, or are not decided two minutes later
 */
async function lateness(pool: pg.Pool, from: number, count: number, question: string): Promise<number[]> {
  if (Date.now() > from) throw new Error('The first deadline had passed before the last was planted.');
  await sleep(from + WITHIN_MS - Date.now());
  const until = Date.now() + GIVE_UP_MS;
  for (;;) {
    await sleep(1_000);
    const { rows } = await pool.query<{ ms: number }>(question);
    if (rows.length === count) return rows.map(({ ms }) => ms);
    if (Date.now() > until) throw new Error(`${count - rows.length} of ${count} were never decided.`);
  }
}
