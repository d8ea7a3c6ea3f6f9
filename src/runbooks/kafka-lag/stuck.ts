import { broken, healthy, skipped, unknown } from '../../domain/finding.ts';
import type { GroupLag, MessageSeen } from '../../ports/kafka.ts';
import type { Asking, Check } from '../define-runbook.ts';
import { inTrouble, type LagSeen, messages } from '../shared/lag.ts';
import { type GroupSeen, standing, stillOf, tooSoon } from '../shared/lag-memory.ts';
import { clock } from '../shared/spell.ts';

const MINUTE = 60_000;
/** What a reset would skip is counted anew after so long: a form that somebody fills in stays good until then. */
const COUNTED_FOR_MS = 15 * MINUTE;
/** Groups that are looked at, the farthest behind first. */
const GROUPS = 3;
/** Partitions whose messages' times are asked for. */
const TIMED = 16;

/** One partition of what a reset would skip. */
export interface Skipped {
  readonly topic: string;
  readonly partition: number;
  /** Null: nothing is committed. */
  readonly from: number | null;
  readonly to: number;
  readonly count: number;
  /** When the first and the last of them were written, epoch ms; null: nobody could say. */
  readonly times: { readonly firstAt: number; readonly lastAt: number } | null;
}

/** One message at which a group's consumers fail again and again. */
export interface Poison {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  /** By our own looks, epoch ms. */
  readonly since: number;
  /** Its topic has no other partition to compare with: it may be the consumers as well. */
  readonly unsure: boolean;
  /** Null: it could not be read. */
  readonly message: MessageSeen | null;
}

export interface StuckGroup extends Pick<GroupLag, 'group' | 'kind' | 'members'> {
  /** Every topic that the group reads. */
  readonly topics: readonly string[];
  /** Up to what was there at `countedAt`, by topic and partition; empty unless nothing of it moves. */
  readonly skipped: readonly Skipped[];
  readonly countedAt: number;
  /** Also while its consumers are stopped; null: none is known. */
  readonly poison: Poison | null;
  /** Nothing of it moves, by R46. */
  readonly all: boolean;
}

export interface StuckSeen {
  readonly groups: readonly StuckGroup[];
}

/** R51: what stands still since the look before, and what would be lost if it were skipped. */
export const stuck: Check<StuckSeen> = {
  step: 'R51',
  title: 'What stands still, and what would skipping it lose?',
  system: 'Kafka',
  source: null,
  equivalent: ({ kafka }) =>
    `kafka-consumer-groups --bootstrap-server ${kafka.bootstrap} --describe --group <group>`,
  deadlineMs: 4_000,
  async look(ask) {
    const { probes, previous, thresholds, signal } = ask;
    const lag = previous?.['lag'] as { readonly data: LagSeen | null; readonly at: number } | undefined;
    const before = (previous?.['stuck']?.data as StuckSeen | null | undefined)?.groups ?? [];
    const late = (lag?.data?.groups ?? []).filter((group) =>
      inTrouble(group, thresholds.lagMessages, lag?.at ?? 0),
    );
    const stood = late
      .filter((group) => group.members === 0 || standing(group, lag?.at ?? 0) !== 'none')
      .slice(0, GROUPS);
    const wanted = [...new Set([...stood.map(({ group }) => group), ...changedGroups(ask)])];
    if (wanted.length === 0) {
      // Nothing was seen to stand still, for nobody could have seen it yet.
      if (lag?.data == null || late.some((group) => tooSoon(group, lag.at)))
        return skipped('What stands still shows in three looks.');
      return healthy('No consumer group stands still.', { groups: [] });
    }
    const answer = await probes.kafka.groups(wanted, signal);
    const groups = await Promise.all(
      answer.groups.map(
        async (now) =>
          await lookAt(ask, now, {
            group: before.find(({ group }) => group === now.group) ?? null,
            lag: stood.find(({ group }) => group === now.group) ?? null,
            at: lag?.at ?? 0,
          }),
      ),
    );
    const seen: StuckSeen = { groups };
    const evidence = [...groups.flatMap(lines), ...answer.problems];
    const worst = groups.find(({ poison }) => poison !== null) ?? groups.find(({ all }) => all);
    // One that cannot be read has not moved by that.
    const [problem] = answer.problems;
    if (worst === undefined && problem !== undefined)
      // Without an answer what the look before saw goes on to count.
      return unknown(
        `Whether a consumer group still stands is not sure: ${problem}`,
        groups.length === 0 ? null : seen,
        evidence,
      );
    if (worst === undefined) return healthy('No consumer group stands still any more.', seen, evidence);
    return broken(
      worst.poison === null ? standsWhole(worst) : standsAt(worst.group, worst.poison),
      seen,
      evidence,
    );
  },
};

/** Groups whose consumers were stopped or whose offsets were set in this incident: their members count for what comes next. */
function changedGroups({ incident }: Asking): readonly string[] {
  return incident.runs
    .filter(({ action, outcome }) => action.startsWith('R51') && outcome !== 'failed')
    .flatMap(({ parameters }) => parameters['group'] ?? []);
}

