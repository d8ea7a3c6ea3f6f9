import { Refusal, refuseWith } from './api/refusal.ts';
import { complaints, type Draft } from './blocks/message.ts';
import { isJson, storedAttachments, storedBlocks } from './state/normalise.ts';
import type { Json, Message, Metadata } from './state/types.ts';
import { wireBot } from './state/wire.ts';
import { storedMrkdwn } from './state/words.ts';
import { OWN, type Workspace } from './state/workspace.ts';

/** A post's text is cut here. */
const CUT = 40_000;

/** Words that Slack took, as it keeps them. */
export interface Words {
  readonly text?: string;
  readonly blocks?: readonly Json[];
  readonly attachments?: readonly Json[];
  readonly metadata?: Metadata;
}

/**
 * Checks what an app wants to say and turns it into what Slack keeps.
 * `answer`: by a response_url or an acknowledgement, where the limit over all blocks was never seen.
 * @throws Refusal with Slack's error
 */
export function accept(draft: Draft, how: 'post' | 'update' | 'answer'): Words {
  const [first] = complaints(draft, how === 'update' ? 'update' : 'post').filter(
    ({ error }) => how !== 'answer' || error !== 'msg_blocks_too_long',
  );
  if (first !== undefined) throw refuseWith(first.error, first.messages);
  const { text, blocks, attachments, metadata } = draft;
  if (how !== 'update' && [text, blocks, attachments].every(isNothing)) throw new Refusal('no_text');
  return {
    ...(typeof text === 'string' ? { text: storedMrkdwn([...text].slice(0, CUT).join('')) } : {}),
    ...(Array.isArray(blocks) ? { blocks: storedBlocks(blocks) } : {}),
    ...(Array.isArray(attachments) ? { attachments: storedAttachments(attachments) } : {}),
    ...(isMetadata(metadata) ? { metadata } : {}),
  };
}

function isNothing(value: unknown): boolean {
  return value === undefined || value === '' || (Array.isArray(value) && value.length === 0);
}

function isMetadata(value: unknown): value is Metadata {
  return isJson(value) && typeof value['event_type'] === 'string' && isJson(value['event_payload']);
}

/** A message of the app's own bot, ready to be posted. */
export function ownMessage(
  workspace: Workspace,
  place: { readonly channel: string; readonly threadTs: string | null; readonly broadcast?: boolean },
  words: Words,
): Message {
  const { text = '', blocks, attachments, metadata } = words;
  const bot = workspace.bots.get(OWN.bot);
  return {
    type: 'message',
    channel: place.channel,
    ts: workspace.nextTs(),
    user: OWN.user,
    bot_id: OWN.bot,
    app_id: OWN.app,
    ...(bot === undefined ? {} : { bot_profile: wireBot(bot) }),
    text,
    ...(blocks === undefined || blocks.length === 0 ? {} : { blocks }),
    ...(attachments === undefined || attachments.length === 0 ? {} : { attachments }),
    ...(metadata === undefined ? {} : { metadata }),
    ...inThread(workspace, place),
  };
}

/** What a reply carries. @throws Refusal when there is no such thread */
export function inThread(
  workspace: Workspace,
  { channel, threadTs, broadcast }: { channel: string; threadTs: string | null; broadcast?: boolean },
): Partial<Message> {
  if (threadTs === null) return {};
  const head = workspace.message(channel, threadTs);
  if (head === null) throw new Refusal('thread_not_found');
  if (head.thread_ts !== undefined && head.thread_ts !== head.ts)
    throw new Refusal('cannot_reply_to_message');
  return {
    thread_ts: head.ts,
    ...(head.user === undefined ? {} : { parent_user_id: head.user }),
    ...(broadcast === true ? { subtype: 'thread_broadcast' } : {}),
  };
}

/**
 * The message after an edit. Text without blocks takes the blocks away; attachments and metadata stay unless sent.
 * No "(edited)" mark when blocks are used.
 */
export function edited(before: Message, words: Words, ts: string): Message {
  const { blocks: oldBlocks, attachments: oldAttachments, edited: _edited, ...rest } = before;
  const blocks = words.blocks ?? (words.text === undefined ? oldBlocks : undefined);
  const attachments = words.attachments ?? oldAttachments;
  const withBlocks = blocks !== undefined && blocks.length > 0;
  return {
    ...rest,
    text: words.text ?? before.text,
    ...(withBlocks ? { blocks } : { edited: { user: OWN.user, ts } }),
    ...(attachments === undefined || attachments.length === 0 ? {} : { attachments }),
    ...(words.metadata === undefined ? {} : { metadata: words.metadata }),
  };
}
