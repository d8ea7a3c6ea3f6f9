import { connectKubernetes } from '../../src/adapters/kubernetes/connect.ts';
import { testCluster } from '../sim/kubernetes/support.ts';
import { plainPolicy } from '../support/policy.ts';
import { kubernetesContract, type Reach } from './kubernetes.ts';
import { kubernetesChanges } from './kubernetes-changes.ts';

kubernetesContract('the pretend API server', reach);
kubernetesChanges('the pretend API server', reach);

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
      await cluster.world.change(({ cluster: { autoscalers, quotas } }) => {
        autoscalers.set('contract', {
          name: 'contract',
          target: 'order-service',
          min: 2,
          max: 9,
          wanted: 3,
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
