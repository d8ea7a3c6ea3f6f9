import { isObject, type JsonObject } from '../world/cluster.ts';
import type { World } from '../world/world.ts';
import { type Access, forbiddenError, review } from './access.ts';
import { listPage, selected } from './list.ts';
import { podLog } from './logs.ts';
import { showUse } from './metrics-api.ts';
import { asksMetadata, onlyMetadata } from './partial.ts';
import { type PodHttp, proxy } from './proxy.ts';
import { createRevisions, nameOf } from './revisions.ts';
import { kindOf, METHODS, METRICS_GROUP, type Route, readRoute } from './route.ts';
import { showAll, showDeployment, showScale } from './show.ts';
import { answer, badRequest, notFound, Refusal, statusResponse } from './status.ts';
import { watch } from './watch.ts';
import { type Patch, patchDeployment, patchScale } from './write.ts';
import { patchSecret } from './write-secret.ts';

interface Options {
  readonly world: World;
  readonly token: string;
  readonly access: Access;
  readonly podHttp: PodHttp | null;
}

/** The HTTP surface of the API server over one world. */
export function kubernetesApp(options: Options): { fetch(request: Request): Promise<Response> } {
  const { world, access } = options;
  const revisions = createRevisions();

  async function look({
    resource,
    namespace,
  }: Pick<Route, 'resource' | 'namespace'>): Promise<readonly JsonObject[]> {
    return await world.read((state, now) =>
      revisions.stamp(`${namespace}/${resource}`, showAll(state, resource, namespace, now)),
    );
  }

  async function one(route: Route): Promise<JsonObject> {
    const found = (await look(route)).find((item) => nameOf(item) === route.name);
    if (found === undefined) throw notFound(route.group, route.resource, route.name ?? '');
    return found;
  }

  async function list(route: Route, request: Request): Promise<Response> {
    const query = new URL(request.url).searchParams;
    const matches = selected(route.resource, query);
    const items = async () => await look(route);
    if (route.verb === 'watch') {
      const from = numberOf(query, 'resourceVersion');
      return watch(
        {
          look: async () => ({ items: await items(), version: revisions.newest() }),
          since: (version) => revisions.since(`${route.namespace}/${route.resource}`, version),
          matches,
        },
        from === 0 ? null : from,
        numberOf(query, 'timeoutSeconds'),
        request.signal,
      );
    }
    const { kind, apiVersion } = kindOf(route);
    const found = (await items()).filter(matches);
    return answer(listPage(`${kind}List`, apiVersion, found, query, revisions.newest()));
  }

  /** Another server answers here: no versions, no watch. */
  async function metrics(route: Route, request: Request): Promise<Response> {
    if (request.method !== 'GET') throw wrongMethod();
    const matches = selected('pods', new URL(request.url).searchParams);
    const here = await world.read((state, now) => showUse(state, route.namespace, now));
    if (route.name === null) {
      const { kind, apiVersion } = kindOf(route);
      return answer({ kind: `${kind}List`, apiVersion, metadata: {}, items: here.filter(matches) });
    }
    const found = here.find((item) => nameOf(item) === route.name);
    if (found === undefined) throw notFound(METRICS_GROUP, 'pods', route.name);
    return answer(found);
  }

  async function write(route: Route, request: Request): Promise<Response> {
    const query = new URL(request.url).searchParams;
    const patch: Patch = {
      contentType: request.headers.get('content-type') ?? '',
      body: await request.text(),
      manager: query.get('fieldManager') ?? managerOf(request),
      dryRun: isTried(query.getAll('dryRun')),
    };
    const scale = route.subresource === 'scale';
    await one(route);
    if (route.resource === 'secrets') return await writeSecret(route, patch);
    const tried = await world.change((state, at) => {
      const known = deploymentOf(state.cluster.deployments, route);
      const deployment = patch.dryRun ? structuredClone(known) : known;
      const { namespace } = route;
      const all = revisions.stamp(`${namespace}/deployments`, showAll(state, 'deployments', namespace, at));
      const shown = all.find((item) => nameOf(item) === route.name) ?? {};
      if (scale) patchScale(state, deployment, showScale(deployment, namespace, state), patch, at);
      else patchDeployment(state, deployment, shown, patch, at);
      return (scale ? showScale : showDeployment)(deployment, namespace, state);
    });
    if (patch.dryRun) return answer(tried);
    return scale ? await showScaleOf(route) : answer(await one(route));
  }

  async function writeSecret(route: Route, patch: Patch): Promise<Response> {
    const tried = await world.change((state, at) => {
      const known = [...state.cluster.secrets.values()].find(({ name }) => name === route.name);
      if (known === undefined) throw notFound('', 'secrets', route.name ?? '');
      const { namespace } = route;
      const all = revisions.stamp(`${namespace}/secrets`, showAll(state, 'secrets', namespace, at));
      const shown = all.find((item) => nameOf(item) === route.name) ?? {};
      return patchSecret(known, shown, patch, at);
    });
    return answer(patch.dryRun ? tried : await one(route));
  }

  async function showScaleOf(route: Route): Promise<Response> {
    await one(route);
    return answer(
      await world.read((state) =>
        showScale(deploymentOf(state.cluster.deployments, route), route.namespace, state),
      ),
    );
  }

  async function handle(request: Request): Promise<Response> {
    const { pathname } = new URL(request.url);
    if (['/healthz', '/livez', '/readyz'].includes(pathname)) return new Response('ok');
    if (request.headers.get('authorization') !== `Bearer ${options.token}`) {
      throw new Refusal(401, 'Unauthorized', 'Unauthorized');
    }
    if (pathname === '/version') return answer({ major: '1', minor: '36', gitVersion: 'v1.36.0' });
    if (pathname === '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews') {
      if (request.method !== 'POST') throw wrongMethod();
      return answer(review(access, await bodyOf(request), namespaces(world)), 201);
    }
    const route = readRoute(request.method, new URL(request.url));
    // An aggregated API that nobody serves is not known at all.
    if (route.group === METRICS_GROUP && !(await world.read(({ cluster }) => cluster.metricsApi)))
      return new Response('404 page not found\n', { status: 404 });
    if (!access.allows(route)) throw forbiddenError(route, route.namespace);
    if (route.group === METRICS_GROUP) return await metrics(route, request);
    if (!METHODS[route.key]?.includes(request.method)) throw wrongMethod();
    const { resource, name, subresource } = route;
    if (subresource === 'proxy' && (resource === 'pods' || resource === 'services')) {
      return await proxy(world, options.podHttp, route, request);
    }
    if (subresource === 'exec') {
      await one(route);
      throw badRequest('Upgrade request required');
    }
    if (name === null) return await list(route, request);
    if (request.method === 'PATCH') return await write(route, request);
    if (subresource === 'scale') return await showScaleOf(route);
    const object = await one(route);
    if (subresource === 'log') return await podLog(world, name, request);
    return answer(asksMetadata(request) ? onlyMetadata(object) : object);
  }

  return {
    async fetch(request) {
      try {
        return await handle(request);
      } catch (err) {
        if (err instanceof Refusal) return statusResponse(err);
        const said = err instanceof Error ? err.message : String(err);
        return statusResponse(new Refusal(500, 'InternalError', `Internal error occurred: ${said}`, {}));
      }
    },
  };
}

