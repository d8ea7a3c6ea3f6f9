import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Deployment, JsonObject } from '../../sim/world/cluster.ts';
import { type Connected, connected, failure, soon, WORKLOAD } from './support.ts';

const MIB = 1024 ** 2;

let here: Connected;
beforeEach(async () => {
  here = await connected();
});
afterEach(async () => {
  await here.stop();
});

const settings = async (...env: string[]) => {
  const found = await here.connection.probe.settings(WORKLOAD, env, soon());
  if (found === null) throw new Error('no deployment');
  return found;
};
/** Of all workloads: a quota counts the whole namespace. */
const podsInAll = async () => await here.world.read(({ pods }) => pods.length);
const container = (deployment: Deployment): JsonObject =>
  (deployment.spec as never as { template: { spec: { containers: [JsonObject] } } }).template.spec
    .containers[0];
const change = { container: 'order-service', name: 'DB_POOL_SIZE' };

describe('variables', () => {
  test('only those that were asked for leave the adapter', async () => {
    await here.deployment((deployment) => {
      container(deployment)['env'] = [
        { name: 'PASSWORD', value: 's3cret' },
        { name: 'DB_POOL_SIZE', value: '20' },
        { name: 'EMPTY' },
        { name: 'FROM', valueFrom: { secretKeyRef: { name: 'x', key: 'y' } } },
        { name: 'TWICE', value: '1' },
        { name: 'TWICE', value: '2' },
      ];
    });
    const found = await settings('DB_POOL_SIZE', 'EMPTY', 'FROM', 'TWICE', 'MISSING');
    expect(found.containers[0]?.env).toEqual({ DB_POOL_SIZE: '20', EMPTY: '', FROM: null, TWICE: '2' });
    expect(JSON.stringify(found)).not.toContain('s3cret');
  });

  test.each([
    [
      'a source',
      { name: 'DB_POOL_SIZE', valueFrom: { configMapKeyRef: { name: 'x', key: 'y' } } },
      1,
      /comes from/,
    ],
    ['two entries', { name: 'DB_POOL_SIZE', value: '20' }, 2, /twice/],
  ] as const)('with %s is left alone', async (_what, entry, times, words) => {
    await here.deployment((deployment) => {
      container(deployment)['env'] = Array.from({ length: times }, () => ({ ...entry }));
    });
    const error = await failure(
      here.connection.lever.setEnv(WORKLOAD, 1, { ...change, value: '50' }, soon()),
    );
    expect(error).toMatchObject({ fault: 'refused', sent: 'no' });
    expect(error.message).toMatch(words);
    expect(here.kubernetes.count('PATCH', /./)).toBe(0);
  });

  test('is set where none was, where it is empty and where it stands among others', async () => {
    const { lever } = here.connection;
    for (const [env, generation] of [
      [undefined, 1],
      [[], 2],
      [[{ name: 'A', value: 'a' }, { name: 'DB_POOL_SIZE' }, { name: 'B', value: 'b' }], 3],
    ] as const) {
      await here.deployment((deployment) => {
        if (env === undefined) delete container(deployment)['env'];
        else container(deployment)['env'] = structuredClone(env) as unknown as JsonObject[];
      });
      await lever.setEnv(WORKLOAD, generation, { ...change, value: '50' }, soon());
      expect((await settings('DB_POOL_SIZE')).containers[0]?.env).toEqual({ DB_POOL_SIZE: '50' });
    }
    await lever.setEnv(WORKLOAD, 4, { ...change, value: null }, soon());
    expect((await settings('A', 'DB_POOL_SIZE', 'B')).containers[0]?.env).toEqual({ A: 'a', B: 'b' });
  });

  test('that moved within its list between look and patch is not overwritten by its neighbour’s place', async () => {
    await here.connection.lever.setEnv(WORKLOAD, 1, { ...change, value: '50' }, soon());
    const [sent] = here.kubernetes.requests.filter(({ method }) => method === 'PATCH');
    expect(JSON.parse(sent?.body ?? '[]')).toEqual([
      { op: 'test', path: '/metadata/generation', value: 1 },
      { op: 'test', path: '/spec/template/spec/containers/0/name', value: 'order-service' },
      {
        op: 'add',
        path: '/spec/template/spec/containers/0/env/-',
        value: { name: 'DB_POOL_SIZE', value: '50' },
      },
    ]);
  });
});

