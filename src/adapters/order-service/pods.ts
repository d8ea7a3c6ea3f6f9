import type { PodAnswer } from '../../ports/probes.ts';
import { SystemError } from '../../ports/system-error.ts';
import { askText } from '../http.ts';
import { ORDER_SERVICE, type OrderServiceSettings } from './client.ts';

type Page = { readonly status: number; readonly body: string };

/**
 * The same question to every ready pod, at once; one random pod behind a Service would mislead. Without a cluster the
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
  const names = await pods.readyPods(signal);
  return await Promise.all(
    names.map(async (pod) => await answer(pod, async () => await pods.get(pod, path, signal), read)),
  );
}

async function fromUrl(settings: OrderServiceSettings, path: string, signal: AbortSignal): Promise<Page> {
  const url = new URL(path, settings.url).href;
  return await settings.policy.repeatable(
    async () => await askText(ORDER_SERVICE, { method: 'GET', url, headers: { accept: '*/*' }, signal }),
    signal,
  );
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
