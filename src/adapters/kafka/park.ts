import type { KafkaLever } from '../../ports/kafka.ts';
import { refuse, refusedWith } from './errors.ts';
import { topicOf } from './events.ts';
import { findMessage } from './messages.ts';
import { END, offsetsOf, spotName } from './offsets.ts';
import { readRanges } from './read.ts';
import { headerOf } from './schema.ts';
import type { Wire } from './wire.ts';

/** Headers of a copy: under which run it was made, and of what. */
const KEY = 'oms-parked-key';
const FROM = 'oms-parked-from';
/** Messages at the end of the parked topic in which a copy of the same run is looked for. */
const TAIL = 500;
/** ms that the broker may wait for its replicas. */
const REPLICAS_MS = 2_000;

/** R51 narrow. A copy that an earlier try of the same run has made is found, and no second one is made. */
export async function park(
  wire: Wire,
  from: Parameters<KafkaLever['park']>[0],
  to: string,
  key: string,
): Promise<string> {
  const cluster = await topicOf(wire, to, 'kafka.parkedTopic');
  const partitions = cluster.topics.get(to)?.partitions ?? [];
  // The same partition for every try.
  const partition = from.partition % Math.max(1, partitions.length);
  const leader = partitions.find((one) => one.partition === partition)?.leader ?? null;
  if (leader === null) throw refusedWith(5, spotName({ topic: to, partition }));
  const where = `${spotName(from)} at ${from.offset}`;
  const before = await copyOf(wire, cluster, { topic: to, partition }, key);
  if (before !== null) return `${where} was copied before, to ${to}-${partition} at ${before}.`;
  const message = await findMessage(wire, from);
  if (message === null) throw refuse(`${where} is not there (any more): nothing was copied.`, 'not found');
  const headers = Object.fromEntries(
    Object.entries(message.headers).map(([name, value]) => [name, value ?? Buffer.alloc(0)]),
  );
  wire.sending();
  const { topics } = await wire.ask(leader, 'Produce', {
    acks: -1,
    timeout: REPLICAS_MS,
    topicData: [
      {
        topic: to,
        partitions: [
          {
            partition,
            messages: [
              {
                key: message.key,
                value: message.value,
                headers: { ...headers, [KEY]: key, [FROM]: `${from.topic}/${from.partition}/${from.offset}` },
              },
            ],
          },
        ],
      },
    ],
  });
  const written = topics[0]?.partitions[0];
  if (written === undefined || written.errorCode !== 0)
    throw refusedWith(
      written?.errorCode ?? -1,
      `the copy in ${to}-${partition}`,
      MAY_BE_WRITTEN.includes(written?.errorCode ?? -1) ? 'maybe' : 'no',
    );
  return `${where} is copied to ${to}-${partition} at ${written.baseOffset}.`;
}

/** Codes after which a message may stand in the log: unknown, no time left, too few replicas afterwards. */
const MAY_BE_WRITTEN = [-1, 7, 20];

async function copyOf(
  wire: Wire,
  cluster: Awaited<ReturnType<typeof topicOf>>,
  spot: { readonly topic: string; readonly partition: number },
  key: string,
): Promise<number | null> {
  const { at, problems } = await offsetsOf(wire, cluster, [spot], END);
  const end = at.get(spotName(spot));
  if (end == null)
    throw refuse(`Kafka: ${spotName(spot)} ${problems.get(spotName(spot)) ?? 'is not there'}.`, 'failed');
  let found: number | null = null;
  const range = { partition: spot.partition, from: Math.max(0, end - TAIL), to: end };
  const seen = await readRanges(wire, cluster, spot.topic, [range], TAIL, ({ offset, headers }) => {
    if (headerOf(headers, KEY) === key) found = offset;
  });
  const why = seen.problems.get(spot.partition);
  // Not knowing is no reason for a second copy.
  if (found === null && why !== undefined)
    throw refuse(`Kafka: ${spotName(spot)} ${why}: nothing was copied.`, 'failed');
  return found;
}
