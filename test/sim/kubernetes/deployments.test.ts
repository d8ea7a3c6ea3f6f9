import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { DEPLOYMENT, JSON_PATCH, PODS, STRATEGIC, type TestCluster, testCluster } from './support.ts';

const STAMP = '/spec/template/metadata/annotations';
const restart = (at: string) => ({
  spec: { template: { metadata: { annotations: { 'kubectl.kubernetes.io/restartedAt': at } } } },
});

let cluster: TestCluster;
beforeEach(async () => {
  cluster = await testCluster();
});
afterEach(async () => {
  await cluster.stop();
});

const patch = async (body: unknown, type = JSON_PATCH, path = DEPLOYMENT) =>
  await cluster.call('PATCH', path, { body, type });
const shown = async () => (await cluster.call('GET', DEPLOYMENT)).json;
const pods = async () =>
  (await cluster.call('GET', `${PODS}?labelSelector=app%3Dorder-service`)).json.items.map(
    (pod: { metadata: { name: string } }) => pod.metadata.name,
  );
const progress = (json: { status: { conditions: { type: string; reason: string }[] } }) =>
  json.status.conditions.find(({ type }) => type === 'Progressing')?.reason;

describe('a patch', () => {
  test('that tests the generation applies where it holds, and changes nothing where it does not', async () => {
    const change = { op: 'add', path: STAMP, value: { a: 'b' } };
    const wrong = await patch([{ op: 'test', path: '/metadata/generation', value: 7 }, change]);
    expect(wrong).toMatchObject({
      status: 422,
      json: {
        reason: 'Invalid',
        message: 'the server rejected our request due to an error in our request',
      },
    });
    expect((await shown()).metadata.generation).toBe(1);
    const right = await patch([{ op: 'test', path: '/metadata/generation', value: 1 }, change]);
    expect(right).toMatchObject({ status: 200, json: { metadata: { generation: 2 } } });
  });

  test('that merges knows lists by their key, where it is strategic', async () => {
    const env = [{ name: 'LOG_LEVEL', value: 'debug' }];
    const body = { spec: { template: { spec: { containers: [{ name: 'order-service', env }] } } } };
    const merged = (await patch(body, STRATEGIC)).json.spec.template.spec.containers[0];
    expect(merged).toMatchObject({ image: expect.stringContaining('order-service:'), env });
    expect(await patch(body, 'application/merge-patch+json')).toMatchObject({ status: 422 });
  });
});

