/** A number in [0, 1) that depends on nothing but the seed and the labels: the order of calls does not matter. */
export type Chance = (...labels: readonly (string | number)[]) => number;

/** FNV-1a over the labels, then one round of mixing (murmur3's finaliser). */
export function createChance(seed: number): Chance {
  return (...labels) => {
    let hash = 0x811c9dc5 ^ seed;
    for (const char of labels.join('\u0000')) {
      hash = Math.imul(hash ^ (char.codePointAt(0) ?? 0), 0x01000193);
    }
    hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
    hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
    return ((hash ^ (hash >>> 16)) >>> 0) / 2 ** 32;
  };
}

export function between(low: number, high: number, share: number): number {
  return Math.round(low + (high - low) * share);
}

const LETTERS = 'abcdefghijklmnopqrstuvwxyz0123456789';

/** Nine letters and digits, as order ids have behind `ord_`. */
export function nineLetters(chance: Chance, ...labels: readonly (string | number)[]): string {
  let text = '';
  for (let at = 0; at < 9; at += 1) text += LETTERS[Math.floor(chance(...labels, at) * LETTERS.length)];
  return text;
}
