import type { KubernetesLever, Workload } from '../../ports/kubernetes.ts';
import { type Change, changeDeployment } from './change.ts';
import { envChange, memoryChange, restartChange, scaleChange } from './changes.ts';
import type { KubernetesClient } from './client.ts';
import { dumpHeap } from './heap.ts';
import { promoteSecret, revertSecret } from './promotion.ts';
import { rollBack } from './roll-back.ts';

/** Changes through the API server, each one request that is never repeated from here. */
export function kubernetesLever(client: KubernetesClient): KubernetesLever {
  const change = async (workload: Workload, generation: number, what: Change, signal: AbortSignal) =>
    await changeDeployment(client, workload, generation, what, signal);
  return {
    restart: async (workload, generation, stamp, signal) =>
      await change(workload, generation, restartChange(workload.name, stamp), signal),
    scale: async (workload, generation, replicas, signal) =>
      await change(workload, generation, scaleChange(workload.name, replicas), signal),
    rollBack: async (workload, generation, replicaSet, signal) =>
      await rollBack(client, workload, generation, replicaSet, signal),
    setEnv: async (workload, generation, to, signal) =>
      await change(workload, generation, envChange(workload.name, to), signal),
    setMemoryLimit: async (workload, generation, to, signal) =>
      await change(workload, generation, memoryChange(workload.name, to), signal),
    promoteSecret: async (namespace, to, signal) => await promoteSecret(client, namespace, to, signal),
    revertSecret: async (namespace, back, signal) => await revertSecret(client, namespace, back, signal),
    dumpHeap: async (workload, pod, file, signal) => await dumpHeap(client, workload, pod, file, signal),
  };
}
