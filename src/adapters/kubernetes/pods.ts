import type { ContainerSummary, PodSummary, Workload } from '../../ports/kubernetes.ts';
import type { KubernetesClient } from './client.ts';
import { listAll } from './pages.ts';
import { type Pod, PodList } from './schema.ts';

/** All pages, without those that have ended for good. @throws SystemError */
export async function listPods(
  client: KubernetesClient,
  { namespace, selector }: Pick<Workload, 'namespace' | 'selector'>,
  signal: AbortSignal,
): Promise<readonly Pod[]> {
  const path = `/api/v1/namespaces/${encodeURIComponent(namespace)}/pods`;
  const query = { labelSelector: selector };
  const pods = await listAll(client, { resource: 'pods', path, query, schema: PodList }, signal);
  return pods.filter((pod) => !isOver(pod));
}

/**
 * Evicted, ended with its node, or a job that is done: it never runs again, and Kubernetes keeps it for days beside the one
 * that took its place. Where the next one has the same name, it is missing until that is there.
 */
function isOver({ metadata, status }: Pod): boolean {
  const ended = status.phase === 'Failed' || status.phase === 'Succeeded';
  return ended && metadata.ownerReferences.some(({ kind }) => kind === 'ReplicaSet' || kind === 'Job');
}

export function isReady(pod: Pod): boolean {
  const ready = pod.status.conditions.some((each) => each.type === 'Ready' && each.status === 'True');
  return ready && !isLeaving(pod);
}

function isLeaving(pod: Pod): boolean {
  return (pod.metadata.deletionTimestamp ?? null) !== null;
}

export function summaryOf(pod: Pod): PodSummary {
  const { metadata, spec, status } = pod;
  const containers = [...status.initContainerStatuses, ...status.containerStatuses];
  const endings = containers.flatMap(({ lastState }) => lastState.terminated ?? []);
  const last = endings.sort((one, other) => (other.finishedAt ?? 0) - (one.finishedAt ?? 0))[0];
  return {
    name: metadata.name,
    createdAt: metadata.creationTimestamp,
    ready: isReady(pod),
    restarts: containers.reduce((sum, { restartCount }) => sum + restartCount, 0),
    waiting: waitingOf(pod),
    lastTermination:
      last === undefined
        ? null
        : { reason: last.reason, exitCode: last.exitCode, at: last.finishedAt ?? metadata.creationTimestamp },
    node: spec.nodeName ?? null,
    images: [...new Set(spec.containers.map(({ image }) => image))],
  };
}

/** Each container that runs all the time: those of the pod and its sidecars. */
export function containersOf(pod: Pod): readonly ContainerSummary[] {
  const { metadata, status } = pod;
  const statuses = [...status.initContainerStatuses, ...status.containerStatuses];
  return lasting(pod).map(({ name, resources }) => {
    const found = statuses.find((each) => each.name === name);
    const ended = found?.lastState.terminated ?? null;
    return {
      pod: metadata.name,
      name,
      restarts: found?.restartCount ?? 0,
      startedAt: found?.state.running?.startedAt ?? null,
      lastTermination:
        ended === null
          ? null
          : {
              reason: ended.reason,
              exitCode: ended.exitCode,
              at: ended.finishedAt ?? metadata.creationTimestamp,
            },
      memoryLimit: resources?.limits?.memory ?? null,
    };
  });
}

/** The containers of a pod without those that only prepare it. */
export function lasting({ spec }: Pod): Pod['spec']['containers'] {
  return [
    ...spec.initContainers.filter(({ restartPolicy }) => restartPolicy === 'Always'),
    ...spec.containers,
  ];
}

function waitingOf(pod: Pod): string | null {
  const { status } = pod;
  if (isLeaving(pod)) return 'Terminating';
  for (const { state } of [...status.initContainerStatuses, ...status.containerStatuses]) {
    if (state.waiting) return state.waiting.reason ?? 'Waiting';
  }
  if (status.phase === 'Failed') return status.reason ?? 'Failed';
  if (status.phase !== 'Pending') return null;
  const refused = status.conditions.find((each) => each.type === 'PodScheduled' && each.status !== 'True');
  return refused?.reason ?? 'Pending';
}
