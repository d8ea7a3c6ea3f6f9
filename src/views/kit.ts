import type {
  ActionsBlock,
  Button,
  ConfirmationDialog,
  ContextBlock,
  HeaderBlock,
  KnownBlock,
  MrkdwnElement,
  Overflow,
  PlainTextElement,
  RichTextBlock,
  SectionBlock,
  StaticSelect,
} from '@slack/types';
import { masked } from '../domain/secrets.ts';
import { cut, joined, type Words, words } from './words.ts';

/** A message: `text` is what a lock screen and a screen reader get, `blocks` what the channel shows. */
export interface Message {
  readonly text: string;
  readonly blocks: KnownBlock[];
}

/** Our own bounds, at Slack's or below (docs.slack.dev, *Blocks* and *Composition objects*). */
export const LIMIT = {
  header: 150,
  section: 2_900,
  context: 1_900,
  button: 75,
  dialog: 300,
  text: 1_500,
  blocks: 45,
  evidence: 1_500,
  /** All text of one message together; Slack refuses somewhere above 12,000. */
  all: 9_900,
} as const;

/** A click's verb; what it is about stands in the value. */
export const ACTIONS = {
  run: 'oms_run',
  fill: 'oms_fill',
  refuse: 'oms_refuse',
  acknowledge: 'oms_ack',
  escalate: 'oms_escalate',
  commands: 'oms_commands',
  diagnoseAnyway: 'oms_diagnose_anyway',
  share: 'oms_share',
  more: 'oms_more',
  done: 'oms_done',
  tick: 'oms_tick',
  texts: 'oms_texts',
} as const;

function mrkdwn(text: Words, most: number): MrkdwnElement {
  return { type: 'mrkdwn', text: cut(text.text === '' ? '–' : text.text, most), verbatim: true };
}

/** Text without markup; masked all the same. */
export function plainText(text: string, most: number): PlainTextElement {
  return { type: 'plain_text', text: cut(masked(text) || '–', most), emoji: true };
}

export function header(text: string): HeaderBlock {
  return { type: 'header', text: plainText(text, LIMIT.header) };
}

export function section(lines: readonly Words[], accessory?: Button): SectionBlock {
  return {
    type: 'section',
    text: mrkdwn(joined(lines, '\n'), LIMIT.section),
    ...(accessory === undefined ? {} : { accessory }),
  };
}

export function note(lines: readonly Words[]): ContextBlock {
  return { type: 'context', elements: [mrkdwn(joined(lines, '\n'), LIMIT.context)] };
}

/** Foreign text as data: no markup is read in it. */
export function evidence(lines: readonly string[]): RichTextBlock {
  const text = cut(masked(lines.join('\n')) || '–', LIMIT.evidence);
  return {
    type: 'rich_text',
    elements: [{ type: 'rich_text_preformatted', elements: [{ type: 'text', text }] }],
  };
}

/** Asked before a click counts, one sentence a line. */
export interface Confirm {
  readonly title: string;
  readonly lines: readonly string[];
  readonly yes: string;
}

export interface ButtonLike {
  readonly text: string;
  readonly action: string;
  readonly value: string;
  readonly primary?: boolean;
  readonly confirm?: Confirm;
}

/** A menu behind three dots. One verb for all its lines; which line was meant stands in its value. */
export interface MenuLike {
  readonly action: string;
  readonly options: readonly { readonly text: string; readonly value: string }[];
}

/** One choice among lines that stand under headings; the value of the line says all. */
export interface ChoiceLike {
  readonly action: string;
  readonly placeholder: string;
  readonly groups: readonly {
    readonly label: string;
    readonly options: readonly { readonly text: string; readonly value: string }[];
  }[];
}

function choice({ action, placeholder, groups }: ChoiceLike): StaticSelect {
  return {
    type: 'static_select',
    action_id: action,
    placeholder: plainText(placeholder, LIMIT.button),
    option_groups: groups.slice(0, 100).map(({ label, options }) => ({
      label: plainText(label, LIMIT.button),
      options: options.map(({ text, value }) => ({ text: plainText(text, LIMIT.button), value })),
    })),
  };
}

function button({ text, action, value, primary, confirm }: ButtonLike): Button {
  return {
    type: 'button',
    text: plainText(text, LIMIT.button),
    action_id: action,
    value,
    ...(primary ? { style: 'primary' as const } : {}),
    ...(confirm === undefined ? {} : { confirm: dialog(confirm) }),
  };
}

function dialog({ title, lines, yes }: Confirm): ConfirmationDialog {
  return {
    title: plainText(title, 100),
    text: plainText(lines.join('\n'), LIMIT.dialog),
    confirm: plainText(yes, 30),
    deny: plainText('Not now', 30),
  };
}

function menu({ action, options }: MenuLike): Overflow {
  return {
    type: 'overflow',
    action_id: action,
    options: options.map(({ text, value }) => ({ text: plainText(text, 75), value })),
  };
}

/** A row of buttons and menus; an id twice in one row would be refused, so each gets its place. */
export function buttons(row: readonly (ButtonLike | MenuLike | ChoiceLike)[]): readonly ActionsBlock[] {
  if (row.length === 0) return [];
  const elements = row.slice(0, 25).map((one, place) => {
    const action = `${one.action}:${place}`;
    if ('groups' in one) return choice({ ...one, action });
    return 'options' in one ? menu({ ...one, action }) : button({ ...one, action });
  });
  return [{ type: 'actions', elements }];
}

/** The verb of an `action_id` that `buttons` wrote. */
export function verbOf(actionId: string): string {
  return actionId.split(':')[0] ?? actionId;
}

/** A message within all bounds: what does not fit is left out from the end, but never a button, and with a word about it. */
export function message(text: Words, blocks: readonly KnownBlock[]): Message {
  const said = cut(text.text, LIMIT.text);
  const whole = { text: said, blocks: [...blocks] };
  if (blocks.length <= LIMIT.blocks && lengthOf(whole) <= LIMIT.all) return whole;
  const last = note([words`More did not fit here.`]);
  const must = blocks.filter(({ type }) => type === 'actions');
  let room = LIMIT.all - said.length - [last, ...must].reduce((sum, block) => sum + textLength(block), 0);
  let places = LIMIT.blocks - must.length - 1;
  const kept = blocks.filter((block) => {
    if (block.type === 'actions') return true;
    room -= textLength(block);
    places -= 1;
    return room >= 0 && places >= 0;
  });
  return { text: said, blocks: [...kept, last] };
}

/** All text of a message, counted as Slack does: every string under a `text`. */
export function lengthOf({ text, blocks }: Message): number {
  return text.length + textLength(blocks);
}

function textLength(value: unknown): number {
  if (Array.isArray(value)) return value.reduce<number>((sum, one) => sum + textLength(one), 0);
  if (typeof value !== 'object' || value === null) return 0;
  return Object.entries(value).reduce(
    (sum, [key, inner]) =>
      sum + (key === 'text' && typeof inner === 'string' ? inner.length : textLength(inner)),
    0,
  );
}
