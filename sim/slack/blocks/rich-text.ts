import {
  boolean,
  byType,
  integer,
  list,
  number,
  object,
  oneOf,
  optional,
  type Rule,
  string,
} from './rules.ts';
import { id, url } from './text.ts';

const style = optional(
  object({
    bold: optional(boolean),
    italic: optional(boolean),
    strike: optional(boolean),
    underline: optional(boolean),
    code: optional(boolean),
    highlight: optional(boolean),
    client_highlight: optional(boolean),
    unlink: optional(boolean),
  }),
);

const textPiece = object({ text: string(12_000), style });
const linkPiece = object({ url, text: optional(string(3_000)), unsafe: optional(boolean), style });

const PIECES: Readonly<Record<string, Rule>> = {
  text: textPiece,
  link: linkPiece,
  broadcast: object({ range: oneOf('here', 'channel', 'everyone'), style }),
  color: object({ value: string(7), style }),
  channel: object({ channel_id: string(255), style }),
  date: object({
    timestamp: number,
    format: string(255),
    url: optional(url),
    fallback: optional(string(255)),
    style,
  }),
  emoji: object({ name: string(255), unicode: optional(string(255)), url: optional(url), style }),
  team: object({ team_id: string(255), style }),
  user: object({ user_id: string(255), style }),
  usergroup: object({ usergroup_id: string(255), style }),
};

const section = object({ elements: list(byType(PIECES), 3_000, 0) });

const PARTS: Readonly<Record<string, Rule>> = {
  rich_text_section: section,
  rich_text_list: object({
    elements: list(byType({ rich_text_section: section }), 3_000, 0),
    style: oneOf('bullet', 'ordered'),
    indent: optional(integer(0, 8)),
    offset: optional(integer(0, 100_000)),
    border: optional(integer(0, 1)),
  }),
  rich_text_quote: object({ elements: list(byType(PIECES), 3_000, 0), border: optional(integer(0, 1)) }),
  rich_text_preformatted: object({
    elements: list(byType({ text: textPiece, link: linkPiece }), 3_000, 0),
    border: optional(integer(0, 1)),
    language: optional(string(255)),
  }),
};

/** Sections, lists, quotes and preformatted text: the safe container for foreign words. */
export const richText = object({ block_id: optional(id), elements: list(byType(PARTS), 3_000, 0) });