async function lookAt(
  ask: Asking,
  now: GroupLag,
  before: { readonly group: StuckGroup | null; readonly lag: GroupSeen | null; readonly at: number },
): Promise<StuckGroup> {
  const how = before.lag === null ? 'none' : standing(before.lag, before.at);
  const whole = (how === 'all' || how === 'only') && !isRead(now, before.lag);
  const all = whole || (now.members === 0 && now.lag > 0);
  return {
    group: now.group,
    kind: now.kind,
    members: now.members,
    topics: [...new Set(now.partitions.map(({ topic }) => topic))],
    ...(all ? await counted(ask, now, before.group) : { skipped: [], countedAt: ask.now }),
    poison: await poisonOf(ask, now, before),
    all,
  };
}

/** Somebody has read on since the look that saw it stand still. */
function isRead({ partitions }: GroupLag, before: GroupSeen | null): boolean {
  return partitions.some(({ topic, partition, committed }) =>
    before?.partitions.some(
      (one) => one.topic === topic && one.partition === partition && one.committed !== committed,
    ),
  );
}

/** The count stands for a while, as long as nobody reads: otherwise every new message would be a new offer. */
async function counted(
  { probes, now: at, signal }: Asking,
  { partitions }: GroupLag,
  before: StuckGroup | null,
): Promise<Pick<StuckGroup, 'skipped' | 'countedAt'>> {
  const same = before?.skipped.every(({ topic, partition, from }) =>
    partitions.some((one) => one.topic === topic && one.partition === partition && one.committed === from),
  );
  if (before !== null && same === true && before.skipped.length > 0 && at - before.countedAt < COUNTED_FOR_MS)
    return { skipped: before.skipped, countedAt: before.countedAt };
  const behind = partitions.filter(({ lag }) => lag > 0);
  const skipped = await Promise.all(
    behind.map(async ({ topic, partition, committed, end, lag }, place) => ({
      topic,
      partition,
      from: committed,
      to: end,
      count: lag,
      times:
        place < TIMED
          ? await probes.kafka.span(topic, partition, end - lag, end, signal).catch(() => null)
          : null,
    })),
  );
  return { skipped, countedAt: at };
}

async function poisonOf(
  { probes, signal }: Asking,
  now: GroupLag,
  before: { readonly group: StuckGroup | null; readonly lag: GroupSeen | null; readonly at: number },
): Promise<Poison | null> {
  const standsAt = (topic: string, partition: number) =>
    now.partitions.find((one) => one.topic === topic && one.partition === partition && one.lag > 0)
      ?.committed;
  const known = before.group?.poison ?? null;
  // Without its consumers the whole group stands still, and what was seen before is still what stops it.
  if (known !== null && standsAt(known.topic, known.partition) === known.offset) {
    const message = known.message ?? (await messageAt(known));
    return { ...known, message };
  }
  if (before.lag === null || (now.members ?? 0) === 0) return null;
  const how = standing(before.lag, before.at);
  if (how === 'none' || how === 'all') return null;
  const found = stillOf(before.lag, before.at)[0];
  if (found?.committed == null || standsAt(found.topic, found.partition) !== found.committed) return null;
  const spot = { topic: found.topic, partition: found.partition, offset: found.committed };
  return {
    ...spot,
    since: found.behind?.since ?? before.at,
    unsure: how === 'only',
    message: await messageAt(spot),
  };

  async function messageAt({ topic, partition, offset }: Pick<Poison, 'topic' | 'partition' | 'offset'>) {
    return await probes.kafka.message(topic, partition, offset, signal).catch(() => null);
  }
}

function standsAt(group: string, { topic, partition, offset, message }: Poison): string {
  const what = message === null ? '' : ` (${message.bytes} bytes, written ${clock(message.at)})`;
  return `${group} is stuck at one message: partition ${topic}-${partition}, offset ${offset}${what}.`;
}

function standsWhole({ group, skipped, countedAt }: StuckGroup): string {
  const count = skipped.reduce((sum, one) => sum + one.count, 0);
  return `${group} stands still; ${messages(count)} waited for it at ${clock(countedAt)}.`;
}

function lines({ group, kind, members, skipped }: StuckGroup): readonly string[] {
  return [`${group}  ${kind}  ${members ?? 'unknown'} members`, ...skipped.slice(0, TIMED).map(lineOf)];
}

/** *order-events-3: 240 messages, offsets 812 to 1052, written 02:30 to 03:12 UTC*. */
function lineOf({ topic, partition, from, to, count, times }: Skipped): string {
  const written = times === null ? '' : `, written ${clock(times.firstAt)} to ${clock(times.lastAt)}`;
  return `${topic}-${partition}: ${messages(count)}, offsets ${from ?? to - count} to ${to}${written}`;
}
