import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import type { OrderService } from '../../sim/order-service/order-service.ts';
import { NO_RATES, type SimulatedSlack } from '../../sim/slack/slack.ts';
import type { Bench, Figure } from '../figure.ts';
import { percentile, rangeOf } from '../statistics.ts';
import { type BotProcess, openSlack, startBareBolt, startBot } from '../support/bot.ts';
import { openPool, startServer } from '../support/databases.ts';
import type { Process } from '../support/processes.ts';
import { isCard, shown } from '../support/shown.ts';
import { fireAlert, startSystems } from '../support/world.ts';

/** How long each answer of the order service takes, ms: an ordinary day, and one on which the slowest check needs 3 s. */
const WEATHERS = [
  { name: 'answers in 200 ms', ms: 200 },
  { name: 'answers in 1.5 s', ms: 1_500 },
] as const;
const EACH = 30;
const ROUNDS = 3;
/** The bot leaves so much time between two posts in one channel (src/app.ts), ms; one alert does not wait for the last. */
const PACE_MS = 1_200;
const CARD_MOST_MS = 1_500;
const DIAGNOSIS_MOST = 1.15;

interface Taken {
  readonly card: number;
  /** Bare Bolt's insert and post, just before. */
  readonly post: number;
  readonly whole: number;
  readonly slowest: number;
}

/** Alert → first card, and the whole diagnosis against its slowest check; both of the same alerts. */
export const alerts: Bench = {
  name: 'alerts',
  async run(progress) {
    await using stack = new AsyncDisposableStack();
    const server = await startServer(stack);
    const systems = await startSystems(stack, server);
    const slack = await openSlack(stack, NO_RATES);
    const bareSlack = await openSlack(stack, NO_RATES);
    const database = await server.forBot('alerts');
    const bench: Both = {
      slack,
      bareSlack,
      bot: await startBot(stack, slack, database, systems.env),
      bare: await startBareBolt(stack, bareSlack, await server.fresh('bare')),
      pool: openPool(stack, database.owner),
    };
    await once(bench, 'warm-up');
    const taken = WEATHERS.map(() => [] as Taken[]);
    for (let count = 1; count <= EACH; count += 1) {
      if (count % 10 === 0) progress(`${count} of ${EACH}`);
      for (const [place, { ms }] of WEATHERS.entries()) {
        const back = slowDown(systems.service, ms);
        taken[place]?.push(await once(bench, `r${count}-${ms}`));
        back();
      }
    }
    return [
      ...WEATHERS.map(({ name }, place) => cardFigure(name, taken[place] ?? [])),
      ...WEATHERS.map(({ name }, place) => diagnosisFigure(name, taken[place] ?? [])),
    ];
  },
};

function slowDown(service: OrderService, ms: number): () => void {
  return service.faults.add({ fault: { mode: 'slow', ms } });
}

interface Both {
  readonly slack: SimulatedSlack;
  readonly bareSlack: SimulatedSlack;
  readonly bot: BotProcess;
  readonly bare: Process;
  readonly pool: pg.Pool;
}

async function once({ slack, bareSlack, bot, bare, pool }: Both, region: string): Promise<Taken> {
  const posted = shown(bareSlack, ({ kind }) => kind === 'message posted');
  const beganBare = performance.now();
  await bare.ask({ post: `An alert for ${region}. ${'x'.repeat(2_000)}` });
  const post = (await posted) - beganBare;

  const card = shown(slack, isCard);
  const began = performance.now();
  await fireAlert(bot.port, region);
  const took = (await card) - began;
  const { whole, slowest } = await diagnosisOf(pool, region);
  await putAway(pool, region);
  await sleep(PACE_MS);
  return { card: took, post, whole, slowest };
}

/** As the bot itself measured them, in whole ms. */
async function diagnosisOf(pool: pg.Pool, region: string): Promise<{ whole: number; slowest: number }> {
  for (;;) {
    const found = await pool.query<{ whole: number; slowest: number }>(
      `select (diagnosis->>'tookMs')::float8 as whole,
         (select max((finding->>'tookMs')::float8) from jsonb_array_elements(diagnosis->'findings') finding) as slowest
       from incidents where scope = $1 and diagnosis is not null`,
      [region],
    );
    if (found.rows[0] !== undefined) return found.rows[0];
    await sleep(20);
  }
}

/** What is measured is one alert on a quiet day: the last one's follow-up looks and replies would disturb the next. */
async function putAway(pool: pg.Pool, region: string): Promise<void> {
  await pool.query(
    `update incidents set state = 'resolved', due_at = null, look_at = null where scope = $1`,
    [region],
  );
  await pool.query(`delete from outbox where state <> 'sent'`);
}

function cardFigure(name: string, taken: readonly Taken[]): Figure {
  return {
    name: `alert → first card, p95, order service ${name}`,
    how: 'From the webhook’s POST to the card on the screen. Beside it: the slowest check of the same alert, plus bare Bolt’s insert and post.',
    unit: 'ms',
    ours: {
      name: 'oms-bot',
      value: percentile(
        taken.map(({ card }) => card),
        0.95,
      ),
    },
    beside: {
      name: 'slowest check + bare post',
      value: percentile(
        taken.map(({ slowest, post }) => slowest + post),
        0.95,
      ),
    },
    goal: { on: 'value', most: CARD_MOST_MS },
    range: rangeOf(
      rounds(taken).map((round) =>
        percentile(
          round.map(({ card }) => card),
          0.95,
        ),
      ),
    ),
    samples: taken.length,
  };
}

function diagnosisFigure(name: string, taken: readonly Taken[]): Figure {
  const middle = (some: readonly Taken[]) =>
    percentile(
      some.map(({ whole, slowest }) => whole / slowest),
      0.5,
    );
  const typical = [...taken].sort((one, other) => one.whole / one.slowest - other.whole / other.slowest)[
    Math.ceil(taken.length / 2) - 1
  ];
  if (typical === undefined) throw new Error('Nothing was measured.');
  return {
    name: `whole diagnosis ÷ its slowest check, median, order service ${name}`,
    how: 'All checks and the impact of one alert, as the bot measures them, against the slowest check of that same alert.',
    unit: 'ms',
    ours: { name: 'whole', value: typical.whole },
    beside: { name: 'slowest check', value: typical.slowest },
    goal: { on: 'ratio', most: DIAGNOSIS_MOST },
    range: rangeOf(rounds(taken).map(middle)),
    samples: taken.length,
  };
}

function rounds(taken: readonly Taken[]): readonly (readonly Taken[])[] {
  const size = Math.ceil(taken.length / ROUNDS);
  return Array.from({ length: ROUNDS }, (_, place) => taken.slice(place * size, (place + 1) * size));
}
