import { PassThrough } from 'node:stream';
import { Exec, KubeConfig } from '@kubernetes/client-node';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { connectKubernetes } from '../../src/adapters/kubernetes/connect.ts';
import { plainPolicy } from '../support/policy.ts';
import { type TestNamespace, testNamespace } from './support/namespace.ts';
import { deploy, letExec, listen, podsOf, pretendPods } from './support/pods.ts';
import { applyRoles, may } from './support/roles.ts';

const JSON_PATCH = 'application/json-patch+json';
const CARRIER = 'shipping-carrier-credentials';

let here: TestNamespace;
let other: TestNamespace;
let token: string;
let pod: string;
beforeAll(async () => {
  [here, other] = [await testNamespace(), await testNamespace()];
  token = await applyRoles(here, ['look', 'change']);
  await deploy(here, 'order-service', { replicas: 1 });
  await deploy(here, 'workflow-engine', { replicas: 1 });
  pod = (await podsOf(here, 'order-service'))[0]?.name ?? '';
  if (pretendPods) await listen(here, pod, 8080, (request, response) => response.end(request.url));
  for (const name of ['payment-gateway-credentials', CARRIER, `${CARRIER}-next`, 'another']) {
    await here.core.createNamespacedSecret({
      namespace: here.name,
      body: { metadata: { name }, stringData: { key: 'value-of-the-test' } },
    });
  }
});
afterAll(async () => {
  await here.stop();
  await other.stop();
});

/** What stands for the namespace and the pod is known only when the test runs. */
const inNamespace = (path: string) => path.replace('{ns}', here.name).replace('{pod}', pod);
const CORE = '/api/v1/namespaces/{ns}';
const APPS = '/apis/apps/v1/namespaces/{ns}';
const ORDER_SERVICE = `${APPS}/deployments/order-service`;
const REFUSED = {
  status: 403,
  json: { reason: 'Forbidden', message: expect.stringMatching(/User "system:serviceaccount:.*" cannot /) },
};
const ANNOTATE = [{ op: 'add', path: '/metadata/labels', value: { touched: 'yes' } }];

describe('with the roles of deploy/ and a token of the bot, the API server answers', () => {
  test.each([
    `${CORE}/pods?labelSelector=app%3Dorder-service`,
    `${CORE}/pods/{pod}`,
    `${CORE}/events`,
    ORDER_SERVICE,
    `${APPS}/deployments`,
    `${APPS}/replicasets`,
    `${CORE}/secrets/payment-gateway-credentials`,
    `${CORE}/secrets/${CARRIER}`,
    `${CORE}/secrets/${CARRIER}-next`,
    '/apis/autoscaling/v2/namespaces/{ns}/horizontalpodautoscalers',
    `${CORE}/resourcequotas`,
  ])('GET %s', async (path) => {
    expect(await here.call('GET', inNamespace(path), { token })).toMatchObject({ status: 200 });
  });

  test
    .skipIf(!pretendPods)
    .each([
      `${CORE}/pods/{pod}/log?container=app`,
      `${CORE}/pods/{pod}:8080/proxy/health?deep=1`,
      '/apis/metrics.k8s.io/v1beta1/namespaces/{ns}/pods',
    ])('GET %s', async (path) => {
    expect(await here.call('GET', inNamespace(path), { token })).toMatchObject({ status: 200 });
  });

  test.each([ORDER_SERVICE, `${CORE}/secrets/${CARRIER}`])('PATCH %s', async (path) => {
    const answer = await here.call('PATCH', inNamespace(path), { token, body: ANNOTATE, type: JSON_PATCH });
    expect(answer).toMatchObject({ status: 200, json: { metadata: { labels: { touched: 'yes' } } } });
  });
});

