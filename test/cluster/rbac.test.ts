import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { atOnce } from '../../src/adapters/at-once.ts';
import { type TestNamespace, testNamespace } from './support/namespace.ts';
import { applyRoles, may, type Right } from './support/roles.ts';

const PAYMENT = 'payment-gateway-credentials';
const CARRIER = 'shipping-carrier-credentials';
const NEXT = 'shipping-carrier-credentials-next';

/** What `deploy/rbac-look.yaml` and `deploy/rbac-change.yaml` give; and nothing else may. */
const GRANTED: readonly Right[] = [
  { verb: 'get', resource: 'pods' },
  { verb: 'list', resource: 'pods' },
  { verb: 'get', resource: 'pods/log' },
  { verb: 'get', resource: 'pods/proxy' },
  { verb: 'list', resource: 'events' },
  { verb: 'get', group: 'apps', resource: 'deployments' },
  { verb: 'list', group: 'apps', resource: 'deployments' },
  { verb: 'get', group: 'apps', resource: 'replicasets' },
  { verb: 'list', group: 'apps', resource: 'replicasets' },
  { verb: 'get', resource: 'secrets', name: PAYMENT },
  { verb: 'get', resource: 'secrets', name: CARRIER },
  { verb: 'get', resource: 'secrets', name: NEXT },
  { verb: 'list', group: 'metrics.k8s.io', resource: 'pods' },
  { verb: 'list', group: 'autoscaling', resource: 'horizontalpodautoscalers' },
  { verb: 'list', resource: 'resourcequotas' },
  { verb: 'patch', group: 'apps', resource: 'deployments', name: 'order-service' },
  { verb: 'patch', resource: 'secrets', name: CARRIER },
];
const VERBS = ['get', 'list', 'watch', 'create', 'update', 'patch', 'delete', 'deletecollection'];
const NAMES = ['', 'order-service', 'workflow-engine', PAYMENT, CARRIER, NEXT, 'another-secret'];

let here: TestNamespace;
let other: TestNamespace;
let token: string;
let nobody: string;
beforeAll(async () => {
  [here, other] = [await testNamespace(), await testNamespace()];
  token = await applyRoles(here, ['look', 'change']);
  await here.core.createNamespacedServiceAccount({
    namespace: here.name,
    body: { metadata: { name: 'nobody' } },
  });
  nobody = await here.token('nobody');
});
afterAll(async () => {
  await here.stop();
  await other.stop();
});

describe('the roles, as the API server reads them', () => {
  test('grant what the bot asks and, of all that this API server knows, nothing else', async () => {
    const known = (await everything()).flatMap(({ group, resource }) =>
      VERBS.flatMap((verb) => namesFor(resource).map((name) => ({ verb, group, resource, name }))),
    );
    expect(known.length).toBeGreaterThan(800);
    const questions = [...known, ...GRANTED];
    expect(new Set(await allowed(questions, here.name))).toEqual(new Set(GRANTED.map(sentence)));
    // The same questions one door further.
    expect(await allowed(questions, other.name)).toEqual([]);
  });

  test('of a StatefulSet also grant to look at it and at its revisions', async () => {
    const third = await testNamespace();
    try {
      const bearer = await applyRoles(third, ['look'], 'workloads: { orderService: { kind: StatefulSet } }');
      const apps = async (verb: string, resource: string) =>
        await may(third, bearer, { verb, group: 'apps', resource });
      expect(await apps('list', 'controllerrevisions')).toBe(true);
      expect(await apps('get', 'statefulsets')).toBe(true);
      expect(await apps('get', 'controllerrevisions')).toBe(false);
      expect(await apps('patch', 'statefulsets')).toBe(false);
    } finally {
      await third.stop();
    }
  });

  test('of a workload elsewhere also grant to list the events there, and no secret', async () => {
    const [third, fourth] = [await testNamespace(), await testNamespace()];
    try {
      const engine = `workloads: { workflowEngine: { namespace: "${fourth.name}" } }`;
      const bearer = await applyRoles(third, ['look'], engine);
      const there = async (right: Right) => await may(third, bearer, right, fourth.name);
      await expect.poll(async () => await there({ verb: 'list', resource: 'events' })).toBe(true);
      expect(await there({ verb: 'get', resource: 'secrets', name: PAYMENT })).toBe(false);
      expect(await there({ verb: 'get', resource: 'pods/proxy' })).toBe(false);
    } finally {
      await third.stop();
      await fourth.stop();
    }
  });

  test('grant nothing in the whole cluster', async () => {
    expect(await rulesOf(token, other.name)).toEqual(await rulesOf(nobody, other.name));
    expect(await allowed(GRANTED, '')).toEqual([]);
  });
});

/** Those that the bot may and any other account may not. */
async function allowed(questions: readonly Right[], namespace: string): Promise<readonly string[]> {
  const answers = await atOnce(16, questions, async (right) =>
    (await may(here, token, right, namespace)) && !(await may(here, nobody, right, namespace))
      ? [sentence(right)]
      : [],
  );
  // A right to all of a kind holds for each name too.
  const found = new Set(answers.flat());
  return [...found].filter((each) => !each.includes(' "') || !found.has(each.replace(/ ".*/, '')));
}

function sentence({ verb, group = '', resource, name = '' }: Right): string {
  return `${verb} ${resource}${group === '' ? '' : `.${group}`}${name === '' ? '' : ` "${name}"`}`;
}

function namesFor(resource: string): readonly string[] {
  return /^(secrets|deployments)/.test(resource) ? NAMES : [''];
}

/** Every kind that this API server knows, with its subresources. */
async function everything(): Promise<readonly { readonly group: string; readonly resource: string }[]> {
  const groups: { name: string; versions: { groupVersion: string }[] }[] = (await here.call('GET', '/apis'))
    .json.groups;
  const paths = groups.flatMap(({ name, versions }) =>
    versions.map(({ groupVersion }) => ({ group: name, path: `/apis/${groupVersion}` })),
  );
  const found = await atOnce(8, [{ group: '', path: '/api/v1' }, ...paths], async ({ group, path }) => {
    // An aggregated API may be away.
    const { json } = await here.call('GET', path);
    return (json?.resources ?? []).map(({ name }: { name: string }) => ({ group, resource: name }));
  });
  const known = new Map(found.flat().map((each) => [`${each.group}/${each.resource}`, each]));
  return [...known.values()];
}

async function rulesOf(bearer: string, namespace: string): Promise<readonly string[]> {
  const { status, json } = await here.call('POST', '/apis/authorization.k8s.io/v1/selfsubjectrulesreviews', {
    token: bearer,
    body: { apiVersion: 'authorization.k8s.io/v1', kind: 'SelfSubjectRulesReview', spec: { namespace } },
  });
  expect(status).toBe(201);
  return json.status.resourceRules.map((rule: unknown) => JSON.stringify(rule)).sort();
}
