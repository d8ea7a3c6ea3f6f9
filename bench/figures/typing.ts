import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import { NO_RATES, type SimulatedSlack } from '../../sim/slack/slack.ts';
import { KAFKA } from '../../test/systems/catalogue.ts';
import { finished, onPath } from '../../test/systems/install.ts';
import { type RealKafka, startKafka } from '../../test/systems/kafka.ts';
import { kafkaCli } from '../../test/systems/kafka-cli.ts';
import { seed } from '../../test/systems/kafka-seed.ts';
import { locate } from '../../test/systems/locate.ts';
import { type Bench, compared, type Figure, type Round } from '../figure.ts';
import { ADMIN_TOKEN, type BotProcess, openSlack, startBot } from '../support/bot.ts';
import { openPool, startServer } from '../support/databases.ts';
import { forKubectl } from '../support/kubectl.ts';
import { newCardDiagnosed, shown } from '../support/shown.ts';
import { fireAlert, startSystems } from '../support/world.ts';

const ROUNDS = 3;
const EACH = 4;
const MOST = 0.3;
const GROUPS = 20;
const PARTITIONS = 12;
/** In each partition. */
const MESSAGES = ['order.created', 'payment.authorized', 'fulfillment.requested'].map((type) =>
  JSON.stringify({ type, orderId: 'ord_another01' }),
);
/** So the consumer ends by itself, without waiting for more. */
const ONE_PARTITION = ['--partition', '0', '--offset', '0', '--max-messages', String(MESSAGES.length)];
/** The bot leaves so much time between two posts in one channel (src/app.ts), ms; one alert does not wait for the last. */
const PACE_MS = 1_200;

/** A command of the runbook, as a person with the real tool types it. */
interface Typed {
  readonly step: string;
  /** The program of this machine that it needs; null: it comes with Kafka. */
  readonly tool: string | null;
  /** @returns what it printed */
  run(): Promise<string>;
  /** Stands in what it prints, else it did not do its work. */
  readonly prints: string;
}

interface Story {
  readonly runbook: string;
  readonly code: string;
  readonly typed: readonly Typed[];
}

/** An alert → all findings on the card, against typing the runbook's commands one after the other. */
export const typing: Bench = {
  name: 'typing',
  async run(progress) {
    await using stack = new AsyncDisposableStack();
    const server = await startServer(stack);
    const systems = await startSystems(stack, server);
    const kafka = await kafkaHere(progress);
    if (kafka !== null) {
      stack.defer(kafka.stop);
      await fill(kafka);
    }
    const slack = await openSlack(stack, NO_RATES);
    const database = await server.forBot('typing');
    const bot = await startBot(stack, slack, database, {
      ...systems.env,
      ...(kafka === null ? {} : { KAFKA_BROKERS: kafka.brokers.join() }),
    });
    const pool = openPool(stack, database.owner);
    const kubectl = await forKubectl(stack, systems.env.KUBECONFIG);
    const stories = storiesOf(kafka, kubectl, systems.env.ORDER_SERVICE_URL);
    const figures: Figure[] = [];
    for (const story of stories) {
      const typed = story.typed.filter(({ tool }) => tool === null || onPath(tool) !== null);
      const steps = typed.map(({ step }) => step);
      const look = async (region: string) =>
        await lookAt({ slack, bot, pool, code: story.code, region: `${story.code}-${region}`, steps });
      await type(typed);
      await look('warm-up');
      const rounds: Round[] = [];
      for (let number = 1; number <= ROUNDS; number += 1) {
        progress(`${story.runbook}, round ${number} of ${ROUNDS}`);
        const round = { ours: [] as number[], theirs: [] as number[] };
        for (let count = 1; count <= EACH; count += 1) {
          round.theirs.push(await type(typed));
          round.ours.push(await look(`${number}-${count}`));
        }
        rounds.push(round);
      }
      figures.push(figure(story, typed, rounds));
    }
    return figures;
  },
};

/** Null where this machine has no Java, or cannot fetch it. */
async function kafkaHere(progress: (line: string) => void): Promise<RealKafka | null> {
  const found = await locate(KAFKA);
  if (!('missing' in found)) return await startKafka();
  progress(`without runbook 7, Kafka is missing: ${found.missing}`);
  return null;
}

