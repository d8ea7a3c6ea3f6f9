import { createHash } from 'node:crypto';
import {
  type ClusterEvent,
  type Deployment,
  type JsonObject,
  objectIn,
  type Secret,
} from '../world/cluster.ts';
import { currentSet, livePods, replicasOf } from '../world/cluster-rollout.ts';
import type { App } from '../world/names.ts';
import type { WorldState } from '../world/state.ts';
import { managedFields, REVISION, showReplicaSet } from './show-history.ts';
import { showPod, uid } from './show-pod.ts';
import { showAutoscaler, showQuota } from './show-settings.ts';
import { showRevision, showStatefulSet } from './show-stateful-set.ts';
import { time } from './status.ts';

/** A Deployment as the API shows it; its status is counted from the pods of this moment. */
export function showDeployment(deployment: Deployment, namespace: string, state: WorldState): JsonObject {
  const { name } = deployment;
  return {
    kind: 'Deployment',
    apiVersion: 'apps/v1',
    metadata: {
      name,
      namespace,
      uid: uid('deployment', name),
      generation: deployment.generation,
      creationTimestamp: time(deployment.createdAt),
      labels: deployment.labels,
      annotations: { [REVISION]: String(currentSet(deployment).revision), ...deployment.annotations },
      managedFields: managedFields(deployment),
    },
    spec: deployment.spec,
    status: deploymentStatus(state, deployment),
  };
}

function deploymentStatus(state: WorldState, deployment: Deployment): JsonObject {
  const { name, progress } = deployment;
  const wanted = replicasOf(deployment);
  const live = livePods(state, deployment);
  const ready = live.filter((pod) => pod.ready).length;
  const set = currentSet(deployment);
  const updated = live.filter((pod) => pod.hash === set.hash).length;
  const available = ready >= wanted - Math.floor(wanted / 4);
  const { refusal } = deployment;
  const said = {
    NewReplicaSetAvailable: `ReplicaSet "${name}-${set.hash}" has successfully progressed.`,
    ReplicaSetUpdated: `ReplicaSet "${name}-${set.hash}" is progressing.`,
    ProgressDeadlineExceeded: `ReplicaSet "${name}-${set.hash}" has timed out progressing.`,
  }[progress.reason];
  // The real one leaves out what is zero.
  const counts = Object.entries({
    replicas: live.length,
    updatedReplicas: updated,
    readyReplicas: ready,
    availableReplicas: ready,
    unavailableReplicas: Math.max(0, live.length - ready, wanted - ready),
  }).filter(([, count]) => count > 0);
  return {
    observedGeneration: deployment.observed,
    ...Object.fromEntries(counts),
    conditions: [
      {
        type: 'Available',
        status: available ? 'True' : 'False',
        lastUpdateTime: time(progress.at),
        lastTransitionTime: time(progress.at),
        reason: available ? 'MinimumReplicasAvailable' : 'MinimumReplicasUnavailable',
        message: `Deployment ${available ? 'has' : 'does not have'} minimum availability.`,
      },
      {
        type: 'Progressing',
        status: progress.reason === 'ProgressDeadlineExceeded' ? 'False' : 'True',
        lastUpdateTime: time(progress.at),
        lastTransitionTime: time(progress.at),
        reason: progress.reason,
        message: said,
      },
      ...(refusal === null
        ? []
        : [
            {
              type: 'ReplicaFailure',
              status: 'True',
              lastUpdateTime: time(progress.at),
              lastTransitionTime: time(progress.at),
              reason: 'FailedCreate',
              message: refusal,
            },
          ]),
    ],
  };
}

export function showScale(deployment: Deployment, namespace: string, state: WorldState): JsonObject {
  const labels = objectIn(objectIn(deployment.spec, 'selector'), 'matchLabels') ?? {};
  return {
    kind: 'Scale',
    apiVersion: 'autoscaling/v1',
    metadata: {
      name: deployment.name,
      namespace,
      uid: uid('deployment', deployment.name),
      creationTimestamp: time(deployment.createdAt),
    },
    spec: { replicas: replicasOf(deployment) },
    status: {
      replicas: livePods(state, deployment).length,
      selector: Object.entries(labels)
        .map(([key, value]) => `${key}=${String(value)}`)
        .join(','),
    },
  };
}