function namespaces({ names }: World): ReadonlySet<string> {
  return new Set(Object.values(names.apps).map(({ namespace }) => namespace));
}

/** Who names no manager is called by the beginning of its user agent. */
function managerOf(request: Request): string {
  return (request.headers.get('user-agent') ?? '').split('/')[0]?.slice(0, 128) || 'unknown';
}

function isTried(dryRun: readonly string[]): boolean {
  const other = dryRun.filter((each) => each !== 'All');
  if (other.length === 0) return dryRun.length > 0;
  const said = `dryRun: Unsupported value: ${JSON.stringify(other)}: supported values: "All"`;
  throw new Refusal(422, 'Invalid', `PatchOptions.meta.k8s.io "" is invalid: ${said}`);
}

function deploymentOf<T extends { readonly name: string }>(all: ReadonlyMap<string, T>, route: Route): T {
  const found = [...all.values()].find(({ name }) => name === route.name);
  if (found === undefined) throw notFound(route.group, route.resource, route.name ?? '');
  return found;
}

function numberOf(query: URLSearchParams, key: string): number | null {
  const text = query.get(key);
  if (text === null || text === '') return null;
  if (!/^\d+$/.test(text))
    throw badRequest(`${key}: Invalid value: ${JSON.stringify(text)}: must be a number`);
  return Number(text);
}

async function bodyOf(request: Request): Promise<JsonObject> {
  try {
    const body = JSON.parse(await request.text());
    if (isObject(body)) return body;
  } catch {
    // The same answer as for any other body that is no object.
  }
  throw badRequest('the object provided is unrecognized (must be of type SelfSubjectAccessReview)');
}

function wrongMethod(): Refusal {
  return new Refusal(
    405,
    'MethodNotAllowed',
    'the server does not allow this method on the requested resource',
    {},
  );
}
