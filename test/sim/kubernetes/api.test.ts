import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Pod } from '../../../sim/world/pods.ts';
import { PODS, SECRET, type TestCluster, testCluster } from './support.ts';

let cluster: TestCluster;
beforeEach(async () => {
  cluster = await testCluster();
});
afterEach(async () => {
  await cluster.stop();
});

const names = (json: { items: { metadata: { name: string } }[] }) =>
  json.items.map((pod) => pod.metadata.name);

describe('who may ask', () => {
  test('nobody without the token', async () => {
    const answer = await cluster.call('GET', PODS, { token: 'wrong' });
    expect(answer.status).toBe(401);
    expect(answer.json).toMatchObject({
      kind: 'Status',
      status: 'Failure',
      reason: 'Unauthorized',
      code: 401,
    });
  });

  test.each([
    [
      'GET',
      PODS,
      { resource: 'pods', verb: 'list' },
      'pods is forbidden: User "system:serviceaccount:oms:oms-bot" cannot list resource "pods" in API group "" in the namespace "default"',
    ],
    [
      'GET',
      `${PODS}/order-service-7c9f6d5b8-4kx2p/log`,
      { resource: 'pods', subresource: 'log' },
      'pods "order-service-7c9f6d5b8-4kx2p" is forbidden: User "system:serviceaccount:oms:oms-bot" cannot get resource "pods/log" in API group "" in the namespace "default"',
    ],
    [
      'PATCH',
      '/apis/apps/v1/namespaces/default/deployments/order-service',
      { resource: 'deployments', verb: 'patch', group: 'apps' },
      'deployments.apps "order-service" is forbidden: User "system:serviceaccount:oms:oms-bot" cannot patch resource "deployments" in API group "apps" in the namespace "default"',
    ],
  ])('%s %s not without the right', async (method, path, rule, message) => {
    const giveBack = cluster.kubernetes.forbid(rule);
    const answer = await cluster.call(method, path, { body: method === 'PATCH' ? [] : undefined });
    expect(answer).toMatchObject({ status: 403, json: { reason: 'Forbidden', code: 403, message } });
    giveBack();
    expect((await cluster.call('GET', path)).status).toBe(200);
  });

  test('a right to pods is none to their logs, and one to a named secret is none to others', async () => {
    cluster.kubernetes.allow([
      { resource: 'pods', group: '' },
      { resource: 'secrets', group: '', verb: 'get', name: 'other' },
    ]);
    expect((await cluster.call('GET', PODS)).status).toBe(200);
    expect((await cluster.call('GET', `${PODS}/order-service-7c9f6d5b8-4kx2p/log`)).status).toBe(403);
    expect((await cluster.call('GET', SECRET)).status).toBe(403);
  });

  test('a review answers by the same rules', async () => {
    cluster.kubernetes.forbid({ verb: 'patch', resource: 'deployments' });
    const ask = async (verb: string, more: object = {}) => {
      const resourceAttributes = {
        namespace: 'default',
        group: 'apps',
        resource: 'deployments',
        verb,
        ...more,
      };
      const path = '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews';
      const answer = await cluster.call('POST', path, { body: { spec: { resourceAttributes } } });
      expect(answer.status).toBe(201);
      return answer.json.status.allowed;
    };
    expect(await ask('get')).toBe(true);
    expect(await ask('patch')).toBe(false);
    expect(await ask('patch', { subresource: 'scale' })).toBe(true);
  });
});

describe('what is not there', () => {
  test.each([
    ['a pod', `${PODS}/nobody`, 'pods "nobody" not found'],
    [
      'a deployment',
      '/apis/apps/v1/namespaces/default/deployments/nobody',
      'deployments.apps "nobody" not found',
    ],
    ['a deployment elsewhere', '/apis/apps/v1/namespaces/other/deployments/order-service', 'not found'],
    ['a secret', '/api/v1/namespaces/default/secrets/nobody', 'secrets "nobody" not found'],
    ['a resource', '/api/v1/namespaces/default/gadgets', 'could not find the requested resource'],
    ['a group', '/apis/apps/v1/namespaces/default/pods', 'could not find the requested resource'],
    ['a subresource', `${PODS}/x/eviction`, 'could not find the requested resource'],
    ['a path', '/nowhere', 'could not find the requested resource'],
  ])('%s', async (_what, path, message) => {
    const answer = await cluster.call('GET', path);
    expect(answer).toMatchObject({ status: 404, json: { kind: 'Status', reason: 'NotFound' } });
    expect(answer.json.message).toContain(message);
  });

  test.each([
    ['DELETE', PODS],
    ['POST', '/apis/apps/v1/namespaces/default/deployments'],
    ['PUT', SECRET],
  ])('the method %s', async (method, path) => {
    expect(await cluster.call(method, path)).toMatchObject({
      status: 405,
      json: { reason: 'MethodNotAllowed' },
    });
  });
});

