import * as z from 'zod';
import type { FoundWorkload } from '../../ports/discovery.ts';
import type { WorkloadKind } from '../../ports/kubernetes.ts';
import type { KubernetesClient } from './client.ts';
import { resourceOf } from './deployment.ts';
import { listAll } from './pages.ts';
import { Page, Texts } from './schema.ts';

const Item = z.object({
  metadata: z.object({ name: z.string(), labels: Texts }),
  spec: z.object({
    replicas: z.number().int().nonnegative().default(1),
    selector: z.object({
      matchLabels: Texts,
      matchExpressions: z
        .array(z.object({ key: z.string(), operator: z.string(), values: z.array(z.string()).nullish() }))
        .nullish(),
    }),
    template: z.object({
      metadata: z.object({ labels: Texts }).nullish(),
      spec: z.object({
        containers: z.array(
          z.object({
            name: z.string(),
            ports: z.array(z.object({ containerPort: z.number().int() })).nullish(),
            env: z.array(z.object({ name: z.string() })).nullish(),
          }),
        ),
      }),
    }),
  }),
});
type Item = z.infer<typeof Item>;

const List = z.object({
  kind: z.enum(['DeploymentList', 'StatefulSetList']),
  metadata: Page,
  items: z.array(Item),
});

/** @throws SystemError */
export async function readWorkloads(
  client: KubernetesClient,
  namespace: string,
  kind: WorkloadKind,
  signal: AbortSignal,
): Promise<readonly FoundWorkload[]> {
  const resource = resourceOf({ kind });
  const path = `/apis/apps/v1/namespaces/${encodeURIComponent(namespace)}/${resource.replace('.apps', '')}`;
  const items = await listAll(client, { resource, path, schema: List }, signal);
  return items.map(({ metadata, spec }) => ({
    kind,
    namespace,
    name: metadata.name,
    labels: { ...spec.template.metadata?.labels, ...metadata.labels },
    selector: selectorOf(spec.selector),
    containers: spec.template.spec.containers.map(({ name, ports, env }) => ({
      name,
      ports: (ports ?? []).map(({ containerPort }) => containerPort),
      variables: (env ?? []).map((each) => each.name),
    })),
    replicas: spec.replicas,
  }));
}

function selectorOf({ matchLabels, matchExpressions }: Item['spec']['selector']): string {
  const more = (matchExpressions ?? []).map(({ key, operator, values }) => {
    if (operator === 'Exists') return key;
    if (operator === 'DoesNotExist') return `!${key}`;
    return `${key} ${operator === 'In' ? 'in' : 'notin'} (${(values ?? []).join(', ')})`;
  });
  return [...Object.entries(matchLabels ?? {}).map(([key, value]) => `${key}=${value}`), ...more].join(',');
}
