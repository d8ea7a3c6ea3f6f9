import type * as z from 'zod';
import type { Rollout, WorkloadChange, WorkloadChanges } from '../../ports/changes.ts';
import type { Workload, WorkloadKind } from '../../ports/kubernetes.ts';
import { SystemError } from '../../ports/system-error.ts';
import type { KubernetesClient } from './client.ts';
import { revisionsOf } from './controller-revisions.ts';
import { deploymentPath, resourceOf } from './deployment.ts';
import {
  AutoscalerList,
  ControllerRevisionList,
  Deployment,
  newestOf,
  type Owned,
  type PageOf,
  type ReplicaSet,
  ReplicaSetList,
  ScaleEventList,
} from './history-schema.ts';
import { listAll } from './pages.ts';
import { read } from './schema.ts';
import { differenceOf, marksOf } from './template-difference.ts';

const REVISION = 'deployment.kubernetes.io/revision';
const EARLIER = 'deployment.kubernetes.io/revision-history';
/** The API server's times are whole seconds, and the controller follows a write a little later. */
const FOLLOWS_MS = 30_000;
const SAME_MS = 2_000;

/** @throws SystemError; *not found* when there is no such workload. What the role may not ask is named in it. */
export async function readChanges(
  client: KubernetesClient,
  workload: Workload,
  since: number,
  signal: AbortSignal,
): Promise<WorkloadChanges> {
  const { namespace, name, selector, kind = 'Deployment' } = workload;
  const unread: string[] = [];
  const part = async <Item>(list: Promise<readonly Item[]>): Promise<readonly Item[]> =>
    await list.catch((err: unknown) => {
      // An API server that is too old for what is asked does not know it either.
      if (!(err instanceof SystemError) || !['forbidden', 'not found'].includes(err.fault)) throw err;
      if (err.fault === 'forbidden') unread.push(err.message);
      return [];
    });
  const space = encodeURIComponent(namespace);
  const apps = `/apis/apps/v1/namespaces/${space}`;
  // A StatefulSet's pod templates are kept by controller revisions, a Deployment's by replica sets.
  const versions = async <Item extends Owned>(
    of: WorkloadKind,
    plural: string,
    schema: z.ZodType<PageOf<Item>>,
  ): Promise<readonly Item[]> => {
    if (of !== kind) return [];
    const query = { labelSelector: selector };
    const list = { resource: `${plural}.apps`, path: `${apps}/${plural}`, query, schema };
    const all = await part(listAll(client, list, signal));
    return all.filter(({ metadata }) => isOwnedBy(workload, metadata));
  };
  const [deployment, sets, revisions, autoscalers, events] = await Promise.all([
    client
      .json({ verb: 'get', resource: resourceOf(workload), path: deploymentPath(workload), signal })
      .then((answer) => read(Deployment, answer)),
    versions('Deployment', 'replicasets', ReplicaSetList),
    versions('StatefulSet', 'controllerrevisions', ControllerRevisionList),
    part(
      listAll(
        client,
        {
          resource: 'horizontalpodautoscalers.autoscaling',
          path: `/apis/autoscaling/v2/namespaces/${space}/horizontalpodautoscalers`,
          schema: AutoscalerList,
        },
        signal,
      ),
    ),
    part(
      listAll(
        client,
        {
          resource: 'events',
          path: `/api/v1/namespaces/${space}/events`,
          query: { fieldSelector: `involvedObject.kind=${kind},involvedObject.name=${name}` },
          schema: ScaleEventList,
        },
        signal,
      ),
    ),
  ]);
  const steps = events.flatMap(stepOf);
  const rollouts = [...rolloutsOf(deployment, sets, steps), ...revisionsOf(revisions)];
  const scale = scaleOf(deployment, rollouts, steps);
  const bounds = autoscalers.flatMap(({ metadata, spec }): WorkloadChange[] => {
    const target = spec.scaleTargetRef;
    if (target.kind !== kind || target.name !== name) return [];
    const at = newestOf(metadata.managedFields, (fields) => fields.length > 0) ?? metadata.creationTimestamp;
    return [{ kind: 'autoscaler', at, name: metadata.name, min: spec.minReplicas, max: spec.maxReplicas }];
  });
  const changes = [...rollouts, ...(scale === null ? [] : [scale]), ...bounds];
  return {
    changes: changes.filter(({ at }) => at >= since).sort((one, other) => other.at - one.at),
    unread,
  };
}

export function isOwnedBy(
  { name, kind = 'Deployment' }: Pick<Workload, 'name' | 'kind'>,
  { ownerReferences }: Owned['metadata'],
): boolean {
  return ownerReferences.some((owner) => owner.kind === kind && owner.name === name);
}

/** The newest revision that a replica set is of; 0: the controller has not numbered it yet. */
export function revisionOf({ annotations }: ReplicaSet['metadata']): number {
  return Number(annotations?.[REVISION] ?? 0);
}

