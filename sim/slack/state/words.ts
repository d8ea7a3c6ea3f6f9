import type { Json } from './types.ts';

const CONTROL =
  /<(?:@[UWB][A-Z0-9]+(?:\|[^<>]*)?|#C[A-Z0-9]+(?:\|[^<>]*)?|![a-z]+[^<>]*|(?:https?|mailto|tel):[^<>]+)>/;
const ENTITY = /&(?:amp|lt|gt);/;
const BARE_URL = /https?:\/\/[^\s<>|]*[^\s<>|.,;:!?)'"\]*_~`]/;
const PIECE = new RegExp(`(${CONTROL.source})|(${ENTITY.source})|(${BARE_URL.source})|[&<>]`, 'g');

/**
 * mrkdwn as Slack gives it back: its own `<…>` and entities stay, any other `&`, `<`, `>` is escaped, and bare
 * addresses get brackets unless the text is verbatim.
 */
export function storedMrkdwn(text: string, verbatim = false): string {
  return text.replace(PIECE, (piece, control?: string, entity?: string, url?: string) => {
    if (control !== undefined || entity !== undefined) return piece;
    if (url !== undefined) return verbatim ? escaped(url) : `<${escaped(url)}>`;
    return escaped(piece);
  });
}

/** Plain words: every special character is escaped once. */
export function storedPlain(text: string): string {
  return text.replace(/&(?:amp|lt|gt);|[&<>]/g, (piece) => (piece.length > 1 ? piece : escaped(piece)));
}

export function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

export function unescaped(text: string): string {
  return text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');
}

/** The names that Slack turns into ids: people by handle, public channels by name. */
export interface Directory {
  readonly userByName: (name: string) => string | null;
  /** A private channel has an empty label. */
  readonly channelByName: (name: string) => { readonly id: string; readonly label: string } | null;
}

/** Typed text with `@name`, `#channel` and addresses as Slack encodes them. */
export function encoded(text: string, directory: Directory): string {
  const parts = text.split(/(https?:\/\/[^\s<>|]*[^\s<>|.,;:!?)'"\]*_~`])/);
  return parts
    .map((part, place) => {
      if (place % 2 === 1) return `<${escaped(part)}>`;
      return escaped(part)
        .replace(/(^|[\s(])@([a-z0-9._-]+)/g, (whole, before: string, name: string) => {
          const user = directory.userByName(name);
          return user === null ? whole : `${before}<@${user}>`;
        })
        .replace(/(^|[\s(])#([a-z0-9_-]+)/g, (whole, before: string, name: string) => {
          const channel = directory.channelByName(name);
          return channel === null ? whole : `${before}<#${channel.id}|${channel.label}>`;
        });
    })
    .join('');
}

/** The rich text that Slack's client makes of what a person typed. */
export function typedBlocks(text: string, blockId: string): readonly Json[] {
  return [
    {
      type: 'rich_text',
      block_id: blockId,
      elements: [{ type: 'rich_text_section', elements: [{ type: 'text', text }] }],
    },
  ];
}
