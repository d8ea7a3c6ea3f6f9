import type { OrderEventsQuestion, OrderEventsSeen } from '../../ports/kafka.ts';
import { refuse, refusedWith } from './errors.ts';
import { BEGINNING, END, offsetsOf, spotName } from './offsets.ts';
import { type Range, readRanges } from './read.ts';
import { readEvent } from './schema.ts';
import type { ClusterSeen, Wire } from './wire.ts';

/** R17: one read of the topic for all the orders. */
export async function orderEvents(
  wire: Wire,
  { topic, orders, from, mostMessages }: OrderEventsQuestion,
): Promise<OrderEventsSeen> {
  const cluster = await topicOf(wire, topic, 'kafka.ordersTopic');
  const spots = (cluster.topics.get(topic)?.partitions ?? []).map(({ partition }) => ({ topic, partition }));
  const [beginnings, starts, ends, stable] = await Promise.all([
    offsetsOf(wire, cluster, spots, BEGINNING),
    offsetsOf(wire, cluster, spots, from),
    offsetsOf(wire, cluster, spots, END),
    offsetsOf(wire, cluster, spots, END, 1),
  ]);
  let whole = true;
  const ranges: Range[] = [];
  const reasons: string[] = [];
  for (const spot of spots) {
    const name = spotName(spot);
    const why = [beginnings, starts, ends, stable].map(({ problems }) => problems.get(name)).find(Boolean);
    const [beginning, start, end, settled] = [beginnings, starts, ends, stable].map(({ at }) => at.get(name));
    if (why !== undefined || end == null || settled == null || beginning == null) {
      reasons.push(`${name} ${why ?? 'was not told of'}`);
      continue;
    }
    // A transaction that is open hides what comes after it.
    if (settled < end) whole = false;
    // What was deleted from the beginning may have been younger than that.
    if (beginning > 0 && (start ?? end) <= beginning) whole = false;
    if (start != null) ranges.push({ partition: spot.partition, from: start, to: settled });
  }
  if (reasons.length === spots.length) throw refuse(`Kafka: ${reasons[0] ?? topic}.`, 'failed');
  const events: OrderEventsSeen['events'][number][] = [];
  let unread = 0;
  const seen = await readRanges(wire, cluster, topic, ranges, mostMessages, (message) => {
    const read = readEvent(message, orders);
    if (read === 'unread') unread += 1;
    else if (read !== 'not theirs') events.push({ ...read, at: message.at });
  });
  return {
    events: events.sort((one, other) => one.at - other.at),
    whole: whole && seen.whole && !seen.holes && reasons.length === 0,
    unread: unread + seen.sealed,
  };
}

/** @param setting that names it, for whoever named one that is not there. @throws SystemError */
export async function topicOf(wire: Wire, topic: string, setting: string): Promise<ClusterSeen> {
  const cluster = await wire.cluster([topic]);
  const error = cluster.topics.get(topic)?.error ?? 3;
  if (error === 3) throw refuse(`Kafka has no topic ${topic} (\`${setting}\` in oms.yaml).`, 'not found');
  if (error !== 0) throw refusedWith(error, topic);
  return cluster;
}
