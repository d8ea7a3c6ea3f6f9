import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import {
  AppsV1Api,
  CoreV1Api,
  KubeConfig,
  KubernetesObjectApi,
  RbacAuthorizationV1Api,
} from '@kubernetes/client-node';
import { Agent, fetch } from 'undici';
import { inject } from 'vitest';

interface Answer {
  readonly status: number;
  // A test says in its expectations what it takes the answer for.
  // biome-ignore lint/suspicious/noExplicitAny: JSON of a foreign shape
  readonly json: any;
  readonly text: string;
}

/** A fresh namespace of the test cluster, and its administrator's clients. What lives in it comes from `pods.ts`. */
export interface TestNamespace {
  readonly name: string;
  readonly config: KubeConfig;
  readonly core: CoreV1Api;
  readonly apps: AppsV1Api;
  /** For kinds that have no client of their own, and for whole manifests. */
  readonly objects: KubernetesObjectApi;
  /** A kubeconfig as YAML text: the administrator's, or that of whoever has this token. */
  kubeconfig(token?: string): string;
  /** A token of an hour from the TokenRequest API; the service account has to exist. */
  token(serviceAccount: string): Promise<string>;
  /** One request as it goes over the wire, by one who may do everything in this namespace, or with this token. */
  call(
    method: string,
    path: string,
    more?: { readonly body?: unknown; readonly type?: string; readonly token?: string },
  ): Promise<Answer>;
  /** What is to be done at the end, last in first out. */
  readonly closers: (() => Promise<void> | void)[];
  /** Closes, and leaves the namespace to be removed. */
  stop(): Promise<void>;
}

const ADMIN = 'oms-test-admin';

export async function testNamespace(): Promise<TestNamespace> {
  const config = new KubeConfig();
  config.loadFromFile(inject('kubeconfig'));
  const core = config.makeApiClient(CoreV1Api);
  const namespace = `oms-${randomBytes(4).toString('hex')}`;
  await core.createNamespace({ body: { metadata: { name: namespace } } });
  await core.createNamespacedServiceAccount({ namespace, body: { metadata: { name: ADMIN } } });
  await config.makeApiClient(RbacAuthorizationV1Api).createNamespacedRoleBinding({
    namespace,
    body: {
      metadata: { name: ADMIN },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'cluster-admin' },
      subjects: [{ kind: 'ServiceAccount', name: ADMIN, namespace }],
    },
  });
  const closers: TestNamespace['closers'] = [];
  const { url, dispatcher } = serverOf(config);
  closers.push(async () => await dispatcher.destroy());

  async function token(serviceAccount: string): Promise<string> {
    const { status } = await core.createNamespacedServiceAccountToken({
      namespace,
      name: serviceAccount,
      body: { spec: { audiences: [], expirationSeconds: 3_600 } },
    });
    return status?.token ?? '';
  }
  const admin = await token(ADMIN);

  return {
    name: namespace,
    config,
    core,
    apps: config.makeApiClient(AppsV1Api),
    objects: config.makeApiClient(KubernetesObjectApi),
    token,
    closers,

    kubeconfig(bearer) {
      if (bearer === undefined) return config.exportConfig();
      const { users, ...rest } = JSON.parse(config.exportConfig());
      return JSON.stringify({ ...rest, users: [{ name: users[0].name, user: { token: bearer } }] });
    },

    async call(method, path, more = {}) {
      const type = more.type ?? (more.body === undefined ? undefined : 'application/json');
      const response = await fetch(url + path, {
        method,
        dispatcher,
        headers: {
          authorization: `Bearer ${more.token ?? admin}`,
          ...(type === undefined ? {} : { 'content-type': type }),
        },
        body:
          more.body === undefined || typeof more.body === 'string'
            ? (more.body ?? null)
            : JSON.stringify(more.body),
      });
      const text = await response.text();
      const isJson = response.headers.get('content-type')?.includes('json') === true;
      return { status: response.status, text, json: isJson ? JSON.parse(text) : null };
    },

    async stop() {
      for (const close of closers.reverse()) await close();
      await core.deleteNamespace({ name: namespace });
    },
  };
}

/** The API server, and connections that trust it and carry nobody's credentials. */
function serverOf(config: KubeConfig): { readonly url: string; readonly dispatcher: Agent } {
  const { server = '', caFile, caData, skipTLSVerify } = config.getCurrentCluster() ?? {};
  const ca = caFile === undefined ? Buffer.from(caData ?? '', 'base64') : readFileSync(caFile);
  const trust = skipTLSVerify === true ? { rejectUnauthorized: false } : { ca };
  return { url: server.replace(/\/+$/, ''), dispatcher: new Agent({ connect: trust, allowH2: false }) };
}

/** Asks until it is true. @throws Error after a minute */
export async function until(what: string, ask: () => Promise<boolean>): Promise<void> {
  for (let look = 0; look < 1_200; look += 1) {
    if (await ask()) return;
    await setTimeout(50);
  }
  throw new Error(`${what} does not happen.`);
}
