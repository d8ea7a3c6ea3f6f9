import type { PodAnswer, PodTraffic, TrafficQuestion } from '../../ports/probes.ts';
import type { Names } from '../names.ts';

/** Of so many routes, the busiest, what they counted is kept each minute; a label with ids in it must not fill the database. */
const ROUTES = 12;
/** A histogram with more buckets is not kept. */
const BUCKETS = 24;
const LONGEST_ROUTE = 120;

/** At most 50 figures a minute: 2 × 12 of routes, 2 of all of them together, 24 of how long requests took; and which pods told. */
export const SERIES = {
  all: 'requests of all routes',
  failures: 'failures of all routes',
  route: (route: string) => `requests of ${route}`,
  failuresOf: (route: string) => `failures of ${route}`,
  within: (ms: number) => `requests within ${ms} ms`,
} as const;

/** All pods together. */
export interface AllTraffic extends PodTraffic {
  readonly requests: number;
  readonly failures: number;
}

/** Null: `metrics.requests` is not configured. */
export function trafficQuestion({ metrics, traffic }: Names): TrafficQuestion | null {
  if (metrics.requests === null) return null;
  const { routeLabel, statusLabel, duration, durationIn } = traffic;
  return {
    requests: metrics.requests,
    routeLabel,
    statusLabel,
    duration: duration === null ? null : { name: duration, unit: durationIn },
  };
}

/** The sum over the pods that answered, with the busiest routes; null where none has such a counter. */
export function summed(answers: readonly PodAnswer<PodTraffic>[]): AllTraffic | null {
  const routes = new Map<string, { requests: number; failures: number }>();
  const within = new Map<number, number>();
  for (const { value } of answers) {
    for (const { route, requests, failures } of value?.routes ?? []) {
      const before = routes.get(route);
      routes.set(route, {
        requests: requests + (before?.requests ?? 0),
        failures: failures + (before?.failures ?? 0),
      });
    }
    for (const { ms, requests } of value?.within ?? []) within.set(ms, requests + (within.get(ms) ?? 0));
  }
  if (routes.size === 0) return null;
  const all = [...routes].map(([route, counted]) => ({ route: route.slice(0, LONGEST_ROUTE), ...counted }));
  return {
    routes: all.sort((one, other) => other.requests - one.requests).slice(0, ROUTES),
    requests: all.reduce((sum, { requests }) => sum + requests, 0),
    failures: all.reduce((sum, { failures }) => sum + failures, 0),
    within:
      within.size > BUCKETS
        ? []
        : [...within].map(([ms, requests]) => ({ ms, requests })).sort((one, other) => one.ms - other.ms),
  };
}

/** What is kept of one minute. */
export function trafficSamples({ routes, requests, failures, within }: AllTraffic): Record<string, number> {
  return {
    [SERIES.all]: requests,
    [SERIES.failures]: failures,
    ...Object.fromEntries(
      routes.flatMap((one) => [
        [SERIES.route(one.route), one.requests],
        [SERIES.failuresOf(one.route), one.failures],
      ]),
    ),
    ...Object.fromEntries(within.map((one) => [SERIES.within(one.ms), one.requests])),
  };
}
