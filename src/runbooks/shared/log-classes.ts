import type { ContainerLog } from '../../ports/kubernetes.ts';
import type { Thresholds } from '../thresholds.ts';
import { withoutPeople } from './log-lines.ts';

const MINUTE = 60_000;

/** Which kind of failure a line tells of; null: none that we know. People's own words are gone from it already. */
export type ClassOf<Name extends string> = (line: string) => Name | null;

export interface ClassCount {
  readonly lines: number;
  /** About when the newest line came, by our clock, epoch ms; null: no line, or nobody knows. */
  readonly lastAt: number | null;
}

/** What the logs of one window say, counted. Journaled with the finding, so no line is in it. */
export interface LogCounts<Name extends string> {
  readonly classes: Readonly<Record<Name, ClassCount>>;
  /** Matched the search and no class. */
  readonly unclassed: number;
  /** The same of all that matched. */
  readonly newestAt: number | null;
  /** Every container of every pod, to the newest line. Otherwise nothing is *absent*. */
  readonly whole: boolean;
  readonly containers: number;
  /** What could not be read, one sentence each. */
  readonly problems: readonly string[];
}

const TIME = /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:?\d\d)/;

/**
 * Counts the lines by class. `lines` may be fewer than matched; then the count of the rest is unclassed. Whether a line
 * is younger than `stoppedMinutes` says the node's clock (`recent`), and only what is older goes by its own time.
 */
export function countClasses<Name extends string>(
  logs: readonly ContainerLog[],
  names: readonly Name[],
  classOf: ClassOf<Name>,
  {
    now,
    thresholds,
    windowMinutes = thresholds.logWindowMinutes,
  }: { readonly now: number; readonly thresholds: Thresholds; readonly windowMinutes?: number },
): LogCounts<Name> {
  const counts = new Map<Name, Count>(names.map((name) => [name, { lines: 0, recent: 0, ownAt: null }]));
  const all: Count = { lines: 0, recent: 0, ownAt: null };
  let classed = 0;
  const countOf = (line: string) => {
    const found = classOf(withoutPeople(line));
    return found === null ? undefined : counts.get(found);
  };
  for (const { lines, matched, recent } of logs) {
    all.lines += matched;
    all.recent += recent.length;
    for (const line of lines) {
      const at = timeOf(line);
      all.ownAt = later(all.ownAt, at);
      const count = countOf(line);
      if (count === undefined) continue;
      classed += 1;
      count.lines += 1;
      count.ownAt = later(count.ownAt, at);
    }
    for (const line of recent) {
      const count = countOf(line);
      if (count !== undefined) count.recent += 1;
    }
  }
  const lastOf = ({ lines, recent, ownAt }: Count) => {
    if (recent > 0) return now;
    if (lines === 0) return null;
    const [from, to] = [now - windowMinutes * MINUTE, now - thresholds.stoppedMinutes * MINUTE];
    // A time outside of what the node searched is of a clock that is wrong: all that is known is that none came since.
    return ownAt !== null && ownAt >= from && ownAt < to ? ownAt : to - 1;
  };
  const classes = [...counts].map(([name, count]) => [
    name,
    { lines: Math.max(count.lines, count.recent), lastAt: lastOf(count) },
  ]);
  return {
    classes: Object.fromEntries(classes) as Record<Name, ClassCount>,
    unclassed: all.lines - classed,
    newestAt: lastOf(all),
    whole: logs.every(
      ({ truncated, problem, lines, matched }) => !truncated && problem === null && matched === lines.length,
    ),
    containers: logs.length,
    problems: logs.flatMap(({ pod, problem, truncated }) =>
      problem !== null
        ? [`${pod}: ${problem}`]
        : truncated
          ? [`${pod}: its log was larger than we read.`]
          : [],
    ),
  };
}

interface Count {
  lines: number;
  recent: number;
  ownAt: number | null;
}

/** When the line says that it was written, epoch ms. */
export function timeOf(line: string): number | null {
  const at = Date.parse(TIME.exec(line)?.[0] ?? '');
  return Number.isNaN(at) ? null : at;
}

function later(one: number | null, other: number | null): number | null {
  return one === null || (other !== null && other > one) ? other : one;
}

/** ≥ 5 lines and ≥ 50 % of the classified failures among `of` (runbook-knowledge §0). */
function dominates<Name extends string>(
  counts: LogCounts<Name>,
  name: Name,
  of: readonly Name[],
  thresholds: Thresholds,
): boolean {
  const { lines } = counts.classes[name];
  return lines >= thresholds.dominatesLines && lines >= total(counts, of) * thresholds.dominatesShare;
}

/** < 5 % of the classified failures among `of`, in logs that were read whole (runbook-knowledge §0). */
function isAbsent<Name extends string>(
  counts: LogCounts<Name>,
  name: Name,
  of: readonly Name[],
  thresholds: Thresholds,
): boolean {
  if (!counts.whole) return false;
  const { lines } = counts.classes[name];
  return lines === 0 || lines < total(counts, of) * thresholds.absentShare;
}

/**
 * Whether lines of this class still come. The window shows failures for half an hour after they stopped; a cause that
 * is over must not stand for so long.
 */
export function goesOn(count: ClassCount, now: number, thresholds: Thresholds): boolean {
  if (count.lines === 0) return false;
  return count.lastAt === null || now - count.lastAt <= thresholds.stoppedMinutes * MINUTE;
}

/** What the logs say of one class: it dominates and goes on, it is absent or has stopped, or neither can be said. */
export function logsSay<Name extends string>(
  counts: LogCounts<Name> | null,
  name: Name,
  of: readonly Name[],
  { now, thresholds }: { readonly now: number; readonly thresholds: Thresholds },
): 'dominates' | 'quiet' | 'open' {
  if (counts === null) return 'open';
  const ongoing = goesOn(counts.classes[name], now, thresholds);
  if (ongoing && dominates(counts, name, of, thresholds)) return 'dominates';
  if (isAbsent(counts, name, of, thresholds)) return 'quiet';
  return counts.whole && !ongoing ? 'quiet' : 'open';
}

/** So many lines of any kind that still come: a failure by itself, whatever its class. */
export function stillFailing<Name extends string>(
  counts: LogCounts<Name>,
  of: readonly Name[],
  now: number,
  thresholds: Thresholds,
): boolean {
  const lines = total(counts, of) + counts.unclassed;
  return lines >= thresholds.dominatesLines && goesOn({ lines, lastAt: counts.newestAt }, now, thresholds);
}

export function total<Name extends string>(counts: LogCounts<Name>, of: readonly Name[]): number {
  return of.reduce((sum, name) => sum + counts.classes[name].lines, 0);
}
