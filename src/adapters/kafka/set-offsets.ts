import type { OffsetChange } from '../../ports/kafka.ts';
import { SystemError } from '../../ports/system-error.ts';
import { coordinatorOf } from './coordinator.ts';
import { KAFKA, refuse, refusedWith } from './errors.ts';
import { committedOf } from './groups.ts';
import { BEGINNING, byTopic, END, offsetsOf, spotName } from './offsets.ts';
import type { Wire } from './wire.ts';

/** Codes that a coordinator answers to a commit from outside while a group has members. */
const HAS_MEMBERS = [22, 25, 27, 68];

/**
 * R51 and its revert. The commit is of nobody: the coordinator itself takes it only while the group has no member, so
 * that one which comes in between loses nothing.
 */
export async function setOffsets(
  wire: Wire,
  bootstrap: string,
  group: string,
  changes: readonly OffsetChange[],
): Promise<string> {
  if (changes.length === 0) throw refuse('There is no offset to set.');
  const { brokers } = await wire.cluster([]);
  const coordinator = await coordinatorOf(wire, brokers.keys(), group);
  await checkGroup(wire, coordinator, bootstrap, group, changes);
  const committed = await committedOf(wire, coordinator, group, changes);
  for (const change of changes) {
    const now = committed.get(spotName(change))?.offset ?? null;
    if (now !== change.from)
      throw refuse(
        `${spotName(change)} of ${group} stood at ${shown(change.from)} and stands at ${shown(now)} now: nothing was set.`,
      );
  }
  await checkBounds(wire, changes);
  wire.sending();
  const { responses } = await wire.ask(coordinator, 'OffsetCommit', {
    groupId: group,
    groupGenerationId: -1,
    memberId: '',
    topics: byTopic(changes, ({ partition, to }) => ({ partition, offset: String(to) })),
  });
  const refused = responses.flatMap(({ topic, partitions }) =>
    partitions.filter(({ errorCode }) => errorCode !== 0).map((one) => ({ ...one, topic })),
  );
  const first = refused[0];
  if (first !== undefined) {
    // Partitions are refused one by one only for want of a right.
    const sent = refused.length === changes.length ? 'no' : 'maybe';
    if (sent === 'no' && HAS_MEMBERS.includes(first.errorCode))
      throw refuse(`${group} has members again: Kafka set nothing.`);
    throw refusedWith(first.errorCode, spotName(first), sent);
  }
  const after = await committedOf(wire, coordinator, group, changes);
  const other = changes.find((change) => after.get(spotName(change))?.offset !== change.to);
  if (other !== undefined)
    throw new SystemError(
      KAFKA,
      'failed',
      `Kafka took the offsets of ${group}, and ${spotName(other)} reads ${shown(after.get(spotName(other))?.offset ?? null)} instead of ${other.to}.`,
      { sent: 'maybe', mayRetry: false },
    );
  const many = changes.length === 1 ? '1 partition' : `${changes.length} partitions`;
  return `The offsets of ${many} of ${group} are set, and read so.`;
}

/** Only a group of the classic kind, without members. @throws SystemError */
async function checkGroup(
  wire: Wire,
  coordinator: number,
  bootstrap: string,
  group: string,
  changes: readonly OffsetChange[],
): Promise<void> {
  const { errorCode, groups: listed } = await wire.ask(coordinator, 'ListGroups', {});
  if (errorCode !== 0) throw refusedWith(errorCode, 'the list of groups');
  const { groups } = await wire.ask(coordinator, 'DescribeGroups', { groupIds: [group] });
  const found = groups[0];
  if (found === undefined || found.errorCode !== 0) throw refusedWith(found?.errorCode ?? 15, group);
  if (found.state === 'Dead') {
    if (!listed.some(({ groupId }) => groupId === group))
      throw refuse(`Kafka knows no group ${group}: nothing was set.`, 'not found');
    throw refuse(
      `${group} is a group of Kafka’s new protocol, or a share group: whether it has members cannot be seen from here, so nothing was set. Stop its consumers and type: ${commands(bootstrap, group, changes)}`,
    );
  }
  if (found.state !== 'Empty') {
    const count = found.members.length;
    throw refuse(
      `${group} has ${count} ${count === 1 ? 'member' : 'members'} and is ${found.state}: nothing was set. Stop its consumers first.`,
    );
  }
}

/** Offsets outside of what a partition holds would send the group wherever its own setting says. @throws SystemError */
async function checkBounds(wire: Wire, changes: readonly OffsetChange[]): Promise<void> {
  const cluster = await wire.cluster([...new Set(changes.map(({ topic }) => topic))]);
  const [beginnings, ends] = await Promise.all([
    offsetsOf(wire, cluster, changes, BEGINNING),
    offsetsOf(wire, cluster, changes, END),
  ]);
  for (const change of changes) {
    const name = spotName(change);
    const [beginning, end] = [beginnings.at.get(name), ends.at.get(name)];
    if (beginning == null || end == null) {
      const why = beginnings.problems.get(name) ?? ends.problems.get(name) ?? 'was not told of';
      throw refuse(`${name} ${why}: nothing was set.`, 'failed');
    }
    if (change.to < beginning || change.to > end)
      throw refuse(`${name} holds ${beginning} to ${end}, not ${change.to}: nothing was set.`);
  }
}

/** What a person types instead: one command an offset. */
function commands(bootstrap: string, group: string, changes: readonly OffsetChange[]): string {
  return changes
    .map(
      ({ topic, partition, to }) =>
        `kafka-consumer-groups --bootstrap-server ${bootstrap} --group ${group} --topic ${topic}:${partition} --reset-offsets --to-offset ${to} --execute`,
    )
    .join('; ');
}

function shown(offset: number | null): string {
  return offset === null ? 'nothing' : String(offset);
}
