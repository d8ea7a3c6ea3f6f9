import { containersOf, type Json, type JsonObject, objectIn } from '../world/cluster.ts';
import { templateOf } from '../world/pod-settings.ts';
import type { Pod } from '../world/pods.ts';
import type { WorldState } from '../world/state.ts';
import { time } from './status.ts';

const NODES = ['node-a', 'node-b', 'node-c'] as const;

/** The containers that a pod has: those of the template it was made from. */
export function containerNames(state: WorldState, pod: Pod): readonly string[] {
  return containersOf(templateOf(state, pod)).map((container) => String(container['name']));
}

/** Where the log book keeps the lines of a container: those of the first are the pod's. */
export function logKey(state: WorldState, pod: Pod, container: string): string {
  return container === containerNames(state, pod)[0] ? pod.name : `${pod.name}/${container}`;
}

/** A pod as the API shows it; `resourceVersion` is not in it yet. */
export function showPod(state: WorldState, pod: Pod, namespace: string): JsonObject {
  const template = templateOf(state, pod);
  const labels = objectIn(objectIn(template, 'metadata'), 'labels') ?? {};
  const annotations = objectIn(objectIn(template, 'metadata'), 'annotations');
  const owner = ownerOf(state, pod);
  const since = time(pod.createdAt);
  const changed = time(Math.max(pod.startedAt, pod.createdAt));
  const placed = pod.waiting?.reason !== 'Unschedulable';
  const unready = `containers with unready status: [${state.names.apps[pod.app].container}]`;
  const condition = (type: string, holds: boolean, why: string, message = unready): Json => ({
    type,
    status: holds ? 'True' : 'False',
    lastProbeTime: null,
    lastTransitionTime: changed,
    ...(holds ? {} : { reason: why, message }),
  });
  return {
    kind: 'Pod',
    apiVersion: 'v1',
    metadata: {
      name: pod.name,
      generateName: `${owner.name}-`,
      namespace,
      uid: uid('pod', pod.name),
      creationTimestamp: since,
      ...(pod.deletedAt === null
        ? {}
        : { deletionTimestamp: time(pod.deletedAt + 30_000), deletionGracePeriodSeconds: 30 }),
      labels: { ...labels, ...owner.labels },
      ...(annotations === undefined ? {} : { annotations }),
      ownerReferences: [
        {
          apiVersion: 'apps/v1',
          kind: owner.kind,
          name: owner.name,
          uid: uid(owner.kind === 'ReplicaSet' ? 'rs' : 'sts', owner.name),
          controller: true,
          blockOwnerDeletion: true,
        },
      ],
    },
    spec: { ...objectIn(template, 'spec'), ...(placed ? { nodeName: nodeOf(pod) } : {}) },
    status: {
      phase: pod.waiting === null || pod.restarts > 0 ? 'Running' : 'Pending',
      conditions: [
        ...(placed
          ? [
              condition('Initialized', true, ''),
              condition('Ready', pod.ready, 'ContainersNotReady'),
              condition('ContainersReady', pod.ready, 'ContainersNotReady'),
            ]
          : []),
        condition('PodScheduled', placed, 'Unschedulable', pod.waiting?.message),
      ],
      ...(placed ? { hostIP: '10.20.0.4' } : {}),
      ...(pod.waiting === null ? { podIP: `10.20.1.${(pod.createdAt % 200) + 10}` } : {}),
      ...(placed
        ? {
            startTime: since,
            containerStatuses: containersOf(template).map((container, index) =>
              showContainer(pod, container, index === 0),
            ),
          }
        : {}),
      qosClass: 'Burstable',
    },
  };
}

/** The same for the same kind and name. */
export function uid(kind: string, name: string): string {
  const hex = Buffer.from(`${kind}/${name}`).toString('hex').padEnd(32, '0').slice(-32);
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

function showContainer(pod: Pod, container: JsonObject, main: boolean): Json {
  const name = String(container['name']);
  const image = String(container['image']);
  const last = main ? pod.lastTermination : null;
  const state: JsonObject =
    pod.waiting === null
      ? { running: { startedAt: time(pod.startedAt) } }
      : {
          waiting: {
            reason: pod.waiting.reason,
            ...(pod.waiting.message === '' ? {} : { message: pod.waiting.message }),
          },
        };
  return {
    name,
    state,
    lastState:
      last === null
        ? {}
        : {
            terminated: {
              exitCode: last.exitCode,
              reason: last.reason,
              startedAt: time(pod.createdAt),
              finishedAt: time(last.at),
              containerID: `containerd://${name}-before`,
            },
          },
    ready: main ? pod.ready : pod.waiting === null,
    restartCount: main ? pod.restarts : 0,
    image,
    imageID: pod.waiting === null ? `${image}@sha256:${'0'.repeat(64)}` : '',
    ...(pod.waiting === null ? { containerID: `containerd://${name}` } : {}),
    started: pod.waiting === null,
  };
}

/** Who made the pod, and the labels that its maker adds. */
function ownerOf(state: WorldState, pod: Pod) {
  const { name } = state.names.apps[pod.app];
  if (state.cluster.statefulSets.has(pod.app))
    return { kind: 'StatefulSet', name, labels: { 'statefulset.kubernetes.io/pod-name': pod.name } };
  return {
    kind: 'ReplicaSet',
    name: `${name}-${pod.hash}`,
    labels: { 'pod-template-hash': pod.hash },
  };
}

function nodeOf(pod: Pod): string {
  const sum = [...pod.name].reduce((total, char) => total + (char.codePointAt(0) ?? 0), 0);
  return NODES[sum % NODES.length] ?? NODES[0];
}
