import type { PodTraffic, TrafficQuestion } from '../../ports/probes.ts';
import { lineByLine, numberOf, readPage } from './metrics.ts';
import { notUnderstood } from './pods.ts';

/** A page may hold thousands of routes where somebody puts ids into the label; then it is no use. */
const MOST_ROUTES = 2_000;

/**
 * X5: requests and failures by route, and the histogram of durations over all routes, of one pod's page.
 * @throws SystemError as `metricsOf`, and for a page with far too many routes
 */
export function trafficOf(
  { status, body }: { readonly status: number; readonly body: string },
  { requests, routeLabel, statusLabel, duration }: TrafficQuestion,
): PodTraffic {
  const buckets = duration === null ? null : `${duration.name}_bucket`;
  // The library keeps one label set of a histogram and loses the others; an untyped metric it reads line by line.
  const lines = lineByLine(body, [requests, ...(duration === null ? [] : [`${duration.name}_count`])]);
  const routes = new Map<string, { requests: number; failures: number }>();
  const within = new Map<number, number>();
  for (const { name, metrics } of readPage({ status, body: lines })) {
    if (name !== requests && name !== buckets) continue;
    for (const { labels = {}, value } of metrics) {
      const count = numberOf(value);
      if (Number.isNaN(count)) continue;
      if (name === requests) {
        const route = labels[routeLabel] ?? '';
        const seen = routes.get(route) ?? { requests: 0, failures: 0 };
        seen.requests += count;
        if (/^5\d\d$|^5xx$/i.test(labels[statusLabel] ?? '')) seen.failures += count;
        routes.set(route, seen);
      } else {
        const le = labels['le'] === '+Inf' ? Number.POSITIVE_INFINITY : Number(labels['le']);
        if (Number.isNaN(le)) continue;
        const ms = duration?.unit === 'seconds' ? le * 1_000 : le;
        within.set(ms, (within.get(ms) ?? 0) + count);
      }
    }
  }
  if (routes.size > MOST_ROUTES)
    throw notUnderstood(
      `The metrics page has ${routes.size} routes in ${requests}: ids seem to be among them.`,
    );
  return {
    routes: [...routes].map(([route, seen]) => ({ route, ...seen })),
    within: [...within].map(([ms, many]) => ({ ms, requests: many })).sort((one, other) => one.ms - other.ms),
  };
}
