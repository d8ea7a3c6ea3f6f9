import * as z from 'zod';
import type { ContainerUse, Workload } from '../../ports/kubernetes.ts';
import { SystemError } from '../../ports/system-error.ts';
import { KUBERNETES, type KubernetesClient, METRICS } from './client.ts';
import { listAll } from './pages.ts';
import { Page, quantity } from './schema.ts';

const UseList = z.object({
  kind: z.literal('PodMetricsList'),
  metadata: Page,
  items: z.array(
    z.object({
      metadata: z.object({ name: z.string() }),
      containers: z.array(
        z.object({
          name: z.string(),
          usage: z.object({ cpu: quantity('thousandths'), memory: quantity('whole') }),
        }),
      ),
    }),
  ),
});

/** Pods that have just started are not in it yet. @throws SystemError *not found* where nobody serves metrics */
export async function readUse(
  client: KubernetesClient,
  { namespace, selector }: Workload,
  signal: AbortSignal,
): Promise<readonly ContainerUse[]> {
  const list = {
    resource: 'pods.metrics.k8s.io',
    path: `${METRICS}v1beta1/namespaces/${encodeURIComponent(namespace)}/pods`,
    query: { labelSelector: selector },
    schema: UseList,
  };
  const pods = await listAll(client, list, signal).catch((err: unknown) => {
    if (!(err instanceof SystemError) || err.fault !== 'not found') throw err;
    const words = 'The cluster has no metrics API (metrics.k8s.io); metrics-server would serve it.';
    throw new SystemError(KUBERNETES, 'not found', words, { sent: 'no', mayRetry: false, cause: err });
  });
  return pods.flatMap(({ metadata, containers }) =>
    containers.map(({ name, usage }) => ({
      pod: metadata.name,
      container: name,
      memory: usage.memory,
      cpu: usage.cpu,
    })),
  );
}
