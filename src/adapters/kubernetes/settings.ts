import type { Workload, WorkloadSettings } from '../../ports/kubernetes.ts';
import { SystemError } from '../../ports/system-error.ts';
import type { KubernetesClient } from './client.ts';
import { getDeployment } from './deployment.ts';
import { AutoscalerList, type Container, type Deployment, QuotaList } from './deployment-schema.ts';
import { listAll } from './pages.ts';
import { readQuantity } from './quantity.ts';

/** @throws SystemError; what may not be asked beside the Deployment is *unknown* in it */
export async function readSettings(
  client: KubernetesClient,
  workload: Workload,
  variables: readonly string[],
  signal: AbortSignal,
): Promise<WorkloadSettings> {
  const [deployment, hpa, quotas] = await Promise.all([
    getDeployment(client, workload, signal),
    orUnknown(async () => await hpaOf(client, workload, signal)),
    orUnknown(async () => await quotasOf(client, workload, signal)),
  ]);
  const { metadata, spec } = deployment;
  return {
    generation: metadata.generation,
    replicas: spec.replicas,
    ...surgeOf(deployment),
    containers: spec.template.spec.containers.map((container) => ({
      name: container.name,
      env: envOf(container, variables),
      memoryLimit: container.resources?.limits?.memory ?? null,
      memoryRequest: container.resources?.requests?.memory ?? null,
    })),
    hpa,
    quotas,
    gitOps: gitOpsOf(metadata),
  };
}

/** The last of a name counts, as in Kubernetes; none that was not asked for leaves here. */
function envOf({ env }: Container, variables: readonly string[]): Readonly<Record<string, string | null>> {
  const found: Record<string, string | null> = {};
  for (const { name, value, valueFrom } of env ?? []) {
    if (!variables.includes(name)) continue;
    found[name] = valueFrom === undefined || valueFrom === null ? (value ?? '') : null;
  }
  return found;
}

function surgeOf({
  kind,
  spec: { strategy, replicas },
}: Deployment): Pick<WorkloadSettings, 'surge' | 'surgePercent' | 'unavailable'> {
  // A StatefulSet replaces its pods one for one.
  if (kind === 'StatefulSet') return { surge: 0, surgePercent: null, unavailable: 1 };
  if (strategy?.type === 'Recreate') return { surge: 0, surgePercent: null, unavailable: replicas };
  const { maxSurge, maxUnavailable } = strategy?.rollingUpdate ?? {};
  const surgePercent = percentOf(maxSurge ?? '25%');
  const gone = percentOf(maxUnavailable ?? '25%');
  return {
    surge: surgePercent === null ? Number(maxSurge) : Math.ceil((replicas * surgePercent) / 100),
    surgePercent,
    unavailable: gone === null ? Number(maxUnavailable) : Math.floor((replicas * gone) / 100),
  };
}

/** Null: it is a number of pods. */
function percentOf(amount: number | string): number | null {
  const percent = typeof amount === 'string' ? /^(\d+)%$/.exec(amount)?.[1] : undefined;
  return percent === undefined ? null : Number(percent);
}

async function hpaOf(
  client: KubernetesClient,
  { namespace, name, kind = 'Deployment' }: Workload,
  signal: AbortSignal,
): Promise<WorkloadSettings['hpa']> {
  const all = await listAll(
    client,
    {
      resource: 'horizontalpodautoscalers.autoscaling',
      path: `/apis/autoscaling/v2/namespaces/${encodeURIComponent(namespace)}/horizontalpodautoscalers`,
      schema: AutoscalerList,
    },
    signal,
  );
  const found = all.find(({ spec: { scaleTargetRef: target } }) => {
    return target.kind === kind && target.name === name;
  });
  if (found === undefined) return 'none';
  return { name: found.metadata.name, min: found.spec.minReplicas, max: found.spec.maxReplicas };
}

type Quota = Exclude<WorkloadSettings['quotas'], 'unknown'>[number];

/** As they are written in quotas; the first two mean the same, and the last two. */
const RESOURCES: Readonly<Record<string, Quota['resource']>> = {
  memory: 'requests.memory',
  'requests.memory': 'requests.memory',
  'limits.memory': 'limits.memory',
  pods: 'pods',
  'count/pods': 'pods',
};

/** Scopes that all pods of a Deployment with resources are in; what other scopes count cannot be told from here. */
const OURS = ['NotTerminating', 'NotBestEffort'];

async function quotasOf(
  client: KubernetesClient,
  { namespace }: Workload,
  signal: AbortSignal,
): Promise<readonly Quota[]> {
  const all = await listAll(
    client,
    {
      resource: 'resourcequotas',
      path: `/api/v1/namespaces/${encodeURIComponent(namespace)}/resourcequotas`,
      schema: QuotaList,
    },
    signal,
  );
  return all
    .filter(({ spec }) => (spec.scopes ?? []).every((scope) => OURS.includes(scope)) && !spec.scopeSelector)
    .flatMap(({ metadata, status }) =>
      Object.entries(status.hard ?? {}).flatMap(([key, text]) => {
        const resource = RESOURCES[key];
        const hard = readQuantity(text, 'whole');
        const used = readQuantity(status.used?.[key] ?? '0', 'whole');
        if (resource === undefined || hard === null || used === null) return [];
        return [{ name: metadata.name, resource, used, hard }];
      }),
    );
}

/** Marks that GitOps tools leave on what they manage; they set back what others change. */
function gitOpsOf({ labels, annotations, managedFields }: Deployment['metadata']): string | null {
  const marks = [...Object.keys(labels ?? {}), ...Object.keys(annotations ?? {})];
  const managers = managedFields.flatMap(({ manager }) => manager ?? []);
  if (
    marks.some((mark) => mark.startsWith('argocd.argoproj.io/')) ||
    managers.some((manager) => manager.startsWith('argocd-'))
  )
    return 'Argo CD';
  const flux =
    marks.some((mark) => /^(?:kustomize|helm)\.toolkit\.fluxcd\.io\//.test(mark)) ||
    managers.some((manager) => /^(?:kustomize|helm)-controller$/.test(manager));
  return flux ? 'Flux' : null;
}

async function orUnknown<T>(ask: () => Promise<T>): Promise<T | 'unknown'> {
  try {
    return await ask();
  } catch (err) {
    // An API server that is too old for what is asked does not know it either.
    if (err instanceof SystemError && ['forbidden', 'not found'].includes(err.fault)) return 'unknown';
    throw err;
  }
}
