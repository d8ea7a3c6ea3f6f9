import { expect, test } from 'vitest';
import type { PoolData } from '../../../src/runbooks/database-pool/checks.ts';
import { databasePool } from '../../../src/runbooks/database-pool.ts';
import type { Judging } from '../../../src/runbooks/define-runbook.ts';
import { anIncident, aRun } from '../../support/incidents.ts';
import { type Given, given, judged } from './support.ts';

function moments(what: Given, change: Partial<Judging<PoolData>> = {}) {
  const judging = judged(what, change);
  const told = (databasePool.advice ?? []).flatMap(({ id, say }) => (say(judging) === null ? [] : [id]));
  const steps = (databasePool.byHand ?? []).flatMap(({ id, when }) => (when(judging) === null ? [] : [id]));
  return [...told, ...steps];
}

test.each([
  ['all is well', {}, []],
  ['a leak', given.leak, ['6.N2', 'm6.1']],
  ['a failover', given.database({ moving: true, activity: null }), ['6.N4', 'm6.2']],
  ['a small pool', given.small, []],
] as const)('%s', (_what, what, expected) => {
  expect(moments(what)).toEqual(expected);
});

test('after a restart that helped, the leak waits for its fix', () => {
  const after = (verdict: 'helped' | 'did not help') =>
    moments(
      {},
      { incident: anIncident([], { runs: [aRun({ action: 'R41', state: 'ended' }, { verdict })] }) },
    );
  expect(after('helped')).toEqual(['m6.1']);
  expect(after('did not help')).toEqual([]);
});
