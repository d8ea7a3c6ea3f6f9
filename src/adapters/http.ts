import { type Dispatcher, fetch, type RequestInit, type Response } from 'undici';
import { SystemError } from '../ports/system-error.ts';

export interface Ask {
  readonly method: 'GET' | 'POST' | 'PATCH';
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly signal: AbortSignal;
  /** Its own connections, where the process-wide ones do not do. */
  readonly dispatcher?: Dispatcher;
  /** Reads the other side's own words out of an error body; they are cleaned and cut before anybody sees them. */
  readonly problem?: (body: unknown) => string | null;
}

/** The largest answer that is read, characters. */
const LARGEST = 5_000_000;

/**
 * One call over HTTP, and one place that says what an answer means. `sent` is `no` only where the other side surely
 * did nothing: it was never reached, or it said so itself (4xx).
 * @throws SystemError
 */
export async function askJson(system: string, ask: Ask): Promise<unknown> {
  const { response, text } = await call(system, ask);
  const body = parse(text);
  if (response.ok) {
    if (body !== undefined) return body;
    throw new SystemError(system, 'not understood', `${system} answered with something that is no JSON.`, {
      sent: 'maybe',
      mayRetry: true,
    });
  }
  throw refusal(system, response, clean(ask.problem?.(body) ?? null));
}

/** One question whose every HTTP answer counts, also 503. @throws SystemError when there was none */
export async function askText(
  system: string,
  ask: Omit<Ask, 'problem'>,
): Promise<{ readonly status: number; readonly body: string }> {
  const { response, text } = await call(system, ask);
  return { status: response.status, body: text };
}

async function call(
  system: string,
  { method, url, headers, body, signal, dispatcher }: Ask,
): Promise<{ response: Response; text: string }> {
  const init: RequestInit = {
    method,
    headers: { accept: 'application/json', ...headers },
    signal,
    redirect: 'error',
    ...(body === undefined ? {} : { body }),
    ...(dispatcher === undefined ? {} : { dispatcher }),
  };
  try {
    const response = await fetch(url, init);
    const text = await response.text();
    return { response, text: text.slice(0, LARGEST) };
  } catch (err) {
    throw noAnswer(system, err, signal);
  }
}

/** Codes of an error before the first byte of a request could leave. */
const NEVER_REACHED = [
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
  'CERT_HAS_EXPIRED',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'ERR_TLS_CERT_ALTNAME_INVALID',
];

/** What an exception of `fetch`, or of reading its body, means. */
export function noAnswer(system: string, err: unknown, signal: AbortSignal): SystemError {
  if (signal.aborted)
    return new SystemError(system, 'too slow', `${system} did not answer in time.`, {
      sent: 'maybe',
      mayRetry: true,
      cause: err,
    });
  const code = codeOf(err);
  const never = NEVER_REACHED.includes(code);
  const said = never ? `${system} cannot be reached (${code}).` : `${system} broke off its answer.`;
  return new SystemError(system, 'unreachable', said, {
    sent: never ? 'no' : 'maybe',
    mayRetry: true,
    cause: err,
  });
}

/** What an answer other than success means. @param said the other side's own words, cleaned */
export function refusal(
  system: string,
  response: { readonly status: number },
  said: string | null,
): SystemError {
  const { status } = response;
  const words = said === null ? '' : ` It says: ${said}`;
  const as = (fault: SystemError['fault'], sent: 'no' | 'maybe', mayRetry: boolean) =>
    new SystemError(system, fault, `${system} answered ${status}.${words}`, { sent, mayRetry });
  if (status === 404) return as('not found', 'no', false);
  if (status === 401 || status === 403) return as('forbidden', 'no', false);
  if (status === 429) return as('rate limited', 'no', true);
  if (status >= 400 && status < 500) return as('refused', 'no', false);
  return as('failed', 'maybe', true);
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