describe('memory', () => {
  test.each([
    ['no resources', undefined],
    ['no limits', { requests: { memory: '64Mi' } }],
    ['no memory among the limits', { limits: { cpu: '1' } }],
    ['a limit', { limits: { memory: '1G' } }],
  ])('a limit is set where there is %s', async (_what, resources) => {
    await here.deployment((deployment) => {
      if (resources === undefined) delete container(deployment)['resources'];
      else container(deployment)['resources'] = resources as unknown as JsonObject;
    });
    const { lever } = here.connection;
    await lever.setMemoryLimit(WORKLOAD, 1, { container: 'order-service', limit: 4096 * MIB }, soon());
    expect((await settings()).containers[0]).toMatchObject({ memoryLimit: 4096 * MIB });
    await lever.setMemoryLimit(WORKLOAD, 2, { container: 'order-service', limit: null }, soon());
    expect((await settings()).containers[0]).toMatchObject({ memoryLimit: null });
  });

  test('a limit below the request is refused in the server’s own words, and is no moved generation', async () => {
    const limit = here.connection.lever.setMemoryLimit(
      WORKLOAD,
      1,
      { container: 'order-service', limit: MIB },
      soon(),
    );
    const error = await failure(limit);
    expect(error).toMatchObject({ fault: 'refused', sent: 'no' });
    expect(error.message).toContain('must be less than or equal to memory limit of 1Mi');
  });
});

describe('what else sets or limits it', () => {
  test.each([
    ['25%', 3, { surge: 1, surgePercent: 25 }],
    ['50%', 3, { surge: 2, surgePercent: 50 }],
    [2, 3, { surge: 2, surgePercent: null }],
    ['200%', 3, { surge: 6, surgePercent: 200 }],
  ])('a surge of %s', async (maxSurge, replicas, surge) => {
    await here.deployment((deployment) => {
      deployment.spec['strategy'] = { type: 'RollingUpdate', rollingUpdate: { maxSurge } };
      deployment.spec['replicas'] = replicas;
    });
    expect(await settings()).toMatchObject(surge);
  });

  test.each([
    ['25%', 3, 0],
    ['25%', 4, 1],
    [2, 3, 2],
    [0, 3, 0],
  ])('%s of %i pods may be missing meanwhile: %i', async (maxUnavailable, replicas, unavailable) => {
    await here.deployment((deployment) => {
      deployment.spec['strategy'] = { type: 'RollingUpdate', rollingUpdate: { maxUnavailable } };
      deployment.spec['replicas'] = replicas;
    });
    expect(await settings()).toMatchObject({ surge: 1, unavailable });
  });

  test('pods that are all ended first have no surge', async () => {
    await here.deployment((deployment) => {
      deployment.spec['strategy'] = { type: 'Recreate' };
    });
    expect(await settings()).toMatchObject({ surge: 0, surgePercent: null, unavailable: 3 });
  });

  test('an autoscaler of another workload is none of ours', async () => {
    await here.world.change(({ cluster }) => {
      const other = {
        name: 'flows',
        target: 'workflow-engine',
        min: 1,
        max: 5,
        wanted: 2,
        writtenAt: 0,
      } as const;
      cluster.autoscalers.set('flows', other);
    });
    expect(await settings()).toMatchObject({ hpa: 'none' });
    await here.world.change(({ cluster }) => {
      const ours = {
        name: 'orders',
        target: 'order-service',
        min: 3,
        max: 9,
        wanted: 3,
        writtenAt: 0,
      } as const;
      cluster.autoscalers.set('orders', ours);
    });
    expect(await settings()).toMatchObject({ hpa: { name: 'orders', min: 3, max: 9 } });
  });

  test('quotas are read in bytes and pods', async () => {
    await here.world.change(({ cluster }) => {
      cluster.quotas.set('q', {
        name: 'q',
        hard: { pods: '10', 'limits.memory': '8Gi', 'requests.memory': '4Gi' },
      });
    });
    const { quotas } = await settings();
    const pods = await podsInAll();
    expect(quotas).toEqual([
      { name: 'q', resource: 'pods', used: pods, hard: 10 },
      { name: 'q', resource: 'limits.memory', used: pods * 1024 * MIB, hard: 8 * 1024 * MIB },
      { name: 'q', resource: 'requests.memory', used: pods * 512 * MIB, hard: 4 * 1024 * MIB },
    ]);
  });

  test('what may not be looked at is unknown, and the rest stands', async () => {
    here.kubernetes.forbid({ resource: 'horizontalpodautoscalers' });
    here.kubernetes.forbid({ resource: 'resourcequotas' });
    expect(await settings()).toMatchObject({ replicas: 3, hpa: 'unknown', quotas: 'unknown' });
  });

  test.each([
    ['labels', { 'argocd.argoproj.io/instance': 'orders' }, 'Argo CD'],
    [
      'annotations',
      { 'argocd.argoproj.io/tracking-id': 'orders:apps/Deployment:default/order-service' },
      'Argo CD',
    ],
    ['labels', { 'kustomize.toolkit.fluxcd.io/name': 'orders' }, 'Flux'],
    ['labels', { 'helm.toolkit.fluxcd.io/name': 'orders' }, 'Flux'],
    ['labels', { 'app.kubernetes.io/instance': 'orders' }, null],
  ] as const)('%s %o: managed by %s', async (where, marks, tool) => {
    await here.deployment((deployment) => {
      deployment[where] = { ...deployment[where], ...marks };
    });
    expect(await settings()).toMatchObject({ gitOps: tool });
  });
});