describe('lists', () => {
  const every = () => true;
  const none = () => false;
  const ours = ({ app }: Pod) => app === 'order-service';
  const both = ({ app }: Pod) => app === 'order-service' || app === 'workflow-engine';

  test.each<[string, string, (pod: Pod) => boolean]>([
    ['everything', '', every],
    ['a label', 'labelSelector=app%3Dorder-service', ours],
    ['a set', `labelSelector=${encodeURIComponent('app in (order-service, workflow-engine)')}`, both],
    ['not a set', `labelSelector=${encodeURIComponent('app notin (order-service)')}`, (pod) => !ours(pod)],
    ['two labels', 'labelSelector=app%3Dorder-service,pod-template-hash%3D5d8c7f9c4', none],
    ['another label', 'labelSelector=app!%3Dorder-service', (pod) => !ours(pod)],
    ['a label that exists', 'labelSelector=pod-template-hash', ({ hash }) => hash !== ''],
    [
      'a name',
      'fieldSelector=metadata.name%3Dorder-service-7c9f6d5b8-4kx2p',
      ({ name }) => name.endsWith('-4kx2p'),
    ],
    ['a phase', 'fieldSelector=status.phase%3DRunning', every],
    ['another phase', 'fieldSelector=status.phase!%3DRunning', none],
  ])('are chosen by %s', async (_what, query, wanted) => {
    const expected = await cluster.world.read((state) => state.pods.filter(wanted).map(({ name }) => name));
    expect(names((await cluster.call('GET', `${PODS}?${query}`)).json).sort()).toEqual(expected.sort());
  });

  test('come page by page, each pod once', async () => {
    const all = names((await cluster.call('GET', PODS)).json);
    const seen: string[] = [];
    let next = '';
    do {
      const { json } = await cluster.call('GET', `${PODS}?limit=2&continue=${encodeURIComponent(next)}`);
      expect(json.items.length).toBeLessThanOrEqual(2);
      seen.push(...names(json));
      next = json.metadata.continue ?? '';
    } while (next !== '');
    expect(seen).toEqual(all);
    expect(seen.length).toBeGreaterThan(5);
  });

  test('of another namespace are empty', async () => {
    const answer = await cluster.call('GET', '/api/v1/namespaces/other/pods');
    expect(answer.json).toMatchObject({ kind: 'PodList', apiVersion: 'v1', items: [] });
  });

  test('versions move with what changed, and only with it', async () => {
    const version = async () => {
      const { json } = await cluster.call('GET', `${PODS}/order-service-7c9f6d5b8-4kx2p`);
      return Number(json.metadata.resourceVersion);
    };
    const first = await version();
    expect(await version()).toBe(first);
    await cluster.world.change((state) => {
      for (const pod of state.pods.filter(({ name }) => name.endsWith('4kx2p'))) pod.ready = false;
    });
    expect(await version()).toBeGreaterThan(first);
  });
});

describe('what is shown', () => {
  test('a pod that crashed: restarts, how it ended, why it waits', async () => {
    await cluster.world.change((state, now) => {
      const pod = state.pods[0];
      if (pod === undefined) throw new Error('no pod');
      pod.ready = false;
      pod.restarts = 4;
      pod.waiting = { reason: 'CrashLoopBackOff', message: 'back-off 2m40s' };
      pod.lastTermination = { reason: 'OOMKilled', exitCode: 137, at: now };
    });
    const { json } = await cluster.call('GET', `${PODS}/order-service-7c9f6d5b8-4kx2p`);
    expect(json.metadata.labels).toEqual({ app: 'order-service', 'pod-template-hash': '7c9f6d5b8' });
    expect(json.metadata.ownerReferences[0]).toMatchObject({
      kind: 'ReplicaSet',
      name: 'order-service-7c9f6d5b8',
    });
    expect(json.spec.nodeName).toMatch(/^node-/);
    expect(json.status.conditions).toContainEqual(
      expect.objectContaining({ type: 'Ready', status: 'False' }),
    );
    expect(json.status.containerStatuses).toMatchObject([
      {
        ready: false,
        restartCount: 4,
        state: { waiting: { reason: 'CrashLoopBackOff' } },
        lastState: { terminated: { reason: 'OOMKilled', exitCode: 137 } },
      },
    ]);
  });

  test('a secret: values in base64, who wrote what when', async () => {
    const { json } = await cluster.call('GET', SECRET);
    expect(Buffer.from(json.data['api-key'], 'base64').toString()).toBe('pretend-api-key-4f1c9e');
    const writers = json.metadata.managedFields.filter(
      (each: { fieldsV1: object }) => 'f:data' in each.fieldsV1,
    );
    expect(writers.map((each: { manager: string }) => each.manager)).toEqual([
      'kubectl-create',
      'secret-rotation',
    ]);
    expect(json.metadata.annotations).toHaveProperty(['oms.example.com/expires-at']);
  });
});