/**
 * Every revision whose time can be told. A template that comes back keeps its replica set, which gets a new number: of
 * those only the newest has a time.
 */
function rolloutsOf(
  deployment: Deployment,
  sets: readonly ReplicaSet[],
  steps: readonly Step[],
): readonly Rollout[] {
  const numbered = sets.flatMap((set) => {
    const earlier = (set.metadata.annotations?.[EARLIER] ?? '').split(',').map(Number).filter(Boolean);
    const all = [...earlier, revisionOf(set.metadata)];
    return all.map((revision) => ({ revision, set, first: revision === Math.min(...all) }));
  });
  const newest = Math.max(0, ...numbered.map(({ revision }) => revision));
  return numbered.flatMap(({ revision, set, first }): Rollout[] => {
    const { metadata, spec } = set;
    const at = first
      ? metadata.creationTimestamp
      : revision === newest
        ? backAt(deployment, set, steps)
        : null;
    if (at === null || revision === 0) return [];
    // Nothing else was in use between two numbers that follow each other.
    const before = numbered.find((one) => one.revision === revision - 1);
    return [
      {
        kind: 'rollout',
        at,
        revision,
        replicaSet: metadata.name,
        back: !first,
        current: revision === newest,
        before:
          before === undefined ? null : { revision: before.revision, replicaSet: before.set.metadata.name },
        difference: before === undefined ? null : differenceOf(before.set.spec.template, spec.template),
        marks: marksOf(metadata, spec.template),
      },
    ];
  });
}

/** For an hour the controller's first step tells; then the latest that all who wrote or followed allow. */
function backAt({ metadata, status }: Deployment, set: ReplicaSet, steps: readonly Step[]): number | null {
  const begun = steps.filter(({ from, set: name }) => from === 0 && name === set.metadata.name);
  if (begun.length > 0) return Math.max(...begun.map(({ at }) => at));
  const times = [
    status.conditions.find(({ type }) => type === 'Progressing')?.lastUpdateTime ?? null,
    newestOf(metadata.managedFields, (fields) => fields.includes('f:template')),
    newestOf(set.metadata.managedFields, () => true),
  ].filter((time) => time !== null);
  return times.length === 0 ? null : Math.min(...times);
}

/** One step of the controller: *Scaled up replica set x from 3 to 6*. */
interface Step {
  readonly at: number;
  readonly set: string;
  readonly from: number;
  readonly to: number;
}

function stepOf(event: {
  readonly message: string;
  readonly metadata: { readonly creationTimestamp: number };
  readonly firstTimestamp?: number | null | undefined;
  readonly lastTimestamp?: number | null | undefined;
  readonly eventTime?: number | null | undefined;
}): Step[] {
  // Kubernetes before 1.29 turned it round: *to 6 from 3*.
  const found =
    /^Scaled (?:up|down) replica set (?<set>\S+) (?:from (?<from>\d+) to (?<to>\d+)|to (?<last>\d+) from (?<first>\d+))$/.exec(
      event.message,
    )?.groups;
  if (found === undefined) return [];
  const at =
    event.lastTimestamp ?? event.eventTime ?? event.firstTimestamp ?? event.metadata.creationTimestamp;
  return [
    {
      at,
      set: found['set'] ?? '',
      from: Number(found['from'] ?? found['first']),
      to: Number(found['to'] ?? found['last']),
    },
  ];
}

/** The newest change of the replicas by itself. What was before is told for an hour, unless so much happened that events were combined. */
function scaleOf(
  { metadata, spec }: Deployment,
  rollouts: readonly Rollout[],
  steps: readonly Step[],
): WorkloadChange | null {
  const newest = rollouts.find(({ current }) => current);
  const set = newest?.replicaSet;
  const found = metadata.managedFields
    .flatMap(({ manager, subresource, time, fieldsV1 }) => {
      const fields = Object.keys(fieldsV1?.['f:spec'] ?? {});
      // Whoever made the Deployment wrote its replicas too.
      if (!fields.includes('f:replicas') || time == null || time - metadata.creationTimestamp < SAME_MS)
        return [];
      const around = steps.filter(({ at }) => at >= time && at <= time + FOLLOWS_MS);
      const step = around.find((one) => one.set === set && one.to === spec.replicas);
      // A rollout ends with a step of the set that was before.
      const pure = step !== undefined && !around.some((one) => one.set !== set && one.at > step.at);
      // A writer of more may have written the rest; a template would have been a rollout of that time.
      const alone = subresource === 'scale' || fields.length === 1;
      const either = fields.every((field) => field === 'f:replicas' || field === 'f:template');
      const rolled = newest !== undefined && Math.abs(newest.at - time) <= SAME_MS;
      if (!alone && (rolled || !(pure || either))) return [];
      return [{ at: time, from: pure ? step.from : null, byItself: manager === 'kube-controller-manager' }];
    })
    .sort((one, other) => other.at - one.at)[0];
  return found === undefined ? null : { kind: 'scale', ...found, to: spec.replicas };
}
