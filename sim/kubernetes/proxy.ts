import { containersOf, objectIn } from '../world/cluster.ts';
import { currentSet } from '../world/cluster-rollout.ts';
import type { Pod } from '../world/pods.ts';
import type { WorldState } from '../world/state.ts';
import type { World } from '../world/world.ts';
import type { Route } from './route.ts';
import { badRequest, notFound, Refusal, unavailable } from './status.ts';

/** Answers for a pod: the request has the pod's own path, and no `Authorization`. */
export type PodHttp = (pod: string, request: Request) => Response | Promise<Response>;

interface Target {
  readonly pod: string;
  readonly port: number;
}

/**
 * `pods/<name>:<port>/proxy/<path>` and the same of services, which choose a ready pod.
 * @param route its name is `name`, `name:port` or `scheme:name:port`
 * @throws Refusal
 */
export async function proxy(
  world: World,
  podHttp: PodHttp | null,
  route: Pick<Route, 'resource' | 'namespace' | 'name' | 'rest'>,
  request: Request,
): Promise<Response> {
  const { resource, namespace, rest: path } = route;
  const parts = decodeURIComponent(route.name ?? '').split(':');
  const [scheme = '', name = '', port = ''] = parts.length === 3 ? parts : ['', ...parts];
  if (parts.length > 3 || !['', 'http', 'https'].includes(scheme)) {
    throw badRequest(`invalid ${resource.slice(0, -1)} request ${JSON.stringify(parts.join(':'))}`);
  }
  const target = await world.read((state) =>
    resource === 'pods'
      ? podTarget(state, { namespace, name, port })
      : serviceTarget(state, { namespace, name, port }),
  );
  if (target.port > 65_535) {
    throw unavailable(`error trying to reach service: dial tcp: address ${target.port}: invalid port`);
  }
  if (scheme === 'https') {
    throw unavailable('error trying to reach service: tls: first record does not look like a TLS handshake');
  }
  const refused = unavailable(
    `error trying to reach service: dial tcp ${target.pod}:${target.port}: connect: connection refused`,
  );
  if (podHttp === null) throw refused;
  const url = new URL(`http://${target.pod}:${target.port}/${path}${new URL(request.url).search}`);
  const headers = new Headers(request.headers);
  headers.delete('authorization');
  const body = request.method === 'GET' || request.method === 'HEAD' ? null : await request.arrayBuffer();
  try {
    return await podHttp(target.pod, new Request(url, { method: request.method, headers, body }));
  } catch {
    throw refused;
  }
}

interface Named {
  readonly namespace: string;
  readonly name: string;
  readonly port: string;
}

function podTarget(state: WorldState, { namespace, name, port }: Named): Target {
  const pod = state.pods.find(
    (each) => each.name === name && state.names.apps[each.app].namespace === namespace,
  );
  if (pod === undefined) throw notFound('', 'pods', name);
  // Names of ports are a service's. The real server breaks off here, without an answer.
  if (!/^\d*$/.test(port)) throw new Refusal(500, 'InternalError', 'net/http: abort Handler');
  const number = portOf(state, pod, port);
  if (!pod.ready) {
    throw unavailable(
      `error trying to reach service: dial tcp ${name}:${number}: connect: connection refused`,
    );
  }
  return { pod: name, port: number };
}

function serviceTarget(state: WorldState, { namespace, name, port }: Named): Target {
  const deployment = [...state.cluster.deployments.values()].find(
    (each) => each.name === name && state.names.apps[each.app].namespace === namespace,
  );
  if (deployment === undefined) throw notFound('', 'services', name);
  const pod = state.pods.find((each) => each.app === deployment.app && each.ready);
  if (pod === undefined) throw unavailable(`no endpoints available for service "${name}"`);
  return { pod: pod.name, port: portOf(state, pod, port) };
}

/** A number, the name of a port of the first container, or nothing: its first port. */
function portOf(state: WorldState, pod: Pod, port: string): number {
  if (/^\d+$/.test(port)) return Number(port);
  const deployment = state.cluster.deployments.get(pod.app);
  const template = deployment === undefined ? undefined : currentSet(deployment).template;
  const ports = containersOf(template)[0]?.['ports'];
  const list = Array.isArray(ports) ? ports.map((each) => objectIn({ each }, 'each') ?? {}) : [];
  const found = port === '' ? list[0] : list.find((each) => each['name'] === port);
  if (typeof found?.['containerPort'] === 'number') return found['containerPort'];
  throw unavailable(`no service port "${port}" found for "${pod.name}"`);
}
