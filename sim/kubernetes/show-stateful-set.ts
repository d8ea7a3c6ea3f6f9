import { type JsonObject, objectIn, type ReplicaSet, type StatefulSet } from '../world/cluster.ts';
import type { WorldState } from '../world/state.ts';
import { newestOf } from '../world/stateful-set.ts';
import { managedFields } from './show-history.ts';
import { uid } from './show-pod.ts';
import { time } from './status.ts';

/** A StatefulSet as the API shows it; its status is counted from the pods of this moment. */
export function showStatefulSet(state: WorldState, set: StatefulSet, namespace: string): JsonObject {
  const { name, revisions } = set;
  const live = state.pods.filter((pod) => pod.app === name && pod.deletedAt === null);
  const ready = live.filter((pod) => pod.ready).length;
  const [first] = revisions;
  const newest = newestOf(set);
  return {
    kind: 'StatefulSet',
    apiVersion: 'apps/v1',
    metadata: {
      name,
      namespace,
      uid: uid('sts', name),
      generation: set.generation,
      creationTimestamp: time(set.createdAt),
      labels: set.labels,
      managedFields: managedFields(set),
    },
    spec: set.spec,
    status: {
      observedGeneration: set.generation,
      replicas: live.length,
      readyReplicas: ready,
      availableReplicas: ready,
      currentReplicas: live.length,
      ...(newest === first ? { updatedReplicas: live.length } : {}),
      currentRevision: nameOf(set, first ?? newest),
      updateRevision: nameOf(set, newest),
      collisionCount: 0,
    },
  };
}

/** What the StatefulSet's controller keeps of a pod template: the patch that would bring it back. */
export function showRevision(set: StatefulSet, revision: ReplicaSet, namespace: string): JsonObject {
  const name = nameOf(set, revision);
  return {
    kind: 'ControllerRevision',
    apiVersion: 'apps/v1',
    metadata: {
      name,
      namespace,
      uid: uid('cr', name),
      creationTimestamp: time(revision.createdAt),
      labels: {
        ...objectIn(objectIn(revision.template, 'metadata'), 'labels'),
        'controller.kubernetes.io/hash': revision.hash,
      },
      ownerReferences: [
        {
          apiVersion: 'apps/v1',
          kind: 'StatefulSet',
          name: set.name,
          uid: uid('sts', set.name),
          controller: true,
          blockOwnerDeletion: true,
        },
      ],
      managedFields: [
        {
          manager: 'kube-controller-manager',
          operation: 'Update',
          apiVersion: 'apps/v1',
          time: time(revision.writtenAt),
          fieldsType: 'FieldsV1',
          fieldsV1: {
            'f:data': {},
            'f:metadata': { 'f:labels': {}, 'f:ownerReferences': {} },
            'f:revision': {},
          },
        },
      ],
    },
    data: { spec: { template: { ...revision.template, $patch: 'replace' } } },
    revision: revision.revision,
  };
}

function nameOf({ name }: StatefulSet, { hash }: ReplicaSet): string {
  return `${name}-${hash}`;
}
