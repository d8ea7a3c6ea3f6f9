import * as z from 'zod';
import type { Right } from '../../ports/kubernetes.ts';
import type { KubernetesClient } from './client.ts';
import { read } from './schema.ts';

const Review = z.object({
  kind: z.literal('SelfSubjectAccessReview'),
  status: z.object({ allowed: z.boolean() }),
});

/** A right that was granted is believed for so long, ms; ours. One that was taken away meanwhile refuses the run itself. */
const BELIEVED_MS = 5 * 60_000;

/** Asks once for what is asked at each look; what is missing is asked for again, for somebody may be granting it. */
export function rememberingMay(client: KubernetesClient) {
  const until = new Map<string, number>();
  return async (right: Right, signal: AbortSignal): Promise<boolean> => {
    const key = JSON.stringify(right);
    if ((until.get(key) ?? 0) > Date.now()) return true;
    const may = await readMay(client, right, signal);
    if (may) until.set(key, Date.now() + BELIEVED_MS);
    return may;
  };
}

/** Asks the API server whether we may do this; every account may ask that of itself, and nothing is done. @throws SystemError */
async function readMay(client: KubernetesClient, right: Right, signal: AbortSignal): Promise<boolean> {
  const { namespace, verb, resource, name } = right;
  const [kind = '', ...group] = resource.split('.');
  const [plural, subresource] = kind.split('/');
  const answer = await client.json({
    verb: 'create',
    resource: 'selfsubjectaccessreviews.authorization.k8s.io',
    path: '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews',
    post: {
      kind: 'SelfSubjectAccessReview',
      apiVersion: 'authorization.k8s.io/v1',
      spec: {
        resourceAttributes: {
          namespace,
          verb,
          group: group.join('.'),
          resource: plural,
          ...(subresource === undefined ? {} : { subresource }),
          ...(name === undefined ? {} : { name }),
        },
      },
    },
    signal,
  });
  return read(Review, answer).status.allowed;
}
