import type { OrderEventsQuestion, OrderEventsSeen } from '../../ports/kafka.ts';
import { refuse, refusedWith } from './errors.ts';
import { BEGINNING, END, offsetsOf, type Spot, spotName } from './offsets.ts';
import { LONGEST_MS, type Range, readRanges } from './read.ts';
import { readEvent } from './schema.ts';
import type { ClusterSeen, Wire } from './wire.ts';

/**
 * R17. Orders are of different ages, and an old one may lie beyond any bound: what the youngest needs is read first, then
 * what the next one needs before that.
 */
export async function orderEvents(
  wire: Wire,
  { topic, orders, mostMessages }: OrderEventsQuestion,
): Promise<OrderEventsSeen> {
  const cluster = await topicOf(wire, topic, 'kafka.ordersTopic');
  const spots = (cluster.topics.get(topic)?.partitions ?? []).map(({ partition }) => ({ topic, partition }));
  const times = [...new Set(orders.map(({ from }) => from))].sort((one, other) => other - one);
  const [bounds, ...starts] = await Promise.all([
    boundsOf(wire, cluster, spots),
    ...times.map(async (time) => await offsetsOf(wire, cluster, spots, time)),
  ]);
  const until = performance.now() + LONGEST_MS;
  const events: OrderEventsSeen['events'][number][] = [];
  const blurred = new Set<string>();
  const whole: string[] = [];
  let unread = 0;
  let left = mostMessages;
  let anybodys = bounds.unreadable;
  let ends = bounds.ends;
  for (const [place, time] of times.entries()) {
    const { ranges, begins, trimmed } = segmentOf(
      spots,
      bounds.beginnings,
      starts[place]?.at ?? new Map(),
      ends,
    );
    const take = (message: Parameters<typeof readEvent>[0]) => {
      const read = readEvent(
        message,
        orders.map(({ order }) => order),
      );
      if (read === 'not theirs') return;
      if (read !== 'unread' && read.type !== null) {
        events.push({ order: read.order, type: read.type, at: message.at });
        return;
      }
      unread += 1;
      if (read === 'unread') anybodys = true;
      else blurred.add(read.order);
    };
    const seen = await readRanges(wire, cluster, topic, ranges, left, take, until);
    ends = begins;
    left -= seen.count;
    unread += seen.sealed;
    anybodys ||= seen.sealed > 0 || !seen.whole || seen.holes || (starts[place]?.problems.size ?? 0) > 0;
    if (anybodys) continue;
    if (!trimmed) whole.push(...orders.filter(({ from }) => from === time).map(({ order }) => order));
  }
  return {
    events: events.sort((one, other) => one.at - other.at),
    whole: whole.filter((order) => !blurred.has(order)),
    unread,
  };
}

/** What there is to read of each partition, by `spotName`; `unreadable`: not of every partition to its end. */
async function boundsOf(wire: Wire, cluster: ClusterSeen, spots: readonly Spot[]) {
  const [beginnings, ends, settled] = await Promise.all([
    offsetsOf(wire, cluster, spots, BEGINNING),
    offsetsOf(wire, cluster, spots, END),
    offsetsOf(wire, cluster, spots, END, 1),
  ]);
  const problems = new Map([...beginnings.problems, ...ends.problems, ...settled.problems]);
  if (problems.size === spots.length) {
    const [[name, why] = ['its topic', 'has no partition']] = [...problems];
    throw refuse(`Kafka: ${name} ${why}.`, 'failed');
  }
  return {
    beginnings: beginnings.at,
    ends: settled.at,
    // A transaction that is open hides what comes after it.
    unreadable: problems.size > 0 || [...ends.at].some(([name, end]) => settled.at.get(name) !== end),
  };
}

/** From a time to where the segment before began. `trimmed`: what was deleted may have been younger than that time. */
function segmentOf(
  spots: readonly Spot[],
  beginnings: ReadonlyMap<string, number | null>,
  starts: ReadonlyMap<string, number | null>,
  ends: ReadonlyMap<string, number | null>,
) {
  const ranges: Range[] = [];
  const begins = new Map<string, number | null>();
  let trimmed = false;
  for (const spot of spots) {
    const name = spotName(spot);
    const [beginning, end] = [beginnings.get(name) ?? 0, ends.get(name) ?? 0];
    // No message is that young.
    const from = Math.min(starts.get(name) ?? end, end);
    begins.set(name, from);
    ranges.push({ partition: spot.partition, from, to: end });
    trimmed ||= beginning > 0 && from <= beginning;
  }
  return { ranges, begins, trimmed };
}

/** @param setting that names it, for whoever named one that is not there. @throws SystemError */
export async function topicOf(wire: Wire, topic: string, setting: string): Promise<ClusterSeen> {
  const cluster = await wire.cluster([topic]);
  const error = cluster.topics.get(topic)?.error ?? 3;
  if (error === 3) throw refuse(`Kafka has no topic ${topic} (\`${setting}\` in oms.yaml).`, 'not found');
  if (error !== 0) throw refusedWith(error, topic);
  return cluster;
}
