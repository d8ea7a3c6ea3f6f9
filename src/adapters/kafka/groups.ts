import type { GroupLag } from '../../ports/kafka.ts';
import { atOnce } from '../at-once.ts';
import { clauseOf, refusedWith, wordsOf } from './errors.ts';
import { library } from './library.ts';
import { type Spot, spotName } from './offsets.ts';
import { type ClusterSeen, GROUPS_TOPIC, type Wire } from './wire.ts';

/** Measured: more at once do not make it faster. */
const AT_ONCE = 16;
/** Groups in one request. */
const DESCRIBED = 50;

/** A group as its coordinator tells of it. */
export interface GroupSeen extends Pick<GroupLag, 'group' | 'kind' | 'state' | 'members'> {
  /** Committed offset by `spotName`; null: a member has the partition and nothing is committed. */
  readonly committed: ReadonlyMap<string, Spot & { readonly offset: number | null }>;
}

interface Listed {
  readonly group: string;
  readonly protocolType: string;
  readonly coordinator: number;
}

/**
 * The groups of each broker are those that it coordinates: the lists answer where to ask about each, and a broker
 * that is away takes only its own along.
 */
export async function listGroups(
  wire: Wire,
  { brokers, topics }: ClusterSeen,
): Promise<{ readonly listed: readonly Listed[]; readonly problems: readonly string[] }> {
  const listed: Listed[] = [];
  const problems: string[] = [];
  const asked = [...brokers.keys()];
  // Whose memory is away is in no list, as if there were no such group.
  const away = (topics.get(GROUPS_TOPIC)?.partitions ?? []).filter(({ leader }) => leader === null).length;
  if (away > 0)
    problems.push(
      `${away} of ${topics.get(GROUPS_TOPIC)?.partitions.length} partitions of ${GROUPS_TOPIC} ${away === 1 ? 'has' : 'have'} no leader: the groups there cannot be seen.`,
    );
  const errors: unknown[] = [];
  await Promise.all(
    asked.map(async (broker) => {
      try {
        const { errorCode, groups } = await wire.ask(broker, 'ListGroups', {});
        if (errorCode !== 0) problems.push(`The list of groups of broker ${broker} ${wordsOf(errorCode)}.`);
        for (const { groupId, protocolType } of groups)
          listed.push({ group: groupId, protocolType, coordinator: broker });
      } catch (err) {
        errors.push(err);
        problems.push(`The groups of broker ${broker} could not be listed: ${clauseOf(err)}.`);
      }
    }),
  );
  if (errors.length === asked.length && errors.length > 0) throw errors[0];
  return { listed, problems };
}

/** State, members and committed offsets of groups that were listed. */
export async function readGroups(
  wire: Wire,
  listed: readonly Listed[],
): Promise<{ readonly groups: readonly GroupSeen[]; readonly problems: readonly string[] }> {
  const problems: string[] = [];
  const groups: GroupSeen[] = [];
  // Members of a share group read together what nobody has finished: it has no offsets that this client could ask for.
  for (const { group } of listed.filter(({ protocolType }) => protocolType === 'share'))
    problems.push(`${group} is a share group; this client cannot tell its lag.`);
  // Others (Kafka Connect's workers) commit nothing.
  const readers = listed.filter(({ protocolType }) => protocolType === 'consumer' || protocolType === '');
  await Promise.all(
    [...Map.groupBy(readers, ({ coordinator }) => coordinator)].map(async ([coordinator, its]) => {
      const names = its.map(({ group }) => group);
      const described = await describe(wire, coordinator, names);
      await atOnce(AT_ONCE, names, async (group) => {
        const found = described.get(group);
        const seen = await read(wire, coordinator, group, found ?? 'its coordinator said nothing of it');
        if (typeof seen === 'string') problems.push(`${group} could not be read: ${seen}.`);
        else groups.push(seen);
      });
    }),
  );
  return { groups, problems };
}

