import { existsSync, readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import type { User } from '@kubernetes/client-node';
import { parse } from 'yaml';
import * as z from 'zod';

/** Where the credentials are. */
export type Kubeconfig = 'in cluster' | { readonly file: string } | { readonly text: string };

/** Where Kubernetes puts a pod's own credentials. */
const ACCOUNT = '/var/run/secrets/kubernetes.io/serviceaccount';
const SERVICE_ACCOUNT = `${ACCOUNT}/token`;

/** As much of a kubeconfig as tells that it names a cluster; the library reads all of it at the first call. */
const Shape = z.object({
  'current-context': z.string().min(1),
  contexts: z.array(
    z.object({
      name: z.string(),
      context: z.object({ cluster: z.string(), namespace: z.string().nullish() }),
    }),
  ),
  clusters: z.array(z.object({ name: z.string(), cluster: z.object({ server: z.url() }) })),
});

const Users = z.object({
  users: z.array(
    z.object({ name: z.string(), user: z.object({ tokenFile: z.string().min(1).optional() }).nullish() }),
  ),
});

/**
 * Says at the start what would otherwise fail at the first incident, without the library: that costs 40 MB, which a
 * bot that has not asked a cluster yet need not pay.
 * @throws Error when the kubeconfig cannot be read or names no cluster
 */
export function checkKubeconfig(kubeconfig: Kubeconfig): void {
  if (kubeconfig === 'in cluster') {
    if (!existsSync(SERVICE_ACCOUNT))
      throw new Error('No kubeconfig is set, and this pod has no service account of Kubernetes.');
    return;
  }
  const shape = Shape.safeParse(contentOf(kubeconfig)).data;
  const context = shape?.contexts.find(({ name }) => name === shape['current-context']);
  const named = shape?.clusters.some(({ name }) => name === context?.context.cluster) ?? false;
  if (!named) throw new Error('The kubeconfig names no current cluster.');
}

/** The namespace that its user works in, as for kubectl: the context's, a pod's own; `default` where neither is told. */
export function namespaceOf(kubeconfig: Kubeconfig): string {
  if (kubeconfig === 'in cluster') {
    const file = `${ACCOUNT}/namespace`;
    return (existsSync(file) ? readFileSync(file, 'utf8').trim() : '') || 'default';
  }
  const shape = Shape.safeParse(contentOf(kubeconfig)).data;
  const context = shape?.contexts.find(({ name }) => name === shape['current-context']);
  return context?.context.namespace || 'default';
}

/**
 * The library passes over `tokenFile`, and knows the same by another name: a pod's own account is a file that it reads
 * again every minute. As for kubectl, the file wins over what else stands beside it.
 */
export function withTokenFiles(
  users: readonly User[],
  kubeconfig: Exclude<Kubeconfig, 'in cluster'>,
): readonly User[] {
  const files = new Map(
    Users.safeParse(contentOf(kubeconfig)).data?.users.map(({ name, user }) => [name, user?.tokenFile]),
  );
  const folder = 'file' in kubeconfig ? dirname(kubeconfig.file) : '.';
  return users.map((user) => {
    const file = files.get(user.name);
    if (file === undefined) return user;
    const { token: _token, exec: _exec, ...rest } = user;
    return { ...rest, authProvider: { name: 'tokenFile', config: { tokenFile: resolve(folder, file) } } };
  });
}

function contentOf(kubeconfig: { readonly file: string } | { readonly text: string }): unknown {
  try {
    return parse('file' in kubeconfig ? readFileSync(kubeconfig.file, 'utf8') : kubeconfig.text);
  } catch (err) {
    throw new Error('The kubeconfig cannot be read.', { cause: err });
  }
}
