import { Agent, type Dispatcher, fetch, type RequestInit, type Response } from 'undici';
import { type Sent, SystemError, type SystemFault } from '../ports/system-error.ts';

export interface Ask {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly signal: AbortSignal;
  /** Connections of its own, where ours do not do. */
  readonly dispatcher?: Dispatcher;
  /** Reads the other side's own words out of an error body; they are cleaned and cut before anybody sees them. */
  readonly problem?: (body: unknown) => string | null;
  /** What an error means that somebody on the way answered; null: it is the other side's own. */
  readonly onTheWay?: (status: number, body: unknown) => SystemError | null;
}

/**
 * The process-wide ones speak HTTP/2 to whoever offers it, all calls on one connection: once the path under it is silent,
 * every later call waits there too (docs/decisions/0010). Nobody waits for idle ones at the end of the process.
 */
const CONNECTIONS = new Agent({ allowH2: false });

/** A path below an address, which may have one of its own: a gateway that several services stand behind. */
export function below(address: string, path: string): string {
  return new URL(`${address.replace(/\/+$/, '')}${path}`).href;
}

/** The largest answer that is read, bytes; of a larger one the rest is left on the wire. */
const LARGEST = 5_000_000;

/** Errors before anything of the request was sent. */
const NEVER_SENT = [
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
];
const CERTIFICATE = /^(CERT_|ERR_TLS_|UNABLE_TO_|SELF_SIGNED_|DEPTH_ZERO_)/;

/**
 * One call over HTTP, and one place that says what an answer means. `sent` is `no` only where the other side surely
 * did nothing: it was never reached, or it said so itself (4xx).
 * @throws SystemError
 */
export async function askJson(system: string, ask: Ask): Promise<unknown> {
  if (ask.signal.aborted) throw tooSlow(system, 'no');
  const response = await send(system, ask);
  const text = await readText(system, response, ask.signal);
  const body = parse(text ?? '');
  if (response.ok) {
    if (body !== undefined) return body;
    throw new SystemError(system, 'not understood', `${system} answered with something that is no JSON.`, {
      sent: 'maybe',
      mayRetry: true,
    });
  }
  throw (
    ask.onTheWay?.(response.status, body) ?? refusal(system, response, clean(ask.problem?.(body) ?? null))
  );
}

/** One question whose every HTTP answer counts, also 503. @throws SystemError when there was none */
export async function askText(
  system: string,
  ask: Omit<Ask, 'problem'>,
): Promise<{ readonly status: number; readonly body: string }> {
  if (ask.signal.aborted) throw tooSlow(system, 'no');
  const response = await send(system, ask);
  return { status: response.status, body: (await readText(system, response, ask.signal)) ?? '' };
}

async function send(
  system: string,
  { method, url, headers, body, signal, dispatcher = CONNECTIONS }: Ask,
): Promise<Response> {
  const init: RequestInit = {
    method,
    headers: { accept: 'application/json', ...headers },
    signal,
    // Followed, a POST could become a GET, and a token could reach another host.
    redirect: 'manual',
    ...(body === undefined ? {} : { body }),
    dispatcher,
  };
  try {
    return await fetch(url, init);
  } catch (err) {
    throw noAnswer(system, err, signal);
  }
}

/** What an exception of `fetch`, or of reading its body, means. */
export function noAnswer(system: string, err: unknown, signal: AbortSignal): SystemError {
  if (signal.aborted) return tooSlow(system, 'maybe', err);
  const code = codeOf(err);
  const as = (words: string, sent: Sent, mayRetry = true) =>
    new SystemError(system, 'unreachable', `${system} ${words}`, { sent, mayRetry, cause: err });
  if (NEVER_SENT.includes(code)) return as(`cannot be reached (${code}).`, 'no');
  if (CERTIFICATE.test(code)) return as(`has a certificate that is not trusted (${code}).`, 'no', false);
  return as('ended the connection without an answer.', 'maybe');
}

/** Null when a refusal broke off: its status already says all that matters. */
async function readText(system: string, response: Response, signal: AbortSignal): Promise<string | null> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  try {
    for await (const chunk of response.body ?? []) {
      size += chunk.byteLength;
      // Leaving the loop cancels the body and ends its connection.
      if (size > LARGEST) break;
      chunks.push(chunk);
    }
  } catch (err) {
    if (!response.ok) return null;
    if (signal.aborted) throw tooSlow(system, 'maybe', err);
    const words = `${system} broke off in the middle of its answer.`;
    throw new SystemError(system, 'unreachable', words, { sent: 'maybe', mayRetry: true, cause: err });
  }
  if (size <= LARGEST) return Buffer.concat(chunks).toString('utf8');
  if (!response.ok) return null;
  const words = `${system} answered with more than ${LARGEST / 1_000_000} MB; the rest was not read.`;
  throw new SystemError(system, 'not understood', words, { sent: 'maybe', mayRetry: false });
}

/** What an answer other than success means. @param said the other side's own words, cleaned */
export function refusal(
  system: string,
  response: { readonly status: number; readonly headers?: Pick<Response['headers'], 'get'> },
  said: string | null,
): SystemError {
  const { status } = response;
  const words = said === null || said === '' ? '' : ` It says: ${said}`;
  const as = (fault: SystemFault, sent: Sent, mayRetry: boolean, more = words) =>
    new SystemError(system, fault, `${system} answered ${status}.${more}`, { sent, mayRetry });
  if (status >= 300 && status < 400) {
    const to = clean(response.headers?.get('location') ?? null);
    const where = to === null ? '' : ` It points to ${to}; configure the address that answers itself.`;
    // Only 307 and 308 ask for the same request elsewhere; the others may follow something that was done.
    return as('refused', status === 307 || status === 308 ? 'no' : 'maybe', false, where);
  }
  if (status === 404) return as('not found', 'no', false);
  if (status === 401 || status === 403) return as('forbidden', 'no', false);
  // Some server on the way gave up waiting for the rest of the request; the one behind it may have had enough.
  if (status === 408) return as('too slow', 'maybe', true);
  if (status === 429) {
    const rest = Number.parseInt(response.headers?.get('retry-after') ?? '', 10);
    const when = Number.isNaN(rest) ? '' : ` It may be asked again in ${rest} s.`;
    return as('rate limited', 'no', false, `${words}${when}`);
  }
  // A 409 too: we send no change twice, so it is about the state before ours.
  if (status < 500) return as('refused', 'no', false);
  return as('failed', 'maybe', true);
}

function tooSlow(system: string, sent: Sent, cause?: unknown): SystemError {
  return new SystemError(system, 'too slow', `${system} did not answer in time.`, {
    sent,
    mayRetry: true,
    cause,
  });
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function codeOf(err: unknown): string {
  const cause = err instanceof Error && err.cause instanceof Error ? err.cause : err;
  return cause instanceof Error && 'code' in cause ? String(cause.code) : '';
}

/** Foreign words: one line, at most 200 characters, no control characters. */
export function clean(text: string | null): string | null {
  if (text === null) return null;
  return text
    .replace(/[\p{Cc}\p{Cf}]+/gu, ' ')
    .trim()
    .slice(0, 200);
}
