import type { DeploymentState, Workload } from '../../ports/kubernetes.ts';
import { clean } from '../http.ts';
import type { KubernetesClient } from './client.ts';
import { Deployment } from './deployment-schema.ts';
import { read } from './schema.ts';

export const DEPLOYMENTS = 'deployments.apps';
export const RESTARTED_AT = 'kubectl.kubernetes.io/restartedAt';

export function deploymentPath({ namespace, name }: Workload): string {
  return `/apis/apps/v1/namespaces/${encodeURIComponent(namespace)}/deployments/${encodeURIComponent(name)}`;
}

/** @throws SystemError */
export async function getDeployment(
  client: KubernetesClient,
  workload: Workload,
  signal: AbortSignal,
): Promise<Deployment> {
  const path = deploymentPath(workload);
  return read(Deployment, await client.json({ verb: 'get', resource: DEPLOYMENTS, path, signal }));
}

export function stateOf(deployment: Deployment): DeploymentState {
  const { metadata, spec, status } = deployment;
  const { rollout, line } = rolloutOf(deployment);
  return {
    generation: metadata.generation,
    replicas: spec.replicas,
    ready: status.readyReplicas,
    updated: status.updatedReplicas,
    available: status.availableReplicas,
    paused: spec.paused,
    rollout,
    line,
    restartedAt: spec.template.metadata?.annotations?.[RESTARTED_AT] ?? null,
  };
}

/** The questions of `kubectl rollout status`, in its order. */
function rolloutOf({ metadata, spec, status }: Deployment): Pick<DeploymentState, 'rollout' | 'line'> {
  const { replicas } = spec;
  const { updatedReplicas: updated, availableReplicas: available } = status;
  const underWay = (line: string) => ({ rollout: 'under way' as const, line });
  if (metadata.generation > status.observedGeneration) {
    return underWay('The newest change of the Deployment has not been taken up yet.');
  }
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
  if (available < updated) return underWay(`${available} of ${updated} new pods are available.`);
  return { rollout: 'complete', line: `All ${replicas} pods are new and available.` };
}
