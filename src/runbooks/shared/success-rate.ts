import { broken, healthy, unknown } from '../../domain/finding.ts';
import type { ProofSample, Run } from '../../domain/run.ts';
import { AbsentSystem } from '../../ports/system-error.ts';
import type { Asking, Check, Proving } from '../define-runbook.ts';
import { type Names, orderWorkload } from '../names.ts';
import { earlier } from './earlier.ts';
import { type ByPod, byPod, only, readNumbers, risen, risenOnKnown } from './rates.ts';
import { usualPercent } from './usual.ts';

const MINUTE = 60_000;
/** So much of the past is kept to count attempts in: the newest samples of half an hour. */
const KEEP_MS = 30 * MINUTE;
const KEEP = 40;
/** The usual share of declines moves slowly: it is counted anew so often. */
const USUAL_MS = 60 * MINUTE;

/** A gauge on every pod's metrics page, and the counters that say of how many attempts it is made. */
export interface RateOf {
  /** Of what, as in *98 % of payments succeed*. */
  readonly what: string;
  /** The setting that names the gauge. */
  readonly setting: string;
  /** The setting that names the counter of attempts. */
  readonly countedBy: string;
  metrics(names: Names): {
    readonly rate: string;
    readonly attempts: string | null;
    /** Attempts that say nothing of us; null: there are none, or nobody counts them. */
    readonly declines: string | null;
  };
}

interface Counted {
  readonly at: number;
  readonly attempts: ByPod;
  readonly declines: ByPod | null;
}

export interface RateSeen {
  /** The worst pod's, 0–100. */
  readonly percent: number;
  readonly answered: number;
  readonly pods: number;
  /** The counters at this look; null: not configured or not on the page. */
  readonly attempts: ByPod | null;
  /** Attempts and declines since the oldest sample that is kept; null: nothing to compare with yet. */
  readonly window: {
    readonly attempts: number;
    /** Null: not configured, or not on the page. No declines are another thing. */
    readonly declines: number | null;
    readonly minutes: number;
    /** A pod that was there at its beginning is gone or began anew: there were more. */
    readonly atLeast?: true;
  } | null;
  readonly samples: readonly Counted[];
  /** The median share of declines of seven days, percent; null: too few samples, or nobody counts them. */
  readonly usual: { readonly percent: number | null; readonly at: number } | null;
}

/** R4, R15: the rate of success, of the worst pod, with its change. The check has to be called `rate` in its runbook. */
export function rateCheck(
  given: Pick<Check<RateSeen>, 'step' | 'title' | 'source' | 'equivalent'> & { readonly of: RateOf },
): Check<RateSeen> {
  const { of, ...described } = given;
  return {
    ...described,
    system: 'The order service',
    deadlineMs: 4_000,
    async look(ask) {
      const { names, thresholds, previous, now } = ask;
      const before = previous?.['rate']?.data as RateSeen | null | undefined;
      const [read, then, usual] = await Promise.all([
        readRate(ask, of),
        earlier(ask, of.metrics(names).rate, (mean) => percent(mean * inPercent(names))),
        usualDeclines(ask, of, before?.usual ?? null),
      ]);
      if (read.percent === null) return unknown(noRate(read, of));
      const samples = keep(before?.samples ?? [], read, now);
      const window = windowOf(samples);
      const seen: RateSeen = {
        percent: read.percent,
        answered: read.answered,
        pods: read.pods,
        attempts: read.attempts,
        window,
        samples,
        usual,
      };
      const past = [...(before == null ? [] : [`${percent(before.percent)} at the look before`]), then]
        .filter((piece) => piece !== '')
        .map((piece) => `, ${piece}`)
        .join('');
      const counted =
        window === null
          ? ''
          : ` ${window.atLeast === true ? 'At least ' : ''}${tries(window.attempts)} in ${window.minutes === 0 ? 'under a minute' : `${window.minutes} min`}${window.declines === null ? '' : `, ${window.declines} declined`}.`;
      const who = read.answered === read.pods ? '' : ` ${read.answered} of ${read.pods} pods answered.`;
      const line = `${percent(read.percent)} of ${of.what} succeed on the worst pod${past}.${counted}${who}`;
      if (read.percent >= thresholds.successPercent)
        return read.answered === read.pods ? healthy(line, seen) : unknown(line, seen);
      const few = window !== null && window.attempts - (window.declines ?? 0) < thresholds.fewestAttempts;
      return few ? unknown(`${line} Too few to say.`, seen) : broken(line, seen);
    },
  };
}

