import { connectKubernetes, type KubernetesConnection } from '../../src/adapters/kubernetes/connect.ts';
import type { LogQuestion, Workload } from '../../src/ports/kubernetes.ts';
import { SystemError } from '../../src/ports/system-error.ts';
import { type TestCluster, testCluster } from '../sim/kubernetes/support.ts';
import { plainPolicy } from '../support/policy.ts';

export const WORKLOAD: Workload = {
  namespace: 'default',
  name: 'order-service',
  selector: 'app=order-service',
};
export const SECRET = 'payment-gateway-credentials';
export const QUESTION: LogQuestion = {
  workload: WORKLOAD,
  containing: ['order='],
  windowMinutes: 120,
  bytesPerContainer: 1_000_000,
};

export interface Connected extends TestCluster {
  readonly connection: KubernetesConnection;
}

export async function connected(): Promise<Connected> {
  const cluster = await testCluster({
    podHttp: (pod, request) => new Response(`${pod} ${new URL(request.url).pathname}`),
  });
  const connection = await connectKubernetes({
    kubeconfig: { text: cluster.kubernetes.kubeconfig() },
    policy: plainPolicy,
  });
  return {
    ...cluster,
    connection,
    async stop() {
      await connection.close();
      await cluster.stop();
    },
  };
}

export const within = (ms: number) => AbortSignal.timeout(ms);
export const soon = () => within(20_000);

/** The SystemError of what must fail. */
export async function failure(work: Promise<unknown>): Promise<SystemError> {
  const outcome = await work.then(
    (value) => new Error(`it resolved: ${JSON.stringify(value)}`),
    (err: unknown) => err,
  );
  if (outcome instanceof SystemError) return outcome;
  throw outcome;
}
