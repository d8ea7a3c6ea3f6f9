import type { Asking } from '../define-runbook.ts';

const DAY = 86_400_000;
/** The days that count, the newest first; what happens now must not be its own usual. */
export const MEDIAN_DAYS = 7;
const NOW_MS = 30 * 60_000;

/**
 * The usual share of one counter in another, percent: the median of the last seven days as the bot's samples have them. Days
 * with too few attempts do not count.
 * @returns null where fewer days than `thresholds.usualDays` can be told
 */
export async function usualPercent(
  { history, now, thresholds }: Pick<Asking, 'history' | 'now' | 'thresholds'>,
  part: string,
  whole: string,
): Promise<number | null> {
  const end = now - NOW_MS;
  const from = end - MEDIAN_DAYS * DAY;
  const [parts, wholes] = await Promise.all([
    history(`metric ${part}`, from),
    history(`metric ${whole}`, from),
  ]);
  const shares = Array.from({ length: MEDIAN_DAYS }, (_, day) => {
    const [since, until] = [end - (day + 1) * DAY, end - day * DAY];
    const all = grown(wholes, since, until);
    return all < thresholds.fewestAttempts ? null : (grown(parts, since, until) / all) * 100;
  }).filter((share) => share !== null);
  return shares.length < thresholds.usualDays ? null : median(shares);
}

/** How much a counter grew in that time; where its sum fell, a pod had gone or begun anew. */
function grown(
  samples: readonly { readonly at: number; readonly value: number }[],
  since: number,
  until: number,
): number {
  let sum = 0;
  let before: number | null = null;
  for (const { at, value } of samples) {
    if (at < since || at > until) continue;
    if (before !== null && value > before) sum += value - before;
    before = value;
  }
  return sum;
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((one, other) => one - other);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? 0;
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? upper)) / 2;
}
