import type { KubeConfig, RequestContext } from '@kubernetes/client-node';
import { Agent, type Dispatcher, fetch, type Response } from 'undici';
import type { ClientOptions } from 'ws';
import { SystemError } from '../../ports/system-error.ts';
import { type Ask, askJson, clean, noAnswer, refusal } from '../http.ts';
import type { Policy } from '../resilience.ts';
import { checkKubeconfig, type Kubeconfig, withTokenFiles } from './kubeconfig.ts';
import { loadLibrary } from './library.ts';
import { statusMessage } from './schema.ts';

export const KUBERNETES = 'Kubernetes';
export const METRICS = '/apis/metrics.k8s.io/';
const METADATA = 'application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1';

/** One request to the API server, in the words of RBAC too: they are what a refusal names. */
export interface Call {
  /** `list`, `get`, `patch`. */
  readonly verb: string;
  /** `pods/log`, `deployments.apps`. */
  readonly resource: string;
  /** With the query; names in it are already encoded. */
  readonly path: string;
  readonly signal: AbortSignal;
  readonly patch?: unknown;
  /** Only the object's metadata: nothing else of it leaves the API server. */
  readonly metadataOnly?: true;
  /** Of a review, which makes nothing: asked again like a reading. */
  readonly post?: unknown;
}

export interface KubernetesClient {
  /** @throws SystemError */
  json(call: Call): Promise<unknown>;
  /** Where a call goes and what opens the API server to it, for those who send it themselves. @throws SystemError with `sent: 'no'` */
  route(call: Call): Promise<Required<Pick<Ask, 'url' | 'headers'>> & Pick<Ask, 'dispatcher'>>;
  /** The answer with its body unread, whatever its status. @throws SystemError only when there is none */
  open(call: Call): Promise<Response>;
  /** What a bad answer of `open` means; reads at most the beginning of its body. */
  refused(call: Call, response: Response): Promise<SystemError>;
  /** The same where the body has been read. @param said the API server's own words */
  refusedWith(call: Call, status: number, said: string): SystemError;
  /** What a WebSocket to this call's path is opened with. @throws SystemError with `sent: 'no'` */
  upgrade(call: Call): Promise<{ readonly url: string; readonly options: ClientOptions }>;
  close(): Promise<void>;
}

/**
 * @param metricsPolicy for what another server answers behind the API server
 * @throws Error when the kubeconfig cannot be read or names no cluster. Credentials are only tried by a call.
 */
export async function createClient(
  kubeconfig: Kubeconfig,
  policy: Policy,
  metricsPolicy = policy,
): Promise<KubernetesClient> {
  checkKubeconfig(kubeconfig);
  let loaded: Promise<Loaded> | null = null;
  const cluster = async (): Promise<Loaded> => {
    loaded ??= loadCluster(kubeconfig);
    return await loaded.catch((err: unknown) => {
      // It may be mended on the disk meanwhile.
      loaded = null;
      throw unsent('forbidden', `The credentials for ${KUBERNETES} cannot be read.`, err);
    });
  };

  /** Credentials are read anew for each call: they are rotated under us. */
  async function withCredentials({ signal }: Call, apply: () => Promise<void>): Promise<void> {
    try {
      await unlessAborted(apply(), signal);
    } catch (err) {
      if (signal.aborted) throw unsent('too slow', `${KUBERNETES} did not answer in time.`, err);
      // What the library says can contain the output of a credentials plug-in.
      throw unsent('forbidden', `The credentials for ${KUBERNETES} cannot be read.`, err);
    }
  }

  async function routeOf(call: Call) {
    const { config, connections, server, contextOf } = await cluster();
    const context = contextOf(server + call.path);
    await withCredentials(call, async () => await config.applySecurityAuthentication(context));
    const dispatcher = connections.current();
    return {
      url: server + call.path,
      headers: { ...context.getHeaders(), 'user-agent': 'oms-bot' },
      ...(dispatcher === undefined ? {} : { dispatcher }),
    };
  }

  async function askOnce(call: Call): Promise<unknown> {
    const { headers, ...route } = await routeOf(call);
    try {
      return await askJson(KUBERNETES, {
        ...route,
        method: call.patch !== undefined ? 'PATCH' : call.post !== undefined ? 'POST' : 'GET',
        headers: {
          ...headers,
          ...(call.metadataOnly === undefined ? {} : { accept: METADATA }),
          ...(call.patch === undefined ? {} : { 'content-type': 'application/json-patch+json' }),
          ...(call.post === undefined ? {} : { 'content-type': 'application/json' }),
        },
        ...(call.patch === undefined ? {} : { body: JSON.stringify(call.patch) }),
        ...(call.post === undefined ? {} : { body: JSON.stringify(call.post) }),
        signal: call.signal,
        problem: quotes(call) ? () => null : statusMessage,
      });
    } catch (err) {
      throw named(call, err);
    }
  }

  return {
    route: routeOf,

    // Logs and single pods are left out of the policy: a node that is ill must not keep us from the API server.
    async json(call) {
      const { repeatable, once } = call.path.startsWith(METRICS) ? metricsPolicy : policy;
      const ask = call.patch === undefined ? repeatable : once;
      return await ask(async () => await askOnce(call), call.signal);
    },

    async open(call) {
      const { url, ...route } = await routeOf(call);
      try {
        return await fetch(url, { ...route, signal: call.signal, redirect: 'manual' });
      } catch (err) {
        throw noAnswer(KUBERNETES, err, call.signal);
      }
    },

    async refused(call, response) {
      const { text } = await readAtMost(response, 20_000, call.signal);
      return named(call, refusal(KUBERNETES, response, clean(statusMessage(parse(text)))));
    },

    refusedWith: (call, status, said) => named(call, refusal(KUBERNETES, { status }, clean(said))),

    async upgrade(call) {
      const { config, server } = await cluster();
      const options: ClientOptions = { headers: { 'user-agent': 'oms-bot' } };
      await withCredentials(call, async () => await config.applyToHTTPSOptions(options));
      // The library keeps its agent with the certificates of the first call; only a proxy needs one.
      const { agent, ...rest } = options;
      const proxied = config.getCurrentCluster()?.proxyUrl !== undefined;
      return {
        url: `${server.replace(/^http/, 'ws')}${call.path}`,
        options: proxied ? options : rest,
      };
    },

    async close() {
      await loaded?.then(async ({ connections }) => await connections.close()).catch(() => undefined);
    },
  };
}

