import type { Act } from '../acts.ts';
import type { Acted, PageState } from '../shapes.ts';

/** Asks the server to do something as this person; never throws. */
export async function act(as: string, doing: Act): Promise<Acted> {
  try {
    const response = await fetch('/act', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ as, act: doing }),
    });
    return (await response.json()) as Acted;
  } catch {
    return { ok: false, because: 'The demo does not answer. Is it still running?' };
  }
}

/** Everything that this person sees now. @throws Error with words when the server does not give it */
export async function stateOf(as: string): Promise<PageState> {
  const response = await fetch(as === '' ? '/state' : `/state?as=${encodeURIComponent(as)}`);
  const body = (await response.json()) as PageState | { readonly because: string };
  if (!('channels' in body)) throw new Error(body.because);
  return body;
}
