import { anything, boolean, integer, isObject, list, object, oneOf, optional, string } from './rules.ts';
import { url } from './text.ts';
import { blockText, checkBlocks, gather, MOST_BLOCK_TEXT, validateBlocks } from './validate.ts';

/** What an app wants to say, before Slack has looked at it. */
export interface Draft {
  readonly text?: unknown;
  readonly blocks?: unknown;
  readonly attachments?: unknown;
  readonly metadata?: unknown;
}

/** An error of Slack's with its explanations. */
export interface Complaint {
  readonly error: string;
  readonly messages: readonly string[];
}

/** Not documented; Slack only says that there is a limit. */
const MOST_METADATA = 8_000;
/** chat.update refuses above this, chat.postMessage only cuts at 40,000. */
const MOST_UPDATE_TEXT = 4_000;

/**
 * Everything that Slack would refuse about a message, one line each; empty: it takes it.
 * `how` matters for the text: an update refuses more than 4,000 characters, a post does not.
 */
export function validateMessage(draft: Draft, how: 'post' | 'update' = 'post'): string[] {
  return complaints(draft, how).flatMap(({ error, messages }) =>
    messages.length === 0 ? [error] : messages.map((message) => `${error}: ${message}`),
  );
}

/** The same, by Slack's error; the first is what it answers with. */
export function complaints(draft: Draft, how: 'post' | 'update'): Complaint[] {
  const found: Complaint[] = [];
  const { text, blocks, attachments, metadata } = draft;
  const blocksSaid = blocks === undefined ? [] : validateBlocks(blocks, 'message');
  if (blocksSaid.length > 0) found.push({ error: 'invalid_blocks', messages: blocksSaid });
  if (Array.isArray(attachments) && attachments.length > 100) {
    found.push({ error: 'too_many_attachments', messages: [] });
  }
  const attachmentsSaid = attachments === undefined ? [] : validateAttachments(attachments);
  if (attachmentsSaid.length > 0) found.push({ error: 'invalid_attachments', messages: attachmentsSaid });
  if (blockText(draft) > MOST_BLOCK_TEXT) found.push({ error: 'msg_blocks_too_long', messages: [] });
  if (how === 'update' && typeof text === 'string' && [...text].length > MOST_UPDATE_TEXT) {
    found.push({ error: 'msg_too_long', messages: [] });
  }
  const metadataSaid = metadata === undefined ? null : complainOfMetadata(metadata);
  if (metadataSaid !== null) found.push(metadataSaid);
  return found;
}

const ATTACHMENT = object({
  fallback: optional(string(40_000, 0)),
  color: optional(string(7, 3, /^(good|warning|danger|#?[0-9a-fA-F]{3}|#?[0-9a-fA-F]{6})$/)),
  pretext: optional(string(40_000, 0)),
  author_name: optional(string(3_000, 0)),
  author_link: optional(url),
  author_icon: optional(url),
  title: optional(string(3_000, 0)),
  title_link: optional(url),
  text: optional(string(40_000, 0)),
  fields: optional(
    list(
      object({
        title: optional(string(3_000, 0)),
        value: optional(string(40_000, 0)),
        short: optional(boolean),
      }),
      100,
      0,
    ),
  ),
  image_url: optional(url),
  thumb_url: optional(url),
  footer: optional(string(300, 0)),
  footer_icon: optional(url),
  ts: optional(anything),
  mrkdwn_in: optional(list(oneOf('fallback', 'pretext', 'text', 'fields', 'footer', 'title'), 6, 0)),
  id: optional(integer(1, 100)),
  callback_id: optional(string(255)),
  attachment_type: optional(string(255)),
  actions: optional(list(anything, 5, 0)),
  blocks: optional((value, at, report) => checkBlocks(value, at, report)),
});

function validateAttachments(attachments: unknown): string[] {
  const { report, said } = gather('message');
  list(ATTACHMENT, 100, 0)(attachments, '/attachments', report);
  return said;
}

function complainOfMetadata(metadata: unknown): Complaint | null {
  if (!isObject(metadata)) return { error: 'invalid_metadata_format', messages: [] };
  const { report, said } = gather('message');
  object({
    event_type: string(255),
    event_payload: (value, at, { fail }) => {
      if (!isObject(value)) fail(at, 'must provide an object');
    },
    entities: optional(anything),
  })(metadata, '/metadata', report);
  if (said.length > 0) return { error: 'invalid_metadata_schema', messages: said };
  if (JSON.stringify(metadata).length > MOST_METADATA) return { error: 'metadata_too_large', messages: [] };
  return null;
}