function storiesOf(
  kafka: RealKafka | null,
  kubectl: Readonly<Record<string, string>>,
  service: string,
): readonly Story[] {
  const line = (step: string, tool: string, command: string, prints: string): Typed => ({
    step,
    tool,
    run: async () => await finished('sh', ['-c', command], { env: kubectl }),
    prints,
  });
  const tool = (
    step: string,
    name: Parameters<typeof kafkaCli>[1],
    args: string[],
    prints: string,
  ): Typed[] =>
    kafka === null ? [] : [{ step, tool: null, run: async () => await kafkaCli(kafka, name, args), prints }];
  const since = String(Date.now() - 3 * 3_600_000);
  const stuck: Story = {
    runbook: '3, stuck orders',
    code: 'WORKFLOW_STUCK',
    typed: [
      line(
        'R16',
        'curl',
        `curl -s -H 'Authorization: Bearer ${ADMIN_TOKEN}' '${service}/admin/orders/stuck?status=processing&olderThan=2h'`,
        'ord_',
      ),
      // The runbook's own never ends; these are what `oms runbooks` names instead, with the order's partition known.
      ...tool('R17', 'get-offsets', ['--topic', 'order-events', '--time', since], 'order-events:0'),
      ...tool('R17', 'console-consumer', ['--topic', 'order-events', ...ONE_PARTITION], MESSAGES.join('\n')),
      line('R18', 'kubectl', 'kubectl get pods -l app=workflow-engine', 'workflow-engine'),
      line('R19', 'kubectl', logs('webhook:fulfillment'), 'webhook:fulfillment'),
    ],
  };
  if (kafka === null) return [stuck];
  const lag: Story = {
    runbook: '7, Kafka lag',
    code: 'CONSUMER_LAG',
    typed: [
      line('R45', 'kubectl', 'kubectl get pods -l app=kafka', 'kafka-0'),
      ...tool('R46', 'consumer-groups', ['--describe', '--all-groups'], `group-${GROUPS - 1}`),
      line('R47', 'kubectl', logs('KAFKA_PUBLISH_FAILED'), ''),
      ...tool('R49', 'topics', ['--describe', '--topic', 'order-events'], 'order-events'),
    ],
  };
  return [lag, stuck];
}

/** Nothing found is an answer too. */
function logs(text: string): string {
  return `kubectl logs -l app=order-service | grep '${text}' || true`;
}

async function fill(kafka: RealKafka): Promise<void> {
  const seeds = seed(kafka);
  await seeds.topics({ 'order-events': PARTITIONS });
  for (let partition = 0; partition < PARTITIONS; partition += 1)
    await seeds.produce('order-events', partition, MESSAGES);
  for (let group = 0; group < GROUPS; group += 1)
    await seeds.commit(`group-${group}`, { 'order-events': Array.from({ length: PARTITIONS }, () => 1) });
  await seeds.close();
}

/** ms from the first command's first letter to the last one's last line; nobody reads in between. */
async function type(typed: readonly Typed[]): Promise<number> {
  const began = performance.now();
  for (const { step, run, prints } of typed)
    if (!(await run()).includes(prints)) throw new Error(`${step} did not print ${prints}.`);
  return performance.now() - began;
}

/** ms from the alert to the card with all findings. */
async function lookAt(asked: {
  readonly slack: SimulatedSlack;
  readonly bot: BotProcess;
  readonly pool: pg.Pool;
  readonly code: string;
  readonly region: string;
  /** Those that must have been answered. */
  readonly steps: readonly string[];
}): Promise<number> {
  const { slack, bot, pool, code, region, steps } = asked;
  const card = shown(slack, newCardDiagnosed());
  const began = performance.now();
  await fireAlert(bot.port, region, code);
  const took = (await card) - began;
  const { rows } = await pool.query<{ step: string; line: string; verdict: string }>(
    `select finding->>'step' as step, finding->>'line' as line, finding->>'verdict' as verdict
     from incidents, jsonb_array_elements(diagnosis->'findings') finding where scope = $1`,
    [region],
  );
  for (const step of steps) {
    const finding = rows.find((row) => row.step === step);
    if (!/^(healthy|broken)$/.test(finding?.verdict ?? ''))
      throw new Error(`${step} was not answered: ${finding?.line ?? 'it was not asked'}`);
  }
  await pool.query(
    `update incidents set state = 'resolved', due_at = null, look_at = null where scope = $1`,
    [region],
  );
  await pool.query(`delete from outbox where state <> 'sent'`);
  await sleep(PACE_MS);
  return took;
}

function figure({ runbook }: Story, typed: readonly Typed[], rounds: readonly Round[]): Figure {
  const { ours, theirs, range, samples } = compared(rounds, 0.5);
  return {
    name: `diagnosis against typing, runbook ${runbook}, median`,
    how: `From the alert to all findings on the card. Beside it: ${[...new Set(typed.map(({ step }) => step))].join(', ')} with the real tools, each typed when the last has ended, without a pause.`,
    unit: 'ms',
    ours: { name: 'oms-bot', value: ours },
    beside: { name: `${typed.length} commands`, value: theirs },
    goal: { on: 'ratio', most: MOST },
    range,
    samples,
  };
}
