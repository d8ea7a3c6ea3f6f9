import type { KafkaLever, OffsetChange } from '../../src/ports/kafka.ts';
import { endOf, leaderOf, membersOf, messageAt, nameOf } from '../world/kafka.ts';
import { append, whyNotTaken } from '../world/publishing.ts';
import { type Cluster, refused } from './cluster.ts';

/** Under which run a copy was made. */
const KEY = 'oms-parked-key';
const FROM = 'oms-parked-from';

/** All of them or none; what the group then reads begins there. @throws SystemError */
export function setOffsets(cluster: Cluster, name: string, changes: readonly OffsetChange[]): string {
  const { state, up } = cluster;
  const group = state.kafka.groups.get(name);
  if (group === undefined) throw refused(`Kafka knows no group ${name}: nothing was set.`, 'not found');
  if (changes.length === 0) throw refused('There is no offset to set.');
  const members = membersOf(state, group).length;
  if (members > 0)
    throw refused(
      `${name} has ${members} ${members === 1 ? 'member' : 'members'} and is Stable: nothing was set. Stop its consumers first.`,
    );
  for (const { topic, partition, from } of changes) {
    const spot = nameOf(topic, partition);
    const now = group.committed.get(spot) ?? null;
    if (now !== from)
      throw refused(
        `${spot} of ${name} stood at ${shown(from)} and stands at ${shown(now)} now: nothing was set.`,
      );
  }
  for (const { topic, partition, to } of changes) {
    const spot = nameOf(topic, partition);
    const place = state.kafka.topics.get(topic)?.partitions[partition];
    if (place === undefined) throw refused(`${spot} is not there: nothing was set.`, 'failed');
    if (leaderOf(up, place) === null) throw refused(`${spot} has no leader: nothing was set.`, 'failed');
    const [first, end] = [place.base, endOf(place)];
    if (to < first || to > end)
      throw refused(`${spot} holds ${first} to ${end}, not ${to}: nothing was set.`);
  }
  for (const { topic, partition, to } of changes) group.committed.set(nameOf(topic, partition), to);
  const many = changes.length === 1 ? '1 partition' : `${changes.length} partitions`;
  return `The offsets of ${many} of ${name} are set, and read so.`;
}

/** A second copy of the same run is not made. @throws SystemError */
export function park(
  { state, now }: Cluster,
  from: Parameters<KafkaLever['park']>[0],
  to: string,
  key: string,
): string {
  const target = state.kafka.topics.get(to);
  const source = state.kafka.topics.get(from.topic)?.partitions[from.partition];
  const where = `${nameOf(from.topic, from.partition)} at ${from.offset}`;
  const partition = from.partition % Math.max(1, target?.partitions.length ?? 1);
  const place = target?.partitions[partition];
  const before = place?.messages.findIndex(({ headers }) => headers[KEY] === key) ?? -1;
  if (place !== undefined && before >= 0)
    return `${where} was copied before, to ${nameOf(to, partition)} at ${place.base + before}.`;
  const found = source === undefined ? null : messageAt(source, from.offset);
  if (found === null) throw refused(`${where} is not there (any more): nothing was copied.`, 'not found');
  if (target === undefined) throw refused(`Kafka has no topic ${to}.`, 'not found');
  const why = whyNotTaken(state, target, partition);
  if (why !== null)
    throw refused(`Kafka: the copy in ${nameOf(to, partition)} was not taken (${why}).`, 'failed');
  const headers = { ...found.headers, [KEY]: key, [FROM]: `${from.topic}/${from.partition}/${from.offset}` };
  const { value } = found;
  const offset = append(state, target, partition, { at: now, key: found.key, value, headers });
  return `${where} is copied to ${nameOf(to, partition)} at ${offset}.`;
}

function shown(offset: number | null): string {
  return offset === null ? 'nothing' : String(offset);
}
