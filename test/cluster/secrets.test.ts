import { inspect } from 'node:util';
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { createClient, type KubernetesClient } from '../../src/adapters/kubernetes/client.ts';
import { connectKubernetes, type KubernetesConnection } from '../../src/adapters/kubernetes/connect.ts';
import { plainPolicy } from '../support/policy.ts';
import { type TestNamespace, testNamespace } from './support/namespace.ts';
import { applyRoles } from './support/roles.ts';

const PAYMENT = 'payment-gateway-credentials';
const CARRIER = 'shipping-carrier-credentials';
const VALUES = ['sk_live_7Qm2xV9t', 'whsec_Zk4pL8aR1c', 'carrier-key-0b5d-93fe'];
/** Plain, and in base64 wherever in a longer text they begin: the API shows both. */
const FORMS = VALUES.flatMap((value) => [
  value,
  ...[0, 1, 2].map((before) => {
    const encoded = Buffer.from('x'.repeat(before) + value).toString('base64');
    return encoded.slice(before === 0 ? 0 : before + 1, -4);
  }),
]);
/** `kubectl apply` leaves the values in there as well. */
const APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';

let here: TestNamespace;
let connection: KubernetesConnection;
let client: KubernetesClient;
let nobody: KubernetesConnection;
beforeAll(async () => {
  here = await testNamespace();
  const { core, name: namespace } = here;
  const token = await applyRoles(here, ['look', 'change']);
  const [key, hook, carrier] = VALUES as [string, string, string];
  for (const [name, stringData] of [
    [PAYMENT, { 'api-key': key, 'webhook-secret': hook }],
    [CARRIER, { 'api-key': carrier }],
  ] as const) {
    const annotations = { [APPLIED]: JSON.stringify({ stringData }) };
    await core.createNamespacedSecret({ namespace, body: { metadata: { name, annotations }, stringData } });
  }
  const options = (bearer: string) => ({
    kubeconfig: { text: here.kubeconfig(bearer) },
    policy: plainPolicy,
  });
  connection = await connectKubernetes(options(token));
  nobody = await connectKubernetes(options(`${token.slice(0, -8)}AAAAAAAA`));
  client = await createClient({ text: here.kubeconfig(token) }, plainPolicy);
});
afterAll(async () => {
  await Promise.all([connection.close(), nobody.close(), client.close()]);
  await here.stop();
});
afterEach(() => {
  vi.restoreAllMocks();
});

/** What came of the work in any way: its result or error with everything in it, and what was written meanwhile. */
async function everythingOf(work: () => Promise<unknown>): Promise<{ outcome: unknown; text: string }> {
  const written: string[] = [];
  const listen = (stream: NodeJS.WriteStream) =>
    vi.spyOn(stream, 'write').mockImplementation((part) => written.push(String(part)) > 0);
  const spies = [listen(process.stdout), listen(process.stderr)];
  for (const method of ['log', 'info', 'warn', 'error', 'debug'] as const) {
    spies.push(
      vi.spyOn(console, method).mockImplementation((...said) => void written.push(inspect(said))) as never,
    );
  }
  const outcome = await work().catch((err: unknown) => err);
  for (const spy of spies) spy.mockRestore();
  const text = inspect([outcome, written], {
    depth: Number.POSITIVE_INFINITY,
    showHidden: true,
    maxStringLength: null,
    maxArrayLength: null,
  });
  return { outcome, text: `${text}${JSON.stringify(outcome)}` };
}

function expectNoValue(text: string): void {
  expect(FORMS.filter((form) => text.includes(form))).toEqual([]);
}

const soon = () => AbortSignal.timeout(20_000);

test('the search finds what it is there for', async () => {
  const { json, text } = await here.call('GET', `/api/v1/namespaces/${here.name}/secrets/${PAYMENT}`);
  expect(FORMS.filter((form) => text.includes(form)).length).toBeGreaterThanOrEqual(4);
  expect(json.metadata.annotations[APPLIED]).toContain(VALUES[0]);
  const hidden = new Error('x', { cause: { deep: [{ in: VALUES[1] }] } });
  const { text: shown } = await everythingOf(async () => {
    console.warn(VALUES[2]);
    throw hidden;
  });
  expect(FORMS.filter((form) => shown.includes(form))).toEqual([VALUES[1], VALUES[2]]);
});

test.each([
  ['as it is', () => connection.probe.secret(here.name, PAYMENT, null, soon())],
  ['the other one', () => connection.probe.secret(here.name, CARRIER, null, soon())],
  [
    'with the annotation that holds the values',
    () => connection.probe.secret(here.name, PAYMENT, APPLIED, soon()),
  ],
])('looked at %s, shows keys and no value', async (_how, look) => {
  const { outcome, text } = await everythingOf(look);
  expect(outcome).toMatchObject({ keys: expect.arrayContaining(['api-key']), expiresAt: null });
  expectNoValue(text);
});

test.each([
  [
    'in a namespace that is not ours',
    'forbidden',
    () => connection.probe.secret('kube-system', PAYMENT, null, soon()),
  ],
  ['without a right', 'forbidden', () => connection.probe.secret(here.name, 'another', null, soon())],
  [
    'with a token that is not taken',
    'forbidden',
    () => nobody.probe.secret(here.name, PAYMENT, null, soon()),
  ],
  ['too late', 'too slow', () => connection.probe.secret(here.name, PAYMENT, null, AbortSignal.abort())],
])('asked for %s, shows no value', async (_how, fault, look) => {
  const { outcome, text } = await everythingOf(look);
  expect(outcome).toMatchObject({ fault });
  expectNoValue(text);
});

test('a patch that the API server refuses shows no value, though the API server does', async () => {
  const path = `/api/v1/namespaces/${here.name}/secrets/${CARRIER}`;
  const patch = [{ op: 'add', path: '/data/new', value: 5 }];
  const { text: said } = await here.call('PATCH', path, { type: 'application/json-patch+json', body: patch });
  expect(FORMS.filter((form) => said.includes(form))).not.toEqual([]);
  const { outcome, text } = await everythingOf(
    async () => await client.json({ verb: 'patch', resource: 'secrets', path, patch, signal: soon() }),
  );
  expect(outcome).toMatchObject({ fault: 'refused', sent: 'no', message: 'Kubernetes answered 422.' });
  expectNoValue(text);
});
