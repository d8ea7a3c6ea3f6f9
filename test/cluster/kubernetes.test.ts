import { describe } from 'vitest';
import { connectKubernetes } from '../../src/adapters/kubernetes/connect.ts';
import { kubernetesContract } from '../contracts/kubernetes.ts';
import { plainPolicy } from '../support/policy.ts';
import { pretendPods, testNamespace, until } from './support/namespace.ts';

const ANNOTATION = 'oms.example.com/expires-at';
const VALUES = { 'api-key': 'sk_live_of_the_test', 'webhook-secret': 'whsec_of_the_test' };

// A real pod would have to bring an image that writes these logs and speaks HTTP.
describe.skipIf(!pretendPods)('on a real API server', () => {
  kubernetesContract('a real API server', async () => {
    const here = await testNamespace();
    const workload = { namespace: here.name, name: 'order-service', selector: 'app=order-service' };
    await here.deploy(workload.name, { replicas: 3, containers: ['app', 'log-shipper'] });
    for (const { metadata } of await here.pods(workload.name)) {
      const pod = metadata?.name ?? '';
      const at = Date.now() - 60_000;
      const now = [1, 2, 3].map((order) => ({
        at: at + order,
        text: `payment order=ord_${order} PAYMENT_FAILED`,
      }));
      await here.writeLogs(pod, {
        app: { now: [...now, { at, text: 'something else' }] },
        'log-shipper': { now: [] },
      });
      await here.listen(pod, 8080, (_request, response) => response.end('{"status":"UP"}'));
    }
    const expiresAt = Date.parse('2027-03-01T00:00:00Z');
    await makeSecret(expiresAt);

    async function makeSecret(expires: number): Promise<void> {
      const name = 'payment-gateway-credentials';
      const { core, name: namespace } = here;
      const annotations = { [ANNOTATION]: new Date(expires).toISOString() };
      await core.createNamespacedSecret({ namespace, body: { metadata: { name, annotations } } });
      // The server's times are whole seconds.
      await until('a change of the secret', async () => {
        const secret = await core.readNamespacedSecret({ namespace, name });
        const stringData = { ...VALUES, 'api-key': `${VALUES['api-key']}_${Date.now()}` };
        const { metadata } = await core.replaceNamespacedSecret({
          namespace,
          name,
          body: { ...secret, stringData },
        });
        const changes = metadata?.managedFields?.map(({ time }) => Number(time)) ?? [];
        return Math.max(...changes) > Number(metadata?.creationTimestamp);
      });
    }

    const connection = await connectKubernetes({
      kubeconfig: { text: here.kubeconfig() },
      policy: plainPolicy,
    });
    return {
      connection,
      workload,
      logged: 'payment order=',
      port: 8080,
      secret: {
        name: 'payment-gateway-credentials',
        keys: Object.keys(VALUES),
        annotation: ANNOTATION,
        expiresAt,
        values: Object.values(VALUES).flatMap((value) => [value, Buffer.from(value).toString('base64')]),
      },
      pass: async () => await new Promise((resolve) => setTimeout(resolve, 50)),
      async stop() {
        await connection.close();
        await here.stop();
      },
    };
  });
});