type Described = Pick<GroupLag, 'kind' | 'state' | 'members'> & { readonly assigned: readonly Spot[] };

/** Why, for a group that could not be described. */
async function describe(
  wire: Wire,
  coordinator: number,
  names: readonly string[],
): Promise<ReadonlyMap<string, Described | string>> {
  const found = new Map<string, Described | string>();
  const batches = Array.from({ length: Math.ceil(names.length / DESCRIBED) }, (_, place) =>
    names.slice(place * DESCRIBED, (place + 1) * DESCRIBED),
  );
  await atOnce(AT_ONCE, batches, async (groupIds) => {
    try {
      const { groups } = await wire.ask(coordinator, 'DescribeGroups', { groupIds });
      for (const { errorCode, groupId, state, members } of groups) {
        if (errorCode !== 0) found.set(groupId, `it ${wordsOf(errorCode)}`);
        // Listed and yet *Dead*: a group that this request does not know how to describe.
        else if (state === 'Dead')
          found.set(groupId, { kind: 'new protocol', state, members: null, assigned: [] });
        else {
          const assigned = await Promise.all(
            members.map(async ({ memberAssignment }) => await partitionsOf(memberAssignment)),
          );
          found.set(groupId, {
            kind: 'classic',
            state,
            members: members.length,
            assigned: assigned.flat(),
          });
        }
      }
    } catch (err) {
      if (wire.signal.aborted) throw err;
      for (const group of groupIds) found.set(group, clauseOf(err));
    }
  });
  return found;
}

async function read(
  wire: Wire,
  coordinator: number,
  group: string,
  described: Described | string,
): Promise<GroupSeen | string> {
  if (typeof described === 'string') return described;
  const { assigned, ...rest } = described;
  try {
    const committed = await committedOf(wire, coordinator, group, []);
    for (const spot of assigned)
      if (!committed.has(spotName(spot))) committed.set(spotName(spot), { ...spot, offset: null });
    if (described.kind === 'new protocol' && committed.size === 0)
      return 'it has committed nothing, and this client cannot see what its members read';
    return { group, ...rest, committed };
  } catch (err) {
    if (wire.signal.aborted) throw err;
    return clauseOf(err);
  }
}

/** @param spots of these; empty: of all that the group has committed */
export async function committedOf(
  wire: Wire,
  coordinator: number,
  group: string,
  spots: readonly Spot[],
): Promise<Map<string, Spot & { readonly offset: number | null }>> {
  const topics = [...Map.groupBy(spots, ({ topic }) => topic)].map(([topic, partitions]) => ({
    topic,
    partitions: partitions.map(({ partition }) => ({ partition })),
  }));
  const { errorCode, responses } = await wire.ask(coordinator, 'OffsetFetch', { groupId: group, topics });
  if (errorCode !== 0) throw refusedWith(errorCode, group);
  const committed = new Map<string, Spot & { readonly offset: number | null }>();
  for (const { topic, partitions } of responses)
    for (const { partition, offset, errorCode: code } of partitions) {
      if (code !== 0) throw refusedWith(code, spotName({ topic, partition }));
      const known = offset === '-1' ? null : Number(offset);
      committed.set(spotName({ topic, partition }), { topic, partition, offset: known });
    }
  return committed;
}

/** Nothing, where another client wrote something else than an assignment. */
async function partitionsOf(assignment: Buffer | null): Promise<readonly Spot[]> {
  if (assignment === null || assignment.length === 0) return [];
  const { Decoder } = await library();
  try {
    const decoder = new Decoder(assignment);
    decoder.readInt16();
    return decoder
      .readArray((one) => ({
        topic: one.readString() ?? '',
        partitions: one.readArray((it) => it.readInt32()),
      }))
      .flatMap(({ topic, partitions }) => partitions.map((partition) => ({ topic, partition })));
  } catch {
    return [];
  }
}
