import type { Asking } from '../define-runbook.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const WEEK = 7 * 24 * HOUR;
/** A sample counts as of that time when it was taken this near to it. */
const NEAR_MS = 5 * MINUTE;

/**
 * How a gauge was an hour ago and last week at this hour: *97 % an hour ago, 99 % last week at this hour*; empty where nothing
 * was kept. The mean over the pods, as the samples keep it.
 */
export async function earlier(
  ask: Pick<Asking, 'history' | 'now'>,
  name: string,
  spelt: (mean: number) => string,
): Promise<string> {
  const [sums, pods] = await Promise.all([
    ask.history(`metric ${name}`, ask.now - WEEK - NEAR_MS),
    ask.history(`pods ${name}`, ask.now - WEEK - NEAR_MS),
  ]);
  const meanAt = (wanted: number): number | null => {
    const near = sums
      .filter(({ at }) => Math.abs(at - wanted) <= NEAR_MS)
      .sort((left, right) => Math.abs(left.at - wanted) - Math.abs(right.at - wanted))[0];
    const of = pods.find(({ at }) => at === near?.at);
    return near === undefined || of === undefined || of.value === 0 ? null : near.value / of.value;
  };
  const said = [
    { mean: meanAt(ask.now - HOUR), when: 'an hour ago' },
    { mean: meanAt(ask.now - WEEK), when: 'last week at this hour' },
  ];
  return said.flatMap(({ mean, when }) => (mean === null ? [] : [`${spelt(mean)} ${when}`])).join(', ');
}
