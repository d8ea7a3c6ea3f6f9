import type { KubernetesProbe, SecretFacts } from '../../ports/kubernetes.ts';
import { SystemError } from '../../ports/system-error.ts';
import type { KubernetesClient } from './client.ts';
import { getDeployment, stateOf } from './deployment.ts';
import { readEvents } from './events.ts';
import { readLogs } from './logs.ts';
import { readPaths } from './path.ts';
import { containersOf, listPods, summaryOf } from './pods.ts';
import { read, Secret } from './schema.ts';
import { readSettings } from './settings.ts';
import { readUse } from './use.ts';

/** Reads through the API server. */
export function kubernetesProbe(
  client: KubernetesClient,
): Pick<
  KubernetesProbe,
  'pods' | 'containers' | 'logs' | 'secret' | 'deployment' | 'settings' | 'events' | 'usage' | 'path'
> {
  return {
    async pods(workload, signal) {
      const pods = await listPods(client, workload, signal);
      return pods.map(summaryOf);
    },

    async containers(workload, signal) {
      const pods = await listPods(client, workload, signal);
      return pods.flatMap(containersOf);
    },

    events: async (workload, signal) => await readEvents(client, workload, signal),
    usage: async (workload, signal) => await readUse(client, workload, signal),

    path: async (workload, target, signal) => await readPaths(client, workload, target, signal),

    logs: async (question, signal) => await readLogs(client, question, signal),

    async secret(namespace, name, expiryAnnotation, signal) {
      const path = `/api/v1/namespaces/${encodeURIComponent(namespace)}/secrets/${encodeURIComponent(name)}`;
      return await orNull(async (): Promise<SecretFacts> => {
        const { metadata, data } = read(
          Secret,
          await client.json({ verb: 'get', resource: 'secrets', path, signal }),
        );
        const changes = metadata.managedFields.flatMap(({ time, data: touched }) =>
          touched && time !== null ? [time] : [],
        );
        const expiry = expiryAnnotation === null ? undefined : metadata.annotations?.[expiryAnnotation];
        const expiresAt = expiry === undefined ? Number.NaN : Date.parse(expiry);
        return {
          keys: data,
          createdAt: metadata.creationTimestamp,
          changedAt: changes.length === 0 ? null : Math.max(...changes),
          expiresAt: Number.isNaN(expiresAt) ? null : expiresAt,
        };
      });
    },

    deployment: async (workload, signal) =>
      await orNull(async () => stateOf(await getDeployment(client, workload, signal))),

    settings: async (workload, variables, signal) =>
      await orNull(async () => await readSettings(client, workload, variables, signal)),
  };
}

async function orNull<T>(ask: () => Promise<T>): Promise<T | null> {
  try {
    return await ask();
  } catch (err) {
    if (err instanceof SystemError && err.fault === 'not found') return null;
    throw err;
  }
}