async function usualDeclines(ask: Asking, of: RateOf, before: RateSeen['usual']): Promise<RateSeen['usual']> {
  const { declines, attempts } = of.metrics(ask.names);
  if (declines === null || attempts === null) return null;
  if (before !== null && ask.now - before.at < USUAL_MS) return before;
  return { percent: await usualPercent(ask, declines, attempts), at: ask.now };
}

export interface RateRead {
  readonly percent: number | null;
  readonly answered: number;
  /** Of those that answered, the ones that have made no attempt yet. */
  readonly idle: number;
  readonly pods: number;
  readonly attempts: ByPod | null;
  readonly declines: ByPod | null;
  readonly problem: string | null;
}

export async function readRate(
  { probes, names, signal }: Pick<Proving, 'probes' | 'names' | 'signal'>,
  of: RateOf,
): Promise<RateRead> {
  const { rate, attempts, declines } = of.metrics(names);
  const wanted = [rate, attempts, declines].filter((name) => name !== null);
  const answers = await probes.orderService.metrics(wanted, signal);
  const tried = byPod(answers, attempts) ?? {};
  // 0 of 0 is no rate, whatever a page makes of it.
  const idle = Object.values(tried).filter((many) => many === 0).length;
  const rates = Object.values(only(byPod(answers, rate) ?? {}, (pod) => tried[pod] !== 0))
    .map((value) => value * inPercent(names))
    .filter((value) => value >= 0 && value <= 100);
  return {
    percent: rates.length === 0 ? null : Math.min(...rates),
    answered: rates.length + idle,
    idle,
    pods: answers.length,
    attempts: byPod(answers, attempts),
    declines: byPod(answers, declines),
    problem: answers.find(({ problem }) => problem !== null)?.problem ?? null,
  };
}

/** What makes percents of the gauge. */
function inPercent({ ratesIn }: Names): number {
  return ratesIn === 'share' ? 100 : 1;
}

/** Why there is no rate to speak of. */
export function noRate({ idle, pods, problem }: RateRead, { what, setting }: RateOf): string {
  if (pods === 0) return 'No pod of the order service is ready to be asked for its metrics.';
  if (idle === pods) return `None of ${pods} pods has counted an attempt of ${what} since it began.`;
  return problem ?? `No pod’s metrics page has the rate of successful ${what} (\`${setting}\`).`;
}

function keep(
  before: readonly Counted[],
  { attempts, declines, answered, pods }: RateRead,
  now: number,
): readonly Counted[] {
  // A page that is missing would read as a fall to zero, and its return as a rise from zero.
  if (attempts === null || answered < pods) return before;
  return [...before, { at: now, attempts, declines }].filter(({ at }) => now - at <= KEEP_MS).slice(-KEEP);
}

function windowOf(samples: readonly Counted[]): RateSeen['window'] {
  const first = samples[0];
  const last = samples.at(-1);
  if (first === undefined || last === undefined || first === last) return null;
  return {
    attempts: risenOver(samples.map(({ attempts }) => attempts)),
    declines:
      first.declines === null || last.declines === null
        ? null
        : risenOver(samples.flatMap(({ declines }) => (declines === null ? [] : [declines]))),
    minutes: Math.round((last.at - first.at) / MINUTE),
    ...(samples.some(beganAnew) ? { atLeast: true as const } : {}),
  };
}

/** Step by step; each pod from when it was first seen. */
function risenOver(samples: readonly ByPod[]): number {
  let known: ByPod = {};
  let sum = 0;
  for (const counts of samples) {
    sum += risenOnKnown(known, counts);
    known = { ...known, ...counts };
  }
  return sum;
}

