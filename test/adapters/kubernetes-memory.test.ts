import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { setMemoryTrouble } from '../../sim/world/memory.ts';
import { connectKubernetes, METRICS_SERVER } from '../../src/adapters/kubernetes/connect.ts';
import { policyFor } from '../../src/adapters/resilience.ts';
import { type Connected, connected, failure, soon, WORKLOAD } from './support.ts';

const MIB = 1024 ** 2;
const POD = 'order-service-7c9f6d5b8-4kx2p';

let here: Connected;
beforeEach(async () => {
  here = await connected();
});
afterEach(async () => {
  await here.stop();
});

describe('what containers use', () => {
  test('is read exactly, of this workload only', async () => {
    const use = await here.connection.probe.usage(WORKLOAD, soon());
    expect(use.map(({ container }) => container)).toEqual(Array(3).fill('order-service'));
    for (const { memory, cpu } of use) {
      expect(memory / MIB).toBeGreaterThan(300);
      expect(memory / MIB).toBeLessThan(400);
      expect(cpu).toBeGreaterThanOrEqual(120);
      expect(cpu).toBeLessThanOrEqual(240);
    }
  });

  test('where nobody serves metrics, is not found, and says what would', async () => {
    await here.world.change(({ cluster }) => {
      cluster.metricsApi = false;
    });
    const error = await failure(here.connection.probe.usage(WORKLOAD, soon()));
    expect(error).toMatchObject({ fault: 'not found', mayRetry: false });
    expect(error.message).toBe(
      'The cluster has no metrics API (metrics.k8s.io); metrics-server would serve it.',
    );
  });

  test('where the role may not look, names the right', async () => {
    here.kubernetes.forbid({ group: 'metrics.k8s.io' });
    const error = await failure(here.connection.probe.usage(WORKLOAD, soon()));
    expect(error).toMatchObject({ fault: 'forbidden' });
    expect(error.message).toContain('may not list pods.metrics.k8s.io.');
  });

  test('when metrics-server is ill, all else is asked as before', async () => {
    const { probe, close } = await connectKubernetes({
      kubeconfig: { text: here.kubernetes.kubeconfig() },
      policy: policyFor('Kubernetes'),
      metricsPolicy: policyFor(METRICS_SERVER),
    });
    here.kubernetes.faults.add({
      match: { path: /metrics\.k8s\.io/ },
      fault: { mode: 'status', status: 503, body: 'no endpoints available' },
    });
    for (let times = 0; times < 2; times += 1) await failure(probe.usage(WORKLOAD, soon()));
    const { message } = await failure(probe.usage(WORKLOAD, soon()));
    expect(message).toContain('The metrics API of Kubernetes has failed 5 times in a row');
    expect(await probe.containers(WORKLOAD, soon())).toHaveLength(3);
    await close();
  });

  test('a quantity that is none is not understood', async () => {
    const item = {
      metadata: { name: POD },
      containers: [{ name: 'c', usage: { cpu: '1x', memory: '1Mi' } }],
    };
    here.kubernetes.faults.add({
      match: { path: /metrics\.k8s\.io/ },
      fault: { mode: 'status', status: 200, body: { kind: 'PodMetricsList', metadata: {}, items: [item] } },
    });
    expect(await failure(here.connection.probe.usage(WORKLOAD, soon()))).toMatchObject({
      fault: 'not understood',
    });
  });
});

describe('a container that outgrows its limit', () => {
  beforeEach(async () => {
    await here.world.change((state, at) => setMemoryTrouble(state, { leakMibPerMinute: 100 }, at));
    await here.pass(9 * 60);
  });

  test('is killed and begins anew, and everything tells of it', async () => {
    const { probe } = here.connection;
    const containers = await probe.containers(WORKLOAD, soon());
    expect(containers.map(({ restarts }) => restarts)).toEqual([1, 1, 1]);
    for (const { startedAt, lastTermination, memoryLimit } of containers) {
      expect(lastTermination).toMatchObject({ reason: 'OOMKilled', exitCode: 137 });
      // The API tells whole seconds.
      expect(startedAt).toBeGreaterThanOrEqual((lastTermination?.at ?? 0) - 1_000);
      expect(memoryLimit).toBe(1024 * MIB);
    }
    const kills = (await probe.events(WORKLOAD, soon())).filter(({ reason }) => reason === 'OOMKilling');
    expect(new Set(kills.map(({ object }) => object)).size).toBe(3);
    expect(kills[0]).toMatchObject({ type: 'Warning', message: expect.stringContaining('out of memory') });
    expect((await probe.usage(WORKLOAD, soon())).every(({ memory }) => memory < 1024 * MIB)).toBe(true);
  });

  test('with a higher limit lives longer', async () => {
    const { probe, lever } = here.connection;
    const state = await probe.deployment(WORKLOAD, soon());
    const change = { container: 'order-service', limit: 4096 * MIB };
    await lever.setMemoryLimit(WORKLOAD, state?.generation ?? 0, change, soon());
    await here.pass(15 * 60);
    const containers = await probe.containers(WORKLOAD, soon());
    expect(containers.map(({ restarts, memoryLimit }) => [restarts, memoryLimit])).toEqual(
      Array(3).fill([0, 4096 * MIB]),
    );
    const use = await probe.usage(WORKLOAD, soon());
    expect(use.some(({ memory }) => memory > 1024 * MIB)).toBe(true);
  });
});