/** A refused patch of a secret can come back with the secret in its words: `patch: Invalid value: "{…"data":{…`. */
function quotes({ resource, patch }: Call): boolean {
  return resource === 'secrets' && patch !== undefined;
}

/** The beginning of a body; the rest is not read. @throws SystemError when it breaks off */
export async function readAtMost(
  response: Response,
  bytes: number,
  signal: AbortSignal,
): Promise<{ readonly text: string; readonly whole: boolean }> {
  const decoder = new TextDecoder();
  let text = '';
  let left = bytes;
  try {
    for await (const chunk of response.body ?? []) {
      const part: Uint8Array = chunk;
      text += decoder.decode(part.subarray(0, left), { stream: true });
      left -= part.length;
      if (left < 0) return { text, whole: false };
    }
  } catch (err) {
    throw noAnswer(KUBERNETES, err, signal);
  }
  return { text, whole: true };
}

interface Loaded {
  readonly config: KubeConfig;
  readonly server: string;
  readonly connections: Connections;
  readonly contextOf: (url: string) => RequestContext;
}

/** @throws Error when the library cannot make anything of it */
async function loadCluster(kubeconfig: Kubeconfig): Promise<Loaded> {
  const { KubeConfig, RequestContext } = await loadLibrary();
  const config = new KubeConfig();
  if (kubeconfig === 'in cluster') config.loadFromCluster();
  else if ('file' in kubeconfig) config.loadFromFile(kubeconfig.file);
  else config.loadFromString(kubeconfig.text);
  if (kubeconfig !== 'in cluster') config.users = [...withTokenFiles(config.users, kubeconfig)];
  const server = config.getCurrentCluster()?.server.replace(/\/+$/, '');
  if (server === undefined) throw new Error('The kubeconfig names no current cluster.');
  const connections = shareConnections(config);
  return { config, server, connections, contextOf: (url) => new RequestContext(url, 'GET') };
}

interface Connections {
  /** Undefined before the first call. */
  current(): Dispatcher | undefined;
  close(): Promise<void>;
}

/**
 * The library makes connections anew for each call (one more TLS handshake, one more open socket each). Ours are kept
 * until the certificates in them change, which are what the library hands in.
 */
function shareConnections(config: KubeConfig): Connections {
  const made = new Map<string, Dispatcher>();
  let newest: Dispatcher | undefined;
  // TypeScript calls these private; they are the one place that all its calls pass.
  const inner = config as unknown as {
    createDispatcher(cluster: unknown, options: unknown): Dispatcher | undefined;
  };
  const original = inner.createDispatcher.bind(config);
  inner.createDispatcher = (cluster, options) => {
    const key = JSON.stringify(options);
    const known = made.get(key) ?? oneCallEach(original(cluster, options) ?? new Agent());
    if (!made.has(key)) {
      // Calls that run end on the old connections.
      for (const [old, dispatcher] of made) {
        made.delete(old);
        void dispatcher.close().catch(() => undefined);
      }
      made.set(key, known);
    }
    newest = known;
    return known;
  };
  return {
    current: () => newest,
    async close() {
      for (const dispatcher of made.values()) await dispatcher.destroy();
      made.clear();
    },
  };
}

/**
 * HTTP/2 would put all calls on one connection. Where that goes silent, giving up a call would leave it standing, and
 * every later call would wait on it too, until the kernel gives up after a quarter of an hour.
 */
function oneCallEach(dispatcher: Dispatcher): Dispatcher {
  return dispatcher.compose((dispatch) => (options, handler) => {
    const overHttp1 = { ...options, allowH2: false };
    return dispatch(overHttp1, handler);
  });
}

/** A refusal for want of rights says which; the server's words name the user first, and are cut. */
function named<E>(call: Call, err: E): E | SystemError {
  if (!(err instanceof SystemError) || err.fault !== 'forbidden') return err;
  if (err.message.startsWith(`${KUBERNETES} answered 401`)) return err;
  return new SystemError(
    KUBERNETES,
    'forbidden',
    `The bot's role may not ${call.verb} ${call.resource}. ${err.message}`,
    { sent: 'no', mayRetry: false, cause: err },
  );
}

function unsent(fault: 'too slow' | 'forbidden', message: string, cause: unknown): SystemError {
  return new SystemError(KUBERNETES, fault, message, { sent: 'no', mayRetry: fault === 'too slow', cause });
}

async function unlessAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  signal.throwIfAborted();
  let stop = () => {};
  const aborted = new Promise<never>((_resolve, reject) => {
    stop = () => reject(signal.reason);
    signal.addEventListener('abort', stop, { once: true });
  });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    signal.removeEventListener('abort', stop);
  }
}

export function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
