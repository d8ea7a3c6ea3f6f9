const VALUE = `(?:"[^"\\n]*"|'[^'\\n]*'|[^\\s"',;]+)`;
const SECRET_NAME =
  '[\\w.-]*(?:password|passwd|passphrase|pwd|secret|api[_-]?key|access[_-]?key|private[_-]?key|token)';

/** What each kind of secret looks like, and the word that stands in its place. The longest shapes come first. */
const SECRETS: readonly (readonly [RegExp, string])[] = [
  [
    /-----BEGIN [A-Z0-9 ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z0-9 ]*PRIVATE KEY-----|$)/g,
    '[private key]',
  ],
  [/(:\/\/)[^\s:/@]*:[^\s/@]+@/g, '$1[password]@'],
  [/\b((?:proxy-)?authorization["']?\s*[:=]\s*["']?)(?:[A-Za-z]+\s+)?[^\s"',]+/gi, '$1[token]'],
  [new RegExp(`(?<![\\w.-])(${SECRET_NAME}["']?\\s*[:=]\\s*)${VALUE}`, 'gi'), '$1[password]'],
  [/\beyJ[\w-]{5,}\.[\w-]{5,}(?:\.[\w-]+){0,3}/g, '[token]'],
  [/\bBearer\s+[\w.~+/=-]{6,}/gi, '[token]'],
  [/\b(?:xox[a-z]|xapp|xoxe\.xox[a-z])-[\w.-]{6,}/g, '[token]'],
  [/\b(?:gh[opusr]_|github_pat_|glpat-|npm_|whsec_|(?:sk|rk|pk)_(?:live|test)_)[\w-]{6,}/g, '[token]'],
  [/\b(?:AKIA|ASIA)[A-Z0-9]{12,}\b/g, '[access key]'],
  [/\b[\w.+-]+@[\w-]+\.[\w.-]*\w/g, '[e-mail]'],
];

/** *Basic* is also an ordinary word: what follows must read as base64 of a name and a password. */
const BASIC = /\bBasic\s+([A-Za-z0-9+/_-]{6,}={0,2})(?![\w+/=])/gi;

/** Digits in one piece, or in groups with spaces or dashes between them, not inside a word or an id. */
const DIGITS = /(?<![\w.])\d+(?:[ \u00a0-]{1,2}\d+)*(?![\w])/g;

/** Turns the direction of writing or hides letters. */
const UNSEEN = /(?![\n\t])[\p{Cc}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]/gu;

/** Calls everybody, wherever Slack reads it. */
const BROADCAST = /(<!|@)(?=(?:channel|here|everyone)\b)/gi;

/** Card numbers, addresses and secrets never leave; nor does what wakes a channel or turns the direction of writing. */
export function masked(text: string): string {
  let clean = text.replace(UNSEEN, '');
  for (const [pattern, word] of SECRETS) clean = clean.replace(pattern, word);
  return clean
    .replace(BASIC, (whole, word: string) => (isCredentials(word) ? '[token]' : whole))
    .replace(DIGITS, withoutCards)
    .replace(BROADCAST, '$1\u200b');
}

function isCredentials(word: string): boolean {
  if (/[=\d+/]/.test(word)) return true;
  return atob(word.replace(/[_-]/g, '+').slice(0, word.length - (word.length % 4))).includes(':');
}

/** Order numbers and timestamps are long numbers too: only the check digit tells a card (ISO/IEC 7812). */
function withoutCards(run: string): string {
  const pieces = run.split(/([^\d]+)/);
  for (let from = 0; from < pieces.length; from += 2) {
    for (let to = pieces.length; to > from; to -= 2) {
      const groups = pieces.slice(from, to).filter((_, place) => place % 2 === 0);
      if (!isCard(groups)) continue;
      pieces.splice(from, to - from, '[card number]');
      break;
    }
  }
  return pieces.join('');
}

/** 13 to 19 digits of an issuer, a right check digit, and no group as short as a day or an hour but the last. */
function isCard(groups: readonly string[]): boolean {
  const digits = groups.join('');
  if (!/^[2-69]\d{12,18}$/.test(digits)) return false;
  if (groups.slice(0, -1).some(({ length }) => length < 4)) return false;
  let sum = 0;
  for (const [place, digit] of [...digits].toReversed().entries()) {
    const twice = Number(digit) * (place % 2 === 0 ? 1 : 2);
    sum += twice > 9 ? twice - 9 : twice;
  }
  return sum % 10 === 0;
}
