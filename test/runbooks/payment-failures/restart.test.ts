import { describe, expect, test } from 'vitest';
import type { CauseHistory } from '../../../src/domain/cause-history.ts';
import type { DeploymentState } from '../../../src/ports/kubernetes.ts';
import type { Findings } from '../../../src/runbooks/define-runbook.ts';
import { restartService } from '../../../src/runbooks/payment-failures/actions.ts';
import type { PaymentData } from '../../../src/runbooks/payment-failures/checks.ts';
import { DEFAULT_THRESHOLDS } from '../../../src/runbooks/thresholds.ts';
import { anIncident, aRun } from '../../support/incidents.ts';
import {
  A_DRAFT,
  aDeployment,
  aJudging,
  answers,
  aProving,
  fakeProbes,
  MINUTE,
  NOW,
  reporting,
  seen,
  silent,
  someSettings,
} from '../../support/runbooks.ts';
import { aPath, findings, gatewaySays, logCounts } from './support.ts';

type Given = Partial<Findings<PaymentData>>;
const judging = (given: Given, causeHistory: CauseHistory = {}) =>
  aJudging(findings(given), { incident: anIncident([], { causeHistory }) });
const logs = (lines: Parameters<typeof logCounts>[0]) => ({ logs: seen('broken', logCounts(lines)) });

