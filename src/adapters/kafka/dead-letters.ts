import type { DeadLettersSeen } from '../../ports/kafka.ts';
import { coordinatorOf } from './coordinator.ts';
import { refuse } from './errors.ts';
import { topicOf } from './events.ts';
import { committedOf } from './groups.ts';
import { BEGINNING, END, offsetsOf, spotName } from './offsets.ts';
import { type Range, readRanges } from './read.ts';
import { errorClassOf, orderOf } from './schema.ts';
import type { Wire } from './wire.ts';

/** Messages that are read for their class, the newest (our default). */
const READ = 2_000;
/** Messages of a partition among which its oldest is found: an offset may have none. */
const OLDEST = 20;
/** What a dead letter without such a header counts as. */
const NO_CLASS = 'unknown';

/** X13. What the replayer's group has committed is no dead letter any more. */
export async function deadLetters(wire: Wire, topic: string, group: string | null): Promise<DeadLettersSeen> {
  const cluster = await topicOf(wire, topic, 'kafka.deadLetterTopic');
  const spots = (cluster.topics.get(topic)?.partitions ?? []).map(({ partition }) => ({ topic, partition }));
  const [beginnings, ends, committed] = await Promise.all([
    offsetsOf(wire, cluster, spots, BEGINNING),
    offsetsOf(wire, cluster, spots, END, 1),
    group === null || spots.length === 0
      ? new Map()
      : coordinatorOf(wire, cluster.brokers.keys(), group).then(
          async (coordinator) => await committedOf(wire, coordinator, group, spots),
        ),
  ]);
  const left: Range[] = spots.map((spot) => {
    const name = spotName(spot);
    const [beginning, end] = [beginnings.at.get(name), ends.at.get(name)];
    // A number without one partition would be too low.
    if (beginning == null || end == null)
      throw refuse(`Kafka: ${name} ${beginnings.problems.get(name) ?? ends.problems.get(name)}.`, 'failed');
    const from = Math.max(beginning, committed.get(name)?.offset ?? beginning);
    return { partition: spot.partition, from: Math.min(from, end), to: end };
  });
  const open = left.filter(({ from, to }) => from < to);
  const total = open.reduce((sum, { from, to }) => sum + to - from, 0);
  const each = Math.ceil(READ / Math.max(1, open.length));
  const byClass: Record<string, number> = {};
  const first = new Map<number, number>();
  const newest = new Map<string, number>();
  let nameless = false;
  const seen = await readRanges(
    wire,
    cluster,
    topic,
    open.map(({ partition, from, to }) => ({ partition, from: Math.max(from, to - each), to })),
    each * open.length,
    (message) => {
      const named = errorClassOf(message) ?? NO_CLASS;
      byClass[named] = (byClass[named] ?? 0) + 1;
      const order = orderOf(message);
      if (order === null) nameless = true;
      else newest.set(order, Math.max(message.at, newest.get(order) ?? message.at));
      first.set(message.partition, Math.min(message.at, first.get(message.partition) ?? message.at));
    },
  );
  if (seen.sealed > 0) byClass[NO_CLASS] = (byClass[NO_CLASS] ?? 0) + seen.sealed;
  const whole = seen.whole && open.every(({ from, to }) => to - from <= each);
  await readRanges(
    wire,
    cluster,
    topic,
    open
      .filter(({ from, to }) => to - from > each)
      .map(({ partition, from }) => ({ partition, from, to: from + OLDEST })),
    OLDEST * open.length,
    ({ partition, at }) => {
      first.set(partition, Math.min(at, first.get(partition) ?? at));
    },
  );
  const [unreadable] = seen.problems;
  // How many there are is known, and nothing of what they are: whoever replays them has to know that.
  if (unreadable !== undefined && Object.keys(byClass).length === 0)
    throw refuse(`Kafka: ${spotName({ topic, partition: unreadable[0] })} ${unreadable[1]}.`, 'failed');
  const count = Object.values(byClass).reduce((sum, some) => sum + some, 0);
  return {
    // Marks of transactions have offsets too.
    total: whole ? count : total,
    oldestAt: first.size === 0 ? null : Math.min(...first.values()),
    byClass,
    whole,
    orders:
      whole && !nameless && seen.sealed === 0 ? [...newest].map(([order, at]) => ({ order, at })) : null,
  };
}
