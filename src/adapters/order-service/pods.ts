import type { PodAnswer } from '../../ports/probes.ts';
import { SystemError } from '../../ports/system-error.ts';
import { atOnce } from '../at-once.ts';
import { askText } from '../http.ts';
import { ORDER_SERVICE, type OrderServiceSettings, wayOf } from './client.ts';

/** Hundreds of pods must not mean hundreds of connections to the API server. */
const AT_ONCE = 32;
/** Below the deadline of a check, ms: pods that have not answered by then must not hide those that have. */
const ALL_MS = 3_000;

type Page = { readonly status: number; readonly body: string };

/**
 * The same question to every ready pod, many at once; one random pod behind a Service would mislead. Without a cluster the
 * service's address is asked as if it were the only pod. One pod that does not answer is a problem of its own.
 * @throws SystemError when the pods cannot even be listed
 */
export async function askEveryPod<T>(
  settings: OrderServiceSettings,
  path: string,
  read: (page: Page) => T,
  signal: AbortSignal,
): Promise<readonly PodAnswer<T>[]> {
  const { pods } = settings;
  if (pods === null)
    return [await answer('the service', async () => await fromUrl(settings, path, signal), read)];
  const inTime = AbortSignal.any([signal, AbortSignal.timeout(ALL_MS)]);
  const names = await pods.readyPods(signal);
  return await atOnce(
    AT_ONCE,
    names,
    async (pod) => await answer(pod, async () => await pods.get(pod, path, inTime), read),
  );
}

async function fromUrl(settings: OrderServiceSettings, path: string, signal: AbortSignal): Promise<Page> {
  return await settings.policy.repeatable(async () => {
    const way = await wayOf(settings, { method: 'GET', path, headers: { accept: '*/*' }, signal });
    return await askText(ORDER_SERVICE, { method: 'GET', signal, ...way });
  }, signal);
}

async function answer<T>(
  pod: string,
  ask: () => Promise<Page>,
  read: (page: Page) => T,
): Promise<PodAnswer<T>> {
  try {
    return { pod, value: read(await ask()), problem: null };
  } catch (err) {
    if (!(err instanceof SystemError)) throw err;
    return { pod, value: null, problem: err.message };
  }
}

/** What a page that is not as it should be comes to. */
export function notUnderstood(words: string): SystemError {
  return new SystemError(ORDER_SERVICE, 'not understood', words, { sent: 'no', mayRetry: true });
}
