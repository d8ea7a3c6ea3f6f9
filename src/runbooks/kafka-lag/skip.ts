import { ASKER, GROUP_OWNER } from '../../domain/duty.ts';
import type { ProofSample } from '../../domain/run.ts';
import { masked } from '../../domain/secrets.ts';
import { SystemError } from '../../ports/system-error.ts';
import type { Action, Proving } from '../define-runbook.ts';
import { partOnly, readGroup } from '../shared/lag.ts';
import { reasonField, wrongReason } from '../shared/reason.ts';
import { clock } from '../shared/spell.ts';
import type { KafkaData } from './checks.ts';
import { type groupNow, movedSince, offsetsRead, offsetsWait } from './offsets.ts';
import { restartedInVain } from './tried.ts';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
/** The proof waits so long for the consumers to be started again. */
export const STARTED_WITHIN_MS = 30 * MINUTE;

type Parameters = Readonly<Record<string, string>>;

/** R51 narrow: one message is copied aside and skipped. */
export const skipMessage: Action<KafkaData> = {
  step: 'R51-skip',
  title: 'Skip one message',
  tier: 'guarded',
  source:
    'kafka-consumer-groups --bootstrap-server kafka:9092 \\\n  --group notification-consumer --reset-offsets --to-latest --execute --all-topics',
  equivalent: ({ kafka }, _targets, { group, topic, partition, offset }) =>
    `kafka-consumer-groups --bootstrap-server ${kafka.bootstrap} --group ${group ?? '<group>'} --topic ${topic ?? '<topic>'}:${partition ?? '<partition>'} --reset-offsets --to-offset ${offset === undefined ? '<offset>' : Number(offset) + 1} --dry-run`,
  instead:
    'The runbook’s command throws away all that the group has not read; this one goes past one message and, with --dry-run, shows what it would do.',
  parameters: ['group', 'topic', 'partition', 'offset', 'reason'],
  notes: ['The message is copied aside first; without the copy nothing is skipped.'],
  rule: () => ({
    when: 'One message stops a partition while the others are read (7.C3), or the only partition stands before it and restarting the consumers (X16) did not help.',
    notWhile: [
      'The partition moves again, or the group stands at another offset than the one shown.',
      'The group has members, or its kind cannot be told.',
      'There is no topic to copy the message to, or it could not be read.',
    ],
  }),
  draft(judging) {
    const { findings, names, thresholds } = judging;
    return (findings.stuck.data?.groups ?? []).flatMap(({ group, poison }) => {
      if (poison === null) return [];
      const { topic, partition, offset, message } = poison;
      const key = message?.key == null ? '' : `key ${masked(message.key)}, `;
      const what = message === null ? '' : ` (${key}${message.bytes} bytes, written ${clock(message.at)})`;
      const parked = names.kafka.parkedTopic ?? '';
      return [
        {
          targets: [`group/${group}`],
          parameters: { group, topic, partition: String(partition), offset: String(offset), parked },
          preview: [
            `Partition ${topic}-${partition} for ${group}: offset ${offset} → ${offset + 1}. One message is skipped${what}.`,
            `It is copied to ${parked === '' ? 'the parked topic' : parked} first.`,
          ],
          binding: {
            kind: 'exact',
            expected: `${topic}-${partition}@${offset}`,
            words: 'Only while the group still stands at this offset and has no member.',
          },
          fields: [reasonField(thresholds, 'Reason, for the audit log')],
        } as const,
      ];
    });
  },
  when({ findings }, { parameters }) {
    const found = findings.stuck.data?.groups.find(({ group }) => group === parameters['group']);
    if (found?.poison == null) return null;
    return found.poison.unsure
      ? 'the only partition stands before it, and restarting the consumers did not help'
      : 'one message stops the partition, and the others are read';
  },
  notWhile(judging, { parameters }) {
    const { findings, names, incident } = judging;
    const found = findings.stuck.data?.groups.find(({ group }) => group === parameters['group']);
    if (found?.poison == null) return 'the partition moves again';
    if (names.kafka.parkedTopic === null)
      return 'nobody has said where to copy it first (`kafka.parkedTopic`)';
    if (found.poison.message === null) return 'the message could not be read, so it could not be copied';
    if (found.poison.unsure && !restartedInVain(incident, found.group))
      return 'it may be the consumers as well; restart them first';
    return offsetsWait(found, judging);
  },
  validate: ({ reason }, { thresholds }) => wrongReason(reason, thresholds),
  async stillHolds(proving, run) {
    const changed = await movedSince(proving, run.parameters['group'] ?? '', [changeOf(run.parameters)]);
    return changed === null ? { targets: run.targets, dropped: [] } : { changed };
  },
  async apply(_target, parameters, { levers, licence, signal }) {
    const { topic, partition, from } = changeOf(parameters);
    const said = await levers.kafka
      .park({ topic, partition, offset: from }, parameters['parked'] ?? '', licence.key, signal)
      .catch((cause: unknown) => {
        // No copy, no skip: whatever became of the copy, the offset was not touched.
        throw cause instanceof SystemError ? notSkipped(cause) : cause;
      });
    const set = await levers.kafka.setOffsets(parameters['group'] ?? '', [changeOf(parameters)], signal);
    return `${said} ${set}`;
  },
  readBack: async (_target, parameters, proving) =>
    await offsetsRead(proving, parameters['group'] ?? '', [changeOf(parameters)]),
  proof: {
    plan: () => ({
      everyMs: 30 * SECOND,
      withinMs: 5 * MINUTE,
      alike: 3,
      settleMs: STARTED_WITHIN_MS,
      settleEveryMs: 15 * SECOND,
      words: 'The partition moves within 5 min of the consumers’ start.',
    }),
    async sample(proving) {
      const { run } = proving;
      const { topic, partition, to } = changeOf(run.parameters);
      const { now, problem } = await readGroup(proving, run.parameters['group'] ?? '');
      const waiting = unread(proving, now);
      if (waiting !== null || now === null) return waiting ?? nothing(proving);
      const place = now.partitions.find((one) => one.topic === topic && one.partition === partition);
      if (place === undefined) return partOnly(proving, problem ?? `${topic}-${partition} was not told of.`);
      const stands = place.committed ?? 0;
      const moves = stands > to || (place.lag === 0 && stands >= to);
      const line = `${topic}-${partition} stands at offset ${stands}, ${place.lag} behind.`;
      return { moved: moves ? run.targets : [], unknown: [], line, value: place.lag, worse: false };
    },
  },
  mitigates: true,
  owes: [
    {
      what: 'Fix the producer or the consumer, then handle the message that was put aside in {parked}.',
      owner: 'orders',
    },
    {
      what: 'Ask the owner of {group} whether its data are fresh again; one message was skipped.',
      owner: ASKER,
      tell: {
        to: GROUP_OWNER,
        says: 'One message of {group} was skipped. Please look whether your data are fresh again.',
      },
    },
  ],
};

/** Nothing can be proven while nobody reads; null: somebody does. */
export function unread(
  proving: Proving,
  now: Awaited<ReturnType<typeof groupNow>>,
): Omit<ProofSample, 'at'> | null {
  if (now === null) return nothing(proving);
  if (now.members !== 0) return null;
  const line = `${now.group} has no member yet; its consumers have to be started.`;
  return { moved: [], unknown: [], line, value: null, worse: false, settling: true };
}

function nothing({ run }: Proving): Omit<ProofSample, 'at'> {
  const line = `Kafka does not tell of ${run.parameters['group'] ?? 'the group'}.`;
  return { moved: [], unknown: run.targets, line, value: null, worse: false };
}

function changeOf({ topic, partition, offset }: Parameters) {
  const from = Number(offset);
  return { topic: topic ?? '', partition: Number(partition), from, to: from + 1 };
}

function notSkipped(cause: SystemError): SystemError {
  const words = `Nothing was skipped: ${cause.message}`;
  return new SystemError(cause.system, cause.fault, words, { sent: 'no', mayRetry: false, cause });
}
