import type { ConversationsHistoryResponse, WebClient } from '@slack/web-api';
import { ErrorCode } from '@slack/web-api';
import { SystemError } from '../ports/system-error.ts';
import type { Message } from '../views/kit.ts';

/** What a call to Slack came to, in the voice's own words. */
export type Said =
  /** `adopted`: it stood there already, with words that may be older. */
  | { readonly kind: 'shown'; readonly ts: string; readonly adopted?: boolean }
  | { readonly kind: 'not now'; readonly afterMs: number; readonly because: string }
  /** It may stand there and it may not. */
  | { readonly kind: 'unsure'; readonly because: string }
  /** Slack will never take it. */
  | { readonly kind: 'refused'; readonly because: string };

const EVENT = 'oms_message';

export interface Place {
  readonly channel: string;
  readonly threadTs: string | null;
  /** A reply that the channel shows too. */
  readonly broadcast?: boolean;
}

/** Posts under a key that can be found again. */
export async function post(client: WebClient, place: Place, key: string, words: Message): Promise<Said> {
  return await saying(words, async ({ text, blocks }) => {
    const answer = await client.chat.postMessage({
      channel: place.channel,
      text,
      blocks,
      ...reply(place),
      unfurl_links: false,
      unfurl_media: false,
      metadata: { event_type: EVENT, event_payload: { key } },
    });
    return answer.ts ?? '';
  });
}

function reply({ threadTs, broadcast }: Place) {
  if (threadTs === null) return {};
  if (broadcast) return { thread_ts: threadTs, reply_broadcast: true } as const;
  return { thread_ts: threadTs };
}

export async function edit(client: WebClient, channel: string, ts: string, words: Message): Promise<Said> {
  return await saying(words, async ({ text, blocks }) => {
    await client.chat.update({ channel, ts, text, blocks });
    return ts;
  });
}

/** The newest message of a place: where the search for our own begins, should the answer be lost. */
export async function newest(client: WebClient, { channel, threadTs }: Place): Promise<string> {
  if (threadTs !== null) return threadTs;
  const page = await client.conversations.history({ channel, limit: 1 });
  return page.messages?.[0]?.ts ?? '0';
}

/** A page holds 200; a thread is read from its head, so what was posted last stands on its last page. */
const MOST_PAGES = 10;

/** Our message with this key since `after`: the oldest is kept, others are taken away. Null when there is none. */
export async function findOwn(
  client: WebClient,
  { channel, threadTs }: Place,
  key: string,
  after: string,
): Promise<string | null> {
  const question = { channel, oldest: after, inclusive: true, limit: 200, include_all_metadata: true };
  const own: string[] = [];
  let next: { readonly cursor?: string } | null = {};
  for (let pages = 0; next !== null && pages < MOST_PAGES; pages += 1) {
    const page: ConversationsHistoryResponse =
      threadTs === null
        ? await client.conversations.history({ ...question, ...next })
        : await client.conversations.replies({ ...question, ...next, ts: threadTs });
    for (const { metadata, ts } of page.messages ?? [])
      if (ts !== undefined && ownKey(metadata) === key) own.push(ts);
    const cursor = page.response_metadata?.next_cursor ?? '';
    next = cursor === '' ? null : { cursor };
  }
  own.sort();
  for (const twice of own.slice(1)) await client.chat.delete({ channel, ts: twice });
  return own[0] ?? null;
}

/** The newest message of a channel that we posted under such a key; null when the last 200 hold none. */
export async function newestOf(
  client: WebClient,
  channel: string,
  wanted: (key: string) => boolean,
): Promise<{ readonly key: string; readonly ts: string } | null> {
  const page = await client.conversations.history({ channel, limit: 200, include_all_metadata: true });
  for (const { metadata, ts } of page.messages ?? []) {
    const key = ownKey(metadata);
    if (ts !== undefined && key !== null && wanted(key)) return { key, ts };
  }
  return null;
}

function ownKey(metadata: { event_type?: string; event_payload?: unknown } | undefined): string | null {
  if (metadata?.event_type !== EVENT) return null;
  const key = keyOf(metadata.event_payload);
  return typeof key === 'string' ? key : null;
}

function keyOf(payload: unknown): unknown {
  return typeof payload === 'object' && payload !== null && 'key' in payload ? payload.key : null;
}

/** What Slack finds wrong with the message itself, wherever it is to stand. */
const ITS_LAYOUT =
  /: (invalid_blocks|invalid_blocks_format|msg_blocks_too_long|msg_too_long|invalid_arguments)$/;

/** Nobody stays untold for a layout that Slack does not take: then the text stands alone, and says so. */
async function saying(words: Message, call: (words: Message) => Promise<string>): Promise<Said> {
  try {
    return { kind: 'shown', ts: await call(words) };
  } catch (err) {
    const said = failure(err);
    const why = said.kind === 'refused' ? ITS_LAYOUT.exec(said.because)?.[1] : undefined;
    if (why === undefined || words.blocks.length === 0) return said;
    const text = `${words.text}\nThe rest is not shown: Slack refused its layout (${why}).`;
    return await saying({ text, blocks: [] }, call);
  }
}

/**
 * What an error of a call to Slack means.
 * @throws the error itself when it is not Slack's
 */
export function failure(err: unknown): Exclude<Said, { kind: 'shown' }> {
  if (err instanceof SystemError) return { kind: 'refused', because: err.message };
  const { code, because, retryAfter } = detail(err);
  if (!code.startsWith('slack_webapi_')) throw err;
  if (code === ErrorCode.RateLimitedError) return { kind: 'not now', afterMs: retryAfter * 1_000, because };
  // Slack's own trouble: it says itself that some of it may have been done.
  if (
    code === ErrorCode.PlatformError &&
    /: (internal_error|fatal_error|service_unavailable|request_timeout)$/.test(because)
  )
    return { kind: 'unsure', because };
  if (code === ErrorCode.PlatformError) return { kind: 'refused', because };
  return { kind: 'unsure', because };
}

function detail(err: unknown): { code: string; because: string; retryAfter: number } {
  if (!(err instanceof Error)) return { code: '', because: 'unknown', retryAfter: 1 };
  const code = 'code' in err ? String(err.code) : '';
  const retryAfter = 'retryAfter' in err ? Number(err.retryAfter) : 1;
  return { code, because: err.message.slice(0, 300), retryAfter };
}
