import { describe, expect, test } from 'vitest';
import type { Duty } from '../../../src/domain/duty.ts';
import type { Rollout, TemplateDifference } from '../../../src/ports/changes.ts';
import type { PoolData } from '../../../src/runbooks/database-pool/checks.ts';
import { databasePool } from '../../../src/runbooks/database-pool.ts';
import type { Judging } from '../../../src/runbooks/define-runbook.ts';
import { anIncident, aRun, OPENED } from '../../support/incidents.ts';
import { MINUTE, seen } from '../../support/runbooks.ts';
import { moments as momentsOf } from '../moments.ts';
import { type Given, given, judged } from './support.ts';

function moments(what: Given, change: Partial<Judging<PoolData>> = {}) {
  return momentsOf(databasePool, judged(what, change));
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

const RELEASE: TemplateDifference = {
  images: [{ container: 'order-service', before: 'shop/orders:1.42.0', after: 'shop/orders:1.43.0' }],
  env: { added: [], removed: [], changed: [] },
  limits: [],
  restarted: false,
  annotations: [],
  other: [],
};

describe('a rollout after a restart that owes the fix of a leak', () => {
  const RESTARTED = OPENED + 3 * MINUTE;
  const fix = {
    id: 'd1',
    what: 'Fix the leak.',
    owner: 'orders',
    targets: [],
    run: 'run-1' as const,
    undo: null,
  };

  function warned(at: number, difference: TemplateDifference | null, change: Partial<Duty> = {}) {
    const rollout: Rollout = {
      kind: 'rollout',
      at,
      revision: 7,
      replicaSet: 'order-service-7',
      back: false,
      current: true,
      before: null,
      difference,
      marks: [],
    };
    const line = 'image 1.42.0 → 1.43.0 on order-service';
    const changes = [{ kind: 'rollout' as const, workload: 'order-service', line, at, rollout }];
    const judging = judged(
      {},
      {
        changes: seen('healthy', { changes, suspect: null, symptomAt: OPENED }),
        owed: [{ ...fix, at: RESTARTED, done: null, ...change }],
      },
    );
    return databasePool.advice?.find(({ id }) => id === '6.B3')?.say(judging) ?? null;
  }

  test('is warned of', () =>
    expect(warned(RESTARTED + MINUTE, RELEASE)).toMatch(
      /^image 1\.42\.0 → 1\.43\.0 on order-service at .* UTC, while the fix of the leak is still owed/,
    ));

  test.each<[string, number, TemplateDifference, Partial<Duty>]>([
    ['that came before it', RESTARTED - MINUTE, RELEASE, {}],
    ['that is a restart', RESTARTED + MINUTE, { ...RELEASE, images: [], restarted: true }, {}],
    ['after the fix was ticked off', RESTARTED + MINUTE, RELEASE, { done: { by: 'U1', at: RESTARTED } }],
    ['while something else is owed', RESTARTED + MINUTE, RELEASE, { what: 'Tell the warehouse.' }],
  ])('%s is not', (_what, at, difference, change) => expect(warned(at, difference, change)).toBeNull());
});
