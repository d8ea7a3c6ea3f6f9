import { describe, expect, test } from 'vitest';
import type { CauseVerdict } from '../../../src/domain/finding.ts';
import type { Findings } from '../../../src/runbooks/define-runbook.ts';
import type { KafkaData } from '../../../src/runbooks/kafka-lag/checks.ts';
import { kafkaLag } from '../../../src/runbooks/kafka-lag.ts';
import { type Names, RUNBOOK_NAMES } from '../../../src/runbooks/names.ts';
import { aJudging, NOW, seen } from '../../support/runbooks.ts';
import {
  aGroup,
  aPath,
  aPoison,
  aProducer,
  aStuck,
  aTopic,
  behind,
  findings,
  letters,
  logCounts,
  partitions,
  stuckAt,
} from './support.ts';

type Row = readonly [
  what: string,
  given: Partial<Findings<KafkaData>>,
  verdict: CauseVerdict,
  because: RegExp,
  names?: Names,
];

const SECOND = 1_000;
const managed: Names = { ...RUNBOOK_NAMES, kafka: { ...RUNBOOK_NAMES.kafka, managed: true } };

function table(id: string, rows: readonly Row[]) {
  describe(id, () => {
    test.each(rows.map((row) => ({ what: row[0], row })))('$what', ({ row }) => {
      const [, given, verdict, because, names = RUNBOOK_NAMES] = row;
      const cause = kafkaLag.causes.find((one) => one.id === id);
      const said = cause?.judge(aJudging(findings(given), { names }));
      expect(said?.verdict).toBe(verdict);
      expect(said?.because).toMatch(because);
    });
  });
}

const pods = (ready: number) =>
  seen(ready === 3 ? 'healthy' : 'broken', { ready, total: 3, restartedAt: null, waiting: [] });
const shut = (count: number, ago: number | null) => ({
  path: seen('broken', aPath(count, ago === null ? {} : { shutSince: NOW - ago, mostSince: NOW - ago })),
});
const noTopic = { topic: seen('unknown', null) };

table('7.C1', [
  ['a pod is not ready', { brokers: pods(2) }, 'supported', /2 of 3 pods of Kafka are ready/],
  [
    'a partition has no leader, and a pod does not get there',
    { topic: seen('broken', aTopic({ offline: [1] })), brokers: seen('unknown', null), ...shut(1, null) },
    'supported',
    /1 partition has no leader/,
  ],
  [
    'no leader, but every pod gets there',
    { topic: seen('broken', aTopic({ offline: [1] })), brokers: seen('unknown', null) },
    'open',
    /R45/,
  ],
  ['all pods ready', {}, 'ruled out', /All pods of Kafka are ready/],
  ['the pods cannot be looked at', { brokers: seen('unknown', null) }, 'open', /R45/],
  [
    'run by somebody else, and whole',
    { brokers: seen('skipped', null) },
    'ruled out',
    /Every partition has its leader/,
    managed,
  ],
  [
    'run by somebody else, and silent',
    { brokers: seen('skipped', null), ...noTopic },
    'open',
    /Somebody else/,
    managed,
  ],
]);

table('7.C2', [
  [
    'most pods, for 15 s',
    shut(2, 15 * SECOND),
    'supported',
    /2 of 3 pods do not reach Kafka, said twice; the bot does/,
  ],
  ['most pods, once', shut(2, 0), 'open', /asked again/],
  ['one pod of three, for 15 s', shut(1, null), 'supported', /Only on these nodes: 1 of 3 pods \(pod-1\)/],
  [
    'the bot does not get there either',
    { ...shut(3, 60 * SECOND), ...noTopic, lag: seen('unknown', null) },
    'open',
    /which may be Kafka itself/,
  ],
  ['open from all pods', {}, 'ruled out', /Every pod reaches Kafka/],
  ['not tried', { path: seen('unknown', null) }, 'open', /R48/],
]);

