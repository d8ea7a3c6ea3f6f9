import type { GroupLag, GroupsSeen, PartitionLag } from '../../src/ports/kafka.ts';
import { endOf, type Group, leaderOf, membersOf, nameOf, type Partition } from '../world/kafka.ts';
import type { Cluster } from './cluster.ts';

interface Spot {
  readonly topic: string;
  readonly partition: number;
}

/** The lag of groups as a client works it out: what is committed, and what members have without a commit. */
export function groupsSeen(cluster: Cluster, wanted: readonly string[] | 'all'): GroupsSeen {
  const problems: string[] = [];
  const all = [...cluster.state.kafka.groups.values()];
  const chosen = wanted === 'all' ? all : all.filter(({ name }) => wanted.includes(name));
  const groups = chosen.map((group) => seen(cluster, group, problems));
  groups.sort((one, other) => other.lag - one.lag || (one.group < other.group ? -1 : 1));
  return { groups, problems };
}

function seen(cluster: Cluster, group: Group, problems: string[]): GroupLag {
  const members = membersOf(cluster.state, group).length;
  const partitions: PartitionLag[] = [];
  for (const { topic, partition } of spotsOf(cluster, group, members > 0)) {
    const place = cluster.state.kafka.topics.get(topic)?.partitions[partition];
    const why = whyNot(cluster, place);
    if (place === undefined || why !== null) {
      problems.push(`Partition ${partition} of ${topic} ${why}; it is left out of the lag of ${group.name}.`);
      continue;
    }
    const committed = group.committed.get(nameOf(topic, partition)) ?? null;
    const end = endOf(place);
    const lag = end - Math.max(committed ?? place.base, place.base);
    partitions.push({ topic, partition, committed, end, lag });
  }
  return {
    group: group.name,
    kind: 'classic',
    state: members === 0 ? 'Empty' : 'Stable',
    members,
    partitions,
    lag: partitions.reduce((sum, { lag }) => sum + lag, 0),
  };
}

function spotsOf({ state }: Cluster, group: Group, withMembers: boolean): readonly Spot[] {
  const spots = new Map<string, Spot>();
  for (const name of group.committed.keys()) {
    const [, topic = '', number = ''] = /^(.*)-(\d+)$/.exec(name) ?? [];
    spots.set(name, { topic, partition: Number(number) });
  }
  for (const topic of withMembers ? group.topics : []) {
    const count = state.kafka.topics.get(topic)?.partitions.length ?? 0;
    for (let partition = 0; partition < count; partition += 1)
      spots.set(nameOf(topic, partition), { topic, partition });
  }
  return [...spots.values()].sort((one, other) =>
    one.topic === other.topic ? one.partition - other.partition : one.topic < other.topic ? -1 : 1,
  );
}

function whyNot({ up }: Cluster, partition: Partition | undefined): string | null {
  if (partition === undefined) return 'is not there';
  return leaderOf(up, partition) === null ? 'has no leader' : null;
}
