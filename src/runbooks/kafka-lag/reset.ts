import { ASKER, GROUP_OWNER } from '../../domain/duty.ts';
import type { OffsetChange } from '../../ports/kafka.ts';
import type { Action, Draft, Judging } from '../define-runbook.ts';
import { consumersOf } from '../shared/consumers.ts';
import { messages, partOnly, readGroup } from '../shared/lag.ts';
import { reasonField, wrongReason } from '../shared/reason.ts';
import { clock } from '../shared/spell.ts';
import { stands } from './causes.ts';
import type { KafkaData } from './checks.ts';
import { groupNow, movedSince, offsetsRead, offsetsWait, readChanges } from './offsets.ts';
import { STARTED_WITHIN_MS, unread } from './skip.ts';
import { isStopped } from './stop.ts';
import type { Skipped, StuckGroup } from './stuck.ts';
import { restartedInVain, skippedOne } from './tried.ts';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
/** Partitions that the preview tells of one by one. */
const SHOWN = 8;

/** R51 wide: a group throws away what it has not read of one topic. One topic at a time, to offsets that were shown. */
export const resetGroup: Action<KafkaData> = {
  step: 'R51',
  title: 'Reset the group',
  tier: 'guarded',
  source:
    'kafka-consumer-groups --bootstrap-server kafka:9092 \\\n  --group notification-consumer --reset-offsets --to-latest --execute --all-topics',
  equivalent: ({ kafka }, _targets, { group, topic }) =>
    `kafka-consumer-groups --bootstrap-server ${kafka.bootstrap} --group ${group ?? '<group>'} --topic ${topic ?? '<topic>'} --reset-offsets --to-latest --dry-run`,
  instead:
    'The runbook’s command throws away what the group has not read of every topic at once; this one takes one topic and, with --dry-run, shows what it would do.',
  parameters: ['group', 'topic', 'reason'],
  notes: [
    'Messages that are thrown away are never handled.',
    'Lag shrinks by itself once its cause is gone.',
  ],
  rule: () => ({
    when: 'Nothing of the group moves, restarting its consumers (X16) did not help, and the owner of the group says that the messages are worthless.',
    notWhile: [
      'The lag falls: the group catches up by itself.',
      'A broker or partitions are in trouble (7.C1, 7.C4).',
      'One message stops it: skipping that one comes first.',
      'The group has members, its kind cannot be told, or it reads more topics than shown.',
    ],
  }),
  draft: (judging) =>
    stuckGroups(judging).flatMap((group) =>
      [...new Set(group.skipped.map(({ topic }) => topic))].map((topic) => draftOf(group, topic, judging)),
    ),
  when: ({ incident }, { parameters }) =>
    restartedInVain(incident, parameters['group'] ?? '') ? 'restarting the consumers did not help' : null,
  notWhile(judging, { parameters }) {
    const { names, incident } = judging;
    const found = stuckGroups(judging).find(({ group }) => group === parameters['group']);
    if (found === undefined) return 'the group moves again';
    if (stands(judging, '7.C1') || stands(judging, '7.C4')) return 'the brokers come first';
    if (found.poison !== null && !found.poison.unsure && !skippedOne(incident, found.group))
      return 'skipping the one message comes first';
    if (consumersOf(names, found.group) !== null && !restartedInVain(incident, found.group))
      return isStopped(incident, found.group)
        ? 'starting the consumers again and restarting them comes first'
        : 'restarting the consumers comes first';
    return offsetsWait(found, judging);
  },
  validate: ({ reason, worthless }, { thresholds }) => ({
    ...wrongReason(reason, thresholds),
    ...(worthless === 'yes' ? {} : { worthless: 'Ask the owner of the group first, and tick it.' }),
  }),
  async stillHolds(proving, run) {
    const { group = '', topics } = run.parameters;
    const now = await groupNow(proving, group);
    const fresh = now?.partitions.find(({ topic }) => !(topics ?? '').split(' ').includes(topic));
    if (fresh !== undefined) return { changed: `the group reads ${fresh.topic} too, which was not shown` };
    const changed = await movedSince(proving, group, readChanges(run.parameters['changes']));
    return changed === null ? { targets: run.targets, dropped: [] } : { changed };
  },
  apply: async (_target, { group, changes }, { levers, signal }) =>
    await levers.kafka.setOffsets(group ?? '', readChanges(changes), signal),
  readBack: async (_target, { group, changes }, proving) =>
    await offsetsRead(proving, group ?? '', readChanges(changes)),
  proof: {
    plan: ({ lagMessages }) => ({
      everyMs: 30 * SECOND,
      withinMs: 5 * MINUTE,
      alike: 3,
      settleMs: STARTED_WITHIN_MS,
      settleEveryMs: 15 * SECOND,
      words: `The group is less than ${lagMessages} messages behind within 5 min of its consumers’ start.`,
    }),
    async sample(proving) {
      const { run, thresholds } = proving;
      const { now, problem } = await readGroup(proving, run.parameters['group'] ?? '');
      const waiting = unread(proving, now);
      if (waiting !== null || now === null)
        return waiting ?? { moved: [], unknown: run.targets, line: '', value: null, worse: false };
      if (problem !== null) return partOnly(proving, problem);
      const good = now.lag < thresholds.lagMessages;
      const line = `${now.group} is ${messages(now.lag)} behind.`;
      return { moved: good ? run.targets : [], unknown: [], line, value: now.lag, worse: false };
    },
  },
  mitigates: true,
  owes: [
    {
      what: 'Ask the owner of {group} whether its data are fresh again; {count} messages were skipped.',
      owner: ASKER,
      tell: {
        to: GROUP_OWNER,
        says: '{count} messages of {group} were skipped. Please look whether your data are fresh again.',
      },
    },
  ],
};

