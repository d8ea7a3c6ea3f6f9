import { broken, healthy, unknown } from '../../domain/finding.ts';
import type { ProofSample } from '../../domain/run.ts';
import type { GroupLag } from '../../ports/kafka.ts';
import type { Check, Proving } from '../define-runbook.ts';
import type { Names } from '../names.ts';
import { type GroupSeen, remember, standing, stillOf } from './lag-memory.ts';
import { spell } from './spell.ts';

/** Groups that are remembered, the farthest behind first. The finding is journaled at each look. */
const GROUPS = 10;

/** R46, R11: how far behind consumer groups are. */
export interface LagSeen {
  /** The farthest behind first. Of *all* groups only those at the limit or above; a group asked by name is always there. */
  readonly groups: readonly GroupSeen[];
  /** Groups that Kafka told of. */
  readonly total: number;
  /** Groups at the limit or above. */
  readonly behind: number;
  /** Every group and partition was read. */
  readonly whole: boolean;
}

/** ≥ 100 and not falling, or with a partition that stands still while the others catch up (runbook-knowledge 7). */
export function inTrouble(group: GroupSeen, limit: number, at: number): boolean {
  if (group.lag < limit) return false;
  return group.trend !== 'falling' || standing(group, at) !== 'none';
}

/**
 * The lag of all groups or of one, judged with what the look before remembered.
 * @param given.wanted the one group to ask about; *all*: every group that Kafka knows
 */
export function lagCheck(given: {
  readonly step: Check<LagSeen>['step'];
  readonly title: string;
  readonly source: string;
  readonly equivalent: (names: Names) => string;
  readonly wanted: (names: Names) => string | 'all';
}): Check<LagSeen> {
  return {
    step: given.step,
    title: given.title,
    system: 'Kafka',
    source: given.source,
    equivalent: given.equivalent,
    deadlineMs: 4_000,
    async look({ probes, names, thresholds, previous, now, signal }) {
      const wanted = given.wanted(names);
      const limit = thresholds.lagMessages;
      const answer = await probes.kafka.groups(wanted === 'all' ? wanted : [wanted], signal);
      const before = Object.values(previous ?? {}).find(({ step }) => step === given.step)?.data as
        | LagSeen
        | null
        | undefined;
      // Who replays dead letters has what X13 counts before it, not what it is late with.
      const all = answer.groups.filter(
        ({ group }) => group === wanted || group !== names.kafka.deadLetterGroup,
      );
      const behind = all.filter(({ lag }) => lag >= limit);
      const kept = (wanted === 'all' ? behind : all).toSorted((one, other) => other.lag - one.lag);
      const groups = kept
        .slice(0, GROUPS)
        .map((group) =>
          remember(before?.groups.find((one) => one.group === group.group) ?? null, group, now),
        );
      const whole = answer.problems.length === 0;
      const seen: LagSeen = { groups, total: all.length, behind: behind.length, whole };
      if (all.length === 0) return unknown(noGroup(wanted, answer.problems[0]), seen, answer.problems);
      const evidence = [
        ...groups.flatMap((group) => [lineOf(group), ...standstills(group, now)]),
        ...answer.problems,
      ];
      const bad = groups.filter((group) => inTrouble(group, limit, now));
      const rest = whole ? '' : ` Not everything could be read: ${answer.problems[0]}`;
      const worst = bad[0];
      if (worst !== undefined) {
        const more =
          seen.behind > 1 ? ` ${seen.behind} of ${seen.total} groups are at ${limit} or more.` : '';
        return broken(`${howFar(worst, now)}${more}${rest}`, seen, evidence);
      }
      const line = `${calm(seen, limit)}${rest}`;
      return whole ? healthy(line, seen, evidence) : unknown(line, seen, evidence);
    },
  };
}

/**
 * The group as it is now, for a run and its proof. `problem`: what of it, or of its neighbours, could not be read; its lag may be
 * only a part then.
 * @throws SystemError
 */
export async function readGroup(
  { probes, signal }: Pick<Proving, 'probes' | 'signal'>,
  group: string,
): Promise<{ readonly now: GroupLag | null; readonly problem: string | null }> {
  const { groups, problems } = await probes.kafka.groups([group], signal);
  return { now: groups.find((one) => one.group === group) ?? null, problem: problems[0] ?? null };
}

/** A proof’s sample where that is so: what was left out may be what is behind. */
export function partOnly({ run }: Proving, problem: string): Omit<ProofSample, 'at'> {
  const line = `Not everything could be read: ${problem}`;
  return { moved: [], unknown: run.targets, line, value: null, worse: false };
}

/** *4210 messages behind*. */
export function messages(count: number): string {
  return `${count} ${count === 1 ? 'message' : 'messages'}`;
}

function noGroup(wanted: string, problem: string | undefined): string {
  if (problem !== undefined) return `No consumer group could be read: ${problem}`;
  return wanted === 'all'
    ? 'Kafka tells of no consumer group; the bot’s account may not be allowed to see them.'
    : `Kafka knows no consumer group ${wanted}; \`kafka\` in oms.yaml names it.`;
}

/** One sentence or two about a group that is in trouble. */
function howFar(group: GroupSeen, now: number): string {
  const said = `${group.group} is ${messages(group.lag)} behind`;
  const still = stillOf(group, now)[0];
  const first = still === undefined ? '' : `${still.topic}-${still.partition}`;
  const since = still?.behind == null ? '' : `for at least ${spell(now - still.behind.since)}`;
  if (group.members === 0) return `${said} and has no member: nobody reads.`;
  switch (standing(group, now)) {
    case 'all':
      return `${said}, and nothing of it has moved ${since}.`;
    case 'one':
    case 'only':
      return `${said}; partition ${first} has stood at offset ${still?.committed ?? 'none'} ${since}.`;
    case 'some':
      return `${said}; ${stillOf(group, now).length} of its partitions stand still, ${first} ${since}.`;
    default:
      return group.trend === null
        ? `${said}; three looks will tell whether that grows.`
        : `${said}, ${group.trend === 'rising' ? 'rising' : 'now more, now less'}.`;
  }
}

function calm({ groups, total, behind }: LagSeen, limit: number): string {
  const worst = groups[0];
  if (worst === undefined) return `All ${total} consumer groups are less than ${limit} messages behind.`;
  if (behind === 0) return `${worst.group} is ${messages(worst.lag)} behind; under ${limit} is normal.`;
  const about = worst.catchUpMs === null ? '' : `, about ${spell(worst.catchUpMs)}`;
  return `${worst.group} is ${messages(worst.lag)} behind and catching up${about}.`;
}

function lineOf({ group, lag, trend, state, members }: GroupSeen): string {
  const who = members === null ? 'members unknown' : `${members} members`;
  return `${group}  ${lag} behind  ${trend ?? 'trend not known yet'}  ${state}, ${who}`;
}

function standstills(group: GroupSeen, now: number): readonly string[] {
  return stillOf(group, now)
    .slice(0, 3)
    .map(
      ({ topic, partition, committed, lag, behind }) =>
        `${topic}-${partition}  at offset ${committed ?? 'none'} for at least ${spell(now - (behind?.since ?? now))}  ${lag} behind`,
    );
}
