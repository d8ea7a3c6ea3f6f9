import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import { NO_RATES, type SimulatedSlack } from '../../sim/slack/slack.ts';
import type { Bench, Figure } from '../figure.ts';
import { percentile, rangeOf } from '../statistics.ts';
import { ALERTS, openSlack, RESPONDER, startBot } from '../support/bot.ts';
import { type BotDatabase, type DatabaseServer, openPool, startServer } from '../support/databases.ts';
import { isCard, shown } from '../support/shown.ts';
import { fireAlert, startSystems } from '../support/world.ts';

const VOICES = 10;
const RUNS = 3;
const MOST_MS = 5_000;
const RESPONSE_MS = 60_000;

interface Taken {
  /** ms from the kill until the other has spoken, or has cleared the run up. */
  readonly took: number;
  /** What was left of the dead one's lease: nobody may act sooner. */
  readonly lease: number;
}

/** How long the work of a process that was killed lies about, until the other one of two takes it over. */
export const takeover: Bench = {
  name: 'takeover',
  async run(progress) {
    await using stack = new AsyncDisposableStack();
    const server = await startServer(stack);
    const systems = await startSystems(stack, server);
    const voices: Taken[] = [];
    const runs: Taken[] = [];
    for (let count = 1; count <= VOICES; count += 1) {
      voices.push(await killTheVoice(server, systems.env));
      progress(`voice ${count} of ${VOICES}: ${voices.at(-1)?.took.toFixed(0)} ms`);
    }
    for (let count = 1; count <= RUNS; count += 1) {
      runs.push(await killTheRun(server, systems));
      progress(`run ${count} of ${RUNS}: ${runs.at(-1)?.took.toFixed(0)} ms`);
    }
    return [
      figure(
        'takeover of the background voice after kill -9, slowest',
        'The process that speaks is killed and an alert comes; until the other one posts its card.',
        voices,
      ),
      figure(
        'takeover of a run in flight after kill -9, slowest',
        'The process whose call to the order service is under way is killed; until the other one has read back and ended the run.',
        runs,
      ),
    ];
  },
};

type Systems = Awaited<ReturnType<typeof startSystems>>;

async function killTheVoice(server: DatabaseServer, env: Systems['env']): Promise<Taken> {
  await using stack = new AsyncDisposableStack();
  const { database, slack, pool } = await place(stack, server);
  const first = await startBot(stack, slack, database, env);
  await leaseOf(pool);
  // The first one speaks already, so the second one listens.
  const second = await startBot(stack, slack, database, env);
  await sleep(1_000 * Math.random());
  const card = shown(slack, isCard);
  const killed = performance.now();
  first.kill();
  const lease = await leaseOf(pool);
  await fireAlert(second.port, 'killed');
  return { took: (await card) - killed, lease };
}

async function killTheRun(server: DatabaseServer, { service, env }: Systems): Promise<Taken> {
  await using stack = new AsyncDisposableStack();
  const { database, slack, pool } = await place(stack, server);
  const first = await startBot(stack, slack, database, env);
  const before = service.requests.length;
  await fireAlert(first.port, 'killed');
  await until(async () => service.requests.length > before && (await offered(pool)));
  // The call is under way until its own deadline: the service is slow to answer and does it all the same.
  const back = service.faults.add({ match: { method: 'POST' }, fault: { mode: 'late', ms: RESPONSE_MS } });
  stack.defer(back);
  const asked = service.requests.filter(({ method }) => method === 'POST').length;
  await until(async () => await pressed(slack));
  await until(async () => service.requests.filter(({ method }) => method === 'POST').length > asked);
  // Started only now, so that it is the first one which holds the run.
  await startBot(stack, slack, database, env);
  const [killed, left] = [performance.now(), await runLease(pool)];
  first.kill();
  await until(async () => await ended(pool));
  return { took: performance.now() - killed, lease: left };
}

async function place(stack: AsyncDisposableStack, server: DatabaseServer) {
  const database: BotDatabase = await server.forBot('takeover');
  const slack = await openSlack(stack, NO_RATES);
  return { database, slack, pool: openPool(stack, database.owner) };
}

/** ms that the voice's lease still holds; waits for it to be taken first. */
async function leaseOf(pool: pg.Pool): Promise<number> {
  for (;;) {
    const found = await pool.query<{ ms: number }>(
      `select extract(epoch from until - clock_timestamp())::float8 * 1000 as ms from leases where name = 'voice'`,
    );
    if (found.rows[0] !== undefined) return found.rows[0].ms;
    await sleep(20);
  }
}

async function runLease(pool: pg.Pool): Promise<number> {
  const found = await pool.query<{ ms: number }>(
    `select extract(epoch from lease - clock_timestamp())::float8 * 1000 as ms from runs where state <> 'ended'`,
  );
  return found.rows[0]?.ms ?? Number.NaN;
}

async function offered(pool: pg.Pool): Promise<boolean> {
  const found = await pool.query(
    `select from incidents i join cards c on c.incident = i.id
     where c.shown_version = i.version and jsonb_array_length(i.body->'offers') > 0`,
  );
  return found.rowCount === 1;
}

async function pressed(slack: SimulatedSlack): Promise<boolean> {
  const card = slack
    .messages(ALERTS)
    .find(({ bot_id, thread_ts, ts }) => bot_id === slack.botId && (thread_ts ?? ts) === ts);
  if (card === undefined) return false;
  const { shown: came } = await slack.as(RESPONDER).click(card, 'Retry workflow');
  return came === 'sent';
}

async function ended(pool: pg.Pool): Promise<boolean> {
  const found = await pool.query(`select from runs where state = 'ended'`);
  return found.rowCount === 1;
}

/** @throws Error when it has not happened within a minute */
async function until(happened: () => Promise<boolean>): Promise<void> {
  const deadline = performance.now() + RESPONSE_MS;
  while (!(await happened())) {
    if (performance.now() > deadline) throw new Error(`It did not happen within a minute: ${happened}`);
    await sleep(20);
  }
}

function figure(name: string, how: string, taken: readonly Taken[]): Figure {
  const took = taken.map((one) => one.took);
  return {
    name,
    how,
    unit: 'ms',
    ours: { name: 'oms-bot', value: percentile(took, 1) },
    beside: {
      name: 'left of the dead one’s lease',
      value: percentile(
        taken.map(({ lease }) => lease),
        1,
      ),
    },
    goal: { on: 'value', most: MOST_MS },
    range: rangeOf(took),
    samples: taken.length,
  };
}