function showSecret(secret: Secret, namespace: string): JsonObject {
  return {
    kind: 'Secret',
    apiVersion: 'v1',
    metadata: {
      name: secret.name,
      namespace,
      uid: uid('secret', secret.name),
      creationTimestamp: time(secret.createdAt),
      annotations: { ...secret.annotations },
      // One entry for each writer, of the time of its last write, whatever that changed.
      managedFields: [...Map.groupBy(secret.writes, ({ manager }) => manager)].map(([manager, writes]) => ({
        manager,
        operation: 'Update',
        apiVersion: 'v1',
        time: time(Math.max(...writes.map(({ at }) => at))),
        fieldsType: 'FieldsV1',
        fieldsV1: {
          ...(writes.some(({ data }) => data)
            ? { 'f:data': { '.': {}, ...keysOf(secret) }, 'f:type': {} }
            : {}),
          ...(writes.every(({ data }) => data) ? {} : { 'f:metadata': { 'f:annotations': { '.': {} } } }),
        },
      })),
    },
    data: { ...secret.data },
    type: 'Opaque',
  };
}

/** The API server forgets an event so long after its last change. */
const EVENT_LIFE_MS = 3_600_000;
const COMPONENTS = {
  Pod: 'kubelet',
  ReplicaSet: 'replicaset-controller',
  Deployment: 'deployment-controller',
} as const;

function showEvent(event: ClusterEvent, namespace: string): JsonObject {
  const { kind, object, firstAt, at } = event;
  const mark = createHash('sha1').update([kind, object, event.reason, event.message, firstAt].join('\n'));
  const name = `${object}.${mark.digest('hex').slice(0, 16)}`;
  return {
    kind: 'Event',
    apiVersion: 'v1',
    metadata: { name, namespace, uid: uid('event', name), creationTimestamp: time(firstAt) },
    involvedObject: {
      kind,
      namespace,
      name: object,
      apiVersion: kind === 'Pod' ? 'v1' : 'apps/v1',
    },
    reason: event.reason,
    message: event.message,
    source: { component: COMPONENTS[kind] },
    firstTimestamp: time(firstAt),
    lastTimestamp: time(at),
    count: event.count,
    type: event.type,
    eventTime: null,
    reportingComponent: COMPONENTS[kind],
    reportingInstance: '',
  };
}

function keysOf(secret: Secret): JsonObject {
  return Object.fromEntries(Object.keys(secret.data).map((key) => [`f:${key}`, {}]));
}

/** All objects of a resource in one namespace, in no order. */
export function showAll(
  state: WorldState,
  resource: string,
  namespace: string,
  now: number,
): readonly JsonObject[] {
  const { deployments, statefulSets, secrets, events, quotas, autoscalers } = state.cluster;
  const here = ({ app }: { readonly app: App }) => state.names.apps[app].namespace === namespace;
  // Secrets and quotas are the order service's.
  const ours = here({ app: 'order-service' });
  switch (resource) {
    case 'pods':
      return state.pods.filter(here).map((pod) => showPod(state, pod, namespace));
    case 'deployments':
      return [...deployments.values()].filter(here).map((each) => showDeployment(each, namespace, state));
    case 'replicasets':
      return [...deployments.values()]
        .filter(here)
        .flatMap((each) => each.sets.map((set) => showReplicaSet(state, each, set, namespace)));
    case 'statefulsets':
      return [...statefulSets.values()].filter(here).map((each) => showStatefulSet(state, each, namespace));
    case 'controllerrevisions':
      return [...statefulSets.values()]
        .filter(here)
        .flatMap((each) => each.revisions.map((revision) => showRevision(each, revision, namespace)));
    case 'secrets':
      return (ours ? [...secrets.values()] : []).map((each) => showSecret(each, namespace));
    case 'resourcequotas':
      return (ours ? [...quotas.values()] : []).map((each) => showQuota(state, each, namespace));
    case 'horizontalpodautoscalers':
      return [...autoscalers.values()]
        .filter(({ target }) => here({ app: target }))
        .map((each) => showAutoscaler(each, state.names.apps[each.target], deployments.get(each.target)));
    default:
      return events
        .filter((event) => here(event) && event.at > now - EVENT_LIFE_MS)
        .map((each) => showEvent(each, namespace));
  }
}
