import { newShortId } from './ids.ts';
import type { Json } from './types.ts';
import { storedMrkdwn, storedPlain } from './words.ts';

/** Colours come back as bare hex. */
const COLOURS: Readonly<Record<string, string>> = { good: '2eb886', warning: 'daa038', danger: 'a30200' };
const ACTIONABLE = new Set(['block_id', 'action_id']);

/** Blocks as Slack keeps them: missing ids filled in, words escaped, text objects with all their flags. */
export function storedBlocks(blocks: readonly unknown[]): readonly Json[] {
  return blocks
    .filter(isJson)
    .map((block) => ({ ...storedPart(block), block_id: block['block_id'] ?? newShortId() }));
}

function storedPart(part: Json): Json {
  const { type, text } = part;
  if (type === 'mrkdwn' && typeof text === 'string') {
    const verbatim = part['verbatim'] === true;
    return { type, text: storedMrkdwn(text, verbatim), verbatim };
  }
  if (type === 'plain_text' && typeof text === 'string') {
    return { type, text: storedPlain(text), emoji: part['emoji'] !== false };
  }
  // Its words are kept to the letter.
  if (type === 'rich_text' || type === 'markdown') return part;
  const entries = Object.entries(part).map(([key, value]) => [key, storedValue(key, value)] as const);
  const stored = Object.fromEntries(entries);
  return isElement(part) && part['action_id'] === undefined ? { ...stored, action_id: newShortId() } : stored;
}

function storedValue(key: string, value: unknown): unknown {
  if (Array.isArray(value)) {
    if (key === 'child_blocks') return storedBlocks(value);
    return value.map((one: unknown) => storedValue('', one));
  }
  return isJson(value) && !ACTIONABLE.has(key) ? storedPart(value) : value;
}

/** One text object as Slack keeps it. */
export function storedText(part: unknown): unknown {
  return isJson(part) ? storedPart(part) : part;
}

const ELEMENTS =
  /^(button|overflow|.*_select|checkboxes|radio_buttons|.*picker|.*_input|feedback_buttons|icon_button)$/;

export function isElement(part: Json): boolean {
  return typeof part['type'] === 'string' && ELEMENTS.test(part['type']);
}

/** Attachments as Slack keeps them: numbered, with a fallback and a bare colour. */
export function storedAttachments(attachments: readonly unknown[]): readonly Json[] {
  return attachments.filter(isJson).map((attachment, place) => ({
    id: place + 1,
    ...Object.fromEntries(
      Object.entries(attachment).map(([key, value]) => [key, attachmentValue(key, value)]),
    ),
    fallback: storedMrkdwn(String(attachment['fallback'] ?? '[no preview available]')),
  }));
}

function attachmentValue(key: string, value: unknown): unknown {
  if (key === 'blocks') return Array.isArray(value) ? storedBlocks(value) : [];
  if (key === 'color') return COLOURS[String(value)] ?? String(value).replace(/^#/, '');
  if (key === 'fields' && Array.isArray(value))
    return value.map((one: unknown) => (isJson(one) ? storedField(one) : one));
  const worded = ['text', 'pretext', 'title', 'footer', 'author_name'].includes(key);
  return worded && typeof value === 'string' ? storedMrkdwn(value) : value;
}

function storedField(field: Json): Json {
  const { title, value, short } = field;
  return {
    title: storedMrkdwn(String(title ?? '')),
    value: storedMrkdwn(String(value ?? '')),
    short: short ?? false,
  };
}

export function isJson(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
