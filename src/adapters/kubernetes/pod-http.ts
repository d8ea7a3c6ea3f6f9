import type { Workload } from '../../ports/kubernetes.ts';
import type { PodHttp } from '../../ports/pod-http.ts';
import { SystemError } from '../../ports/system-error.ts';
import { type Call, KUBERNETES, type KubernetesClient, parse, readAtMost } from './client.ts';
import { isReady, listPods } from './pods.ts';
import { statusMessage } from './schema.ts';

/** Of a pod's page, bytes (port). */
const LARGEST = 2_000_000;

/** HTTP to single pods through the API server's proxy, which strips `Authorization`. */
export function podHttp(client: KubernetesClient, workload: Workload, port: number): PodHttp {
  return {
    async readyPods(signal) {
      const pods = await listPods(client, workload, signal);
      return pods.filter(isReady).map(({ metadata }) => metadata.name);
    },

    async get(pod, path, signal) {
      const namespace = encodeURIComponent(workload.namespace);
      const proxy = `/api/v1/namespaces/${namespace}/pods/${encodeURIComponent(pod)}:${port}/proxy/`;
      const call: Call = { verb: 'get', resource: 'pods/proxy', path: within(proxy, path), signal };
      const response = await client.open(call);
      const { text: body } = await readAtMost(response, LARGEST, signal);
      // A Status is the API server's: the pod was not reached. Its own answers look otherwise.
      const said = response.status >= 400 ? statusMessage(parse(body)) : null;
      if (said !== null) throw client.refusedWith(call, response.status, said);
      return { status: response.status, body };
    },
  };
}

/**
 * @param proxy with the slash at its end
 * @throws SystemError for a path whose `..` would walk out of the proxy, into the API itself
 */
export function within(proxy: string, path: string): string {
  const asked = proxy + path.replace(/^\//, '');
  if (new URL(asked, 'http://server').pathname.startsWith(proxy)) return asked;
  const words = 'The path leaves what it was to be asked of.';
  throw new SystemError(KUBERNETES, 'refused', words, { sent: 'no', mayRetry: false });
}
