import { isDeepStrictEqual } from 'node:util';
import { connectKafka, KAFKA } from '../../src/adapters/kafka/connect.ts';
import { policyFor } from '../../src/adapters/resilience.ts';
import type { GroupsSeen } from '../../src/ports/kafka.ts';
import { type RealKafka, startKafka } from '../../test/systems/kafka.ts';
import { kafkaCli } from '../../test/systems/kafka-cli.ts';
import { type Seed, seed } from '../../test/systems/kafka-seed.ts';
import type { Bench } from '../figure.ts';
import { median, rangeOf } from '../statistics.ts';

const ROUNDS = 5;
const GROUPS = 500;
const PARTITIONS = 64;
const TOPIC = 'order-events';
/** The tool says a line for each partition of each group, some 120 characters. */
const KEEP = GROUPS * PARTITIONS * 200;
/** Ten times as fast. */
const MOST = 0.1;

/** The lag of every group on a real broker, against Kafka's own tool, and the same numbers to the message (R46). */
export const kafka: Bench = {
  name: 'kafka',
  async run(progress) {
    await using stack = new AsyncDisposableStack();
    const server = await startKafka();
    stack.defer(server.stop);
    const seeds = seed(server);
    stack.defer(seeds.close);
    progress(`Kafka ${server.version}: ${GROUPS} groups of ${PARTITIONS} partitions`);
    await fill(seeds);
    const took = { ours: [] as number[], tool: [] as number[] };
    for (let round = 1; round <= ROUNDS; round += 1) {
      // Who begins alternates: noise of the machine hits both.
      const sides = round % 2 === 0 ? (['tool', 'ours'] as const) : (['ours', 'tool'] as const);
      const said = { ours: '', tool: '' };
      for (const side of sides) {
        const began = performance.now();
        const lag = side === 'ours' ? linesOf(await ask(server)) : linesIn(await type(server));
        took[side].push(performance.now() - began);
        said[side] = lag.join('\n');
      }
      if (said.ours.split('\n').length !== GROUPS * PARTITIONS || !isDeepStrictEqual(said.ours, said.tool))
        throw new Error('We do not tell the lag that Kafka’s own tool tells.');
      progress(
        `round ${round} of ${ROUNDS}: ours ${took.ours.at(-1)?.toFixed(0)} ms, the tool ${took.tool.at(-1)?.toFixed(0)} ms, the same numbers`,
      );
    }
    return [
      {
        name: `lag of ${GROUPS} groups × ${PARTITIONS} partitions`,
        how: 'From a new connection of the running bot to the last number; the tool is started by hand, as the runbook says. Every number of both is compared.',
        unit: 'ms',
        ours: { name: 'oms-bot', value: median(took.ours) },
        beside: { name: 'kafka-consumer-groups', value: median(took.tool) },
        goal: { on: 'ratio', most: MOST },
        range: rangeOf(took.ours.map((ms, round) => ms / (took.tool[round] ?? Number.NaN))),
        samples: ROUNDS,
      },
    ];
  },
};

/** Each group is behind by another number, and no partition of it as the next. */
async function fill(seeds: Seed): Promise<void> {
  await seeds.topics({ [TOPIC]: PARTITIONS });
  for (let partition = 0; partition < PARTITIONS; partition += 1)
    await seeds.produce(
      TOPIC,
      partition,
      Array.from({ length: 20 + partition }, () => '{}'),
    );
  for (let group = 0; group < GROUPS; group += 1) {
    const offsets = Array.from({ length: PARTITIONS }, (_, partition) => (group * 7 + partition) % 20);
    await seeds.commit(`group-${group}`, { [TOPIC]: offsets });
  }
}

/** Connects anew, as after a quiet hour. */
async function ask({ brokers }: RealKafka): Promise<GroupsSeen> {
  const connection = connectKafka({
    brokers,
    tls: false,
    sasl: null,
    policy: policyFor(KAFKA),
    bootstrap: brokers.join(),
  });
  try {
    return await connection.probe.groups('all', AbortSignal.timeout(60_000));
  } finally {
    connection.close();
  }
}

async function type(server: RealKafka): Promise<string> {
  return await kafkaCli(server, 'consumer-groups', ['--describe', '--all-groups', '--timeout', '60000'], {
    keep: KEEP,
    apart: true,
  });
}

/** *group-7 order-events 3 14 23 9*, sorted. */
function linesOf({ groups, problems }: GroupsSeen): readonly string[] {
  if (problems.length > 0) throw new Error(problems.join(' '));
  return groups
    .flatMap(({ group, partitions }) =>
      partitions.map(({ topic, partition, committed, end, lag }) =>
        [group, topic, partition, committed, end, lag].join(' '),
      ),
    )
    .sort();
}

function linesIn(said: string): readonly string[] {
  return said
    .split('\n')
    .map((line) => line.trim().split(/\s+/).slice(0, 6).join(' '))
    .filter((line) => line.startsWith('group-'))
    .sort();
}
