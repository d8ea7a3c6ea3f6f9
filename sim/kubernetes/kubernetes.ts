import { type FaultyServer, startFaultyServer } from '../lib/faulty-server.ts';
import type { World } from '../world/world.ts';
import { type Access, type AccessRule, createAccess } from './access.ts';
import { kubernetesApp } from './app.ts';
import { createExec } from './exec.ts';
import type { PodHttp } from './proxy.ts';

export interface Kubernetes extends FaultyServer, Pick<Access, 'allow' | 'forbid'> {
  readonly token: string;
  readonly namespace: string;
  /** A kubeconfig, as YAML text, that reaches this server with its token. */
  kubeconfig(): string;
  /** How many requests of that method and path came in, answered or not. A text must be the whole path. */
  count(method: string, path: string | RegExp): number;
}

/** A strict Kubernetes API server on the loopback, over the pods, logs and rollouts of one world. */
export async function startKubernetes(options: {
  readonly world: World;
  readonly token?: string;
  /** Answers for the pods behind `…/proxy`; without it, nothing listens there. */
  readonly podHttp?: PodHttp;
  /** What the role may; everything unless told. */
  readonly allowed?: readonly AccessRule[];
  readonly port?: number;
}): Promise<Kubernetes> {
  const token = options.token ?? 'pretend-cluster-token';
  const { namespace } = options.world.names.apps['order-service'];
  const access = createAccess(options.allowed ?? null);
  const app = kubernetesApp({
    world: options.world,
    token,
    access,
    podHttp: options.podHttp ?? null,
  });
  const server = await startFaultyServer({
    name: 'kubernetes',
    app,
    ...(options.port === undefined ? {} : { port: options.port }),
  });
  server.server.on('upgrade', createExec({ world: options.world, token, access }));
  return {
    ...server,
    token,
    namespace,
    allow: (rules) => access.allow(rules),
    forbid: (rule) => access.forbid(rule),
    kubeconfig: () => kubeconfig(server.url, token, namespace),
    count: (method, path) =>
      server.requests.filter(
        (request) =>
          request.method === method.toUpperCase() &&
          (typeof path === 'string' ? request.path === path : request.path.search(path) >= 0),
      ).length,
  };
}

// The real client refuses plain HTTP unless it is told to skip the check of certificates.
function kubeconfig(url: string, token: string, namespace: string): string {
  return `apiVersion: v1
kind: Config
current-context: pretend
contexts:
  - name: pretend
    context: { cluster: pretend, user: oms-bot, namespace: ${namespace} }
clusters:
  - name: pretend
    cluster: { server: "${url}", insecure-skip-tls-verify: true }
users:
  - name: oms-bot
    user: { token: "${token}" }
`;
}
