import { masked } from '../domain/secrets.ts';

class Markup {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

/**
 * Text in Slack's markup that is safe to post; only this file makes it. Everything foreign or computed that is put
 * into `words` is quoted on the way, what is `Words` already (a mention, a time, a link) stays as it is.
 */
export type Words = Markup;

/** Our own words with anything in between; the one way from a string to markup. */
export function words(parts: TemplateStringsArray, ...between: readonly (Words | string | number)[]): Words {
  const pieces = parts.map((part, place) => {
    const piece = between[place];
    if (piece === undefined) return part;
    return `${part}${piece instanceof Markup ? piece.text : quoted(String(piece))}`;
  });
  return new Markup(pieces.join(''));
}

export function joined(list: readonly Words[], between: string): Words {
  return new Markup(list.map(({ text }) => text).join(between));
}

/** Cut to so many characters, as `cut` does. */
export function shortened(line: Words, most: number): Words {
  return new Markup(cut(line.text, most));
}

/** Foreign words made harmless: masked, without control and direction characters, escaped. */
export function quoted(text: string): string {
  return escaped(masked(text)).replace(/[*~`]|(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])/g, '\u200b$&\u200b');
}

/**
 * A sentence of the pipeline, which names people and groups by Slack's ids (*<@U1> has it already*) and commands in
 * backticks. Those stay; all else is quoted. Never for text that somebody else wrote: a mention in it would call.
 */
export function said(text: string): Words {
  return kept(text, /(<@[^<>\s]{1,80}>|<!subteam\^S[A-Z0-9]{1,20}>|`[^`\n]*`)/);
}

/** A sentence of ours about what somebody typed or sent: commands in backticks stay, nobody is called. */
export function answered(text: string): Words {
  return kept(text, /(`[^`\n]*`)/);
}

/** Quotes everything but what the pattern, one group, finds. */
function kept(text: string, pattern: RegExp): Words {
  const pieces = text.split(pattern).map((piece, place) => {
    if (place % 2 === 0) return quoted(piece);
    if (piece.startsWith('<@')) return person(piece.slice(2, -1)).text;
    return piece.startsWith('`') ? `\`${quoted(piece.slice(1, -1))}\`` : piece;
  });
  return new Markup(pieces.join(''));
}

/** What our own configuration says, a channel or an address of whom to call: escaped, and shown as it is. */
export function configured(text: string): Words {
  return new Markup(escaped(text));
}

/** Calls somebody of Slack; somebody who acted elsewhere (`pagerduty:Ann`) is only named. */
export function person(id: string): Words {
  if (/^[UW][A-Z0-9]{1,20}$/.test(id)) return new Markup(`<@${id}>`);
  const [, name] = /^pagerduty:(.*)$/s.exec(id) ?? [];
  return new Markup(name === undefined ? quoted(id) : `${quoted(name)} (PagerDuty)`);
}

/** Each reader's own time, with a fallback in UTC. */
export function clock(at: number): Words {
  const utc = new Date(at).toISOString().slice(11, 16);
  return new Markup(`<!date^${Math.round(at / 1000)}^{time}|${utc} UTC>`);
}

/** *35 min*, *2 h 46 min*: an age or a duration, ms. */
export function lasting(ms: number): string {
  const minutes = Math.max(0, Math.round(ms / 60_000));
  return minutes < 60 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** Only to http and https; anything else stays a word. */
export function link(url: string, label: string): Words {
  const name = quoted(label).replace(/\|/g, '/');
  if (!/^https?:\/\/[^\s<>|"]+$/.test(url)) return new Markup(name);
  return new Markup(`<${url.replace(/&(?!amp;)/g, '&amp;')}|${name}>`);
}

function escaped(text: string): string {
  return text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;');
}

/** One piece of markup that is nothing when it is halved: a mention, a time, a link, an escape, a letter of two units. */
const PIECE =
  /<(?:[@#!]|https?:)[^<>\n]*>|&(?:amp|lt|gt);|\p{Extended_Pictographic}(?:\ufe0f|\u200d\p{Extended_Pictographic})*|[\s\S]\p{M}*/gu;

/** Cut to so many characters (UTF-16 units, the strictest way to count), with a sign that something is missing. */
export function cut(text: string, most: number): string {
  if (text.length <= most) return text;
  let kept = '';
  for (const [piece] of text.matchAll(PIECE)) {
    if (kept.length + piece.length > most - 1) break;
    kept += piece;
  }
  return `${kept}…`;
}
