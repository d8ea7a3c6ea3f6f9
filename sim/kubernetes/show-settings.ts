import type { Autoscaler, Deployment, JsonObject, Quota } from '../world/cluster.ts';
import { replicasOf } from '../world/cluster-rollout.ts';
import { usedOf } from '../world/cluster-room.ts';
import type { AppNames } from '../world/names.ts';
import type { WorldState } from '../world/state.ts';
import { uid } from './show-pod.ts';
import { time } from './status.ts';

export function showQuota(state: WorldState, quota: Quota, namespace: string): JsonObject {
  const { name, hard } = quota;
  const used = Object.keys(hard).map(
    (key) => [key, String(usedOf(state, key as keyof Quota['hard']))] as const,
  );
  return {
    kind: 'ResourceQuota',
    apiVersion: 'v1',
    metadata: { name, namespace, uid: uid('quota', name) },
    spec: { hard: { ...hard } },
    status: { hard: { ...hard }, used: Object.fromEntries(used) },
  };
}

export function showAutoscaler(
  { name, min, max, wanted, writtenAt }: Autoscaler,
  { name: called, namespace }: AppNames,
  deployment: Deployment | undefined,
): JsonObject {
  const present = deployment === undefined ? 0 : replicasOf(deployment);
  return {
    kind: 'HorizontalPodAutoscaler',
    apiVersion: 'autoscaling/v2',
    metadata: {
      name,
      namespace,
      uid: uid('hpa', name),
      creationTimestamp: time(writtenAt),
      managedFields: [
        {
          manager: 'kubectl',
          operation: 'Update',
          apiVersion: 'autoscaling/v2',
          time: time(writtenAt),
          fieldsType: 'FieldsV1',
          fieldsV1: { 'f:spec': { 'f:maxReplicas': {}, 'f:minReplicas': {}, 'f:scaleTargetRef': {} } },
        },
      ],
    },
    spec: {
      scaleTargetRef: { kind: 'Deployment', name: called, apiVersion: 'apps/v1' },
      minReplicas: min,
      maxReplicas: max,
      metrics: [
        {
          type: 'Resource',
          resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 80 } },
        },
      ],
    },
    status: { currentReplicas: present, desiredReplicas: wanted, currentMetrics: null, conditions: [] },
  };
}
