import { broken, healthy, unknown } from '../../domain/finding.ts';
import type { ContainerLog, Workload } from '../../ports/kubernetes.ts';
import type { Asking, Check } from '../define-runbook.ts';
import { grepLogs, type Names, orderWorkload } from '../names.ts';
import { countClasses, type LogCounts, total } from './log-classes.ts';
import { withoutPeople } from './log-lines.ts';
import { spell } from './spell.ts';

const MINUTE = 60_000;

/** The lines of a service's pods that contain one of these, in the log window, and which of them are recent. */
export async function readLog(
  { probes, thresholds, signal }: Pick<Asking, 'probes' | 'thresholds' | 'signal'>,
  workload: Workload,
  containing: readonly string[],
  windowMinutes: number = thresholds.logWindowMinutes,
): Promise<readonly ContainerLog[]> {
  const { stoppedMinutes: recentMinutes, logKilobytes } = thresholds;
  return await probes.kubernetes.logs(
    { workload, containing, windowMinutes, recentMinutes, bytesPerContainer: logKilobytes * 1024 },
    signal,
  );
}

/** The sentence about what could not be read, behind another one; empty: all was. */
export function missing({ whole, problems }: Pick<LogCounts<never>, 'whole' | 'problems'>): string {
  return whole ? '' : ` Not everything could be read: ${problems[0] ?? 'more lines matched than are kept.'}`;
}

/** What a service's failures of one kind say in the log window, by class and over all pods. */
export function failureLogs<Name extends string, More extends object = object>(given: {
  readonly step: Check<LogCounts<Name>>['step'];
  readonly title: string;
  /** Null for an X-check. */
  readonly source: string | null;
  /** Absent: the order service. */
  readonly workload?: (names: Names) => Workload;
  /** A line counts when it contains one of these. */
  readonly containing: readonly string[] | ((names: Names) => readonly string[]);
  /** What failed: *payment*, *payments*. */
  readonly one: string;
  readonly more: string;
  /** What is said of lines that matched and are of no class. */
  readonly unclassed: string;
  readonly failures: readonly Name[];
  /** Classes that are no failure of ours, and what is said of how many there were. */
  readonly apart?: { readonly classes: readonly Name[]; says(counts: LogCounts<Name>): string };
  /** Of a line without people's own words; null: none that we know. */
  classOf(line: string, names: Names): Name | null;
  /** What else the lines tell, people's own words taken out. */
  besides?(lines: readonly string[], names: Names): More;
}): Check<LogCounts<Name> & More> {
  const { failures, apart, workload = orderWorkload } = given;
  const containing = (names: Names) =>
    typeof given.containing === 'function' ? given.containing(names) : given.containing;
  return {
    step: given.step,
    title: given.title,
    system: 'Kubernetes',
    source: given.source,
    equivalent: (names: Names) => grepLogs(names, workload(names), containing(names)),
    deadlineMs: 4_500,
    async look(ask) {
      const { names, thresholds, now } = ask;
      const logs = await readLog(ask, workload(names), containing(names));
      const classes = [...(apart?.classes ?? []), ...failures];
      const counts = countClasses(logs, classes, (text) => given.classOf(text, names), ask);
      const lines = logs.flatMap((log) => log.lines);
      const data = { ...counts, ...(given.besides?.(lines.map(withoutPeople), names) as More) };
      const many = total(counts, failures) + counts.unclassed;
      const evidence = sample(lines);
      const failedAt = newest(counts, failures);
      const ongoing = failedAt === null || now - failedAt <= thresholds.stoppedMinutes * MINUTE;
      const stopped = many === 0 || ongoing ? '' : `, none in the last ${spell(now - failedAt)}`;
      const besides = apart === undefined ? '' : `; ${apart.says(counts)}`;
      const line = `${count(many, given.one, given.more)} failed in ${windowOf(logs, ask)}${parts(counts, failures, given.unclassed)}${stopped}${besides}.${missing(counts)}`;
      if (many >= thresholds.dominatesLines && ongoing) return broken(line, data, evidence);
      return counts.whole ? healthy(line, data, evidence) : unknown(line, data, evidence);
    },
  };
}

/** *30 min*, unless all pods are younger: what those before them wrote is gone. */
function windowOf(
  logs: readonly ContainerLog[],
  { now, thresholds }: Pick<Asking, 'now' | 'thresholds'>,
): string {
  const minutes = thresholds.logWindowMinutes;
  const since = Math.min(...logs.map(({ podSince }) => podSince ?? 0));
  return logs.length > 0 && since > now - minutes * MINUTE
    ? `the ${spell(Math.max(0, now - since))} since its pods were made`
    : `${minutes} min`;
}

/** The newest failure; one of no class counts by the newest line of all. */
function newest<Name extends string>(counts: LogCounts<Name>, failures: readonly Name[]): number | null {
  const times = failures.flatMap((name) => counts.classes[name].lastAt ?? []);
  if (counts.unclassed > 0 && counts.newestAt !== null) times.push(counts.newestAt);
  return times.length === 0 ? null : Math.max(...times);
}

/** *1 card was*, *3 cards were*. */
export function count(many: number, one: string, more: string): string {
  return `${many} ${many === 1 ? one : more}`;
}

function parts<Name extends string>(
  counts: LogCounts<Name>,
  failures: readonly Name[],
  unclassed: string,
): string {
  const named = [
    ...failures.map((name) => [name, counts.classes[name].lines] as const),
    [unclassed, counts.unclassed] as const,
  ].filter(([, lines]) => lines > 0);
  return named.length === 0 ? '' : ` (${named.map(([name, lines]) => `${name} ${lines}`).join(', ')})`;
}

/** The newest lines, at most one of each wording: ids and times aside they mostly repeat. */
function sample(lines: readonly string[]): readonly string[] {
  const kinds = new Map<string, string>();
  for (const line of lines) kinds.set(line.replace(/\d+|(?:ord|pay|ref|ret|exp)_[a-z0-9]+/g, '#'), line);
  return [...kinds.values()].slice(-5);
}