/** A pod of the sample before is gone, or counts less than it did. */
function beganAnew({ attempts }: Counted, place: number, all: readonly Counted[]): boolean {
  const before = place === 0 ? {} : (all[place - 1]?.attempts ?? {});
  return Object.entries(before).some(([pod, many]) => many > (attempts[pod] ?? 0));
}

/** What a run notes at its beginning, so that its proof can count attempts since. */
export async function notedAttempts(
  proving: Pick<Proving, 'probes' | 'names' | 'signal'>,
  of: RateOf,
): Promise<Record<string, string>> {
  const { probes, names, signal } = proving;
  const [read, pods] = await Promise.all([
    readRate(proving, of).catch(() => null),
    probes.kubernetes
      .pods(orderWorkload(names), signal)
      .catch((err: unknown) => (err instanceof AbsentSystem ? [] : null)),
  ]);
  if (read?.attempts == null || read.answered < read.pods || pods === null) return {};
  const { attempts, declines } = read;
  const uncounted = pods.flatMap(({ name }) => (Object.hasOwn(attempts, name) ? [] : [name]));
  return {
    attempts: JSON.stringify(attempts),
    ...(declines === null ? {} : { declines: JSON.stringify(declines) }),
    ...(uncounted.length === 0 ? {} : { uncounted: uncounted.join(' ') }),
  };
}

/**
 * How many attempts there were since the run noted them. A pod that was there and could not be asked then may be asked now, and
 * what it counted before is not known: only pods made since count from zero.
 */
export function attemptsSince({ parameters }: Pick<Run, 'parameters'>, now: ByPod): number | null {
  return risenSinceNoted(parameters, 'attempts', now);
}

function risenSinceNoted(
  parameters: Run['parameters'],
  name: 'attempts' | 'declines',
  now: ByPod,
): number | null {
  const before = readNumbers(parameters[name]);
  if (before === null) return null;
  const uncounted = new Set((parameters['uncounted'] ?? '').split(' '));
  return risen(
    before,
    only(now, (pod) => !uncounted.has(pod)),
  );
}

/** ≥ 90 % of ≥ 20 attempts since the run; too few is *could not tell*, never *helped* (runbook-knowledge §0). */
export async function rateSince(
  proving: Proving,
  of: RateOf,
  target: string,
  enoughBesides: { readonly ok: boolean; readonly line: string },
): Promise<Omit<ProofSample, 'at'>> {
  const { names, thresholds, run } = proving;
  const read = await readRate(proving, of);
  const dark = (line: string): Omit<ProofSample, 'at'> => ({
    moved: [],
    unknown: [target],
    line,
    value: read.percent,
    worse: false,
  });
  if (read.percent === null || read.answered < read.pods) return dark(noRate(read, of));
  const said = `${percent(read.percent)} of ${of.what} succeed on the worst pod`;
  if (of.metrics(names).attempts === null)
    return dark(`${said}; how many there were is not known (\`${of.countedBy}\` is not configured).`);
  const attempts = read.attempts === null ? null : attemptsSince(run, read.attempts);
  if (attempts === null) return dark(`${said}; the attempts since the run could not be counted.`);
  const declines = read.declines === null ? null : risenSinceNoted(run.parameters, 'declines', read.declines);
  const since = attempts - (declines ?? 0);
  const line = `${said}, ${tries(since)} since the run${declines === null ? '' : ', declines aside'}.${enoughBesides.line}`;
  if (since < thresholds.fewestAttempts)
    return dark(`${line} ${tries(thresholds.fewestAttempts)} are needed to tell.`);
  const good = read.percent >= thresholds.successPercent && enoughBesides.ok;
  return { moved: good ? [target] : [], unknown: [], line, value: read.percent, worse: false };
}

function tries(count: number): string {
  return `${count} ${count === 1 ? 'attempt' : 'attempts'}`;
}

/** *98 %*. */
export function percent(value: number): string {
  return `${Math.round(value)} %`;
}
