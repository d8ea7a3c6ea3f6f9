import { connectKubernetes } from '../../src/adapters/kubernetes/connect.ts';
import { testCluster } from '../sim/kubernetes/support.ts';
import { plainPolicy } from '../support/policy.ts';
import { kubernetesContract } from './kubernetes.ts';

kubernetesContract('the pretend API server', async () => {
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
    pass: async () => await cluster.pass(2),
    async stop() {
      await connection.close();
      await cluster.stop();
    },
  };
});
