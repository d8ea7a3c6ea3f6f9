import * as z from 'zod';
import type { Right } from '../../ports/kubernetes.ts';
import type { KubernetesClient } from './client.ts';
import { read } from './schema.ts';

const Review = z.object({
  kind: z.literal('SelfSubjectAccessReview'),
  status: z.object({ allowed: z.boolean() }),
});

/** Asks the API server whether we may do this; every account may ask that of itself, and nothing is done. @throws SystemError */
export async function readMay(client: KubernetesClient, right: Right, signal: AbortSignal): Promise<boolean> {
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
