import { isDeepStrictEqual } from 'node:util';
import * as z from 'zod';
import type { RevisionState } from '../../ports/changes.ts';
import type { Workload } from '../../ports/kubernetes.ts';
import { askedBefore, type Change, changeDeployment, refused } from './change.ts';
import { isOwnedBy, revisionOf } from './changed.ts';
import type { KubernetesClient } from './client.ts';
import { deploymentPath, resourceOf } from './deployment.ts';
import { ReplicaSet } from './history-schema.ts';
import { orNull } from './or-null.ts';
import { read } from './schema.ts';
import { HASH } from './template-difference.ts';

/** As it was written, whatever is in it: what goes back is exactly what was. */
const Template = z.looseObject({
  metadata: z.looseObject({ labels: z.record(z.string(), z.string()).nullish() }).nullish(),
});
type Template = z.infer<typeof Template>;
const Templated = z.object({ spec: z.object({ template: Template }) });

/** Null: the replica set is gone, or belongs to somebody else. @throws SystemError */
export async function readRevision(
  client: KubernetesClient,
  workload: Workload,
  replicaSet: string,
  signal: AbortSignal,
): Promise<RevisionState | null> {
  const found = await bothOf(client, workload, replicaSet, signal);
  if (found === null) return null;
  return { revision: found.revision, inUse: isDeepStrictEqual(found.wanted, found.present) };
}

/**
 * X2: the pod template of a replica set becomes the Deployment's, bound to its generation.
 * @throws SystemError *refused* with `sent: 'no'` when the generation moved, the replica set is gone, or its template is in use
 */
export async function rollBack(
  client: KubernetesClient,
  workload: Workload,
  generation: number,
  replicaSet: string,
  signal: AbortSignal,
): Promise<string> {
  const found = await askedBefore(async () => await bothOf(client, workload, replicaSet, signal));
  if (found === null) throw refused(`${workload.name} has no revision ${replicaSet} any more.`);
  const { wanted, present, revision } = found;
  const change: Change = {
    nothing: 'Nothing was rolled back.',
    steps({ spec }) {
      // The template would be kept, and nothing would happen until somebody resumes it.
      if (spec.paused) throw refused(`${workload.name} is paused: a roll back would not begin.`);
      return isDeepStrictEqual(wanted, present) ? [] : [{ op: 'add', path: '/spec/template', value: wanted }];
    },
    shows: (_after, answer) => isDeepStrictEqual(templateOf(answer), wanted),
    says: (before, after) =>
      `${workload.name} is rolled back to revision ${revision}, and all pods are replaced (generation ${before.metadata.generation} → ${after.metadata.generation}).`,
  };
  return await changeDeployment(client, workload, generation, change, signal);
}

async function bothOf(
  client: KubernetesClient,
  workload: Workload,
  replicaSet: string,
  signal: AbortSignal,
): Promise<{ readonly revision: number; readonly wanted: Template; readonly present: Template } | null> {
  const path = `/apis/apps/v1/namespaces/${encodeURIComponent(workload.namespace)}/replicasets/${encodeURIComponent(replicaSet)}`;
  const [set, deployment] = await Promise.all([
    orNull(async () => await client.json({ verb: 'get', resource: 'replicasets.apps', path, signal })),
    client.json({ verb: 'get', resource: resourceOf(workload), path: deploymentPath(workload), signal }),
  ]);
  if (set === null) return null;
  const { metadata } = read(ReplicaSet, set);
  if (!isOwnedBy(workload, metadata)) return null;
  return {
    revision: revisionOf(metadata),
    wanted: templateOf(set),
    present: templateOf(deployment),
  };
}

/** Without what a replica set adds to the template that it was made from. */
function templateOf(answer: unknown): Template {
  const { template } = read(Templated, answer).spec;
  const { [HASH]: _hash, ...labels } = template.metadata?.labels ?? {};
  return { ...template, metadata: { ...template.metadata, labels } };
}