describe('events', () => {
  const event = (change: object) => ({
    metadata: { name: 'x', creationTimestamp: '2026-01-01T00:00:00Z' },
    involvedObject: { kind: 'Pod', name: POD },
    ...change,
  });
  const given = (items: readonly object[]) =>
    here.kubernetes.faults.add({
      match: { path: /\/events$/ },
      fault: { mode: 'status', status: 200, body: { kind: 'EventList', metadata: {}, items } },
    });

  test('of both generations of writers are read', async () => {
    given([
      event({
        reason: 'Old',
        lastTimestamp: '2026-01-01T00:00:01Z',
        count: 7,
        type: 'Warning',
        message: 'm',
      }),
      event({ reason: 'New', eventTime: '2026-01-01T00:00:02.123456Z', lastTimestamp: null, count: null }),
      event({
        reason: 'Series',
        eventTime: '2026-01-01T00:00:00Z',
        series: { count: 9, lastObservedTime: '2026-01-01T00:00:03.5Z' },
      }),
      event({ reason: 'Bare' }),
    ]);
    const at = Date.parse('2026-01-01T00:00:00Z');
    expect(await here.connection.probe.events(WORKLOAD, soon())).toEqual([
      { at: at + 3_500, object: `Pod/${POD}`, type: 'Normal', reason: 'Series', message: '', count: 9 },
      { at: at + 2_123, object: `Pod/${POD}`, type: 'Normal', reason: 'New', message: '', count: 1 },
      { at: at + 1_000, object: `Pod/${POD}`, type: 'Warning', reason: 'Old', message: 'm', count: 7 },
      { at, object: `Pod/${POD}`, type: 'Normal', reason: 'Bare', message: '', count: 1 },
    ]);
  });

  test('of others are left out, those of a pod that is gone are not', async () => {
    const about = (kind: string, name: string) => event({ involvedObject: { kind, name } });
    given([
      about('Pod', 'order-service-7c9f6d5b8-zzzzz'),
      about('Pod', 'order-service-other-abcde'),
      about('Pod', 'workflow-engine-5d8c7f9c4-2jwlk'),
      about('Deployment', 'order-service'),
      about('Deployment', 'workflow-engine'),
      about('ReplicaSet', 'order-service-7c9f6d5b8'),
      about('ReplicaSet', 'workflow-engine-5d8c7f9c4'),
      about('Job', 'order-service'),
      about('Node', 'node-a'),
    ]);
    const objects = (await here.connection.probe.events(WORKLOAD, soon())).map(({ object }) => object);
    expect(objects.sort()).toEqual([
      'Deployment/order-service',
      'Pod/order-service-7c9f6d5b8-zzzzz',
      'ReplicaSet/order-service-7c9f6d5b8',
    ]);
  });

  test('hostile words are cut, and stay data', async () => {
    given([event({ reason: 'x'.repeat(5_000), message: `<!channel> ${'y'.repeat(50_000)}` })]);
    const [found] = await here.connection.probe.events(WORKLOAD, soon());
    expect(found?.reason).toHaveLength(200);
    expect(found?.message).toHaveLength(1_000);
    expect(found?.message.startsWith('<!channel> y')).toBe(true);
  });

  test('are forgotten after an hour, and counted where the same comes again', async () => {
    await here.world.change(({ cluster }) => {
      cluster.pullsFail = true;
    });
    await here.connection.lever.restart(WORKLOAD, 1, 'x', soon());
    await here.pass(120);
    const failed = async () =>
      (await here.connection.probe.events(WORKLOAD, soon())).filter(({ reason }) => reason === 'Failed');
    expect((await failed())[0]?.count).toBeGreaterThan(3);
    await here.world.change(({ cluster }) => {
      cluster.pullsFail = false;
    });
    await here.pass(60);
    here.skip(3_600_000);
    expect(await failed()).toEqual([]);
  });
});
