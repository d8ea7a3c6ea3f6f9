import { broken, healthy, unknown } from '../../domain/finding.ts';
import type { ProofSample } from '../../domain/run.ts';
import type { Check, Proving } from '../define-runbook.ts';
import { curl, type Names } from '../names.ts';
import { earlier } from '../shared/earlier.ts';
import { type ByPod, byPod, readNumbers, risen } from '../shared/rates.ts';

const MINUTE = 60_000;
/** So much of the past is kept to count declines in: the newest samples of half an hour. */
const KEEP_MS = 30 * MINUTE;
const KEEP = 40;

interface Counted {
  readonly at: number;
  readonly attempts: ByPod;
  readonly declines: ByPod | null;
}

export interface PaymentRate {
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
  } | null;
  readonly samples: readonly Counted[];
}

/** R4: the rate of success, of the worst pod, with what the counters say of how many payments it is made. */
export const paymentRate: Check<PaymentRate> = {
  step: 'R4',
  title: 'How many payments succeed?',
  system: 'The order service',
  source:
    'kubectl exec -it deployment/order-service -- \\\n  curl localhost:8080/metrics | grep payment_success_rate',
  equivalent: (names) => `${curl(names, names.paths.metrics)} | grep ${names.metrics.paymentSuccessRate}`,
  deadlineMs: 4_000,
  async look(ask) {
    const { probes, names, thresholds, previous, now, signal } = ask;
    const read = await readRate({ probes, names, signal });
    if (read.percent === null) return unknown(noRate(read));
    const before = previous?.['rate']?.data as PaymentRate | null | undefined;
    const samples = keep(before?.samples ?? [], read, now);
    const window = windowOf(samples);
    const seen: PaymentRate = {
      percent: read.percent,
      answered: read.answered,
      pods: read.pods,
      attempts: read.attempts,
      window,
      samples,
    };
    const then = await earlier(ask, names.metrics.paymentSuccessRate, (mean) => percent(mean * 100));
    const past = [...(before == null ? [] : [`${percent(before.percent)} at the look before`]), then]
      .filter((piece) => piece !== '')
      .map((piece) => `, ${piece}`)
      .join('');
    const of =
      window === null
        ? ''
        : ` ${window.attempts} attempts in ${window.minutes} min${window.declines === null ? '' : `, ${window.declines} declined`}.`;
    const who = read.answered === read.pods ? '' : ` ${read.answered} of ${read.pods} pods answered.`;
    const line = `${percent(read.percent)} of payments succeed on the worst pod${past}.${of}${who}`;
    if (read.percent >= thresholds.successPercent)
      return read.answered === read.pods ? healthy(line, seen) : unknown(line, seen);
    const few = window !== null && window.attempts - (window.declines ?? 0) < thresholds.fewestAttempts;
    return few ? unknown(`${line} Too few to say.`, seen) : broken(line, seen);
  },
};

interface Read {
  readonly percent: number | null;
  readonly answered: number;
  readonly pods: number;
  readonly attempts: ByPod | null;
  readonly declines: ByPod | null;
  readonly problem: string | null;
}

async function readRate({
  probes,
  names,
  signal,
}: Pick<Proving, 'probes' | 'names' | 'signal'>): Promise<Read> {
  const { paymentSuccessRate, paymentAttempts, paymentDeclines } = names.metrics;
  const wanted = [paymentSuccessRate, paymentAttempts, paymentDeclines].filter((name) => name !== null);
  const answers = await probes.orderService.metrics(wanted, signal);
  const rates = Object.values(byPod(answers, paymentSuccessRate) ?? {}).filter(
    (rate) => rate >= 0 && rate <= 1,
  );
  return {
    percent: rates.length === 0 ? null : Math.min(...rates) * 100,
    answered: rates.length,
    pods: answers.length,
    attempts: byPod(answers, paymentAttempts),
    declines: byPod(answers, paymentDeclines),
    problem: answers.find(({ problem }) => problem !== null)?.problem ?? null,
  };
}

