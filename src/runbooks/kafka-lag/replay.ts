import { isOver } from '../../domain/cause-history.ts';
import { ASKER } from '../../domain/duty.ts';
import type { Action } from '../define-runbook.ts';
import { curl } from '../names.ts';
import { count } from '../shared/log-check.ts';
import { spell } from '../shared/spell.ts';
import { stands } from './causes.ts';
import type { KafkaData } from './checks.ts';
import { readLetters } from './dead-letters.ts';
import { newFailures } from './restart.ts';

const MINUTE = 60_000;
const LETTERS = 'dead letters';

/** Causes after which the events that failed go through; what cannot be serialized never does. */
const PASSING = ['7.C1', '7.C2', '7.C4', '7.C5'] as const;

/** R52. The endpoint takes no filter: the service sends all that it has put aside. */
export const replayLetters: Action<KafkaData> = {
  step: 'R52',
  title: 'Replay dead letters',
  tier: 'safe',
  source:
    'kubectl exec -it deployment/order-service -- \\\n  curl -X POST localhost:8080/admin/events/republish-failed',
  equivalent: (names) => curl(names, names.paths.republishFailed, '-X POST '),
  notes: ['Events may be sent again without harm.'],
  rule: ({ deadLettersDays }) => ({
    when: `A broker, the path, partitions or a buffer (7.C1, 7.C2, 7.C4, 7.C5) were in trouble, all of that is over, and dead letters wait (X13), which are kept for ${deadLettersDays} days.`,
    notWhile: [
      'Brokers, partitions, the path or a producer’s buffer (7.C5) are in trouble: the events would come straight back.',
      'Events that cannot be serialized wait among them: they would fail the same way.',
      'No event waits.',
    ],
  }),
  draft({ findings }) {
    const { deadLetters } = findings;
    if (deadLetters.data === null && deadLetters.verdict !== 'skipped') return [];
    const count = deadLetters.data?.total;
    return [
      {
        targets: [LETTERS],
        parameters: {},
        preview: [
          count === undefined
            ? 'All events that the service has put aside are sent again; how many is not known.'
            : `All events that the service has put aside then are sent again, now ${count}.`,
        ],
        binding: { kind: 'none', words: 'The service chooses the events.' },
      },
    ];
  },
  when(judging) {
    const { findings, incident, now } = judging;
    const over = PASSING.some((id) => isOver(incident.causeHistory, id, now));
    const none = PASSING.every((id) => !stands(judging, id));
    return over && none && (findings.deadLetters.data?.total ?? 0) > 0
      ? 'the trouble is over, and events still wait'
      : null;
  },
  notWhile(judging) {
    const { findings, names } = judging;
    const { brokers, topic, path, deadLetters } = findings;
    if ([brokers, topic, path].some(({ verdict }) => verdict === 'broken') || stands(judging, '7.C5'))
      return 'they would come straight back';
    const letters = deadLetters.data;
    if (letters === null) return null;
    if (letters.total === 0) return 'no event waits among the dead letters';
    if (letters.serialization === 0) return null;
    return `${letters.serialization} of ${letters.total} would fail the same way; the team of ${names.orderService.deployment} fixes or removes them first`;
  },
  validate: () => ({}),
  async stillHolds(proving, run) {
    const letters = await readLetters(proving).catch(() => null);
    if (letters === null) return { targets: run.targets, dropped: [] };
    if (letters.total === 0) return { changed: 'no event waits among the dead letters any more' };
    if (letters.serialization > 0)
      return {
        changed: `${count(letters.serialization, 'event that cannot be serialized waits', 'events that cannot be serialized wait')} among them now`,
      };
    return { targets: run.targets, dropped: [] };
  },
  apply: async (_target, _parameters, { levers, licence, signal }) =>
    await levers.orderService.republishFailed(licence, signal),
  // The service keeps no record of who asked for it; the proof reads what came of it.
  readBack: async () => 'unknown',
  proof: {
    plan: () => ({
      everyMs: MINUTE,
      withinMs: 10 * MINUTE,
      alike: 3,
      words: `No event waits among the dead letters, and none fails anew, within ${spell(10 * MINUTE)}.`,
    }),
    async sample(proving) {
      const { run } = proving;
      const [letters, fresh] = await Promise.all([readLetters(proving), newFailures(proving)]);
      const left = letters.total - letters.serialization;
      const line = `${left === 0 ? 'No event waits' : `${left} ${left === 1 ? 'event waits' : 'events wait'}`} among the dead letters. ${fresh.line}`;
      const dark = fresh.count === null;
      const good = left === 0 && fresh.count === 0;
      return {
        moved: good ? run.targets : [],
        unknown: dark ? run.targets : [],
        line,
        value: left,
        worse: false,
      };
    },
  },
  mitigates: true,
  owes: [
    {
      what: 'Ask the owners of the services behind whether their data are fresh again; events were sent again.',
      owner: ASKER,
    },
  ],
};