describe('pods that cannot be made', () => {
  test('by a quota: the rollout says why', async () => {
    const pods = await podsInAll();
    await here.world.change(({ cluster }) => {
      cluster.quotas.set('q', { name: 'q', hard: { pods: String(pods + 1) } });
    });
    await here.connection.lever.scale(WORKLOAD, 1, 5, soon());
    await here.pass(60);
    const state = await here.connection.probe.deployment(WORKLOAD, soon());
    expect(state).toMatchObject({ rollout: 'under way', ready: 4, replicas: 5 });
    expect(state?.line).toMatch(/4 of 5 pods are new.*No more can be made: .*exceeded quota: q/);
    await here.world.change(({ cluster }) => void cluster.quotas.clear());
    await here.pass(60);
    expect(await here.connection.probe.deployment(WORKLOAD, soon())).toMatchObject({ rollout: 'complete' });
  });

  test('for want of room: they wait as unschedulable', async () => {
    const room = (await podsInAll()) + 1;
    await here.world.change(({ cluster }) => {
      cluster.memoryRoom = room * 512 * MIB;
    });
    await here.connection.lever.scale(WORKLOAD, 1, 5, soon());
    await here.pass(60);
    const pods = await here.connection.probe.pods(WORKLOAD, soon());
    expect(pods.filter(({ ready }) => ready)).toHaveLength(4);
    expect(pods.find(({ ready }) => !ready)).toMatchObject({ waiting: 'Unschedulable', node: null });
    // What every restart waits for.
    const state = await here.connection.probe.deployment(WORKLOAD, soon());
    expect(state).toMatchObject({ rollout: 'under way' });
  });

  test('an autoscaler sets back what was scaled by hand', async () => {
    await here.world.change(({ cluster }) => {
      const ours = {
        name: 'orders',
        target: 'order-service',
        min: 3,
        max: 9,
        wanted: 3,
        writtenAt: 0,
      } as const;
      cluster.autoscalers.set('orders', ours);
    });
    await here.connection.lever.scale(WORKLOAD, 1, 6, soon());
    expect(await settings()).toMatchObject({ replicas: 6 });
    await here.pass(60);
    expect(await settings()).toMatchObject({ replicas: 3, generation: 3 });
  });
});