function noRate({ pods, problem }: Read): string {
  if (pods === 0) return 'No pod of the order service is ready to be asked for its metrics.';
  return (
    problem ?? 'No pod’s metrics page has the rate of successful payments (`metrics.paymentSuccessRate`).'
  );
}

function keep(
  before: readonly Counted[],
  { attempts, declines, answered, pods }: Read,
  now: number,
): readonly Counted[] {
  // A page that is missing would read as a fall to zero, and its return as a rise from zero.
  if (attempts === null || answered < pods) return before;
  return [...before, { at: now, attempts, declines }].filter(({ at }) => now - at <= KEEP_MS).slice(-KEEP);
}

function windowOf(samples: readonly Counted[]): PaymentRate['window'] {
  const first = samples[0];
  const last = samples.at(-1);
  if (first === undefined || last === undefined || first === last) return null;
  return {
    attempts: risen(first.attempts, last.attempts),
    declines: first.declines === null || last.declines === null ? null : risen(first.declines, last.declines),
    minutes: Math.round((last.at - first.at) / MINUTE),
  };
}

/** What a run notes at its beginning, so that its proof can count attempts since. */
export async function notedAttempts(
  proving: Pick<Proving, 'probes' | 'names' | 'signal'>,
): Promise<Record<string, string>> {
  const read = await readRate(proving).catch(() => null);
  if (read?.attempts == null || read.answered < read.pods) return {};
  return {
    attempts: JSON.stringify(read.attempts),
    ...(read.declines === null ? {} : { declines: JSON.stringify(read.declines) }),
  };
}

/** R8, the proof of R5 and R7: ≥ 90 % of ≥ 20 attempts since the run; too few is *could not tell*, never *helped*. */
export async function rateSince(
  proving: Proving,
  target: string,
  enoughBesides: { readonly ok: boolean; readonly line: string },
): Promise<Omit<ProofSample, 'at'>> {
  const { names, thresholds, run } = proving;
  const read = await readRate(proving);
  const dark = (line: string): Omit<ProofSample, 'at'> => ({
    moved: [],
    unknown: [target],
    line,
    value: read.percent,
    worse: false,
  });
  if (read.percent === null || read.answered < read.pods) return dark(noRate(read));
  const said = `${percent(read.percent)} of payments succeed on the worst pod`;
  if (names.metrics.paymentAttempts === null)
    return dark(`${said}; how many there were is not known (\`metrics.paymentAttempts\` is not configured).`);
  const attempts = readNumbers(run.parameters['attempts']);
  const declines = readNumbers(run.parameters['declines']);
  if (attempts === null || read.attempts === null)
    return dark(`${said}; the attempts since the run could not be counted.`);
  const counted = declines !== null && read.declines !== null;
  const since = risen(attempts, read.attempts) - (counted ? risen(declines, read.declines) : 0);
  const line = `${said}, ${since} attempts since the run${counted ? ', declines aside' : ''}.${enoughBesides.line}`;
  if (since < thresholds.fewestAttempts)
    return dark(`${line} ${thresholds.fewestAttempts} are needed to tell.`);
  const good = read.percent >= thresholds.successPercent && enoughBesides.ok;
  return { moved: good ? [target] : [], unknown: [], line, value: read.percent, worse: false };
}

/** What a person types to watch it. */
export const watchRate = {
  step: 'R8',
  title: 'Watch how many payments succeed',
  source:
    "watch -n 5 'kubectl exec -it deployment/order-service -- \\\n  curl -s localhost:8080/metrics | grep payment_success_rate'",
  equivalent: (names: Names) =>
    `watch -n 5 '${curl(names, names.paths.metrics, '-s ')} | grep ${names.metrics.paymentSuccessRate}'`,
} as const;

function percent(value: number): string {
  return `${Math.round(value)} %`;
}
