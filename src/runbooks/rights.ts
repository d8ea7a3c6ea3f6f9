import type { Right } from '../ports/kubernetes.ts';
import { type Names, targetOf, workloadOf } from './names.ts';

/** What the cluster has to let the bot do before a target can be changed, and the file that grants it. */
export interface NeededRight {
  readonly right: Right;
  readonly grantedBy: string;
}

/** By what a run changes: `deployment/…`, `secret/…`, `pod/…`; null: no right of the cluster's is needed. */
export function rightFor(names: Names, target: string): NeededRight | null {
  const { namespace } = names.orderService;
  const [kind = '', name = ''] = target.split('/');
  if (kind === 'secret')
    return {
      right: { namespace, verb: 'patch', resource: 'secrets', name },
      grantedBy: 'deploy/rbac-change.yaml',
    };
  // Only a heap dump has a pod for its target.
  if (kind === 'pod')
    return {
      right: { namespace, verb: 'create', resource: 'pods/exec' },
      grantedBy: 'deploy/rbac-exec.yaml',
    };
  const found = [names.orderService, ...Object.values(names.kafka.consumers)]
    .map(workloadOf)
    .find((workload) => targetOf(workload) === target);
  if (found === undefined) return null;
  const resource = found.kind === 'StatefulSet' ? 'statefulsets.apps' : 'deployments.apps';
  return {
    right: { namespace: found.namespace, verb: 'patch', resource, name: found.name },
    grantedBy: 'deploy/rbac-change.yaml',
  };
}

/** *the bot’s role may not patch deployments.apps order-service in default (deploy/rbac-change.yaml)*. */
export function lacking({ right, grantedBy }: NeededRight): string {
  const { namespace, verb, resource, name } = right;
  return `the bot’s role may not ${verb} ${resource}${name === undefined ? '' : ` ${name}`} in ${namespace} (${grantedBy})`;
}
