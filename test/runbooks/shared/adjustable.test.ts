import { expect, test } from 'vitest';
import type { WorkloadSettings } from '../../../src/ports/kubernetes.ts';
import { orderWorkload, RUNBOOK_NAMES } from '../../../src/runbooks/names.ts';
import { adjustable } from '../../../src/runbooks/shared/adjustable.ts';
import { podsInRollout } from '../../../src/runbooks/shared/room.ts';
import { aDeployment, fakeProbes, NOW, someSettings } from '../../support/runbooks.ts';
import { env, GIB, POOL } from './temporary-support.ts';

const check = adjustable('R43', orderWorkload, [POOL]);
const asked: unknown[] = [];

async function look(settings: WorkloadSettings | null, state = aDeployment()) {
  const probes = fakeProbes({
    kubernetes: {
      deployment: async () => state,
      settings: async (_workload, names) => {
        asked.push(names);
        return settings;
      },
    },
  });
  return await check.look({ probes, names: RUNBOOK_NAMES, now: NOW } as never);
}

test('tells pods and settings together, and asks for the variables of its settings only', async () => {
  const seen = await look(
    someSettings({
      ...env('20'),
      hpa: { name: 'orders', min: 2, max: 8 },
      quotas: [{ name: 'q', resource: 'limits.memory', used: GIB, hard: 2 * GIB }],
      gitOps: 'Flux',
    }),
  );
  expect(asked).toEqual([['DB_POOL_SIZE']]);
  expect(seen).toMatchObject({
    verdict: 'healthy',
    data: { state: { generation: 7 }, settings: { replicas: 4 } },
  });
  expect(seen.evidence).toEqual([
    'number of pods  4 pods',
    'memory limit  no limit',
    'pool size  20',
    'autoscaler  orders, 2 to 8 pods',
    'quota q  limits.memory  1 GiB of 2 GiB',
    'managed by  Flux',
  ]);
});

test('what may not be asked is said', async () => {
  const seen = await look(someSettings({ hpa: 'unknown', quotas: 'unknown' }));
  expect(seen.evidence).toContain('autoscaler  could not be looked at');
  expect(seen.evidence).toContain('quotas  could not be looked at');
});

test('pods that are not ready are broken, a deployment that is gone is unknown', async () => {
  expect(await look(someSettings(), aDeployment({ ready: 1 }))).toMatchObject({ verdict: 'broken' });
  expect(await look(null)).toMatchObject({ verdict: 'unknown', data: null });
});

test.each([
  [{ surge: 1, surgePercent: 25 }, 6, 8],
  [{ surge: 1, surgePercent: 25 }, 4, 5],
  [{ surge: 3, surgePercent: null }, 6, 9],
  [{ surge: 0, surgePercent: 0 }, 6, 6],
] as const)('a rollout may run more pods at once: %o of %i', (settings, replicas, pods) =>
  expect(podsInRollout(someSettings(settings), replicas)).toBe(pods),
);
