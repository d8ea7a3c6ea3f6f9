import { setTimeout } from 'node:timers/promises';
import type { KubernetesObject } from '@kubernetes/client-node';
import { describe } from 'vitest';
import { createClient } from '../../src/adapters/kubernetes/client.ts';
import { connectKubernetes } from '../../src/adapters/kubernetes/connect.ts';
import type { Workload } from '../../src/ports/kubernetes.ts';
import { kubernetesContract, type Reach } from '../contracts/kubernetes.ts';
import { kubernetesChanges } from '../contracts/kubernetes-changes.ts';
import { execContract } from '../contracts/kubernetes-exec.ts';
import { kubernetesHistory } from '../contracts/kubernetes-history.ts';
import { kubernetesRevisions, type ReachSet, written } from '../contracts/kubernetes-revisions.ts';
import { secretsContract } from '../contracts/kubernetes-secrets.ts';
import { plainPolicy } from '../support/policy.ts';
import { USAGE } from './support/metrics-server.ts';
import { type TestNamespace, testNamespace, until } from './support/namespace.ts';
import { deploy, deploySet, letExec, listen, podsOf, pretendPods, writeLogs } from './support/pods.ts';
import { applyRoles } from './support/roles.ts';

const PORT = 8080;
const SECRET = {
  name: 'payment-gateway-credentials',
  annotation: 'oms.example.com/expires-at',
  expiresAt: Date.parse('2027-03-01T00:00:00Z'),
  data: { 'api-key': 'sk_live_of_the_test', 'webhook-secret': 'whsec_of_the_test' },
};

// A real pod would have to bring an image that writes these logs and speaks HTTP.
describe.skipIf(!pretendPods)('with no more than the roles of deploy/', () => {
  kubernetesContract('a real API server', reach);
  kubernetesChanges('a real API server', reach);
  kubernetesHistory('a real API server', reach);

  kubernetesRevisions('a real API server', reachSet);

  execContract('a real API server', async () => {
    const here = await testNamespace();
    const token = await applyRoles(here, ['look', 'change', 'exec']);
    await deploy(here, 'order-service', { replicas: 1 });
    const pod = (await podsOf(here, 'order-service'))[0]?.name ?? '';
    await letExec(here, pod);
    const client = await createClient({ text: here.kubeconfig(token) }, plainPolicy);
    const other = await testNamespace();
    const looks = await applyRoles(other, ['look', 'change']);
    const forbidden = await createClient({ text: other.kubeconfig(looks) }, plainPolicy);
    return {
      client,
      forbidden,
      where: { namespace: here.name, pod, container: 'app' },
      async stop() {
        await client.close();
        await forbidden.close();
        await other.stop();
        await here.stop();
      },
    };
  });

  secretsContract('a real API server', async () => {
    const here = await testNamespace();
    const namespace = here.name;
    const token = await applyRoles(here, ['look', 'change']);
    const connection = await connectKubernetes({
      kubeconfig: { text: here.kubeconfig(token) },
      policy: plainPolicy,
    });
    return {
      connection,
      namespace,
      secret: 'shipping-carrier-credentials',
      staged: 'shipping-carrier-credentials-next',
      async put(name, stringData) {
        const there = await here.core.readNamespacedSecret({ namespace, name }).catch(() => null);
        if (there === null)
          await here.core.createNamespacedSecret({ namespace, body: { metadata: { name }, stringData } });
        else {
          const { data: _data, ...rest } = there;
          await here.core.replaceNamespacedSecret({ namespace, name, body: { ...rest, stringData } });
        }
      },
      async look(name) {
        const { data = {} } = await here.core.readNamespacedSecret({ namespace, name });
        return Object.fromEntries(
          Object.entries(data).map(([key, value]) => [key, Buffer.from(value, 'base64').toString()]),
        );
      },
      async stop() {
        await connection.close();
        await here.stop();
      },
    };
  });

  async function reach(): Promise<Reach> {
    const here = await testNamespace();
    const token = await applyRoles(here, ['look', 'change']);
    const workload = { namespace: here.name, name: 'order-service', selector: 'app=order-service' };
    await startWorkload(here, workload);
    await makeSecret(here);
    const connection = await connectKubernetes({
      kubeconfig: { text: here.kubeconfig(token) },
      policy: plainPolicy,
    });
    const values = Object.values(SECRET.data);
    return {
      connection,
      workload,
      logged: 'payment order=',
      port: PORT,
      secret: {
        ...SECRET,
        keys: Object.keys(SECRET.data),
        values: values.flatMap((value) => [value, Buffer.from(value).toString('base64')]),
        absent: 'shipping-carrier-credentials-next',
      },
      container: 'app',
      crowd: async () => await crowd(here, workload),
      pass: async () => await setTimeout(50),
      async stop() {
        await connection.close();
        await here.stop();
      },
    };
  }
});

