import type { GroupLag, PartitionLag } from '../../ports/kafka.ts';

/** A trend is three samples, so far apart at least (runbook-knowledge §0). Looks come every minute, so it is told after two. */
export const TREND_APART_MS = 30_000;
export const TREND_SAMPLES = 3;
/** Partitions of one group that are remembered, the farthest behind first. The finding is journaled at each look. */
const PARTITIONS = 64;

export interface LagSample {
  readonly at: number;
  readonly lag: number;
}

/** How long something has been as it is now, by our own looks. */
export interface Unchanged {
  /** Story time of the first look that saw it so. */
  readonly since: number;
  readonly looks: number;
}

export interface PartitionSeen extends PartitionLag {
  /** The committed offset. */
  readonly same: Unchanged;
  /** The committed offset while there was something to read; null: nothing is left to read. */
  readonly behind: Unchanged | null;
}

export interface GroupSeen extends Pick<GroupLag, 'group' | 'kind' | 'state' | 'members' | 'lag'> {
  /** At most three, 30 s apart, the newest last. */
  readonly samples: readonly LagSample[];
  /** *Unsteady*: neither each sample higher nor each lower. Null: too few samples yet. */
  readonly trend: 'rising' | 'falling' | 'unsteady' | null;
  /** At the pace of the samples, ms; null: it does not fall. */
  readonly catchUpMs: number | null;
  /** Kafka's word for the group's state. */
  readonly inState: Unchanged;
  /** The farthest behind first. */
  readonly partitions: readonly PartitionSeen[];
  /** Partitions beyond those. */
  readonly more: number;
}

/** What one look says of a group, with what the look before remembered of it. */
export function remember(before: GroupSeen | null, now: GroupLag, at: number): GroupSeen {
  const samples = sampled(before?.samples ?? [], { at, lag: now.lag });
  const trend = trendOf(samples);
  const partitions = [...now.partitions].sort((one, other) => other.lag - one.lag);
  return {
    group: now.group,
    kind: now.kind,
    state: now.state,
    members: now.members,
    lag: now.lag,
    samples,
    trend,
    catchUpMs: trend === 'falling' ? catchUp(samples, now.lag) : null,
    inState: again(before !== null && before.state === now.state ? before.inState : null, at),
    partitions: partitions.slice(0, PARTITIONS).map((partition) => {
      const known = before?.partitions.find(
        (one) => one.topic === partition.topic && one.partition === partition.partition,
      );
      const unmoved = known !== undefined && known.committed === partition.committed ? known : null;
      return {
        ...partition,
        same: again(unmoved?.same ?? null, at),
        behind: partition.lag === 0 ? null : again(unmoved?.behind ?? null, at),
      };
    }),
    more: Math.max(0, partitions.length - PARTITIONS),
  };
}

/** Seen so in three samples 30 s apart. */
export function lasts(unchanged: Unchanged | null, at: number): boolean {
  return (
    unchanged !== null &&
    unchanged.looks >= TREND_SAMPLES &&
    at - unchanged.since >= TREND_APART_MS * (TREND_SAMPLES - 1)
  );
}

/**
 * How the partitions of a group stand. *One*: it stands still while the others of its topic move or are at their end.
 * *Some*: several do while others move. *All*: none moves. *Only*: the one partition of its topic, which could be either.
 */
export type Standing = 'none' | 'one' | 'some' | 'all' | 'only';

/** Of the partitions that have something to read. Nothing stands still before three samples have said so. */
export function standing(group: GroupSeen, at: number): Standing {
  const still = stillOf(group, at);
  if (still.length === 0) return 'none';
  const moves = group.partitions.some(({ same }) => !lasts(same, at));
  const alone = still.length === group.partitions.length && group.more === 0;
  if (still.length === 1) return alone || onlyOfTopic(group, still[0]) ? 'only' : 'one';
  return moves ? 'some' : 'all';
}

/** Looked at too seldom yet to say whether anything of it stands still. */
export function tooSoon(group: GroupSeen, at: number): boolean {
  return group.trend === null && (group.members ?? 0) > 0 && standing(group, at) === 'none';
}

/** The partitions that stand still, the farthest behind first. */
export function stillOf(group: GroupSeen, at: number): readonly PartitionSeen[] {
  return group.partitions.filter(({ behind }) => lasts(behind, at));
}

function onlyOfTopic({ partitions }: GroupSeen, one: PartitionSeen | undefined): boolean {
  return partitions.filter(({ topic }) => topic === one?.topic).length === 1;
}

function again(before: Unchanged | null, at: number): Unchanged {
  return before === null ? { since: at, looks: 1 } : { ...before, looks: before.looks + 1 };
}

function sampled(before: readonly LagSample[], now: LagSample): readonly LagSample[] {
  const last = before.at(-1);
  if (last !== undefined && now.at - last.at < TREND_APART_MS) return before;
  return [...before, now].slice(-TREND_SAMPLES);
}

function trendOf(samples: readonly LagSample[]): GroupSeen['trend'] {
  if (samples.length < TREND_SAMPLES) return null;
  const steps = samples.slice(1).map(({ lag }, place) => lag - (samples[place]?.lag ?? lag));
  if (steps.every((step) => step > 0)) return 'rising';
  return steps.every((step) => step < 0) ? 'falling' : 'unsteady';
}

function catchUp(samples: readonly LagSample[], lag: number): number | null {
  const first = samples[0];
  const last = samples.at(-1);
  if (first === undefined || last === undefined || first.lag <= last.lag) return null;
  return (lag * (last.at - first.at)) / (first.lag - last.lag);
}
