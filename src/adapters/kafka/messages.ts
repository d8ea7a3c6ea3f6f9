import type { KafkaProbe, MessageSeen } from '../../ports/kafka.ts';
import type { Message } from './batches.ts';
import { refuse, refusedWith, wordsOf } from './errors.ts';
import { BEGINNING, END, offsetsOf, type Spot, spotName } from './offsets.ts';
import { readRanges } from './read.ts';
import { printable } from './schema.ts';
import type { ClusterSeen, Wire } from './wire.ts';

/** The last offset before another may be the mark of a transaction, or gone; looked at so far back. */
const TAIL = 50;

/** One message as it is; null: it is not there (any more). @throws SystemError where it is there and cannot be unpacked */
export async function findMessage(
  wire: Wire,
  spot: Spot & { readonly offset: number },
): Promise<Message | null> {
  const cluster = await partitionOf(wire, spot);
  if (cluster === null) return null;
  const bounds = await boundsOf(wire, cluster, spot);
  if (spot.offset < bounds.beginning || spot.offset >= bounds.end) return null;
  let found: Message | null = null;
  const range = { partition: spot.partition, from: spot.offset, to: spot.offset + 1 };
  const { sealed, problems } = await readRanges(wire, cluster, spot.topic, [range], 1, (message) => {
    found = message;
  });
  if (found !== null) return found;
  if (sealed > 0)
    throw refuse(
      `Kafka: ${spotName(spot)} at ${spot.offset} is packed in a way that the bot cannot unpack (Snappy, LZ4).`,
      'not understood',
    );
  const why = problems.get(spot.partition);
  // What a transaction took back, or a topic that is compacted: the offset is there, and nothing lies at it.
  if (why === undefined || why === wordsOf(1)) return null;
  throw refuse(`Kafka: ${spotName(spot)} ${why}.`, 'failed');
}

/** The same for people: without its value. */
export function described({ topic }: Spot, { partition, offset, at, key, value }: Message): MessageSeen {
  const bytes = (key?.length ?? 0) + (value?.length ?? 0);
  return { topic, partition, offset, at, bytes, key: key === null ? null : printable(key.toString('utf8')) };
}

export async function spanOf(
  wire: Wire,
  spot: Spot,
  from: number,
  to: number,
): ReturnType<KafkaProbe['span']> {
  const cluster = await partitionOf(wire, spot);
  if (cluster === null) return null;
  const { beginning, end } = await boundsOf(wire, cluster, spot);
  const [first, last] = [Math.max(from, beginning), Math.min(to, end)];
  if (first >= last) return null;
  const read = async (range: { readonly from: number; readonly to: number }, most: number) => {
    const times: number[] = [];
    await readRanges(wire, cluster, spot.topic, [{ partition: spot.partition, ...range }], most, ({ at }) => {
      times.push(at);
    });
    return times;
  };
  const [[firstAt], tail] = await Promise.all([
    read({ from: first, to: last }, 1),
    read({ from: Math.max(first, last - TAIL), to: last }, TAIL),
  ]);
  if (firstAt === undefined) return null;
  return { firstAt, lastAt: tail.at(-1) ?? firstAt };
}

/** Null: there is no such partition. */
async function partitionOf(wire: Wire, spot: Spot): Promise<ClusterSeen | null> {
  const cluster = await wire.cluster([spot.topic]);
  const topic = cluster.topics.get(spot.topic);
  if (topic === undefined || topic.error === 3 || topic.error === 17) return null;
  if (topic.error !== 0) throw refusedWith(topic.error, spot.topic);
  return topic.partitions.some(({ partition }) => partition === spot.partition) ? cluster : null;
}

/** Of what transactions have committed. @throws SystemError */
async function boundsOf(wire: Wire, cluster: ClusterSeen, spot: Spot) {
  const [beginnings, ends] = await Promise.all([
    offsetsOf(wire, cluster, [spot], BEGINNING),
    offsetsOf(wire, cluster, [spot], END, 1),
  ]);
  const name = spotName(spot);
  const [beginning, end] = [beginnings.at.get(name), ends.at.get(name)];
  if (beginning == null || end == null) {
    const why = beginnings.problems.get(name) ?? ends.problems.get(name) ?? 'was not told of';
    throw refuse(`Kafka: ${name} ${why}.`, 'failed');
  }
  return { beginning, end };
}
