import { clauseOf, wordsOf } from './errors.ts';
import type { Isolation, Partitions, Questions } from './protocol.ts';
import type { ClusterSeen, Wire } from './wire.ts';

/** Asked for instead of a time. */
export const END = -1;
export const BEGINNING = -2;

export interface Spot {
  readonly topic: string;
  readonly partition: number;
}

export interface Offsets {
  /** By `spotName`; null: there is no message from that time on. */
  readonly at: ReadonlyMap<string, number | null>;
  /** Why a partition could not be asked, by `spotName`: *has no leader*. */
  readonly problems: ReadonlyMap<string, string>;
}

export function spotName({ topic, partition }: Spot): string {
  return `${topic}-${partition}`;
}

/**
 * The same offset of many partitions: one request for each broker that leads some of them.
 * @param time epoch ms, `END` or `BEGINNING`
 */
export async function offsetsOf(
  wire: Wire,
  { topics }: ClusterSeen,
  spots: readonly Spot[],
  time: number,
  isolationLevel: Isolation = 0,
): Promise<Offsets> {
  const at = new Map<string, number | null>();
  const problems = new Map<string, string>();
  const byLeader = new Map<number, Spot[]>();
  for (const spot of spots) {
    const topic = topics.get(spot.topic);
    const found = topic?.partitions.find(({ partition }) => partition === spot.partition);
    if (topic === undefined || topic.error !== 0) problems.set(spotName(spot), wordsOf(topic?.error ?? 3));
    else if (found === undefined) problems.set(spotName(spot), wordsOf(3));
    else if (found.leader === null) problems.set(spotName(spot), wordsOf(5));
    else {
      const its = byLeader.get(found.leader) ?? [];
      its.push(spot);
      byLeader.set(found.leader, its);
    }
  }
  const ask = async (leader: number, its: readonly Spot[]) => {
    const asks: Questions['ListOffsets']['asks'] = {
      replicaId: -1,
      isolationLevel,
      topics: byTopic(its, ({ partition }) => ({ partition, timestamp: time })),
    };
    const { responses } = await wire.ask(leader, 'ListOffsets', asks);
    for (const { topic, partitions } of responses)
      for (const { partition, errorCode, offset } of partitions) {
        const name = spotName({ topic, partition });
        if (errorCode !== 0) problems.set(name, wordsOf(errorCode));
        else at.set(name, offset === '-1' ? null : Number(offset));
      }
  };
  await Promise.all(
    [...byLeader].map(async ([leader, its]) => {
      await ask(leader, its).catch((err: unknown) => {
        if (wire.signal.aborted) throw err;
        const why = `is led by broker ${leader}, and ${clauseOf(err)}`;
        for (const spot of its) problems.set(spotName(spot), why);
      });
    }),
  );
  return { at, problems };
}

/** As Kafka's requests want them. */
export function byTopic<S extends Spot, Of>(
  spots: readonly S[],
  of: (spot: S) => Of,
): readonly Partitions<Of>[] {
  return [...Map.groupBy(spots, ({ topic }) => topic)].map(([topic, its]) => ({
    topic,
    partitions: its.map(of),
  }));
}