describe('and refuses', () => {
  test.each([
    ['other secrets', 'GET', `${CORE}/secrets/another`],
    ['what secrets there are', 'GET', `${CORE}/secrets`],
    ['to follow pods', 'GET', `${CORE}/pods?watch=1`],
    ['configuration', 'GET', `${CORE}/configmaps`],
    ['the nodes', 'GET', '/api/v1/nodes'],
    ['the namespaces', 'GET', '/api/v1/namespaces'],
    ['pods of all namespaces', 'GET', '/api/v1/pods'],
    ['secrets of all namespaces', 'GET', '/api/v1/secrets'],
    ['a service behind the proxy', 'GET', `${CORE}/services/order-service:8080/proxy/health`],
    ['a POST to a pod', 'POST', `${CORE}/pods/{pod}:8080/proxy/admin`],
    ['to attach to a pod', 'GET', `${CORE}/pods/{pod}/attach`],
    ['a port of a pod', 'GET', `${CORE}/pods/{pod}/portforward?ports=8080`],
    ['to run a command', 'POST', `${CORE}/pods/{pod}/exec?command=true`],
    ['to end a pod', 'DELETE', `${CORE}/pods/{pod}`],
    ['to evict a pod', 'POST', `${CORE}/pods/{pod}/eviction`],
    ['to make a pod', 'POST', `${CORE}/pods`],
    ['to make a deployment', 'POST', `${APPS}/deployments`],
    ['to remove the deployment', 'DELETE', ORDER_SERVICE],
    ['to replace the deployment', 'PUT', ORDER_SERVICE],
    ['to change it past its generation', 'PATCH', `${ORDER_SERVICE}/scale`],
    ['to write its status', 'PATCH', `${ORDER_SERVICE}/status`],
    ['to change another deployment', 'PATCH', `${APPS}/deployments/workflow-engine`],
    ['to change the credentials of the gateway', 'PATCH', `${CORE}/secrets/payment-gateway-credentials`],
    ['to change what is staged', 'PATCH', `${CORE}/secrets/${CARRIER}-next`],
    ['to make a secret', 'POST', `${CORE}/secrets`],
    ['to replace a secret', 'PUT', `${CORE}/secrets/${CARRIER}`],
    ['to remove a secret', 'DELETE', `${CORE}/secrets/${CARRIER}`],
    ['to make a token', 'POST', `${CORE}/serviceaccounts/oms-bot/token`],
    ['to give itself a role', 'POST', '/apis/rbac.authorization.k8s.io/v1/namespaces/{ns}/rolebindings'],
    ['to widen its role', 'PATCH', '/apis/rbac.authorization.k8s.io/v1/namespaces/{ns}/roles/oms-bot-look'],
  ])('%s', async (_what, method, path) => {
    const body = method === 'GET' || method === 'DELETE' ? {} : { body: bodyFor(method, path) };
    const type = method === 'PATCH' ? { type: JSON_PATCH } : {};
    const answer = await here.call(method, inNamespace(path), { token, ...body, ...type });
    expect(answer).toMatchObject(REFUSED);
  });

  test.each([
    ['GET', 'api/v1/namespaces/{other}/pods'],
    ['GET', 'api/v1/namespaces/{other}/secrets/payment-gateway-credentials'],
    ['PATCH', 'apis/apps/v1/namespaces/{other}/deployments/order-service'],
  ])('the same in another namespace: %s %s', async (method, path) => {
    const more = method === 'PATCH' ? { body: ANNOTATE, type: JSON_PATCH } : {};
    const answer = await here.call(method, `/${path.replace('{other}', other.name)}`, { token, ...more });
    expect(answer).toMatchObject(REFUSED);
  });

  test('to be somebody else', async () => {
    const config = JSON.parse(here.kubeconfig(token));
    config.users[0].user.as = 'system:admin';
    const connection = await connectKubernetes({
      kubeconfig: { text: JSON.stringify(config) },
      policy: plainPolicy,
    });
    const workload = { namespace: here.name, name: 'order-service', selector: 'app=order-service' };
    await expect(connection.probe.pods(workload, AbortSignal.timeout(20_000))).rejects.toMatchObject({
      fault: 'forbidden',
      message: expect.stringContaining('impersonate'),
    });
    await connection.close();
  });
});

describe.skipIf(!pretendPods)('a command in a pod', () => {
  test('is refused without the role of its own', async () => {
    await letExec(here, pod);
    await expect(exec(here.kubeconfig(token), here.name)).rejects.toThrow('403');
  });

  test('runs with it, in this namespace only', async () => {
    const there = await testNamespace();
    try {
      const bearer = await applyRoles(there, ['look', 'exec']);
      await deploy(there, 'order-service', { replicas: 1 });
      const [first] = await podsOf(there, 'order-service');
      await letExec(there, first?.name ?? '');
      const config = there.kubeconfig(bearer);
      expect(await exec(config, there.name, first?.name)).toBe('asked from inside\n');
      await expect(exec(config, here.name)).rejects.toThrow('403');
    } finally {
      await there.stop();
    }
  });

  test('needs both of its verbs', async () => {
    for (const verb of ['get', 'create']) {
      const name = `only-${verb}`;
      const { objects, name: namespace } = here;
      await here.core.createNamespacedServiceAccount({ namespace, body: { metadata: { name } } });
      const metadata = { name, namespace };
      const apiVersion = 'rbac.authorization.k8s.io/v1';
      const rules = [{ apiGroups: [''], resources: ['pods/exec'], verbs: [verb] }];
      await objects.create({ apiVersion, kind: 'Role', metadata, rules } as object);
      const roleRef = { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name };
      const subjects = [{ kind: 'ServiceAccount', name, namespace }];
      await objects.create({ apiVersion, kind: 'RoleBinding', metadata, roleRef, subjects } as object);
      const bearer = await here.token(name);
      await expect.poll(async () => await may(here, bearer, { verb, resource: 'pods/exec' })).toBe(true);
      await expect(exec(here.kubeconfig(bearer), here.name)).rejects.toThrow('403');
    }
  });
});

async function exec(kubeconfig: string, namespace: string, name = pod): Promise<string> {
  const config = new KubeConfig();
  config.loadFromString(kubeconfig);
  const out = new PassThrough();
  let said = '';
  out.on('data', (part) => {
    said += part;
  });
  return await new Promise((resolve, reject) => {
    new Exec(config)
      .exec(namespace, name, 'app', ['echo', 'asked from inside'], out, null, null, false, () =>
        resolve(said),
      )
      .catch(reject);
  });
}

/** Refused or not must hang on the right alone: it would be taken from one who may. */
function bodyFor(method: string, path: string): unknown {
  if (method === 'PATCH') return ANNOTATE;
  if (path.endsWith('/eviction'))
    return { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name: pod } };
  return { metadata: { name: 'made-by-the-bot' } };
}
