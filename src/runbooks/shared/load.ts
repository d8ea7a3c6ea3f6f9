import type { Sample } from '../../ports/samples.ts';
import type { Asking } from '../define-runbook.ts';
import type { Thresholds } from '../thresholds.ts';
import { setOf } from './pod-set.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const WEEK = 7 * DAY;
/** What counts as now, and as one measure of the past. */
const SPAN_MS = 10 * MINUTE;
/** How nearly the beginning of a spike is told. */
const STEP_MS = 5 * MINUTE;
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

/** A counter's rise a minute, now and usually; null: too little of it is kept to say. */
export interface Loads {
  readonly perMinute: number | null;
  readonly usual: Pick<Load, 'usual' | 'than'> | null;
}

/**
 * How much comes, by the counter of requests that the bot samples each minute; null: no counter is configured, or too little
 * of it is kept.
 */
export async function loadOf(ask: Pick<Asking, 'histories' | 'names' | 'now'>): Promise<Load | null> {
  const { requests } = ask.names.metrics;
  if (requests === null) return null;
  const [load] = await loadsOf(ask, [`metric ${requests}`]);
  if (load === undefined || load.perMinute === null || load.usual === null) return null;
  return { perMinute: load.perMinute, ...load.usual };
}

/**
 * Each counter's rise of late, against the same hour last week, else the median of the last 24 h; under two hours of that the
 * usual is not known (runbook-knowledge X5).
 */
export async function loadsOf(
  { histories, now }: Pick<Asking, 'histories' | 'now'>,
  names: readonly string[],
): Promise<readonly Loads[]> {
  const week = { from: now - WEEK - HOUR / 2, to: now - WEEK + HOUR / 2 };
  const [late, lastWeek] = await Promise.all([
    countsOf(histories, names, now - SPAN_MS, now),
    countsOf(histories, names, week.from, week.to),
  ]);
  const weekly = names.map((name) => rate(lastWeek(name), week.from, week.to));
  const others = names.filter((_name, place) => weekly[place] === null);
  const day = others.length === 0 ? () => [] : await countsOf(histories, others, now - DAY, now);
  return names.map((name, place) => {
    const then = weekly[place] ?? null;
    return {
      perMinute: rate(late(name), now - SPAN_MS, now),
      usual: then === null ? ofDay(day(name), now) : { usual: then, than: 'last week at this hour' },
    };
  });
}

/** A sum over pods; `set`: which ones, null where an older version kept it. */
interface Count extends Sample {
  readonly set: number | null;
}

/** What is kept of each of these counters, with the pods that each sum is made of. */
async function countsOf(
  histories: Asking['histories'],
  names: readonly string[],
  from: number,
  to: number,
): Promise<(name: string) => readonly Count[]> {
  const kept = await histories([...names, ...new Set(names.map(setOf))], from, to);
  return (name) => {
    const sets = new Map((kept[setOf(name)] ?? []).map(({ at, value }) => [at, value]));
    return (kept[name] ?? []).map((sample) => ({ ...sample, set: sets.get(sample.at) ?? null }));
  };
}

/** Nothing can be said of a rise between sums over different pods. */
function comparable(before: Count, after: Count): boolean {
  return before.set === null || after.set === null || before.set === after.set;
}

function ofDay(samples: readonly Count[], now: number): Loads['usual'] {
  const day: number[] = [];
  for (let to = now - SPAN_MS; to > now - DAY; to -= SPAN_MS) {
    const one = rate(samples, to - SPAN_MS, to);
    if (one !== null) day.push(one);
  }
  if (day.length * SPAN_MS < LEAST_MS) return null;
  return { usual: median(day), than: 'the last 24 h' };
}

/** How much each of these counters rose within the last ten minutes; null: too little of them is kept. */
export async function risesOf(
  { histories, now }: Pick<Asking, 'histories' | 'now'>,
  names: readonly string[],
): Promise<readonly number[] | null> {
  if (names.length === 0) return null;
  const kept = await countsOf(histories, names, now - SPAN_MS, now);
  const byTime = names.map((name) => new Map(kept(name).map((count) => [count.at, count])));
  const times = [...(byTime[0]?.keys() ?? [])].filter((at) => byTime.every((values) => values.has(at)));
  const risen = names.map(() => 0);
  let covered = 0;
  for (const [place, at] of times.entries()) {
    const before = times[place - 1];
    if (before === undefined) continue;
    const pairs = byTime.flatMap((counts) => {
      const [was, is] = [counts.get(before), counts.get(at)];
      return was === undefined || is === undefined ? [] : [{ was, is }];
    });
    const steps = pairs.map(({ was, is }) => is.value - was.value);
    // A pod began anew: what fell with it would be counted in some and not in others.
    if (steps.some((step) => step < 0) || !pairs.every(({ was, is }) => comparable(was, is))) continue;
    covered += at - before;
    for (const [each, step] of steps.entries()) risen[each] = (risen[each] ?? 0) + step;
  }
  return covered < SPAN_MS * COVERED ? null : risen;
}

/** Since when a counter has risen by so much a minute without a pause, in steps of five minutes; null: it does not now. */
export async function risenSince(
  { histories, now }: Pick<Asking, 'histories' | 'now'>,
  name: string,
  atLeast: number,
): Promise<number | null> {
  const samples = (await countsOf(histories, [name], now - HOUR, now))(name);
  let since: number | null = null;
  for (let to = now; to > now - HOUR; to -= STEP_MS) {
    const one = rate(samples, to - STEP_MS, to);
    if (one === null || one < atLeast) break;
    since = to - STEP_MS;
  }
  return since;
}

/** *Spike* and *usual* as runbook-knowledge §0 has them; *more* lies between. */
export function loadIs(
  load: Pick<Load, 'perMinute' | 'usual'>,
  { spikeFactor, usualFactor }: Thresholds,
): 'spike' | 'more' | 'usual' {
  // Where usually nothing comes, nothing is usual too.
  if (load.perMinute <= load.usual || load.perMinute < load.usual * usualFactor) return 'usual';
  return load.usual > 0 && load.perMinute >= load.usual * spikeFactor ? 'spike' : 'more';
}

export function spellLoad({ perMinute, usual, than }: Load): string {
  return `${Math.round(perMinute)} requests a minute, ${Math.round(usual)} in ${than}`.replace(
    'in last week',
    'last week',
  );
}

/** A minute, from the rises between neighbours: where a pod began anew the sum falls, and that step says nothing. */
function rate(samples: readonly Count[], from: number, to: number): number | null {
  const within = samples.filter(({ at }) => at >= from && at <= to);
  let risen = 0;
  let covered = 0;
  for (const [place, after] of within.entries()) {
    const before = within[place - 1];
    if (before === undefined || after.value < before.value || !comparable(before, after)) continue;
    risen += after.value - before.value;
    covered += after.at - before.at;
  }
  return covered < (to - from) * COVERED ? null : (risen / covered) * MINUTE;
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((one, other) => one - other);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}
