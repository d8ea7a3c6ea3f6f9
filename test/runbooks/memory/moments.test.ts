import { expect, test } from 'vitest';
import type { Findings, Judging } from '../../../src/runbooks/define-runbook.ts';
import type { MemoryData } from '../../../src/runbooks/memory/checks.ts';
import { memory } from '../../../src/runbooks/memory.ts';
import { anIncident, aRun } from '../../support/incidents.ts';
import { aJudging, MINUTE, NOW, seen } from '../../support/runbooks.ts';
import { anExport } from '../exports/support.ts';
import { moments as momentsOf } from '../moments.ts';
import { findings, rise, usageOf } from './support.ts';

const kill = { pod: 'a', container: 'app', at: NOW - 2 * MINUTE };
const killed = { kills: seen('broken', { kills: [kill], past: [kill] }) };
const leak = { usage: seen('broken', usageOf(rise(40, 96, 60))) };
const exporting = {
  ...killed,
  exports: seen('healthy', { running: [anExport({ startedAt: NOW - 20 * MINUTE })] }),
};
const query = { ...killed, queries: seen('healthy', { long: [{ pid: 7, beganAt: NOW - 4 * MINUTE }] }) };

function moments(given: Partial<Findings<MemoryData>>, change: Partial<Judging<MemoryData>> = {}) {
  return momentsOf(memory, aJudging(findings(given), change));
}

test.each([
  ['all is well', {}, []],
  ['a kill, and nobody knows of exports', { ...killed, exports: seen('unknown', null) }, ['8.N2']],
  ['a kill while neither an export nor a long query runs', killed, []],
  ['a leak', leak, ['8.N1', 'm8.2']],
  ['an export', exporting, ['8.N4', 'm8.2']],
  ['a hungry query', query, ['8.N3', 'm8.2']],
] as const)('%s', (_what, given, expected) => {
  expect(moments(given)).toEqual(expected);
});

test('a dump that was made is fetched and deleted by hand', () => {
  const after = (outcome: 'done' | 'failed') =>
    moments({}, { incident: anIncident([], { runs: [aRun({ action: 'R57', outcome })] }) });
  expect(after('done')).toEqual(['m8.1']);
  expect(after('failed')).toEqual([]);
});

test('while a raised limit is owed back, the card says that it cured nothing', () => {
  const owing = (done: { by: string; at: number } | null) =>
    moments(
      {},
      {
        incident: anIncident([], {
          owed: [
            {
              id: 'd1',
              what: 'Set the memory limit back to what it was.',
              owner: 'orders',
              targets: ['deployment/order-service'],
              run: null,
              undo: 'R58-undo',
              at: NOW,
              done,
            },
          ],
        }),
      },
    );
  expect(owing(null)).toEqual(['8.N1']);
  expect(owing({ by: 'U1', at: NOW })).toEqual([]);
});