function stuckGroups({ findings }: Judging<KafkaData>): readonly StuckGroup[] {
  return (findings.stuck.data?.groups ?? []).filter(({ all, skipped }) => all && skipped.length > 0);
}

function draftOf(found: StuckGroup, topic: string, { thresholds }: Judging<KafkaData>): Draft {
  const { group, topics } = found;
  const its = found.skipped.filter((one) => one.topic === topic);
  const count = sum(its);
  const rest = its.slice(SHOWN);
  const shown = its.slice(0, SHOWN).map(inShort).join('; ');
  const more =
    rest.length === 0
      ? []
      : [`${rest.length} more ${rest.length === 1 ? 'partition' : 'partitions'}: ${messages(sum(rest))}.`];
  const others = topics.length === 1 ? [] : [`Of its ${topics.length} topics only this one is reset.`];
  const changes: readonly OffsetChange[] = its.map(({ partition, from, to }) => ({
    topic,
    partition,
    from,
    to,
  }));
  return {
    targets: [`group/${group}`],
    parameters: {
      group,
      topic,
      topics: topics.join(' '),
      count: String(count),
      changes: JSON.stringify(changes),
      back: JSON.stringify(
        its.map((one) => ({ topic, partition: one.partition, from: one.to, to: begin(one) })),
      ),
    },
    preview: [
      `${group} throws away ${messages(count)} of ${topic}${written(its)}; what came later stays.`,
      ...others,
      `By partition: ${shown}.`,
      ...more,
      'The offsets before are kept, so that it can be set back.',
    ],
    binding: {
      kind: 'exact',
      expected: changes.map(({ partition, from }) => `${partition}@${from ?? 'none'}`).join(' '),
      words: 'Only while the group still stands at these offsets and has no member.',
    },
    fields: [
      {
        name: 'worthless',
        label: 'The owner of the group says that these messages are worthless',
        kind: 'tick',
        options: [{ value: 'yes', text: 'I have asked the owner of the group.' }],
      },
      reasonField(thresholds, 'Reason, for the audit log'),
    ],
  };
}

/** *3: 291 (542 → 833)*; the finding has the times of each. */
function inShort({ partition, count, from, to }: Skipped): string {
  return `${partition}: ${count} (${from ?? to - count} → ${to})`;
}

/** *, written 2024-03-10 02:30 UTC to 2024-03-10 03:12 UTC*: the first and the last of all. */
function written(some: readonly Skipped[]): string {
  const times = some.flatMap((one) => one.times ?? []);
  if (times.length === 0) return '';
  const first = Math.min(...times.map(({ firstAt }) => firstAt));
  const last = Math.max(...times.map(({ lastAt }) => lastAt));
  return `, written ${clock(first)} to ${clock(last)}`;
}

function sum(some: readonly Skipped[]): number {
  return some.reduce((total, { count }) => total + count, 0);
}

/** Where the group would have gone on. */
function begin({ from, to, count }: Skipped): number {
  return from ?? to - count;
}
