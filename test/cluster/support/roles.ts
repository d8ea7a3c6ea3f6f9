import { readFileSync } from 'node:fs';
import type { KubernetesObject } from '@kubernetes/client-node';
import { parseAllDocuments } from 'yaml';
import { rendered } from '../../../src/cli/render.ts';
import { readConfig } from '../../../src/config.ts';
import { type TestNamespace, until } from './namespace.ts';

/** The bot's account in the manifests. */
const BOT = 'oms-bot';

/** A question of RBAC; `resource` with its subresource, `pods/log`. */
export interface Right {
  readonly verb: string;
  readonly group?: string;
  readonly resource: string;
  readonly name?: string;
}

/**
 * Applies `deploy/rbac-….yaml` as they are, but for the namespace, and resolves with a token of the bot's own account
 * once the API server knows them.
 * @param yaml an `oms.yaml` for which they are rendered instead
 */
export async function applyRoles(
  here: TestNamespace,
  roles: readonly ('look' | 'change' | 'exec')[],
  yaml?: string,
): Promise<string> {
  const own = yaml === undefined ? null : rendered(readConfig({ env: {}, readFile: () => yaml }).oms);
  for (const role of roles) {
    const file = `rbac-${role}.yaml`;
    const manifest = own === null ? readFileSync(`deploy/${file}`, 'utf8') : (own[file] ?? '');
    const inNamespace = manifest.replaceAll('namespace: default', `namespace: ${here.name}`);
    for (const each of parseAllDocuments(inNamespace)) {
      await here.objects.create(each.toJS() as KubernetesObject);
    }
  }
  const token = await here.token(BOT);
  const known: Record<(typeof roles)[number], Right> = {
    look: { verb: 'list', resource: 'pods' },
    change: { verb: 'patch', group: 'apps', resource: 'deployments', name: 'order-service' },
    exec: { verb: 'create', resource: 'pods/exec' },
  };
  for (const role of roles) {
    await until(`the role ${role} being known`, async () => await may(here, token, known[role]));
  }
  return token;
}

/** What the API server answers to whoever has this token, by a SelfSubjectAccessReview. */
export async function may(
  here: TestNamespace,
  token: string,
  { verb, group = '', resource, name = '' }: Right,
  namespace = here.name,
): Promise<boolean> {
  const [kind, subresource = ''] = resource.split('/');
  const { status, json } = await here.call('POST', '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews', {
    token,
    body: {
      apiVersion: 'authorization.k8s.io/v1',
      kind: 'SelfSubjectAccessReview',
      spec: { resourceAttributes: { verb, group, resource: kind, subresource, name, namespace } },
    },
  });
  if (status !== 201) throw new Error(`a SelfSubjectAccessReview answered ${status}`);
  return json.status.allowed === true;
}
