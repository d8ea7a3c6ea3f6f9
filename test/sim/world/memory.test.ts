import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { containersOf, objectIn } from '../../../sim/world/cluster.ts';
import { followSpec, writeSpec } from '../../../sim/world/cluster-rollout.ts';
import { beginExport, cancelExport, type ExportRow } from '../../../sim/world/exports.ts';
import { settleTraffic, trafficOf } from '../../../sim/world/traffic.ts';
import {
  HOUR,
  MINUTE,
  recover,
  restartOrderService,
  scenario,
  type TestWorld,
  testWorld,
} from './support.ts';

let here: TestWorld;
beforeEach(async () => {
  here = await testWorld();
});
afterEach(async () => await here.stop());

const fullest = async () => (await here.world.snapshot()).memory?.percent;
const killed = async () =>
  (await here.world.snapshot()).pods.filter(({ lastTermination }) => lastTermination?.reason === 'OOMKilled')
    .length;
const image = async () =>
  await here.world.read((state) => {
    const { spec } = state.cluster.deployments.get('order-service') ?? {};
    return String(containersOf(objectIn(spec, 'template'))[0]?.['image']);
  });
const job = async (): Promise<ExportRow> => {
  const [row] = await here.world.read((state) => [...state.exports.values()]);
  if (row === undefined) throw new Error('There is no export.');
  return row;
};

test('nobody is short of memory in a healthy world', async () => {
  here.skip(3 * HOUR);
  expect(await fullest()).toBeLessThan(50);
  expect(await killed()).toBe(0);
});

test('the side panel sees exports, how old each secret is, and what a pod may take', async () => {
  await here.world.start(scenario('export-eats-memory'));
  const { exports, secrets, memory, poolsByPod } = await here.world.snapshot();
  expect(exports).toMatchObject([{ status: 'processing' }]);
  expect(secrets.map(({ version }) => version)).toEqual([2, 1]);
  expect(memory?.limitMib).toBe(1_024);
  expect(Object.values(poolsByPod).map(({ size }) => size)).toEqual([20, 20, 20]);
});

test('the pods of a release in the past have answered requests since', async () => {
  // Until now the requests are counted at the pods before it.
  await here.world.snapshot();
  await here.world.start(scenario('memory-leak'));
  const { pods, now } = await here.world.snapshot();
  const serving = pods.filter(({ app, ready }) => app === 'order-service' && ready).map(({ name }) => name);
  const answered = await here.world.read((state) => {
    settleTraffic(state, now);
    return state.pods
      .filter(({ name }) => serving.includes(name))
      .map((pod) => trafficOf(state, pod).reduce((sum, { statuses }) => sum + statuses['200'], 0));
  });
  expect(answered).toHaveLength(3);
  for (const many of answered) expect(many).toBeGreaterThan(0);
});

describe('memory-leak', () => {
  beforeEach(async () => await here.world.start(scenario('memory-leak')));

  test('came with a release, whose pods have filled since', async () => {
    expect(await image()).toMatch(/order-service:2\.15\.0$/);
    const { pods, now } = await here.world.snapshot();
    const ours = pods.filter(({ app }) => app === 'order-service');
    expect(ours).toHaveLength(3);
    for (const { startedAt, ready } of ours) {
      expect(ready).toBe(true);
      expect(now - startedAt).toBeGreaterThan(115 * MINUTE);
    }
    expect(await fullest()).toBeGreaterThan(65);
  });

  test('kills the pods in the end, again and again', async () => {
    here.skip(HOUR);
    expect(await killed()).toBe(0);
    here.skip(HOUR);
    expect(await killed()).toBe(3);
    expect(await fullest()).toBeLessThan(50);
    here.skip(4 * HOUR);
    const { pods } = await here.world.snapshot();
    expect(pods.filter(({ app }) => app === 'order-service').every(({ restarts }) => restarts === 2)).toBe(
      true,
    );
  });

  test('a restart empties the pods, and it comes back', async () => {
    here.skip(HOUR);
    expect(await fullest()).toBeGreaterThan(85);
    await restartOrderService(here.world);
    here.skip(5 * MINUTE);
    expect(await fullest()).toBeLessThan(40);
    here.skip(3.5 * HOUR);
    expect(await fullest()).toBeGreaterThan(95);
  });

  test('its end gives everything back', async () => {
    await here.world.end(scenario('memory-leak'));
    expect(await fullest()).toBeLessThan(50);
  });
});

