import { expect, test } from 'vitest';
import type { Findings, Judging } from '../../../src/runbooks/define-runbook.ts';
import type { ExportData } from '../../../src/runbooks/exports/checks.ts';
import { exports } from '../../../src/runbooks/exports.ts';
import { anIncident, aRun } from '../../support/incidents.ts';
import { aJudging, MINUTE, NOW, seen } from '../../support/runbooks.ts';
import { moments as momentsOf } from '../moments.ts';
import { anExport, aPlan, findings, logCounts } from './support.ts';

const NOON = Date.UTC(2026, 2, 10, 12);
const NIGHT = Date.UTC(2026, 2, 10, 23);
const failed = seen('broken', { jobs: [anExport({ status: 'failed', expectedRows: 90_000 })] });
const large = { jobs: failed, plan: seen('broken', { ...aPlan, rows: 200_000 }) };
const late = {
  jobs: seen('broken', { jobs: [anExport({ startedAt: NOW - 40 * MINUTE, expectedRows: 90_000 })] }),
};
const slow = { queries: seen('healthy', { long: [{ pid: 7, beganAt: NOW - 9 * MINUTE }] }) };

function moments(given: Partial<Findings<ExportData>>, change: Partial<Judging<ExportData>> = {}) {
  return momentsOf(exports, aJudging(findings(given), change));
}

test.each([
  ['a job that runs', {}, {}, ['10.B2']],
  ['none at all', { jobs: seen('healthy', { jobs: [] }) }, {}, []],
  ['too large, by day', large, { now: NOON }, ['10.B2', '10.N3', '10.N4']],
  ['too large, in quiet hours', large, { now: NIGHT }, ['10.B2', '10.N3']],
  ['cut off, the database is not slow', late, {}, ['10.B2', 'm10.2']],
  ['cut off, and nobody saw the database', { ...late, plan: seen('unknown', null) }, {}, ['10.B2']],
  [
    'an incident of the database alone',
    {},
    { open: ['database-pool'] },
    expect.not.arrayContaining(['m10.1']),
  ],
  ['a slow query', slow, { now: NOW }, expect.arrayContaining(['10.B2', 'm10.1'])],
  [
    'a log of its failure',
    { jobs: failed, logs: seen('broken', logCounts({ size: 1 })) },
    { now: NIGHT },
    ['10.B2', '10.N3'],
  ],
] as const)('%s', (_what, given, change, expected) => {
  expect(moments(given, change)).toEqual(expected);
});

test('by hand comes after a new export that did not help', () => {
  const after = (verdict: 'helped' | 'did not help') =>
    moments(
      {},
      {
        incident: {
          ...anIncident([]),
          runs: [aRun({ action: 'R75', state: 'ended' }, { verdict })],
        },
      },
    );
  expect(after('did not help')).toContain('m10.3');
  expect(after('helped')).not.toContain('m10.3');
});

test.each([
  ['late', late, /has been processing for 40 min, 30 min are the most\. The database is not slow\.$/],
  [
    'cut off by the database',
    { jobs: failed, logs: seen('broken', logCounts({ timeout: 1 })) },
    /^The log tells of a statement timeout\. The database is not slow\.$/,
  ],
] as const)(
  'a longer timeout is asked for by what was seen of an export that is %s',
  (_what, given, words) => {
    const step = exports.byHand?.find(({ id }) => id === 'm10.2');
    expect(step?.when(aJudging(findings(given)))).toMatch(words);
  },
);
