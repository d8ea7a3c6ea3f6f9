import { batchesOf, type Message } from './batches.ts';
import { clauseOf, wordsOf } from './errors.ts';
import type { ClusterSeen, Wire } from './wire.ts';

/** Offsets of one partition, from the first to before the last. */
export interface Range {
  readonly partition: number;
  readonly from: number;
  readonly to: number;
}

export interface ReadSeen {
  /** False: the bound of time or messages was reached first, or a partition could not be read. */
  readonly whole: boolean;
  /** Messages that count for the bound. */
  readonly count: number;
  /** Messages that cannot be unpacked. */
  readonly sealed: number;
  readonly holes: boolean;
  /** Why a partition was not read to its end, by partition. */
  readonly problems: ReadonlyMap<number, string>;
}

/** Reading stops by itself after so long, ms: what was read until then is told, where a deadline would tell nothing. */
export const LONGEST_MS = 2_500;
/** Of one answer, and of one partition in it, bytes. */
const ANSWER = 8 * 1024 * 1024;
const PARTITION = 1024 * 1024;
/** What is asked for is there already. */
const WAIT_MS = 100;

/**
 * Reads ranges of a topic, as a follower of nobody: no group, no offset, nothing that anybody else could see. Sees only
 * what transactions have committed.
 * @param most messages
 * @param until of `performance.now()`
 */
export async function readRanges(
  wire: Wire,
  { topics }: ClusterSeen,
  topic: string,
  ranges: readonly Range[],
  most: number,
  take: (message: Message) => void,
  until = performance.now() + LONGEST_MS,
): Promise<ReadSeen> {
  const problems = new Map<number, string>();
  const seen = { count: 0, sealed: 0, holes: false };
  const leaders = new Map(
    topics.get(topic)?.partitions.map(({ partition, leader }) => [partition, leader] as const),
  );

  const enough = () => seen.count >= most || performance.now() > until;

  async function follow(leader: number, its: readonly Range[]): Promise<void> {
    let open = its.filter(({ from, to }) => from < to);
    while (open.length > 0) {
      if (enough()) {
        for (const { partition } of open) problems.set(partition, 'was not read to its end');
        return;
      }
      const { responses } = await wire.ask(leader, 'Fetch', {
        replicaId: -1,
        isolationLevel: 1,
        maxWaitTime: WAIT_MS,
        minBytes: 1,
        maxBytes: ANSWER,
        topics: [
          {
            topic,
            partitions: open.map(({ partition, from }) => ({
              partition,
              fetchOffset: String(from),
              maxBytes: PARTITION,
            })),
          },
        ],
      });
      const left: Range[] = [];
      const moved: Range[] = [];
      for (const range of open) {
        const found = responses[0]?.partitions.find(({ partition }) => partition === range.partition);
        if (found === undefined || found.errorCode !== 0) {
          problems.set(range.partition, wordsOf(found?.errorCode ?? -1));
          continue;
        }
        const from = await consume(range, await batchesOf(found));
        if (from >= range.to) continue;
        (from > range.from ? moved : left).push({ ...range, from });
      }
      // Nothing came of any: what is left was not there, though its end said so.
      if (moved.length === 0 && left.length === open.length) {
        for (const { partition } of left) problems.set(partition, 'ended before its end');
        return;
      }
      // Brokers fill an answer in the order of the question.
      open = [...left, ...moved];
    }
  }

  async function consume(range: Range, batches: Awaited<ReturnType<typeof batchesOf>>): Promise<number> {
    let position = range.from;
    for (const { first, last, messages, sealed, holes } of batches) {
      if (enough()) return position;
      seen.holes ||= holes || first > position;
      seen.sealed += sealed;
      seen.count += sealed;
      for (const message of messages)
        if (message.offset >= range.from && message.offset < range.to) {
          if (seen.count >= most) return position;
          seen.count += 1;
          position = message.offset + 1;
          take(message);
        }
      position = Math.max(position, last + 1);
    }
    return position;
  }

  const byLeader = Map.groupBy(ranges, ({ partition }) => leaders.get(partition) ?? null);
  await Promise.all(
    [...byLeader].map(async ([leader, its]) => {
      if (leader === null) for (const { partition } of its) problems.set(partition, wordsOf(5));
      else
        await follow(leader, its).catch((err: unknown) => {
          if (wire.signal.aborted) throw err;
          for (const { partition } of its) problems.set(partition, clauseOf(err));
        });
    }),
  );
  return { ...seen, whole: problems.size === 0, problems };
}
