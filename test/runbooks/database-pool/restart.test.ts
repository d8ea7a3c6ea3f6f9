import { expect, test } from 'vitest';
import { restartService } from '../../../src/runbooks/database-pool/restart.ts';
import { DEFAULT_THRESHOLDS } from '../../../src/runbooks/thresholds.ts';
import { aRun } from '../../support/incidents.ts';
import {
  A_DRAFT,
  aDeployment,
  answers,
  aProving,
  fakeProbes,
  MINUTE,
  seen,
  someSettings,
} from '../../support/runbooks.ts';
import { aSession, type Given, given, judged } from './support.ts';

test.each<[string, Given, string | null]>([
  ['a leak', given.leak, 'connections are not given back; new pods begin with none'],
  ['a small pool', given.small, null],
  ['nothing', {}, null],
])('R41 is recommended for %s', (_what, what, because) =>
  expect(restartService.when(judged(what), A_DRAFT)).toBe(because),
);

const away = 'new pods would come up without a database';
const again = 'the pools would be full again at once';
test.each<[string, Given, string | null]>([
  ['nothing speaks against it', given.leak, null],
  ['no cause is known', {}, null],
  ['a failover', { ...given.leak, ...given.pods({ ready: 0 }) }, away],
  ['the database starts', given.database({ moving: true, activity: null, ours: null }), away],
  ['only a small pool', given.small, again],
  ['only a spike', given.spike, again],
  ['a spike and a leak', { ...given.spike, ...given.leak }, null],
  ['a spike and a long query', { ...given.spike, ...given.sessions(aSession()) }, null],
  [
    'one pod is ready',
    { service: seen('healthy', { state: aDeployment({ ready: 1 }), settings: someSettings() }) },
    'only 1 of 4 pods are ready, a restart would leave nobody',
  ],
])('R41 waits: %s', (_what, what, because) =>
  expect(restartService.notWhile(judged(what), A_DRAFT)).toBe(because),
);

test('R41 mitigates, and leaves the leak to those who can cure it', () => {
  expect(restartService).toMatchObject({
    mitigates: true,
    owes: [{ what: 'Fix the leak, if it was one, before the next deployment.', owner: 'orders' }],
  });
  expect(restartService.proof.plan(DEFAULT_THRESHOLDS)).toMatchObject({
    withinMs: 10 * MINUTE,
    everyMs: MINUTE,
    alike: 3,
    settleMs: 10 * MINUTE,
  });
});

const run = aRun({ targets: ['deployment/order-service'] });
const page = (active: number) => ({ db_pool_active: active, db_pool_size: 20 });
test.each([
  ['sound', [page(13), page(2)], { moved: run.targets, unknown: [], value: 65 }],
  ['at 70 %', [page(14), page(2)], { moved: [], unknown: [], value: 70 }],
  ['a pod is silent', [page(2), null], { moved: [], unknown: run.targets, line: '1 of 2 pods answered.' }],
  ['nobody answers', [null], { moved: [], unknown: run.targets, line: 'It did not answer.' }],
])('the proof reads %s', async (_what, pages, sample) => {
  const probes = fakeProbes({
    orderService: { metrics: async () => answers(...pages) },
    kubernetes: { deployment: async () => aDeployment() },
  });
  expect(await restartService.proof.sample(aProving(probes, { run }))).toMatchObject(sample);
});
