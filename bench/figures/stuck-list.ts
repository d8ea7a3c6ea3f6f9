import { NO_RATES, type SimulatedSlack } from '../../sim/slack/slack.ts';
import { type Bench, compared, type Figure, type Round } from '../figure.ts';
import { ADMIN_TOKEN, ALERTS, openSlack, RESPONDER, startBot } from '../support/bot.ts';
import { openPool, startServer } from '../support/databases.ts';
import { startProcess } from '../support/processes.ts';
import { shown } from '../support/shown.ts';

const ORDERS = 100_000;
const ROUNDS = 5;
const EACH = 40;
const WARM_UP = 20;
const MOST = 2;
/** As the bot asks for its first page. */
const QUESTION = '/admin/orders/stuck?status=processing&olderThan=120m&limit=12';

/** `/oms stuck-orders` → its first page on the screen, against the service's own answer. */
export const stuckList: Bench = {
  name: 'stuck-list',
  async run(progress) {
    await using stack = new AsyncDisposableStack();
    const server = await startServer(stack);
    const orders = await server.fresh('orders');
    const pool = openPool(stack, orders);
    await pool.query(`
      create table orders as select 'ord_' || lpad(number::text, 9, '0') as id, 'processing' as status,
        'WORKFLOW_STUCK' as error_code, now() - interval '1 day' as created_at,
        now() - interval '3 hours' - number * interval '1 second' as updated_at
      from generate_series(1, ${ORDERS}) number;
      create index on orders (status, updated_at, id)`);
    await pool.query('vacuum analyze orders');
    const service = startProcess(stack, new URL('../peers/stuck-service.ts', import.meta.url), {
      DATABASE_URL: orders,
    });
    const [, port] = await service.said(/^up (\d+)$/m);
    const url = `http://127.0.0.1:${port}`;
    const slack = await openSlack(stack, NO_RATES);
    await startBot(stack, slack, await server.forBot('stuck_list'), { ORDER_SERVICE_URL: url });
    const rounds: Round[] = [];
    for (let warm = 0; warm < WARM_UP; warm += 1) await Promise.all([ours(slack), theirs(url)]);
    for (let number = 1; number <= ROUNDS; number += 1) {
      progress(`round ${number} of ${ROUNDS}`);
      const round = { ours: [] as number[], theirs: [] as number[] };
      for (let count = 0; count < EACH; count += 1) {
        round.theirs.push(await theirs(url));
        round.ours.push(await ours(slack));
      }
      rounds.push(round);
    }
    return [0.5, 0.95].map((share) => figure(rounds, share));
  },
};

/** ms from the typed command to the page on the screen. */
async function ours(slack: SimulatedSlack): Promise<number> {
  const page = shown(
    slack,
    (change) => change.kind === 'ephemeral shown' && change.ephemeral.text.startsWith(`${ORDERS} orders`),
  );
  const began = performance.now();
  const result = await slack.as(RESPONDER).command(ALERTS, '/oms stuck-orders');
  if (result !== 'ok') throw new Error(`The command was not acknowledged: ${result}.`);
  return (await page) - began;
}

/** ms from the question to its whole answer. */
async function theirs(url: string): Promise<number> {
  const began = performance.now();
  const answer = await fetch(url + QUESTION, { headers: { authorization: `Bearer ${ADMIN_TOKEN}` } });
  const { total } = (await answer.json()) as { total: number };
  if (total !== ORDERS) throw new Error(`The service tells of ${total} orders.`);
  return performance.now() - began;
}

function figure(rounds: readonly Round[], share: number): Figure {
  const { ours: value, theirs: answer, range, samples } = compared(rounds, share);
  return {
    name: `/oms stuck-orders, ${ORDERS.toLocaleString('en')} of them, p${share * 100}`,
    how: 'From the typed command to the first page on the screen. Beside it: the same question to the service itself, which counts and pages by an index.',
    unit: 'ms',
    ours: { name: 'oms-bot', value },
    beside: { name: 'the service’s answer', value: answer },
    goal: { on: 'ratio', most: MOST },
    range,
    samples,
  };
}