table('7.C3', [
  [
    'one message, others are read',
    stuckAt(aStuck({ poison: aPoison, all: false, members: 2 })),
    'supported',
    /stuck at one message for at least 4 min, while other partitions were read: order-events-3, offset 812/,
  ],
  [
    'the same while its consumers are stopped',
    stuckAt(aStuck({ poison: aPoison })),
    'supported',
    /offset 812/,
  ],
  [
    'one partition stands still under members, seen in this look',
    behind(aGroup(partitions('still', 'moving', 'idle'))),
    'supported',
    /A partition of notification-consumer stands still/,
  ],
  [
    'the same without members',
    behind(aGroup(partitions('still', 'moving'), { members: 0 })),
    'ruled out',
    /No event fails/,
  ],
  [
    'all stand still: a stuck group',
    behind(aGroup(partitions('still', 'still'))),
    'ruled out',
    /No event fails/,
  ],
  [
    'a group behind that was looked at once or twice',
    behind(aGroup(partitions('moving', 'moving'), { trend: null })),
    'open',
    /Three looks tell whether a partition of notification-consumer stands still/,
  ],
  [
    'the only partition of its topic',
    stuckAt(aStuck({ poison: { ...aPoison, unsure: true } })),
    'open',
    /it may be the consumers as well/,
  ],
  ['a dead letter that cannot be serialized', letters(40, 12), 'supported', /12 of the dead letters/],
  ['dead letters of other kinds', letters(40), 'ruled out', /No event fails/],
  [
    'the class dominates the logs',
    { logs: seen('broken', logCounts({ serialization: 6, unreachable: 4 })) },
    'supported',
    /6 events could not be serialized/,
  ],
  [
    'the class is there and does not dominate',
    { logs: seen('broken', logCounts({ serialization: 4, unreachable: 9 })) },
    'open',
    /do not say it clearly/,
  ],
  [
    'logs that were not read whole',
    { logs: seen('unknown', logCounts({}, { whole: false })) },
    'open',
    /clearly/,
  ],
  ['no groups', { lag: seen('unknown', null) }, 'open', /R46/],
  ['dead letters that did not answer', { deadLetters: seen('unknown', null) }, 'open', /X13/],
  [
    'dead letters that nobody configured',
    { deadLetters: seen('skipped', null) },
    'ruled out',
    /No event fails/,
  ],
]);

const trouble = (ago: number) => ({
  topic: seen('broken', aTopic({ offline: [2], underReplicated: [2, 4], troubleSince: NOW - ago })),
});

table('7.C4', [
  [
    'twice, 30 s apart',
    trouble(30 * SECOND),
    'supported',
    /^Of 6 partitions there have been 1 with no leader, 2 with replicas out of sync for 30 s\.$/,
  ],
  ['once', trouble(29 * SECOND), 'open', /asked again/],
  [
    'a broker that is away explains it',
    { ...trouble(60 * SECOND), brokers: pods(2) },
    'open',
    /leaves its partitions behind/,
  ],
  ['all in sync', {}, 'ruled out', /All 6 partitions of order-events are in sync/],
  ['no answer', noTopic, 'open', /R49/],
]);

table('7.C5', [
  ['9 % free', { producer: seen('broken', aProducer(9)) }, 'supported', /9 % of a producer’s buffer is free/],
  ['10 % free', { producer: seen('healthy', aProducer(10)) }, 'ruled out', /10 % of the fullest buffer/],
  [
    'the class dominates the logs',
    { logs: seen('broken', logCounts({ buffer: 7 })), producer: seen('skipped', null) },
    'supported',
    /7 events found no room/,
  ],
  ['nobody configured the figures', { producer: seen('skipped', null) }, 'open', /metrics.bufferFree/],
  [
    'free, but some events found no room',
    { logs: seen('broken', logCounts({ buffer: 4, unreachable: 9 })) },
    'open',
    /clearly/,
  ],
]);
