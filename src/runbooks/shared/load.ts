import type { Sample } from '../../ports/samples.ts';
import type { Asking } from '../define-runbook.ts';
import type { Thresholds } from '../thresholds.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const WEEK = 7 * DAY;
/** What counts as now, and as one measure of the past. */
const SPAN_MS = 10 * MINUTE;
/** Of a span so much has to be covered by samples. */
const COVERED = 0.5;
/** Fewer hours than this say nothing of what is usual. */
const LEAST_MS = 2 * HOUR;

/** Requests a minute over all pods, now and usually. */
export interface Load {
  readonly perMinute: number;
  readonly usual: number;
  readonly than: 'last week at this hour' | 'the last 24 h';
}

/**
 * How much comes, by the counter of requests that the bot samples each minute; null: no counter is configured, or too little
 * of it is kept.
 */
export async function loadOf({
  history,
  names,
  now,
}: Pick<Asking, 'history' | 'names' | 'now'>): Promise<Load | null> {
  const { requests } = names.metrics;
  if (requests === null) return null;
  const samples = await history(`metric ${requests}`, now - WEEK - HOUR / 2);
  const perMinute = rate(samples, now - SPAN_MS, now);
  if (perMinute === null) return null;
  const lastWeek = rate(samples, now - WEEK - HOUR / 2, now - WEEK + HOUR / 2);
  if (lastWeek !== null) return { perMinute, usual: lastWeek, than: 'last week at this hour' };
  const day: number[] = [];
  for (let to = now - SPAN_MS; to > now - DAY; to -= SPAN_MS) {
    const one = rate(samples, to - SPAN_MS, to);
    if (one !== null) day.push(one);
  }
  if (day.length * SPAN_MS < LEAST_MS) return null;
  return { perMinute, usual: median(day), than: 'the last 24 h' };
}

/** *Spike* and *usual* as runbook-knowledge §0 has them; *more* lies between. */
export function loadIs(load: Load, { spikeFactor, usualFactor }: Thresholds): 'spike' | 'more' | 'usual' {
  if (load.perMinute < load.usual * usualFactor) return 'usual';
  return load.usual > 0 && load.perMinute >= load.usual * spikeFactor ? 'spike' : 'more';
}

export function spellLoad({ perMinute, usual, than }: Load): string {
  return `${Math.round(perMinute)} requests a minute, ${Math.round(usual)} in ${than}`.replace(
    'in last week',
    'last week',
  );
}

/** A minute, from the rises between neighbours: where a pod began anew the sum falls, and that step says nothing. */
function rate(samples: readonly Sample[], from: number, to: number): number | null {
  const within = samples.filter(({ at }) => at >= from && at <= to);
  let risen = 0;
  let covered = 0;
  for (const [place, after] of within.entries()) {
    const before = within[place - 1];
    if (before === undefined || after.value < before.value) continue;
    risen += after.value - before.value;
    covered += after.at - before.at;
  }
  return covered < (to - from) * COVERED ? null : (risen / covered) * MINUTE;
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((one, other) => one - other);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}
