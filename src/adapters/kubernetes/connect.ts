import type { KubernetesLever, KubernetesProbe, Workload } from '../../ports/kubernetes.ts';
import type { PodHttp } from '../../ports/pod-http.ts';
import type { Policy } from '../resilience.ts';
import { createClient, KUBERNETES } from './client.ts';
import { type Kubeconfig, namespaceOf } from './kubeconfig.ts';
import { kubernetesLever } from './lever.ts';
import { podHttp } from './pod-http.ts';
import { kubernetesProbe } from './probe.ts';
import { serviceWay, type Way } from './service-http.ts';

export interface KubernetesConnection {
  readonly probe: KubernetesProbe;
  readonly lever: KubernetesLever;
  /** Where its credentials' owner works unless told otherwise. */
  readonly namespace: string;
  podHttp(workload: Workload, port: number): PodHttp;
  /** @param service `name:port` of a Service, with `https:` before it where it speaks TLS */
  serviceWay(namespace: string, service: string): Way;
  /** Ends its connections; calls that run fail. */
  close(): Promise<void>;
}

/** A server of its own behind the API server (aggregation): metrics-server can be down while all else answers. */
export const METRICS_SERVER = `The metrics API of ${KUBERNETES}`;

/**
 * One cluster, one pool of connections. Makes no call itself; each has the deadline of its caller's signal only.
 * @throws Error when the kubeconfig cannot be read
 */
export async function connectKubernetes(options: {
  readonly kubeconfig: Kubeconfig;
  readonly policy: Policy;
  /** For what metrics-server answers; the same one unless told. */
  readonly metricsPolicy?: Policy;
}): Promise<KubernetesConnection> {
  const { kubeconfig, policy, metricsPolicy } = options;
  const client = await createClient(kubeconfig, policy, metricsPolicy);
  return {
    probe: kubernetesProbe(client),
    lever: kubernetesLever(client),
    namespace: namespaceOf(kubeconfig),
    podHttp: (workload, port) => podHttp(client, workload, port),
    serviceWay: (namespace, service) => serviceWay(client, namespace, service),
    close: () => client.close(),
  };
}