describe('memory-limit-low', () => {
  beforeEach(async () => await here.world.start(scenario('memory-limit-low')));

  test('has filled each pod soon after its start, and kills none', async () => {
    const { pods, now } = await here.world.snapshot();
    for (const { startedAt } of pods.filter(({ app }) => app === 'order-service'))
      expect(now - startedAt).toBeLessThan(30 * MINUTE);
    expect(await fullest()).toBe(98);
    here.skip(2 * HOUR);
    expect(await fullest()).toBe(98);
    expect(await killed()).toBe(0);
  });

  test('more memory cures it: the caches fill and stay', async () => {
    await here.world.change((state, now) => {
      const deployment = state.cluster.deployments.get('order-service');
      if (deployment === undefined) throw new Error('It is gone.');
      const spec = structuredClone(deployment.spec);
      const limits = objectIn(objectIn(containersOf(objectIn(spec, 'template'))[0], 'resources'), 'limits');
      if (limits !== undefined) limits['memory'] = '4Gi';
      deployment.spec = spec;
      deployment.generation += 1;
      followSpec(state, deployment, now);
    });
    here.skip(2 * HOUR);
    expect(await fullest()).toBe(24);
    expect(await killed()).toBe(0);
  });

  test('the next version, which wants less, fits into what there was', async () => {
    await recover(here.world, 'memory-limit-low');
    here.skip(2 * HOUR);
    expect(await fullest()).toBeLessThan(50);
  });
});

describe('leaky-release', () => {
  beforeEach(async () => await here.world.start(scenario('leaky-release')));

  test('a restart only empties the pods: each is killed again', async () => {
    await restartOrderService(here.world);
    here.skip(2 * MINUTE);
    expect(await killed()).toBe(0);
    here.skip(20 * MINUTE);
    expect(await killed()).toBe(3);
  });

  test('the version before does not leak', async () => {
    await here.world.change((state, now) => {
      const deployment = state.cluster.deployments.get('order-service');
      const before = deployment?.sets.find(({ revision }) => revision === 1)?.template;
      if (deployment === undefined || before === undefined) throw new Error('It is gone.');
      writeSpec(deployment, { ...deployment.spec, template: structuredClone(before) }, 'test', now);
      followSpec(state, deployment, now);
    });
    here.skip(2 * HOUR);
    expect(await image()).toMatch(/order-service:2\.14\.1$/);
    expect(await killed()).toBe(0);
    expect(await fullest()).toBeLessThan(50);
  });
});

describe('export-eats-memory', () => {
  beforeEach(async () => await here.world.start(scenario('export-eats-memory')));

  test('killed the first pod and lives on in another', async () => {
    expect(await killed()).toBe(1);
    const row = await job();
    const { pods } = await here.world.snapshot();
    expect(row).toMatchObject({ status: 'processing', tries: 2 });
    expect(pods.find(({ name }) => name === row.pod)?.startedAt).toBeLessThanOrEqual(row.podSince);
  });

  test('left alone it never ends, and never begins at another time', async () => {
    const { startedAt } = await job();
    here.skip(2 * HOUR);
    const row = await job();
    expect(row).toMatchObject({ status: 'processing', startedAt });
    expect(row.tries).toBeGreaterThan(8);
  });

  test('cancelled, it kills nobody any more', async () => {
    await here.world.change((state, at) => {
      for (const row of state.exports.values()) cancelExport(state, row, at);
    });
    expect(await fullest()).toBeLessThan(50);
    const before = (await here.world.snapshot()).pods.map(({ restarts }) => restarts);
    here.skip(HOUR);
    expect((await here.world.snapshot()).pods.map(({ restarts }) => restarts)).toEqual(before);
  });
});

test('an export whose pod is replaced is begun anew by another, and comes to its end', async () => {
  const begun = await here.world.change((state, now) =>
    beginExport(state, { format: 'csv', from: '2026-01-01', to: '2026-01-10' }, now),
  );
  const first = begun?.pod;
  here.skip(2 * MINUTE);
  await restartOrderService(here.world);
  here.skip(3 * MINUTE);
  expect(await job()).toMatchObject({ status: 'processing', tries: 2 });
  expect((await job()).pod).not.toBe(first);
  here.skip(10 * MINUTE);
  expect(await job()).toMatchObject({ status: 'completed', rows: 42_000 });
});
