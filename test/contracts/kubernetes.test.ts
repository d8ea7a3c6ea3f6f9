import { containersOf, objectIn } from '../../sim/world/cluster.ts';
import { writeStatefulSet } from '../../sim/world/stateful-set.ts';
import { createClient } from '../../src/adapters/kubernetes/client.ts';
import { connectKubernetes } from '../../src/adapters/kubernetes/connect.ts';
import { testCluster } from '../sim/kubernetes/support.ts';
import { plainPolicy } from '../support/policy.ts';
import { kubernetesContract, type Reach } from './kubernetes.ts';
import { kubernetesChanges } from './kubernetes-changes.ts';
import { execContract } from './kubernetes-exec.ts';
import { kubernetesHistory } from './kubernetes-history.ts';
import { kubernetesRevisions, written } from './kubernetes-revisions.ts';
import { secretsContract } from './kubernetes-secrets.ts';

kubernetesContract('the pretend API server', reach);
kubernetesChanges('the pretend API server', reach);
kubernetesHistory('the pretend API server', reach);

async function reach(): Promise<Reach> {
  const cluster = await testCluster({ podHttp: () => new Response('{"status":"UP"}') });
  const connection = await connectKubernetes({
    kubeconfig: { text: cluster.kubernetes.kubeconfig() },
    policy: plainPolicy,
  });
  const secret = await cluster.world.read(({ cluster: { secrets } }) => {
    const found = secrets.get('payment-gateway-credentials');
    if (found === undefined) throw new Error('no secret');
    return structuredClone(found);
  });
  const annotation = 'oms.example.com/expires-at';
  const encoded = Object.values(secret.data);
  return {
    connection,
    workload: { namespace: 'default', name: 'order-service', selector: 'app=order-service' },
    logged: 'payment order=',
    port: 8080,
    secret: {
      name: secret.name,
      keys: Object.keys(secret.data),
      annotation,
      expiresAt: Date.parse(secret.annotations[annotation] ?? ''),
      absent: 'nobody-at-all',
      values: [...encoded, ...encoded.map((value) => Buffer.from(value, 'base64').toString())],
    },
    container: 'order-service',
    async crowd() {
      await cluster.world.change(({ cluster: { autoscalers, quotas } }, at) => {
        autoscalers.set('contract', {
          name: 'contract',
          target: 'order-service',
          min: 2,
          max: 9,
          wanted: 3,
          writtenAt: at,
        });
        quotas.set('contract', { name: 'contract', hard: { pods: '50' } });
      });
    },
    pass: async () => await cluster.pass(2),
    async stop() {
      await connection.close();
      await cluster.stop();
    },
  };
}

kubernetesRevisions('the pretend API server', async () => {
  const cluster = await testCluster();
  const connection = await connectKubernetes({
    kubeconfig: { text: cluster.kubernetes.kubeconfig() },
    policy: plainPolicy,
  });
  return {
    connection,
    workload: { namespace: 'default', name: 'kafka', kind: 'StatefulSet', selector: 'app=kafka' },
    container: 'kafka',
    write: async (change) =>
      await cluster.world.change((state, at) => {
        const set = state.cluster.statefulSets.get('kafka');
        if (set === undefined) throw new Error('no StatefulSet');
        const spec = structuredClone(set.spec);
        const pod = objectIn(objectIn(spec, 'template'), 'spec') ?? {};
        if ('replicas' in change) spec['replicas'] = change.replicas;
        else pod['containers'] = [...written(containersOf(objectIn(spec, 'template')), change.variable)];
        writeStatefulSet(state, set, spec, 'kubectl-edit', at);
      }),
    pass: async () => await cluster.pass(3),
    async stop() {
      await connection.close();
      await cluster.stop();
    },
  };
});

execContract('the pretend API server', async () => {
  const cluster = await testCluster();
  const kubeconfig = { text: cluster.kubernetes.kubeconfig() };
  const client = await createClient(kubeconfig, plainPolicy);
  const world = await testCluster();
  const forbidden = await createClient({ text: world.kubernetes.kubeconfig() }, plainPolicy);
  world.kubernetes.forbid({ resource: 'pods', subresource: 'exec', verb: 'create' });
  const pod = await cluster.world.read(({ pods }) => pods[0]?.name ?? '');
  return {
    client,
    forbidden,
    where: { namespace: 'default', pod, container: 'order-service' },
    async stop() {
      await client.close();
      await forbidden.close();
      await world.stop();
      await cluster.stop();
    },
  };
});

secretsContract('the pretend API server', async () => {
  const cluster = await testCluster();
  const connection = await connectKubernetes({
    kubeconfig: { text: cluster.kubernetes.kubeconfig() },
    policy: plainPolicy,
  });
  const encoded = (values: Readonly<Record<string, string>>, to: 'base64' | 'utf8') =>
    Object.fromEntries(
      Object.entries(values).map(([key, value]) => [
        key,
        to === 'base64' ? Buffer.from(value).toString('base64') : Buffer.from(value, 'base64').toString(),
      ]),
    );
  return {
    connection,
    namespace: 'default',
    secret: 'shipping-carrier-credentials',
    staged: 'shipping-carrier-credentials-next',
    put: async (name, values) =>
      await cluster.world.change(({ cluster: { secrets } }, at) => {
        const before = secrets.get(name);
        secrets.set(name, {
          name,
          createdAt: before?.createdAt ?? at,
          annotations: before?.annotations ?? {},
          data: encoded(values, 'base64'),
          writes: [...(before?.writes ?? []), { manager: 'kubectl', at, data: true }],
        });
      }),
    look: async (name) =>
      encoded(
        await cluster.world.read(({ cluster: { secrets } }) => ({ ...secrets.get(name)?.data })),
        'utf8',
      ),
    async stop() {
      await connection.close();
      await cluster.stop();
    },
  };
});
