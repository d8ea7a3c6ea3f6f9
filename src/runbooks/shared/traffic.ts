import { broken, healthy, skipped, unknown } from '../../domain/finding.ts';
import type { Asking, Check } from '../define-runbook.ts';
import { curl } from '../names.ts';
import { type Load, loadIs, loadsOf, risenSince, risesOf } from './load.ts';
import { histogramQuantile } from './quantile.ts';
import { type AllTraffic, SERIES, summed, trafficQuestion } from './traffic-samples.ts';

/** Failures, p95 and rates are those of so long before the look, min. */
export const MINUTES = 10;
const P95 = 0.95;
/** Routes that stand as evidence. */
const SHOWN = 6;

type Against = 'spike' | 'more' | 'usual';

export interface RouteSeen {
  readonly route: string;
  readonly perMinute: number;
  /** Null: too little is kept to say. */
  readonly usual: number | null;
  readonly is: Against | null;
  /** Since when it spikes, epoch ms, to within five minutes; null: it does not. */
  readonly since: number | null;
  /** Answered 5xx, percent; null: it had no request. */
  readonly errorPercent: number | null;
  /** Counted in the ten minutes before the look; null: too little is kept to say. */
  readonly counted: { readonly requests: number; readonly failures: number } | null;
}

/** What comes to the order service, over all pods, in the ten minutes before the look. */
export interface TrafficSeen {
  readonly perMinute: number;
  readonly usual: number | null;
  readonly than: Load['than'] | null;
  readonly is: Against | null;
  readonly requests: number;
  readonly errorPercent: number | null;
  /** Null: `metrics.duration` is not configured, or nothing was counted. */
  readonly p95Ms: number | null;
  /** The busiest first, at most 12. */
  readonly routes: readonly RouteSeen[];
}

/** X5: rate, failures and duration by route, against the same hour last week. */
export const traffic: Check<TrafficSeen> = {
  step: 'X5',
  title: 'How much comes, by route, and how is it answered?',
  system: 'The order service',
  source: null,
  equivalent: (names) => {
    const wanted = [names.metrics.requests ?? '<metrics.requests>', names.traffic.duration];
    const greps = wanted.flatMap((name) => (name === null ? [] : [`-e ${name}`])).join(' ');
    return `${curl(names, names.paths.metrics)} | grep ${greps}`;
  },
  deadlineMs: 4_000,
  async look(ask) {
    const question = trafficQuestion(ask.names);
    if (question === null)
      return skipped('Not configured: the counter of requests by route and status (`metrics.requests`).');
    const answers = await ask.probes.orderService.traffic(question, ask.signal);
    const answered = answers.filter(({ value }) => value !== null).length;
    if (answered === 0)
      return unknown(
        answers[0]?.problem ?? 'No pod of the order service is ready to be asked for its metrics.',
      );
    const page = summed(answers);
    if (page === null)
      return unknown(`No pod’s metrics page has \`${question.requests}\` (\`metrics.requests\`).`);
    const seen = await seenOf(ask, page);
    if (seen === null)
      return unknown('Too few figures are kept yet to say how much comes: they are kept once a minute.');
    const silent = answered === answers.length ? '' : ` ${answered} of ${answers.length} pods answered.`;
    const line = `${spellTraffic(seen)}${silent}`;
    const evidence = seen.routes.slice(0, SHOWN).map(spellRoute);
    const { fewestAttempts, successPercent } = ask.thresholds;
    const fails = seen.errorPercent !== null && 100 - seen.errorPercent < successPercent;
    if (fails && seen.requests >= fewestAttempts) return broken(line, seen, evidence);
    return seen.usual === null || silent !== ''
      ? unknown(line, seen, evidence)
      : healthy(line, seen, evidence);
  },
};

async function seenOf(ask: Asking, page: AllTraffic): Promise<TrafficSeen | null> {
  const routes = page.routes.map(({ route }) => route);
  const [[all, ...each], answered, took, byRoute] = await Promise.all([
    loadsOf(ask, [SERIES.all, ...routes.map(SERIES.route)]),
    risesOf(ask, [SERIES.all, SERIES.failures]),
    risesOf(
      ask,
      page.within.map(({ ms }) => SERIES.within(ms)),
    ),
    Promise.all(
      routes.map(async (route) => await risesOf(ask, [SERIES.route(route), SERIES.failuresOf(route)])),
    ),
  ]);
  if (all === undefined || all.perMinute === null || answered === null) return null;
  const [requests = 0, failures = 0] = answered;
  const seen = await Promise.all(
    routes.map(async (route, place): Promise<RouteSeen | null> => {
      const perMinute = each[place]?.perMinute ?? null;
      if (perMinute === null) return null;
      const usual = each[place]?.usual?.usual ?? null;
      const is = usual === null ? null : loadIs({ perMinute, usual }, ask.thresholds);
      const least = (usual ?? 0) * ask.thresholds.spikeFactor;
      const counted = byRoute[place] ?? null;
      const [came = 0, failed = 0] = counted ?? [];
      return {
        route,
        perMinute,
        usual,
        is,
        since: is === 'spike' ? await risenSince(ask, SERIES.route(route), least) : null,
        errorPercent: came === 0 ? null : (failed / came) * 100,
        counted: counted === null ? null : { requests: came, failures: failed },
      };
    }),
  );
  const usual = all.usual?.usual ?? null;
  return {
    perMinute: all.perMinute,
    usual,
    than: all.usual?.than ?? null,
    is: usual === null ? null : loadIs({ perMinute: all.perMinute, usual }, ask.thresholds),
    requests,
    errorPercent: requests === 0 ? null : (failures / requests) * 100,
    p95Ms:
      took === null
        ? null
        : histogramQuantile(
            P95,
            page.within.map(({ ms }, place) => ({ ms, requests: took[place] ?? 0 })),
          ),
    routes: seen.filter((one) => one !== null).sort((one, other) => other.perMinute - one.perMinute),
  };
}

function spellTraffic({ perMinute, usual, than, is, errorPercent, p95Ms, routes }: TrafficSeen): string {
  const then =
    usual === null
      ? '; what is usual is not known yet'
      : `, ${Math.round(usual)} ${than === 'the last 24 h' ? 'usually in the last 24 h' : than}`;
  const spikes = routes.filter((one) => one.is === 'spike').map(({ route }) => route);
  const jumped =
    is === 'spike'
      ? ' That is a spike.'
      : spikes.length === 0
        ? ''
        : ` ${spikes[0]} spikes${spikes.length === 1 ? '' : `, and ${spikes.length - 1} more`}.`;
  const failing = errorPercent === null ? '' : ` ${rounded(errorPercent)} % answered 5xx in ${MINUTES} min.`;
  const took = p95Ms === null ? '' : ` 95 % took at most ${spellMs(p95Ms)}.`;
  return `${Math.round(perMinute)} requests a minute${then}.${jumped}${failing}${took}`;
}

function spellRoute({ route, perMinute, usual, errorPercent }: RouteSeen): string {
  const then = usual === null ? '' : `, usual ${Math.round(usual)}`;
  const failing = errorPercent === null ? '' : `  ${rounded(errorPercent)} % 5xx`;
  return `${route === '' ? 'no route' : route}  ${Math.round(perMinute)} a minute${then}${failing}`;
}

function rounded(percent: number): string {
  return percent > 0 && percent < 1 ? 'under 1' : String(Math.round(percent));
}

function spellMs(ms: number): string {
  return ms < 1_000 ? `${Math.round(ms)} ms` : `${(ms / 1_000).toFixed(1)} s`;
}
