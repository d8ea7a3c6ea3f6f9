import { expect, test } from 'vitest';
import type { Findings, Judging } from '../../../src/runbooks/define-runbook.ts';
import type { KafkaData } from '../../../src/runbooks/kafka-lag/checks.ts';
import { kafkaLag } from '../../../src/runbooks/kafka-lag.ts';
import { anIncident, aRun } from '../../support/incidents.ts';
import { aJudging, MINUTE, NOW, seen } from '../../support/runbooks.ts';
import { moments as momentsOf } from '../moments.ts';
import { aGroup, behind, findings, letters, logCounts, partitions } from './support.ts';

const NOON = Date.UTC(2026, 2, 10, 12);
const NIGHT = Date.UTC(2026, 2, 10, 23);
const full = { usage: seen('broken', { percent: 93 }) };
const late = behind(aGroup(partitions('moving', 'moving')));

function moments(given: Partial<Findings<KafkaData>>, change: Partial<Judging<KafkaData>> = {}) {
  return momentsOf(kafkaLag, aJudging(findings(given), change));
}

const after = (action: 'R51' | 'R51-skip' | 'R52' | 'X16') => ({
  incident: { ...anIncident([]), runs: [aRun({ action, state: 'ended', outcome: 'done' })] },
});
const over = {
  incident: {
    ...anIncident([]),
    causeHistory: { '7.C1': { supportedAt: NOW - 20 * MINUTE, clearSince: NOW - 10 * MINUTE } },
  },
};

test.each([
  ['all is well', {}, {}, []],
  ['letters that were put aside for a while', letters(40), {}, ['7.N3']],
  ['letters that never go through', letters(40, 12), {}, ['7.N2', '7.N3', 'm7.3']],
  ['a buffer that overflows', { logs: seen('broken', logCounts({ buffer: 9 })) }, {}, ['7.N2']],
  ['Kafka is full, by day', full, { now: NOON }, ['7.N4', 'm7.1']],
  ['Kafka is full, in quiet hours', full, { now: NIGHT }, ['m7.1']],
  [
    'Kafka is full and a broker is away',
    {
      ...full,
      brokers: seen('broken', { ready: 2, total: 3, restartedAt: null, waiting: [] }),
    },
    { now: NIGHT },
    ['7.N2'],
  ],
  ['a lag whose cause is not over', late, {}, []],
  ['one message was skipped', {}, after('R51-skip'), ['m7.2']],
  ['a group was reset', {}, after('R51'), ['m7.2']],
  ['events were sent again', {}, after('R52'), ['m7.2']],
  ['consumers were restarted', {}, after('X16'), []],
] as const)('%s', (_what, given, change, expected) => {
  expect(moments(given, change)).toEqual(expected);
});

test('a lag whose cause is over shrinks by itself', () => {
  const group = { ...aGroup(partitions('moving', 'moving')), trend: 'falling' } as const;
  expect(moments(behind(group), over)).toContain('7.B2');
  expect(moments({}, over)).not.toContain('7.B2');
  expect(moments(behind({ ...group, members: 0 }), over)).not.toContain('7.B2');
  expect(moments(behind({ ...group, trend: 'rising' }), over)).not.toContain('7.B2');
});