describe('a rollout', () => {
  test('replaces pod by pod and never has fewer ready ones than wanted', async () => {
    const before = await pods();
    await patch(restart('x'), STRATEGIC);
    expect((await shown()).status.observedGeneration).toBe(1);
    const seen = new Set<string>();
    await cluster.pass(120, async () => {
      const { status } = await shown();
      expect(status.readyReplicas).toBeGreaterThanOrEqual(3);
      expect(status.replicas).toBeLessThanOrEqual(4);
      seen.add(`${status.updatedReplicas ?? 0} of ${status.replicas}`);
    });
    expect([...seen]).toEqual(expect.arrayContaining(['1 of 4', '2 of 4', '3 of 4', '3 of 3']));
    const { status, metadata } = await shown();
    expect(status).toMatchObject({
      observedGeneration: 2,
      replicas: 3,
      updatedReplicas: 3,
      readyReplicas: 3,
      availableReplicas: 3,
    });
    expect(metadata.annotations).toMatchObject({ 'deployment.kubernetes.io/revision': '2' });
    const after = await pods();
    expect(after).toHaveLength(3);
    for (const name of before) {
      expect(after).not.toContain(name);
      expect((await cluster.call('GET', `${PODS}/${name}/log`)).status).toBe(404);
    }
    const completed = await cluster.world.read((state) => state.restartedAt.get('order-service'));
    expect(completed).toBeLessThanOrEqual(cluster.world.now());
    expect(await cluster.world.read((state) => state.restartedAt.has('workflow-engine'))).toBe(false);
  });

  test('goes on where nobody looks, and the new pods write the logs', async () => {
    await patch(restart('x'), STRATEGIC);
    cluster.skip(3 * 3_600_000);
    const [name] = await pods();
    const { text } = await cluster.call('GET', `${PODS}/${name}/log`);
    expect(text).toMatch(/order-service ready/);
    expect(text).toMatch(/order=ord_/);
    expect(progress(await shown())).toBe('NewReplicaSetAvailable');
  });

  test('is stuck where images cannot be pulled, and goes on when they can', async () => {
    await cluster.world.change((state) => {
      state.cluster.pullsFail = true;
    });
    await patch(restart('x'), STRATEGIC);
    cluster.skip(300_000);
    expect(progress(await shown())).toBe('ReplicaSetUpdated');
    cluster.skip(320_000);
    const stuck = await shown();
    expect(progress(stuck)).toBe('ProgressDeadlineExceeded');
    expect(stuck.status).toMatchObject({ replicas: 4, updatedReplicas: 1, readyReplicas: 3 });
    const { json } = await cluster.call('GET', `${PODS}?fieldSelector=status.phase%3DPending`);
    expect(json.items[0].status.containerStatuses[0].state.waiting.reason).toBe('ImagePullBackOff');
    const events = await cluster.call(
      'GET',
      `/api/v1/namespaces/default/events?fieldSelector=involvedObject.name%3D${json.items[0].metadata.name},type%3DWarning`,
    );
    expect(events.json.items[0]).toMatchObject({
      reason: 'Failed',
      message: expect.stringContaining('pull'),
    });
    expect(await cluster.world.read((state) => state.restartedAt.size)).toBe(0);
    await cluster.world.change((state) => {
      state.cluster.pullsFail = false;
    });
    cluster.skip(180_000);
    expect((await shown()).status).toMatchObject({ replicas: 3, updatedReplicas: 3, readyReplicas: 3 });
  });

  test('waits while the Deployment is paused', async () => {
    await patch({ spec: { paused: true } }, STRATEGIC);
    await patch(restart('x'), STRATEGIC);
    const before = await pods();
    cluster.skip(120_000);
    expect(await pods()).toEqual(before);
    await patch({ spec: { paused: false } }, STRATEGIC);
    cluster.skip(120_000);
    expect(await pods()).not.toEqual(before);
  });

  test('back to an old template uses its ReplicaSet again', async () => {
    await patch(restart('x'), STRATEGIC);
    cluster.skip(120_000);
    await patch([{ op: 'remove', path: STAMP }]);
    cluster.skip(120_000);
    expect((await pods()).join()).toMatch(/^order-service-7c9f6d5b8-/);
    const path = '/apis/apps/v1/namespaces/default/replicasets?labelSelector=app%3Dorder-service';
    const sets = (await cluster.call('GET', path)).json.items;
    expect(sets.filter((set: { spec: { replicas: number } }) => set.spec.replicas > 0)).toHaveLength(1);
    expect(sets).toHaveLength(2);
  });
});

describe('the scale', () => {
  const SCALE = `${DEPLOYMENT}/scale`;

  test('is read, changed, and followed without a new template', async () => {
    expect((await cluster.call('GET', SCALE)).json).toMatchObject({
      kind: 'Scale',
      spec: { replicas: 3 },
      status: { replicas: 3, selector: 'app=order-service' },
    });
    const more = await patch({ spec: { replicas: 5 } }, 'application/merge-patch+json', SCALE);
    expect(more).toMatchObject({ status: 200, json: { spec: { replicas: 5 } } });
    cluster.skip(60_000);
    expect(await pods()).toHaveLength(5);
    await patch({ spec: { replicas: 1 } }, 'application/merge-patch+json', SCALE);
    cluster.skip(60_000);
    expect(await pods()).toHaveLength(1);
    expect((await shown()).metadata).toMatchObject({
      generation: 3,
      annotations: { 'deployment.kubernetes.io/revision': '1' },
    });
  });
});
