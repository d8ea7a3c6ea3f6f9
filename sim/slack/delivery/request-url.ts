import { createHmac } from 'node:crypto';
import type { SlackLimits } from '../limits.ts';
import { isJson } from '../state/normalise.ts';
import type { Json } from '../state/types.ts';
import type { Answer, Delivery, Transport } from './transport.ts';

/** Slack compares the media type to the letter, and so does Bolt: no charset behind it. */
const FORM = 'application/x-www-form-urlencoded';

/** Delivery to a request URL: signed requests, the answer's body is the acknowledgement. */
export function createRequestUrl(parts: {
  readonly url: string;
  readonly signingSecret: string;
  readonly limits: SlackLimits;
}): Transport & { verify(): Promise<boolean> } {
  const { url, signingSecret, limits } = parts;
  const ending = new AbortController();

  async function post(body: string, type: string, more: Record<string, string>): Promise<Response> {
    const timestamp = String(Math.floor(Date.now() / 1_000));
    const signature = createHmac('sha256', signingSecret).update(`v0:${timestamp}:${body}`).digest('hex');
    return await fetch(url, {
      method: 'POST',
      body,
      redirect: 'error',
      signal: AbortSignal.any([ending.signal, AbortSignal.timeout(limits.ackMs)]),
      headers: {
        'content-type': type,
        'x-slack-request-timestamp': timestamp,
        'x-slack-signature': `v0=${signature}`,
        ...more,
      },
    });
  }

  return {
    async send(delivery): Promise<Answer> {
      const { attempt, reason } = delivery.retry;
      const more: Record<string, string> =
        attempt === 0 ? {} : { 'x-slack-retry-num': String(attempt), 'x-slack-retry-reason': reason };
      try {
        const { body, type } = encode(delivery);
        const response = await post(body, type, more);
        const text = await response.text();
        if (response.ok) return { ok: true, payload: answered(text) };
        const noRetry = response.headers.get('x-slack-no-retry') === '1';
        return { ok: false, reason: 'http_error', noRetry };
      } catch (error) {
        const timedOut = error instanceof Error && error.name === 'TimeoutError';
        return { ok: false, reason: timedOut ? 'http_timeout' : 'connection_failed' };
      }
    },
    /** What Slack does when the URL is entered: the app must echo the challenge. */
    async verify() {
      const challenge = 'challenge-3eZbrw1aBm2rZgRNFdxV2595E9CY3gmdALWMmHkvFXO7tYXAYM8P';
      const body = JSON.stringify({ type: 'url_verification', token: 'deprecated', challenge });
      const response = await post(body, 'application/json', {}).catch(() => null);
      return response?.ok === true && (await response.text()).includes(challenge);
    },
    stop: () => ending.abort(),
  };
}

function encode({ type, payload }: Delivery): { body: string; type: string } {
  if (type === 'events_api') return { body: JSON.stringify(payload), type: 'application/json' };
  if (type === 'interactive') {
    return { body: new URLSearchParams({ payload: JSON.stringify(payload) }).toString(), type: FORM };
  }
  const fields = Object.fromEntries(Object.entries(payload).map(([name, value]) => [name, String(value)]));
  return { body: new URLSearchParams(fields).toString(), type: FORM };
}

/** JSON, or plain words for a slash command. */
function answered(text: string): Json {
  if (text.trim() === '') return {};
  try {
    const parsed: unknown = JSON.parse(text);
    return isJson(parsed) ? parsed : { text: String(parsed) };
  } catch {
    return { text };
  }
}
