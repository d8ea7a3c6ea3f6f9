import type { Attempt } from './access.ts';
import { noSuchPath } from './status.ts';

/** The kinds that are served, by the name in their path. */
const RESOURCES: Readonly<
  Record<string, { readonly kind: string; readonly group: string; readonly version: string }>
> = {
  pods: { kind: 'Pod', group: '', version: 'v1' },
  services: { kind: 'Service', group: '', version: 'v1' },
  secrets: { kind: 'Secret', group: '', version: 'v1' },
  events: { kind: 'Event', group: '', version: 'v1' },
  resourcequotas: { kind: 'ResourceQuota', group: '', version: 'v1' },
  deployments: { kind: 'Deployment', group: 'apps', version: 'v1' },
  replicasets: { kind: 'ReplicaSet', group: 'apps', version: 'v1' },
  statefulsets: { kind: 'StatefulSet', group: 'apps', version: 'v1' },
  controllerrevisions: { kind: 'ControllerRevision', group: 'apps', version: 'v1' },
  horizontalpodautoscalers: { kind: 'HorizontalPodAutoscaler', group: 'autoscaling', version: 'v2' },
};
export const METRICS_GROUP = 'metrics.k8s.io';

const PATH =
  /^\/(?:api\/v1|apis\/([a-z0-9.]+)\/(v\d[a-z0-9]*))\/namespaces\/([^/]+)\/([a-z]+)(?:\/([^/]+)(?:\/([a-z]+)(?:\/(.*))?)?)?$/;
export const VERBS: Readonly<Record<string, string>> = {
  GET: 'get',
  HEAD: 'get',
  POST: 'create',
  PUT: 'update',
  PATCH: 'patch',
  DELETE: 'delete',
};
/** What can be asked of what; `item` also stands for subresources by their name. */
export const METHODS: Readonly<Record<string, readonly string[]>> = {
  pods: ['GET'],
  'pods/item': ['GET'],
  'pods/log': ['GET'],
  // Only as a WebSocket, for which there is another listener.
  'pods/exec': ['GET', 'POST'],
  'pods/proxy': Object.keys(VERBS),
  'services/proxy': Object.keys(VERBS),
  'secrets/item': ['GET', 'PATCH'],
  events: ['GET'],
  resourcequotas: ['GET'],
  'resourcequotas/item': ['GET'],
  deployments: ['GET'],
  'deployments/item': ['GET', 'PATCH'],
  'deployments/scale': ['GET', 'PATCH'],
  replicasets: ['GET'],
  'replicasets/item': ['GET'],
  statefulsets: ['GET'],
  'statefulsets/item': ['GET'],
  controllerrevisions: ['GET'],
  'controllerrevisions/item': ['GET'],
  horizontalpodautoscalers: ['GET'],
  'horizontalpodautoscalers/item': ['GET'],
};

export interface Route extends Attempt {
  readonly namespace: string;
  readonly rest: string;
  readonly key: string;
}

/** @throws Refusal for a path that nobody serves */
export function readRoute(method: string, url: URL): Route {
  const found = PATH.exec(url.pathname);
  if (found === null) throw noSuchPath();
  const [, group = '', version = 'v1', namespace = '', resource = '', name, subresource, rest] = found;
  const key = name === undefined ? resource : `${resource}/${subresource ?? 'item'}`;
  const served = RESOURCES[resource];
  const metrics = group === METRICS_GROUP && version === 'v1beta1' && resource === 'pods' && !subresource;
  const known = served?.group === group && served.version === version && METHODS[key] !== undefined;
  if (!metrics && !(known && (rest === undefined || subresource === 'proxy'))) throw noSuchPath();
  const isList = name === undefined && method === 'GET';
  const watches = ['1', 'true'].includes(url.searchParams.get('watch') ?? '');
  return {
    key,
    group,
    namespace,
    resource,
    name: name === undefined ? null : decodeURIComponent(name),
    subresource: subresource ?? null,
    rest: rest ?? '',
    verb: isList ? (watches ? 'watch' : 'list') : (VERBS[method] ?? method.toLowerCase()),
  };
}

/** What an object of this route calls itself. */
export function kindOf({ resource, group }: Route): { readonly kind: string; readonly apiVersion: string } {
  if (group === METRICS_GROUP) return { kind: 'PodMetrics', apiVersion: `${METRICS_GROUP}/v1beta1` };
  const { kind = '', version = '' } = RESOURCES[resource] ?? {};
  return { kind, apiVersion: group === '' ? version : `${group}/${version}` };
}
