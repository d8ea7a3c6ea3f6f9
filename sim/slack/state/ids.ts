import { randomBytes, randomInt, randomUUID } from 'node:crypto';

const LETTERS = 'ABCDEFGHJKLMNPQRSTUVWXYZ0123456789';

/** An id in Slack's shape: a letter for the kind, then ten letters and digits. */
export function newId(kind: string): string {
  return kind + Array.from({ length: 10 }, () => LETTERS[randomInt(LETTERS.length)]).join('');
}

/** Fills in for a block_id or action_id that the app left out. */
export function newShortId(): string {
  return randomBytes(4).toString('base64url').slice(0, 5);
}

export function newSecret(): string {
  return randomUUID().replaceAll('-', '');
}

/** Timestamps like Slack's: `seconds.microseconds`, unique and rising over the workspace. */
export function createTimestamps(): { next(): string } {
  let last = 0;
  return {
    next() {
      last = Math.max(last + 1, Date.now() * 1_000);
      return `${Math.floor(last / 1_000_000)}.${String(last % 1_000_000).padStart(6, '0')}`;
    },
  };
}

/** Compares two timestamps; below zero when `one` is older. */
export function compareTs(one: string, other: string): number {
  return number(one) - number(other);
}

/** `oldest` and `latest` may come as whole seconds. */
function number(ts: string): number {
  const [seconds = '0', micros = ''] = ts.split('.');
  return Number(seconds) * 1_000_000 + Number(micros.padEnd(6, '0').slice(0, 6));
}
