import type { IncomingMessage, ServerResponse } from 'node:http';

/** A request of node:http as the web's `Request`; its signal aborts when the caller hangs up. */
export function toRequest(incoming: IncomingMessage, raw: Buffer, outgoing: ServerResponse): Request {
  const hungUp = new AbortController();
  outgoing.once('close', () => {
    if (!outgoing.writableFinished) hungUp.abort();
  });
  const headers = new Headers();
  for (let at = 0; at + 1 < incoming.rawHeaders.length; at += 2) {
    headers.append(incoming.rawHeaders[at] ?? '', incoming.rawHeaders[at + 1] ?? '');
  }
  const method = incoming.method ?? 'GET';
  const url = new URL(incoming.url ?? '/', `http://${incoming.headers.host ?? '127.0.0.1'}`);
  const bare = method === 'GET' || method === 'HEAD';
  return new Request(url, {
    method,
    headers,
    signal: hungUp.signal,
    ...(bare ? {} : { body: new Uint8Array(raw) }),
  });
}

/** `whole`: as it comes, streams included. `cut`: half of the body, then the connection breaks. `lost`: nothing. */
export async function sendResponse(
  response: Response,
  outgoing: ServerResponse,
  how: 'whole' | 'cut' | 'lost',
): Promise<void> {
  if (how === 'lost') {
    await response.body?.cancel();
    outgoing.socket?.destroy();
    return;
  }
  for (const [name, value] of response.headers) {
    if (name !== 'set-cookie') outgoing.setHeader(name, value);
  }
  const cookies = response.headers.getSetCookie();
  if (cookies.length > 0) outgoing.setHeader('set-cookie', cookies);
  outgoing.statusCode = response.status;
  if (how === 'cut') {
    await sendHalf(response, outgoing);
    return;
  }
  if (response.body === null) {
    outgoing.end();
    return;
  }
  outgoing.flushHeaders();
  await pump(response.body, outgoing);
}

async function sendHalf(response: Response, outgoing: ServerResponse): Promise<void> {
  const body = Buffer.from(await response.arrayBuffer());
  // The full length is promised, so that the reader can tell a broken answer from a short one.
  outgoing.setHeader('content-length', Math.max(body.length, 2));
  const half = body.subarray(0, Math.floor(body.length / 2));
  await new Promise<void>((resolve) => {
    outgoing.write(half.length === 0 ? ' ' : half, () => resolve());
  });
  outgoing.socket?.destroy();
}

async function pump(body: ReadableStream<Uint8Array>, outgoing: ServerResponse): Promise<void> {
  const reader = body.getReader();
  outgoing.once('close', () => {
    reader.cancel().catch(() => undefined);
  });
  for (;;) {
    const { done, value } = await reader.read();
    if (done || outgoing.destroyed) break;
    if (!outgoing.write(value)) await drained(outgoing);
  }
  outgoing.end();
}

async function drained(outgoing: ServerResponse): Promise<void> {
  await new Promise<void>((resolve) => {
    outgoing.once('drain', resolve);
    outgoing.once('close', resolve);
  });
}