describe('R7', () => {
  const older = {
    secret: seen('healthy', { changedAt: NOW, expiresAt: null, expired: false, olderPods: 2 }),
  };

  test('shows before and after, bound to the generation; not offered where the pods were not seen', () => {
    expect(restartService.draft(judging({}))).toMatchObject([
      {
        targets: ['deployment/order-service'],
        parameters: { generation: '7' },
        binding: { kind: 'exact', expected: '7' },
      },
    ]);
    expect(restartService.draft(judging({ service: seen('unknown', null) }))).toEqual([]);
  });

  test.each<[string, Given, string | null]>([
    [
      'pods hold an old key',
      { ...older, ...logs({ credentials: 9 }) },
      '2 pods started before the credentials changed',
    ],
    [
      'some pods are cut off',
      { path: seen('broken', aPath(4, 1, MINUTE)) },
      '1 of 4 pods has no path to the provider',
    ],
    ['some pods were cut off once', { path: seen('broken', aPath(4, 1)) }, null],
    ['all pods are cut off', { path: seen('broken', aPath(4, 4, MINUTE)) }, null],
    ['all pods are younger', logs({ credentials: 9 }), null],
    ['the key is fine', older, null],
  ])('recommended when %s', (_what, given, why) =>
    expect(restartService.when(judging(given), A_DRAFT)).toBe(why),
  );

  const outside = 'a restart cannot cure an outage outside';
  const first = 'the provider comes first, and nobody knows how the gateway is';
  const service = (change: Partial<DeploymentState>) => ({ service: seen('healthy', aDeployment(change)) });
  test.each<[string, Given, string | null]>([
    ['nothing speaks against it', {}, null],
    ['the gateway is down', { gateway: seen('broken', gatewaySays(['down'], NOW - MINUTE)) }, outside],
    ['5xx dominates', logs({ outage: 9 }), outside],
    ['5xx and 401 are even', logs({ outage: 9, credentials: 9 }), outside],
    ['429 dominates', logs({ 'rate limit': 9 }), outside],
    ['401 dominates', logs({ credentials: 9 }), null],
    ['no pod has a path', { path: seen('broken', aPath(4, 4, MINUTE)) }, outside],
    ['one pod has none', { path: seen('broken', aPath(4, 1, MINUTE)) }, null],
    ['most have none', { path: seen('broken', aPath(4, 3, MINUTE)) }, null],
    [
      'one has none, and 429 dominates',
      { path: seen('broken', aPath(4, 1, MINUTE)), ...logs({ 'rate limit': 9 }) },
      outside,
    ],
    ['the gateway is unknown', { gateway: seen('unknown', null) }, first],
    ['the gateway was not asked', { gateway: seen('skipped', null) }, first],
    [
      'the gateway is unknown, and its provider reports nothing',
      { gateway: seen('unknown', null), provider: reporting() },
      null,
    ],
    ['neither answers', { gateway: seen('unknown', null), provider: seen('unknown', null) }, first],
    ['the provider reports an incident', { provider: reporting('API errors') }, outside],
    ['paused', service({ paused: true }), 'its rollout is paused, and a restart would not begin'],
    ['a rollout is under way', service({ rollout: 'under way' }), 'another rollout is under way'],
    ['pods were killed since the rollout ended', service({ rollout: 'under way', ended: true }), null],
    ['a rollout is stuck', service({ rollout: 'stuck' }), 'the last rollout is stuck, new pods cannot start'],
    ['one pod is ready', service({ ready: 1 }), 'only 1 of 4 pods are ready, a restart would leave nobody'],
    ['two pods are ready', service({ ready: 2 }), null],
    ['the pods were not seen', { service: seen('unknown', null) }, 'its pods could not be looked at'],
  ])('waits when %s', (_what, given, why) =>
    expect(restartService.notWhile(judging(given), A_DRAFT)).toBe(why),
  );

  const run = aRun({ targets: ['deployment/order-service'], parameters: { generation: '7', stamp: 'S' } });
  const proving = (state: DeploymentState | null, page: Record<string, number> | null = null) =>
    aProving(
      fakeProbes({
        kubernetes: { deployment: async () => state, settings: async () => someSettings() },
        orderService: { metrics: async () => answers(page) },
      }),
      { run },
    );

  test.each<[string, DeploymentState | null, string | null]>([
    ['as shown', aDeployment(), null],
    [
      'somebody was faster',
      aDeployment({ generation: 8 }),
      'somebody changed the deployment meanwhile (generation 7 is 8 now)',
    ],
    ['gone', null, 'the deployment is gone'],
    ['pods fell', aDeployment({ ready: 1 }), 'only 1 of 4 pods are ready, a restart would leave nobody'],
  ])('still holds: %s', async (_what, state, changed) => {
    const still = await restartService.stillHolds(proving(state), run);
    if (changed === null)
      expect(still).toEqual({
        targets: run.targets,
        dropped: [],
        noted: { stamp: new Date(NOW).toISOString() },
      });
    else expect(still).toEqual({ changed });
  });

  const pods = (used: number) => [{ name: 'team', resource: 'pods' as const, used, hard: 5 }];
  test.each([
    [
      'no pod fits, and none may go first',
      pods(5),
      0,
      'new pods could not start: quota team has 5 pods of 5 pods in use',
    ],
    ['no pod fits, and one may go first', pods(5), 1, null],
    ['one fits', pods(4), 0, null],
    ['the role may not ask', 'unknown' as const, 0, null],
  ])('a quota: %s', async (_what, quotas, unavailable, changed) => {
    const settings = async () => someSettings({ quotas, unavailable });
    const kubernetes = { deployment: async () => aDeployment(), settings };
    const still = await restartService.stillHolds(aProving(fakeProbes({ kubernetes }), { run }), run);
    expect('changed' in still ? still.changed : null).toBe(changed);
  });

  test.each([
    ['the deployment', 'deployment'],
    ['its quotas', 'settings'],
  ])('%s that cannot be asked for start nothing', async (_what, question) => {
    const kubernetes = {
      deployment: async () => aDeployment(),
      [question]: async () => {
        throw silent();
      },
    };
    const probes = fakeProbes({ kubernetes });
    await expect(restartService.stillHolds(aProving(probes, { run }), run)).rejects.toThrow('did not answer');
  });

  test.each([
    ['our stamp', aDeployment({ restartedAt: 'S' }), 'done'],
    ['another stamp', aDeployment({ restartedAt: 'T' }), 'not done'],
    ['never', aDeployment(), 'not done'],
    ['another stamp, and something changed', aDeployment({ restartedAt: 'T', generation: 9 }), 'unknown'],
    ['gone', null, 'unknown'],
  ])('read back: %s', async (_what, state, said) =>
    expect(await restartService.readBack('deployment/order-service', run.parameters, proving(state))).toBe(
      said,
    ),
  );

  test.each([
    [
      'under way',
      aDeployment({ rollout: 'under way', restartedAt: 'S' }),
      { settling: true, moved: [], unknown: [] },
    ],
    [
      'stuck, fewer ready',
      aDeployment({ rollout: 'stuck', ready: 3, restartedAt: 'S' }),
      { stuck: true, worse: true },
    ],
    ['stuck, all ready', aDeployment({ rollout: 'stuck', restartedAt: 'S' }), { stuck: true, worse: false }],
    ['gone', null, { moved: [], unknown: run.targets }],
    ['replaced again since', aDeployment({ restartedAt: 'T' }), { unknown: run.targets, stuck: true }],
    ['rolled back since', aDeployment({ rollout: 'under way' }), { unknown: run.targets, stuck: true }],
    ['complete, no metrics', aDeployment({ restartedAt: 'S' }), { moved: [], unknown: run.targets }],
  ])('proof: %s', async (_what, state, sample) =>
    expect(await restartService.proof.sample(proving(state))).toMatchObject(sample),
  );

  test('is followed for 10 min, then proven for 10 min, and watched by R8', () => {
    expect(restartService.proof.plan(DEFAULT_THRESHOLDS)).toMatchObject({
      settleMs: 10 * MINUTE,
      withinMs: 10 * MINUTE,
    });
    expect(restartService.proof.plan(DEFAULT_THRESHOLDS).alike).toBe(3);
    expect(restartService.proof.watch?.step).toBe('R8');
    expect(restartService).toMatchObject({ tier: 'disruptive', mitigates: true });
  });
});
