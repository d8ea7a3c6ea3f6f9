import type { Run } from '../../domain/run.ts';
import type { OffsetChange } from '../../ports/kafka.ts';
import type { Action, Judging } from '../define-runbook.ts';
import type { KafkaData } from './checks.ts';
import { committedAt, groupNow, offsetsRead, offsetsWait, readChanges, standingRuns } from './offsets.ts';
import { resetGroup } from './reset.ts';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;

/** Takes R51 back: the group goes on where it stood before, and handles again what it has read since. */
export const undoReset: Action<KafkaData> = {
  ...resetGroup,
  mitigates: false,
  step: 'R51-undo',
  title: 'Set the offsets back',
  tier: 'disruptive',
  equivalent: ({ kafka }, _targets, { group, back }) => {
    const one = readChanges(back)[0];
    const where = one === undefined ? '<topic>:<partition>' : `${one.topic}:${one.partition}`;
    return `kafka-consumer-groups --bootstrap-server ${kafka.bootstrap} --group ${group ?? '<group>'} --topic ${where} --reset-offsets --to-offset ${one?.to ?? '<offset>'} --dry-run`;
  },
  notes: [],
  parameters: ['group', 'topic'],
  rule: () => ({
    when: 'Somebody misses what was thrown away.',
    notWhile: ['The group has members, or its kind cannot be told.'],
  }),
  draft: (judging) =>
    standingResets(judging).map(({ parameters }) => {
      const { group = '', topic = '', count = '', back = '[]' } = parameters;
      return {
        targets: [`group/${group}`],
        parameters: { group, topic, count, back },
        preview: [
          `${group} goes back to where it stood on ${topic} before the reset, and handles ${count} messages after all.`,
          'What it has read since is handled again, which does no harm.',
        ],
        binding: {
          kind: 'exact',
          expected: 'no member',
          words: 'Only while the group has no member and stands behind those offsets.',
        },
      } as const;
    }),
  when: () => null,
  notWhile(judging, { parameters }) {
    const found = judging.findings.stuck.data?.groups.find(({ group }) => group === parameters['group']);
    return found === undefined ? 'the group could not be looked at' : offsetsWait(found, judging);
  },
  validate: () => ({}),
  async stillHolds(proving, run) {
    const now = await groupNow(proving, run.parameters['group'] ?? '');
    if (now === null) return { changed: 'Kafka knows the group no more' };
    const waits = offsetsWait(now, proving);
    if (waits !== null) return { changed: waits };
    const changes: readonly OffsetChange[] = readChanges(run.parameters['back'])
      .map((change) => ({ ...change, from: committedAt(now, change) }))
      .filter(({ from, to }) => from !== null && from > to);
    if (changes.length === 0) return { changed: 'the group stands there already, or before it' };
    return { targets: run.targets, dropped: [], noted: { changes: JSON.stringify(changes) } };
  },
  readBack: async (_target, { group, changes }, proving) =>
    await offsetsRead(proving, group ?? '', readChanges(changes)),
  proof: {
    plan: () => ({
      everyMs: 10 * SECOND,
      withinMs: MINUTE,
      alike: 2,
      words: 'The group stands where it stood before, or reads on from there.',
    }),
    async sample(proving) {
      const { run } = proving;
      const now = await groupNow(proving, run.parameters['group'] ?? '');
      const said = { value: null, worse: false };
      if (now === null)
        return { ...said, moved: [], unknown: run.targets, line: 'Kafka does not tell of the group.' };
      const changes = readChanges(run.parameters['changes']);
      const back = changes.filter((change) => {
        const stands = committedAt(now, change);
        return stands !== null && stands >= change.to && stands < (change.from ?? Number.POSITIVE_INFINITY);
      });
      const line = `${back.length} of ${changes.length} partitions stand where they stood before, or read on from there.`;
      const good = changes.length > 0 && back.length === changes.length;
      return { ...said, moved: good ? run.targets : [], unknown: [], line };
    },
  },
  owes: [],
};

/** Resets that nobody has taken back, the newest of each topic. */
function standingResets({ incident }: Judging<KafkaData>): readonly Run[] {
  const where = ({ parameters }: Run) => `${parameters['group']} ${parameters['topic']}`;
  const resets = incident.runs.filter(({ action }) => action === 'R51');
  return [...new Set(resets.map(where))].flatMap((place) => {
    const same = (run: Run) => where(run) === place;
    return standingRuns(incident, { step: 'R51', undo: 'R51-undo', same }).at(-1) ?? [];
  });
}
