import { SystemError } from '../../ports/system-error.ts';
import { type Ask, clean } from '../http.ts';
import { type Call, KUBERNETES, type KubernetesClient } from './client.ts';
import { within } from './pod-http.ts';
import { statusMessage } from './schema.ts';

/** How one request reaches a service. */
export type Way = (
  ask: Pick<Ask, 'method' | 'headers' | 'signal'> & {
    /** With the query. */
    readonly path: string;
  },
) => Promise<Pick<Ask, 'url' | 'headers' | 'dispatcher' | 'onTheWay'>>;

/** RBAC's words for a method. */
const VERBS: Readonly<Record<Ask['method'], string>> = {
  GET: 'get',
  POST: 'create',
  PATCH: 'patch',
  DELETE: 'delete',
};

/**
 * What the proxy does not hand on, or must not: `Authorization` is the API server's own, and Go's HTTP client takes
 * `Idempotency-Key` as leave to send a POST without a body again by itself (docs/decisions/0037).
 */
const NOT_HANDED_ON = ['authorization', 'idempotency-key'];

/** What the proxy says when it reached nobody. */
const NOBODY = /^no (endpoints available|service port) |^error trying to reach service: dial /;

/**
 * To a Service through the API server's proxy, with the bot's own credentials.
 * @param service as the proxy has it: `name:port`, with `https:` before it where it speaks TLS
 */
export function serviceWay(client: KubernetesClient, namespace: string, service: string): Way {
  const proxy = `/api/v1/namespaces/${encodeURIComponent(namespace)}/services/${service}/proxy/`;
  return async ({ method, path, headers = {}, signal }) => {
    const call: Call = {
      verb: VERBS[method],
      resource: 'services/proxy',
      path: within(proxy, path),
      signal,
    };
    const route = await client.route(call);
    const own = Object.entries(headers).filter(([name]) => !NOT_HANDED_ON.includes(name.toLowerCase()));
    return {
      ...route,
      headers: { ...Object.fromEntries(own), ...route.headers },
      onTheWay(status, body) {
        // A Status is the API server's; the service's own answers look otherwise.
        const said = statusMessage(body);
        if (said === null) return null;
        if (status === 401 || status === 403) return client.refusedWith(call, status, said);
        const words = `${KUBERNETES} did not reach the Service ${service} in ${namespace}. It says: ${clean(said)}`;
        return new SystemError(KUBERNETES, 'unreachable', words, {
          sent: status < 500 || NOBODY.test(said) ? 'no' : 'maybe',
          mayRetry: status >= 500,
        });
      },
    };
  };
}
