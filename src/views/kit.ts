import type {
  ActionsBlock,
  Button,
  ContextBlock,
  HeaderBlock,
  KnownBlock,
  MrkdwnElement,
  PlainTextElement,
  RichTextBlock,
  SectionBlock,
} from '@slack/types';

/** A message: `text` is what a lock screen and a screen reader get, `blocks` what the channel shows. */
export interface Message {
  readonly text: string;
  readonly blocks: KnownBlock[];
}

/** Our own bounds, below Slack's (reference: blocks, cumulative text of about 12,000 characters). */
const LIMIT = {
  header: 150,
  section: 2_900,
  context: 1_900,
  button: 75,
  text: 3_000,
  blocks: 45,
  evidence: 1_500,
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
} as const;

const SECRET = [
  [/\b(?:\d[ -]?){13,19}\b/g, '[card number]'],
  [/\b[\w.+-]+@[\w-]+\.[\w.-]+\b/g, '[e-mail]'],
  [/\b(?:xox[abeprs]-|xapp-|sk_(?:live|test)_|Bearer\s+)[\w.-]{6,}/g, '[token]'],
  [/\beyJ[\w-]{10,}\.[\w-]{10,}\.[\w-]*/g, '[token]'],
] as const;

/** Foreign words made harmless: masked, without control and direction characters, escaped. */
export function quoted(text: string): string {
  return masked(text)
    .replace(/&/g, '&amp;')
    .replace(/</g, '&lt;')
    .replace(/>/g, '&gt;')
    .replace(/[*~`]|(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])/g, '\u200b$&\u200b');
}

/** Card numbers, addresses and tokens never leave; nor does what turns the direction of writing. */
export function masked(text: string): string {
  let clean = text.replace(/(?![\n\t])[\p{Cc}\u202a-\u202e\u2066-\u2069]/gu, '');
  for (const [pattern, word] of SECRET) clean = clean.replace(pattern, word);
  return clean;
}

/** Cut by whole characters, with a sign that something is missing. */
export function cut(text: string, most: number): string {
  const letters = [...text];
  return letters.length <= most ? text : `${letters.slice(0, most - 1).join('')}…`;
}

export function mrkdwn(text: string, most: number = LIMIT.section): MrkdwnElement {
  return { type: 'mrkdwn', text: cut(text === '' ? '–' : text, most), verbatim: true };
}

export function plainText(text: string, most: number): PlainTextElement {
  return { type: 'plain_text', text: cut(text, most), emoji: true };
}

export function header(text: string): HeaderBlock {
  return { type: 'header', text: plainText(text, LIMIT.header) };
}

export function section(lines: readonly string[], accessory?: Button): SectionBlock {
  return {
    type: 'section',
    text: mrkdwn(lines.join('\n')),
    ...(accessory === undefined ? {} : { accessory }),
  };
}

export function note(lines: readonly string[]): ContextBlock {
  return { type: 'context', elements: [mrkdwn(lines.join('\n'), LIMIT.context)] };
}

/** Foreign text as data: no markup is read in it. */
export function evidence(lines: readonly string[]): RichTextBlock {
  const text = cut(masked(lines.join('\n')) || '–', LIMIT.evidence);
  return {
    type: 'rich_text',
    elements: [{ type: 'rich_text_preformatted', elements: [{ type: 'text', text }] }],
  };
}

export interface ButtonLike {
  readonly text: string;
  readonly action: string;
  readonly value: string;
  readonly primary?: boolean;
  /** Asked before the click counts, one sentence a line. */
  readonly confirm?: { readonly title: string; readonly lines: readonly string[]; readonly yes: string };
}

export function button({ text, action, value, primary, confirm }: ButtonLike): Button {
  return {
    type: 'button',
    text: plainText(text, LIMIT.button),
    action_id: action,
    value,
    ...(primary ? { style: 'primary' as const } : {}),
    ...(confirm === undefined
      ? {}
      : {
          confirm: {
            title: plainText(confirm.title, 100),
            text: plainText(confirm.lines.join('\n'), 300),
            confirm: plainText(confirm.yes, 30),
            deny: plainText('Not now', 30),
          },
        }),
  };
}

/** A row of buttons; an id twice in one row would be refused, so each gets its place. */
export function buttons(rows: readonly ButtonLike[]): readonly ActionsBlock[] {
  if (rows.length === 0) return [];
  const elements = rows.slice(0, 5).map((one, place) => button({ ...one, action: `${one.action}:${place}` }));
  return [{ type: 'actions', elements }];
}

/** The verb of an `action_id` that `buttons` wrote. */
export function verbOf(actionId: string): string {
  return actionId.split(':')[0] ?? actionId;
}

/** Each reader's own time, with a fallback in UTC. */
export function clock(at: number): string {
  const utc = new Date(at).toISOString().slice(11, 16);
  return `<!date^${Math.round(at / 1000)}^{time}|${utc} UTC>`;
}

/** A message within all bounds: too many blocks are cut with a word about it. */
export function message(text: string, blocks: readonly KnownBlock[]): Message {
  const kept =
    blocks.length <= LIMIT.blocks
      ? [...blocks]
      : [...blocks.slice(0, LIMIT.blocks - 1), note(['More did not fit here.'])];
  return { text: cut(text, LIMIT.text), blocks: kept };
}
