import { describe, expect, test } from 'vitest';
import { metricsOf } from '../../src/adapters/order-service/metrics.ts';
import { trafficOf } from '../../src/adapters/order-service/traffic.ts';
import { SystemError } from '../../src/ports/system-error.ts';

const QUESTION = {
  requests: 'reqs',
  routeLabel: 'route',
  statusLabel: 'status',
  duration: { name: 'took', unit: 'seconds' },
} as const;

const read = (body: string, change: object = {}, status = 200) =>
  trafficOf({ status, body }, { ...QUESTION, ...change });

const PAGE = `# HELP reqs Requests.
# TYPE reqs counter
reqs{route="GET /a",status="200"} 90
reqs{route="GET /a",status="503"} 10
reqs{route="POST /b",status="500"} 3
reqs{route="POST /b",status="429"} 4
# HELP took Seconds.
# TYPE took histogram
took_bucket{route="GET /a",le="0.1"} 50
took_bucket{route="GET /a",le="2.5"} 95
took_bucket{route="GET /a",le="+Inf"} 100
took_sum{route="GET /a"} 12.5
took_count{route="GET /a"} 100
took_bucket{route="POST /b",le="0.1"} 1
took_bucket{route="POST /b",le="2.5"} 2
took_bucket{route="POST /b",le="+Inf"} 7
took_sum{route="POST /b"} 30
took_count{route="POST /b"} 7
`;

describe('requests of one pod’s page', () => {
  test('by route, with what was answered 5xx, and one histogram over all routes', () => {
    expect(read(PAGE)).toEqual({
      routes: [
        { route: 'GET /a', requests: 100, failures: 10 },
        { route: 'POST /b', requests: 7, failures: 3 },
      ],
      within: [
        { ms: 100, requests: 51 },
        { ms: 2_500, requests: 97 },
        { ms: Number.POSITIVE_INFINITY, requests: 107 },
      ],
    });
  });

  test('other labels, bounds in milliseconds, statuses by their class, no histogram', () => {
    const page =
      'reqs{uri="/a",outcome="5xx"} 2\nreqs{uri="/a",outcome="2xx"} 5\nreqs 3\ntook_bucket{le="250"} 1\n';
    const change = { routeLabel: 'uri', statusLabel: 'outcome' };
    const duration = { name: 'took', unit: 'milliseconds' } as const;
    expect(read(page, { ...change, duration })).toEqual({
      routes: [
        { route: '/a', requests: 7, failures: 2 },
        { route: '', requests: 3, failures: 0 },
      ],
      within: [{ ms: 250, requests: 1 }],
    });
    expect(read(page, { ...change, duration: null }).within).toEqual([]);
  });

  test('what is no number is left out', () => {
    expect(read('reqs{route="/a",status="200"} NaN\nreqs{route="/b",status="200"} 1\n').routes).toEqual([
      { route: '/b', requests: 1, failures: 0 },
    ]);
  });

  test.each([
    ['another status', PAGE, 503],
    ['a page that was cut off', PAGE.slice(0, -3), 200],
    ['no page at all', '\n', 200],
    [
      'ids in the label',
      Array.from({ length: 2_001 }, (_, id) => `reqs{route="/orders/${id}",status="200"} 1\n`).join(''),
      200,
    ],
  ])('%s is refused', (_what, body, status) => {
    expect(() => read(body, {}, status)).toThrow(SystemError);
  });
});

test('a timer’s own count is the counter of requests, beside its buckets and without them', () => {
  const page = `# TYPE secs histogram
secs_bucket{uri="/a",status="200",le="0.1"} 3
secs_bucket{uri="/a",status="200",le="+Inf"} 4
secs_count{uri="/a",status="200"} 4
secs_sum{uri="/a",status="200"} 1
secs_count{uri="/b",status="500"} 2
`;
  const change = { requests: 'secs_count', routeLabel: 'uri', statusLabel: 'status' };
  const routes = [
    { route: '/a', requests: 4, failures: 0 },
    { route: '/b', requests: 2, failures: 2 },
  ];
  expect(read(page, { ...change, duration: null })).toEqual({ routes, within: [] });
  expect(read(page, { ...change, duration: { name: 'secs', unit: 'seconds' } })).toMatchObject({
    routes,
    within: [
      { ms: 100, requests: 3 },
      { ms: Number.POSITIVE_INFINITY, requests: 4 },
    ],
  });
  const summary = page.replace('histogram', 'summary').replaceAll(/.*_bucket.*\n/g, '');
  expect(metricsOf({ status: 200, body: summary }, ['secs_count', 'secs_sum'])).toEqual({
    secs_count: 6,
    secs_sum: 1,
  });
});
