import {
  type Deployment,
  type Json,
  type JsonObject,
  objectIn,
  type ReplicaSet,
  type Write,
} from '../world/cluster.ts';
import { livePods, replicasOf } from '../world/cluster-rollout.ts';
import type { WorldState } from '../world/state.ts';
import { uid } from './show-pod.ts';
import { time } from './status.ts';

export const REVISION = 'deployment.kubernetes.io/revision';

/** One entry for each writer and way, of the time of its last write, whatever that changed. */
export function managedFields({ writes }: Pick<Deployment, 'writes'>): Json[] {
  const groups = Map.groupBy(writes, ({ manager, through }) => `${manager} ${through}`);
  return [...groups.values()].map((own) => entry(own));
}

function entry(own: readonly Write[]): Json {
  const wrote = (what: 'template' | 'replicas') => own.some((write) => write[what]);
  return {
    manager: own[0]?.manager ?? '',
    operation: 'Update',
    apiVersion: 'apps/v1',
    time: time(Math.max(...own.map(({ at }) => at))),
    fieldsType: 'FieldsV1',
    fieldsV1: {
      'f:spec': {
        ...(wrote('replicas') ? { 'f:replicas': {} } : {}),
        ...(wrote('template') ? { 'f:template': { 'f:spec': {} } } : {}),
      },
    },
    ...(own[0]?.through === 'scale' ? { subresource: 'scale' } : {}),
  };
}

/** A replica set with the notes that the Deployment's controller leaves on it. */
export function showReplicaSet(
  state: WorldState,
  deployment: Deployment,
  set: ReplicaSet,
  namespace: string,
): JsonObject {
  const pods = livePods(state, deployment).filter((pod) => pod.hash === set.hash);
  const ready = pods.filter((pod) => pod.ready).length;
  const labels: JsonObject = { ...state.names.apps[deployment.app].labels, 'pod-template-hash': set.hash };
  const name = `${deployment.name}-${set.hash}`;
  const metadata = objectIn(set.template, 'metadata') ?? {};
  return {
    kind: 'ReplicaSet',
    apiVersion: 'apps/v1',
    metadata: {
      name,
      namespace,
      uid: uid('rs', name),
      generation: 1,
      creationTimestamp: time(set.createdAt),
      labels,
      annotations: {
        ...deployment.annotations,
        'deployment.kubernetes.io/desired-replicas': String(replicasOf(deployment)),
        [REVISION]: String(set.revision),
        ...(set.earlier.length === 0
          ? {}
          : { 'deployment.kubernetes.io/revision-history': set.earlier.join(',') }),
      },
      ownerReferences: [
        {
          apiVersion: 'apps/v1',
          kind: 'Deployment',
          name: deployment.name,
          uid: uid('deployment', deployment.name),
          controller: true,
          blockOwnerDeletion: true,
        },
      ],
      managedFields: [
        {
          manager: 'kube-controller-manager',
          operation: 'Update',
          apiVersion: 'apps/v1',
          time: time(set.writtenAt),
          fieldsType: 'FieldsV1',
          fieldsV1: {
            'f:metadata': { 'f:annotations': {} },
            'f:spec': { 'f:replicas': {}, 'f:template': {} },
          },
        },
      ],
    },
    spec: {
      replicas: pods.length,
      selector: { matchLabels: labels },
      template: {
        ...set.template,
        metadata: { ...metadata, labels: { ...objectIn(metadata, 'labels'), 'pod-template-hash': set.hash } },
      },
    },
    status: { replicas: pods.length, readyReplicas: ready, availableReplicas: ready, observedGeneration: 1 },
  };
}
