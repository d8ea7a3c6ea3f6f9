import { expect, test } from 'vitest';
import type { CauseVerdict } from '../../../src/domain/finding.ts';
import type { Rollout } from '../../../src/ports/changes.ts';
import { causes } from '../../../src/runbooks/memory/causes.ts';
import type { Change } from '../../../src/runbooks/shared/what-changed.ts';
import { DEFAULT_THRESHOLDS } from '../../../src/runbooks/thresholds.ts';
import { OPENED } from '../../support/incidents.ts';
import { aJudging, MINUTE, seen } from '../../support/runbooks.ts';
import { findings, GIB, usageOf } from './support.ts';

type Limit = NonNullable<Rollout['difference']>['limits'][number];

/** A rollout so many minutes before the first symptom, with what it did to limits. */
function limitSet(ago: number, change: Partial<Limit> = {}, workload = 'order-service'): Change {
  const limit: Limit = { container: workload, resource: 'memory', before: 2 * GIB, after: GIB, ...change };
  const at = OPENED - ago * MINUTE;
  const rollout: Rollout = {
    kind: 'rollout',
    at,
    revision: 7,
    replicaSet: `${workload}-7`,
    back: false,
    current: true,
    before: { revision: 6, replicaSet: `${workload}-6` },
    difference: {
      images: [],
      env: { added: [], removed: [], changed: [] },
      limits: [limit],
      restarted: false,
      annotations: [],
      other: [],
    },
    marks: [],
  };
  return { kind: 'rollout', workload, line: `memory limit changed on ${workload}`, at, rollout };
}

const FULL = { usage: seen('broken' as const, usageOf([[50, 97]])) };

test.each<[string, Parameters<typeof findings>[0], readonly Change[], CauseVerdict]>([
  ['lowered, and a pod is full', FULL, [limitSet(25)], 'supported'],
  ['lowered from none at all', FULL, [limitSet(25, { before: null })], 'supported'],
  ['lowered, and no pod is full', {}, [limitSet(25)], 'ruled out'],
  ['raised', FULL, [limitSet(25, { after: 4 * GIB })], 'open'],
  ['taken away', FULL, [limitSet(25, { after: null })], 'open'],
  ['lowered, and raised again', FULL, [limitSet(5, { after: 4 * GIB }), limitSet(25)], 'open'],
  ['lowered after the first symptom', FULL, [limitSet(-5)], 'open'],
  ['lowered after it as well as before', FULL, [limitSet(-5), limitSet(25)], 'supported'],
  ['the processor’s', FULL, [limitSet(25, { resource: 'cpu' })], 'open'],
  ['another deployment’s', FULL, [limitSet(25, {}, 'search')], 'open'],
  ['nothing changed', FULL, [], 'open'],
])('8.C4: the limit, %s', (_what, given, changes, verdict) => {
  const judging = aJudging(findings(given), {
    changes: seen('healthy', { changes, suspect: null, symptomAt: OPENED }),
  });
  expect(causes.find(({ id }) => id === '8.C4')?.judge(judging).verdict).toBe(verdict);
});

test('8.C1: two kills have one gap, which is no pattern, whatever is configured', () => {
  const kill = (ago: number) => ({ pod: 'a', container: 'app', at: OPENED - ago * MINUTE });
  const past = [kill(40), kill(20)];
  const judging = aJudging(findings({ kills: seen('broken', { kills: past.slice(1), past }) }), {
    thresholds: { ...DEFAULT_THRESHOLDS, evenKills: 1 },
  });
  expect(causes.find(({ id }) => id === '8.C1')?.judge(judging).verdict).toBe('open');
});
