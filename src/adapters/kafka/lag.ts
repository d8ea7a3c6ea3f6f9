import type { GroupLag, GroupsSeen, PartitionLag } from '../../ports/kafka.ts';
import { type GroupSeen, listGroups, readGroups } from './groups.ts';
import { BEGINNING, END, type Offsets, offsetsOf, type Spot } from './offsets.ts';
import type { Wire } from './wire.ts';

/** Names in one sentence. */
const NAMED = 3;

/** The lag of groups: one request for each group, and a few for all of them together. */
export async function lagOf(wire: Wire, wanted: readonly string[] | 'all'): Promise<GroupsSeen> {
  const { listed, problems } = await listGroups(wire, await wire.cluster([]));
  const chosen = wanted === 'all' ? listed : listed.filter(({ group }) => wanted.includes(group));
  const read = await readGroups(wire, chosen);
  const spots = new Map<string, Spot>();
  for (const { committed } of read.groups) for (const [name, spot] of committed) spots.set(name, spot);
  const its = [...spots.values()];
  const cluster = await wire.cluster([...new Set(its.map(({ topic }) => topic))]);
  const [ends, beginnings] = await Promise.all([
    offsetsOf(wire, cluster, its, END),
    offsetsOf(wire, cluster, its, BEGINNING),
  ]);
  const left = new Map<string, Spot & { readonly why: string; readonly groups: string[] }>();
  const groups = read.groups.map((group): GroupLag => {
    const partitions: PartitionLag[] = [];
    for (const [name, { topic, partition, offset }] of group.committed) {
      const found = lagAt(name, offset, ends, beginnings);
      if (typeof found !== 'string')
        partitions.push({ topic, partition, committed: offset, end: found.end, lag: found.lag });
      else if (left.has(`${name} ${found}`)) left.get(`${name} ${found}`)?.groups.push(group.group);
      else left.set(`${name} ${found}`, { topic, partition, why: found, groups: [group.group] });
    }
    return said(group, partitions);
  });
  return {
    groups: groups.sort((one, other) => other.lag - one.lag || (one.group < other.group ? -1 : 1)),
    problems: [...problems, ...read.problems, ...sentences([...left.values()])],
  };
}

/** Why not, where it cannot be told. */
function lagAt(
  name: string,
  committed: number | null,
  ends: Offsets,
  beginnings: Offsets,
): { readonly end: number; readonly lag: number } | string {
  const end = ends.at.get(name) ?? null;
  const beginning = beginnings.at.get(name) ?? null;
  if (end === null || beginning === null)
    return ends.problems.get(name) ?? beginnings.problems.get(name) ?? 'was not told of';
  if (committed !== null && committed > end)
    return `ends at ${end}, before the committed ${committed}: it was made anew or has lost messages`;
  // What is no longer there cannot be read: the tool of Kafka counts it, we do not.
  return { end, lag: end - Math.max(committed ?? beginning, beginning) };
}

function said({ group, kind, state, members }: GroupSeen, partitions: PartitionLag[]): GroupLag {
  partitions.sort((one, other) =>
    one.topic === other.topic ? one.partition - other.partition : one.topic < other.topic ? -1 : 1,
  );
  return { group, kind, state, members, partitions, lag: partitions.reduce((sum, { lag }) => sum + lag, 0) };
}

/** One for all partitions of a topic that are left out for the same reason. */
function sentences(
  left: readonly (Spot & { readonly why: string; readonly groups: readonly string[] })[],
): readonly string[] {
  const alike = Map.groupBy(left, ({ topic, why }) => `${topic} ${why}`);
  return [...alike.values()].map((its) => {
    const first = its[0];
    if (first === undefined) return '';
    const which = its.map(({ partition }) => partition).sort((one, other) => one - other);
    const partitions = which.length === 1 ? `Partition ${which[0]}` : `Each of partitions ${some(which)}`;
    const groups = [...new Set(its.flatMap((one) => one.groups))].sort();
    return `${partitions} of ${first.topic} ${first.why}; it is left out of the lag of ${some(groups)}.`;
  });
}

/** *a, b, c and 12 more*. */
function some(all: readonly (string | number)[]): string {
  const more = all.length - NAMED;
  return more > 0 ? `${all.slice(0, NAMED).join(', ')} and ${more} more` : all.join(', ');
}
