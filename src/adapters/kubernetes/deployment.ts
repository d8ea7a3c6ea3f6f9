import type { DeploymentState, Workload } from '../../ports/kubernetes.ts';
import { clean } from '../http.ts';
import type { KubernetesClient } from './client.ts';
import { Deployment } from './deployment-schema.ts';
import { read } from './schema.ts';

const PLURAL = { Deployment: 'deployments', StatefulSet: 'statefulsets' } as const;
export const RESTARTED_AT = 'kubectl.kubernetes.io/restartedAt';

/** As a role names it: `deployments.apps`. */
export function resourceOf({ kind = 'Deployment' }: Pick<Workload, 'kind'>): string {
  return `${PLURAL[kind]}.apps`;
}

export function deploymentPath({ namespace, name, kind = 'Deployment' }: Workload): string {
  return `/apis/apps/v1/namespaces/${encodeURIComponent(namespace)}/${PLURAL[kind]}/${encodeURIComponent(name)}`;
}

/** @throws SystemError */
export async function getDeployment(
  client: KubernetesClient,
  workload: Workload,
  signal: AbortSignal,
): Promise<Deployment> {
  const path = deploymentPath(workload);
  const resource = resourceOf(workload);
  return read(Deployment, await client.json({ verb: 'get', resource, path, signal }));
}

export function stateOf(deployment: Deployment): DeploymentState {
  const { metadata, spec, status } = deployment;
  return {
    generation: metadata.generation,
    replicas: spec.replicas,
    ready: status.readyReplicas,
    updated: status.updatedReplicas,
    available: status.availableReplicas,
    paused: spec.paused || waitsForPeople(deployment),
    ...rolloutOf(deployment),
    restartedAt: spec.template.metadata?.annotations?.[RESTARTED_AT] ?? null,
  };
}

/** A StatefulSet whose pods, or some of them, are replaced only when somebody deletes them or moves the partition on. */
function waitsForPeople({ kind, spec: { updateStrategy } }: Deployment): boolean {
  if (kind === 'Deployment') return false;
  return updateStrategy?.type === 'OnDelete' || (updateStrategy?.rollingUpdate?.partition ?? 0) > 0;
}

type Rollout = Pick<DeploymentState, 'rollout' | 'line' | 'ended'>;

/** The questions of `kubectl rollout status` for a StatefulSet, in its order. */
function setRolloutOf(deployment: Deployment): Rollout {
  const { spec, status } = deployment;
  const { replicas } = spec;
  const { updatedReplicas: updated, readyReplicas: ready } = status;
  const underWay = (line: string) => ({ rollout: 'under way' as const, line });
  if (ready < replicas) return underWay(`${ready} of ${replicas} pods are ready, ${updated} are new.`);
  if (status.updateRevision !== status.currentRevision && !waitsForPeople(deployment))
    return underWay(`${updated} of ${replicas} pods are new.`);
  return { rollout: 'complete', line: `All ${replicas} pods are ready, ${updated} are of the newest kind.` };
}

/** The questions of `kubectl rollout status`, in its order. */
function rolloutOf(deployment: Deployment): Rollout {
  const { kind, metadata, spec, status } = deployment;
  const { replicas } = spec;
  const { updatedReplicas: updated, availableReplicas: available } = status;
  const underWay = (line: string) => ({ rollout: 'under way' as const, line });
  if (metadata.generation > status.observedGeneration) {
    return underWay(`The newest change of the ${kind} has not been taken up yet.`);
  }
  if (kind === 'StatefulSet') return setRolloutOf(deployment);
  const progress = status.conditions.find(({ type }) => type === 'Progressing');
  if (progress?.reason === 'ProgressDeadlineExceeded') {
    const said = clean(progress.message ?? null) ?? '';
    const words = said === '' ? '' : ` It says: ${said}`;
    return {
      rollout: 'stuck',
      line: `The rollout has exceeded its deadline: ${updated} of ${replicas} pods are new, ${available} pods available.${words}`,
    };
  }
  if (updated < replicas) {
    // A quota keeps pods from being made at all: nothing waits then that could say why.
    const failure = status.conditions.find(
      (each) => each.type === 'ReplicaFailure' && each.status === 'True',
    );
    const why = clean(failure?.message ?? null) ?? '';
    const words = why === '' ? '' : ` No more can be made: ${why}`;
    return underWay(
      `${updated} of ${replicas} pods are new, ${status.readyReplicas} pods ready in all.${words}`,
    );
  }
  if (status.replicas > updated) {
    return underWay(`All ${updated} new pods exist, ${status.replicas - updated} old still to end.`);
  }
  if (available < updated) {
    const rolling = underWay(`${available} of ${updated} new pods are available.`);
    // The controller keeps this reason until the template changes; pods that go away later change nothing in it.
    return progress?.reason === 'NewReplicaSetAvailable' ? { ...rolling, ended: true } : rolling;
  }
  return { rollout: 'complete', line: `All ${replicas} pods are new and available.` };
}