/** With the roles that are rendered for it. */
async function reachSet(): Promise<ReachSet> {
  const here = await testNamespace();
  const namespace = here.name;
  const token = await applyRoles(here, ['look'], 'workloads: { orderService: { kind: StatefulSet } }');
  const name = 'order-service';
  await deploySet(here, name);
  const connection = await connectKubernetes({
    kubeconfig: { text: here.kubeconfig(token) },
    policy: plainPolicy,
  });
  return {
    connection,
    workload: { namespace, name, kind: 'StatefulSet', selector: `app=${name}` },
    container: 'app',
    async write(change) {
      const body = await here.apps.readNamespacedStatefulSet({ namespace, name });
      const { spec } = body;
      if (spec === undefined) throw new Error('no spec');
      if ('replicas' in change) spec.replicas = change.replicas;
      else if (spec.template.spec !== undefined)
        spec.template.spec.containers = [...written(spec.template.spec.containers, change.variable)];
      // Whoever made it wrote everything; only another's writes tell what they were about.
      await here.apps.replaceNamespacedStatefulSet({ namespace, name, body, fieldManager: 'contract' });
    },
    // Times are whole seconds, and what is written within two of them counts as one.
    pass: async () => await setTimeout(2_500),
    async stop() {
      await connection.close();
      await here.stop();
    },
  };
}

async function crowd(here: TestNamespace, { name }: Workload): Promise<void> {
  const metadata = { name: 'contract', namespace: here.name };
  await here.objects.create({
    apiVersion: 'autoscaling/v2',
    kind: 'HorizontalPodAutoscaler',
    metadata,
    spec: {
      scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name },
      minReplicas: 2,
      maxReplicas: 9,
    },
  } as KubernetesObject);
  await here.objects.create({
    apiVersion: 'v1',
    kind: 'ResourceQuota',
    metadata,
    spec: { hard: { pods: '50' } },
  } as KubernetesObject);
}

async function startWorkload(here: TestNamespace, { name }: Workload): Promise<void> {
  const annotations = { [USAGE.cpu]: '249600000n', [USAGE.memory]: '312Mi' };
  await deploy(here, name, { replicas: 3, containers: ['app', 'log-shipper'], annotations });
  const at = Date.now() - 60_000;
  const payments = [1, 2, 3].map((order) => ({
    at: at + order,
    text: `payment order=ord_${order} PAYMENT_FAILED`,
  }));
  for (const pod of await podsOf(here, name)) {
    await writeLogs(here, pod.name, {
      app: { now: [{ at, text: 'something else' }, ...payments] },
      'log-shipper': { now: [] },
    });
    await listen(here, pod.name, PORT, (_request, response) => response.end('{"status":"UP"}'));
  }
}

/** Made, and changed in a later second: the API server's times are whole ones. */
async function makeSecret({ core, name: namespace }: TestNamespace): Promise<void> {
  const { name, annotation, expiresAt, data } = SECRET;
  const annotations = { [annotation]: new Date(expiresAt).toISOString() };
  await core.createNamespacedSecret({ namespace, body: { metadata: { name, annotations } } });
  const write = async (stringData: Record<string, string>) => {
    const secret = await core.readNamespacedSecret({ namespace, name });
    return await core.replaceNamespacedSecret({ namespace, name, body: { ...secret, stringData } });
  };
  await until('a change in a later second', async () => {
    const { metadata } = await write({ 'api-key': String(Date.now()) });
    const changes = metadata?.managedFields?.map(({ time }) => Number(time)) ?? [];
    return Math.max(...changes) > Number(metadata?.creationTimestamp);
  });
  await write(data);
}
