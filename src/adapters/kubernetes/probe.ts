import type { KubernetesProbe } from '../../ports/kubernetes.ts';
import { readChanges } from './changed.ts';
import type { KubernetesClient } from './client.ts';
import { getDeployment, stateOf } from './deployment.ts';
import { readEvents } from './events.ts';
import { readFileSize, readHeap } from './heap.ts';
import { readLogs } from './logs.ts';
import { rememberingMay } from './may.ts';
import { orNull } from './or-null.ts';
import { readPaths } from './path.ts';
import { containersOf, listPods, summaryOf } from './pods.ts';
import { readRevision } from './roll-back.ts';
import { readPair, readSecret, readSecretTime } from './secrets.ts';
import { readSettings } from './settings.ts';
import { readUse } from './use.ts';
import { readWorkloads } from './workloads.ts';

/** Reads through the API server. */
export function kubernetesProbe(client: KubernetesClient): KubernetesProbe {
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

    heap: async (workload, pod, signal) => await readHeap(client, workload, pod, signal),
    fileSize: async (workload, pod, file, signal) => await readFileSize(client, workload, pod, file, signal),
    path: async (workload, target, signal) => await readPaths(client, workload, target, signal),

    logs: async (question, signal) => await readLogs(client, question, signal),

    secret: async (namespace, name, expiryAnnotation, signal) =>
      await readSecret(client, namespace, name, expiryAnnotation, signal),

    secretPair: async (namespace, secret, staged, signal) =>
      await readPair(client, namespace, { secret, staged }, signal),

    may: rememberingMay(client),

    deployment: async (workload, signal) =>
      await orNull(async () => stateOf(await getDeployment(client, workload, signal))),

    workloads: async (namespace, kind, signal) => await readWorkloads(client, namespace, kind, signal),

    changes: async (workload, since, signal) =>
      await orNull(async () => await readChanges(client, workload, since, signal)),

    revision: async (workload, replicaSet, signal) =>
      await readRevision(client, workload, replicaSet, signal),

    secretChangedAt: async (namespace, name, signal) => await readSecretTime(client, namespace, name, signal),

    settings: async (workload, variables, signal) =>
      await orNull(async () => await readSettings(client, workload, variables, signal)),
  };
}
