import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { connectKubernetes, type KubernetesConnection } from '../../src/adapters/kubernetes/connect.ts';
import type { Kubeconfig } from '../../src/adapters/kubernetes/kubeconfig.ts';
import { plainPolicy } from '../support/policy.ts';
import { type TestNamespace, testNamespace } from './support/namespace.ts';
import { pretendPods } from './support/pods.ts';
import { applyRoles } from './support/roles.ts';

/** Where Kubernetes puts a pod's own credentials; of the machine itself nothing stands below it here. */
const OWN_ACCOUNT = '/var/run/secrets/kubernetes.io/serviceaccount';

let here: TestNamespace;
let bot: string;
let nobody: string;
let folder: string;
beforeAll(async () => {
  here = await testNamespace();
  bot = await applyRoles(here, ['look']);
  await here.core.createNamespacedServiceAccount({
    namespace: here.name,
    body: { metadata: { name: 'nobody' } },
  });
  nobody = await here.token('nobody');
  folder = mkdtempSync(join(tmpdir(), 'oms-credentials-'));
});
afterAll(async () => {
  rmSync(folder, { recursive: true });
  await here.stop();
});

/** A kubeconfig whose user is this, in a file. */
function kubeconfigWith(user: object): { readonly file: string } {
  const config = JSON.parse(here.kubeconfig('unused'));
  config.users[0].user = user;
  const file = join(folder, 'kubeconfig');
  writeFileSync(file, JSON.stringify(config));
  return { file };
}

/** The files of a pod's own account, and the address that Kubernetes gives to every container. */
function ownAccount(): 'in cluster' {
  const { hostname, port } = new URL(here.config.getCurrentCluster()?.server ?? '');
  vi.stubEnv('KUBERNETES_SERVICE_HOST', hostname);
  vi.stubEnv('KUBERNETES_SERVICE_PORT', port);
  mkdirSync(OWN_ACCOUNT, { recursive: true });
  writeFileSync(join(OWN_ACCOUNT, 'namespace'), here.name);
  const authority = here.config.getCurrentCluster()?.caData ?? '';
  writeFileSync(join(OWN_ACCOUNT, 'ca.crt'), Buffer.from(authority, 'base64'));
  return 'in cluster';
}

describe.each([
  {
    what: 'a kubeconfig with a tokenFile beside it',
    needsOurs: false,
    tokenFile: () => join(folder, 'token'),
    // Relative to the kubeconfig; and the file wins, as for kubectl.
    kubeconfig: (): Kubeconfig => kubeconfigWith({ tokenFile: 'token', token: 'not-a-token' }),
  },
  {
    what: "a pod's own account",
    needsOurs: true,
    tokenFile: () => join(OWN_ACCOUNT, 'token'),
    kubeconfig: (): Kubeconfig => ownAccount(),
  },
])('by $what', ({ needsOurs, tokenFile, kubeconfig }) => {
  let connection: KubernetesConnection;
  beforeEach(async ({ skip }) => {
    skip(needsOurs && !pretendPods, 'a machine that is not ours has no place for it');
    const of = kubeconfig();
    writeFileSync(tokenFile(), bot);
    connection = await connectKubernetes({ kubeconfig: of, policy: plainPolicy });
  });
  afterEach(async () => {
    vi.useRealTimers();
    vi.unstubAllEnvs();
    await connection?.close();
  });

  const look = async () =>
    await connection.probe.pods(
      { namespace: here.name, name: 'order-service', selector: 'app=order-service' },
      AbortSignal.timeout(20_000),
    );
  /** Tokens are read again after a minute of the clock on the wall. */
  const later = () => vi.setSystemTime(Date.now() + 61_000);
  const asClockGoes = () => vi.useFakeTimers({ toFake: ['Date'], now: Date.now() });

  test('the API server lets the bot in', async () => {
    expect(await look()).toEqual([]);
  });

  test('a newline at the end of the file is no part of the token', async () => {
    writeFileSync(tokenFile(), `${bot}\n`);
    expect(await look()).toEqual([]);
  });

  test('a token that was rotated is read again', async () => {
    asClockGoes();
    expect(await look()).toEqual([]);
    writeFileSync(tokenFile(), nobody);
    later();
    await expect(look()).rejects.toMatchObject({
      fault: 'forbidden',
      message: expect.stringContaining(`system:serviceaccount:${here.name}:nobody`),
    });
    writeFileSync(tokenFile(), bot);
    later();
    expect(await look()).toEqual([]);
  });

  test('a token that is no longer taken is a refusal, and the next one is taken', async () => {
    asClockGoes();
    writeFileSync(tokenFile(), `${bot.slice(0, -8)}AAAAAAAA`);
    await expect(look()).rejects.toMatchObject({
      fault: 'forbidden',
      sent: 'no',
      mayRetry: false,
      message: expect.stringContaining('401'),
    });
    writeFileSync(tokenFile(), bot);
    later();
    expect(await look()).toEqual([]);
  });

  test('a token file that is away for a while is said in words, and comes back', async () => {
    asClockGoes();
    expect(await look()).toEqual([]);
    rmSync(tokenFile());
    later();
    await expect(look()).rejects.toMatchObject({
      fault: 'forbidden',
      sent: 'no',
      message: 'The credentials for Kubernetes cannot be read.',
    });
    writeFileSync(tokenFile(), bot);
    expect(await look()).toEqual([]);
  });
});

test('without a token at all the API server refuses by name', async () => {
  const connection = await connectKubernetes({ kubeconfig: kubeconfigWith({}), policy: plainPolicy });
  await expect(
    connection.probe.pods(
      { namespace: here.name, name: 'x', selector: 'app=x' },
      AbortSignal.timeout(20_000),
    ),
  ).rejects.toMatchObject({ fault: 'forbidden', sent: 'no' });
  await connection.close();
});
