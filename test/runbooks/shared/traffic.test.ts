import { describe, expect, test } from 'vitest';
import type { Verdict } from '../../../src/domain/finding.ts';
import type { PodAnswer, PodTraffic } from '../../../src/ports/probes.ts';
import type { Sample } from '../../../src/ports/samples.ts';
import { RUNBOOK_NAMES } from '../../../src/runbooks/names.ts';
import { type TrafficSeen, traffic } from '../../../src/runbooks/shared/traffic.ts';
import { SERIES, summed, trafficSamples } from '../../../src/runbooks/shared/traffic-samples.ts';
import { answers, diagnosed, fakeProbes, MINUTE, NOW, silent } from '../../support/runbooks.ts';

const HOUR = 60 * MINUTE;
const WEEK = 7 * 24 * HOUR;
const names = {
  metrics: { ...RUNBOOK_NAMES.metrics, requests: 'http_requests_total' },
  traffic: { ...RUNBOOK_NAMES.traffic, duration: 'http_seconds' },
};
const ANY = Number.POSITIVE_INFINITY;
const LIST = 'GET /orders';
const PLACE = 'POST /orders';

/** What a minute brings. */
interface Rates {
  readonly list: number;
  readonly place: number;
  readonly failed?: number;
}

/** A page after so many minutes at these rates. */
function page(
  minutes: number,
  { list, place, failed = 0 }: Rates,
  before: PodTraffic | null = null,
): PodTraffic {
  const was = (route: string) =>
    before?.routes.find((one) => one.route === route) ?? { requests: 0, failures: 0 };
  const add = (route: string, many: number, bad: number) => ({
    route,
    requests: was(route).requests + many * minutes,
    failures: was(route).failures + bad * minutes,
  });
  const took = (ms: number, many: number) => ({
    ms,
    requests: (before?.within.find((one) => one.ms === ms)?.requests ?? 0) + many * minutes,
  });
  const all = list + place;
  return {
    routes: [add(LIST, list, 0), add(PLACE, place, failed)],
    within: [took(100, (all - failed) * 0.9), took(500, all - failed), took(5_000, all), took(ANY, all)],
  };
}

/** Samples of each minute from so many minutes before `to` on, and the page at the end. */
function counted(minutes: number, to: number, rates: Rates, from: PodTraffic | null = null) {
  const samples: Record<string, Sample[]> = {};
  let last = from ?? page(0, rates);
  for (let minute = 0; minute <= minutes; minute += 1) {
    last = page(minute, rates, from);
    const all = summed(answers(last));
    if (all === null) throw new Error('No page.');
    for (const [name, value] of Object.entries(trafficSamples(all))) {
      samples[name] ??= [];
      samples[name].push({ at: to - (minutes - minute) * MINUTE, value });
    }
  }
  return { samples, last };
}

function together(...parts: readonly { readonly samples: Record<string, readonly Sample[]> }[]) {
  const all: Record<string, Sample[]> = {};
  for (const { samples } of parts)
    for (const [name, some] of Object.entries(samples)) all[name] = [...(all[name] ?? []), ...some];
  return all;
}

const USUAL: Rates = { list: 60, place: 40 };
const lastWeek = counted(60, NOW - WEEK + 30 * MINUTE, USUAL);

async function look(
  pods: readonly PodAnswer<PodTraffic>[] | 'silent',
  samples: Readonly<Record<string, readonly Sample[]>>,
  called: object = names,
) {
  const probes = fakeProbes({
    orderService: {
      async traffic() {
        if (pods === 'silent') throw silent();
        return pods;
      },
    },
  });
  const found = (await diagnosed('database-pool', probes, { samples, names: called })).of('X5');
  return { ...found, data: found.data as TrafficSeen | null };
}

/** Now at these rates for a quarter of an hour, usual last week. */
async function at(rates: Rates, minutes = 15) {
  const now = counted(minutes, NOW, rates);
  return await look(answers(now.last), together(lastWeek, now));
}

describe('X5', () => {
  test('at the usual load all is well', async () => {
    const found = await at(USUAL);
    expect(found).toMatchObject({
      verdict: 'healthy',
      line: '100 requests a minute, 100 last week at this hour. 0 % answered 5xx in 10 min. 95 % took at most 300 ms.',
    });
    expect(found.data).toMatchObject({
      perMinute: 100,
      usual: 100,
      is: 'usual',
      errorPercent: 0,
      requests: 1_000,
    });
    expect(found.data?.p95Ms).toBeCloseTo(300);
    expect(found.data?.routes).toEqual([
      {
        route: LIST,
        perMinute: 60,
        usual: 60,
        is: 'usual',
        since: null,
        errorPercent: 0,
        counted: { requests: 600, failures: 0 },
      },
      {
        route: PLACE,
        perMinute: 40,
        usual: 40,
        is: 'usual',
        since: null,
        errorPercent: 0,
        counted: { requests: 400, failures: 0 },
      },
    ]);
  });

  test.each<[string, Rates, Verdict, RegExp, Partial<TrafficSeen>]>([
    ['twice as much', { list: 120, place: 80 }, 'healthy', /That is a spike/, { is: 'spike' }],
    ['one route alone', { list: 130, place: 10 }, 'healthy', /GET \/orders spikes\./, { is: 'usual' }],
    ['more than usual', { list: 100, place: 60 }, 'healthy', /^160 requests/, { is: 'more' }],
    [
      'one in ten failed',
      { list: 60, place: 40, failed: 10 },
      'healthy',
      /10 % answered/,
      { errorPercent: 10 },
    ],
    ['more failed', { list: 60, place: 40, failed: 11 }, 'broken', /11 % answered 5xx/, { errorPercent: 11 }],
    ['and slow', { list: 60, place: 40, failed: 40 }, 'broken', /at most 4\.4 s/, { errorPercent: 40 }],
  ])('%s', async (_what, rates, verdict, line, data) => {
    const found = await at(rates);
    expect(found).toMatchObject({ verdict, line: expect.stringMatching(line), data });
  });

  test('a route that spikes says since when, to within five minutes', async () => {
    const calm = counted(40, NOW - 20 * MINUTE, USUAL);
    const busy = counted(19, NOW, { list: 300, place: 40 }, page(1, { list: 300, place: 40 }, calm.last));
    const { data } = await look(answers(busy.last), together(lastWeek, calm, busy));
    const [first, second] = data?.routes ?? [];
    expect(first).toMatchObject({ route: LIST, is: 'spike', usual: 60 });
    expect(NOW - (first?.since ?? 0)).toBe(20 * MINUTE);
    expect(second).toMatchObject({ route: PLACE, is: 'usual', since: null });
  });

  test('few requests that failed are no trouble yet', async () => {
    expect((await at({ list: 1, place: 0.9, failed: 0.9 })).verdict).toBe('healthy');
  });

  test('without last week the last 24 h count; under two hours of them the usual is not known', async () => {
    const day = counted(180, NOW, USUAL);
    expect(await look(answers(day.last), day.samples)).toMatchObject({
      verdict: 'healthy',
      line: expect.stringContaining('100 usually in the last 24 h'),
    });
    const young = counted(100, NOW, USUAL);
    expect(await look(answers(young.last), young.samples)).toMatchObject({
      verdict: 'unknown',
      line: expect.stringContaining('what is usual is not known yet'),
      data: { perMinute: 100, usual: null, is: null },
    });
    const failing = counted(100, NOW, { ...USUAL, failed: 40 });
    expect((await look(answers(failing.last), failing.samples)).verdict).toBe('broken');
  });

  test('a pod that began anew, a silent pod, too little kept', async () => {
    const before = counted(20, NOW - 7 * MINUTE, USUAL, page(500, USUAL));
    const after = counted(6, NOW, USUAL);
    const restarted = await look(answers(after.last), together(lastWeek, before, after));
    expect(restarted.data).toMatchObject({ is: 'usual', errorPercent: 0 });
    const now = counted(15, NOW, USUAL);
    expect(await look(answers(now.last, null), together(lastWeek, now))).toMatchObject({
      verdict: 'unknown',
      line: expect.stringContaining('1 of 2 pods answered'),
    });
    expect(await look(answers(now.last), counted(3, NOW, USUAL).samples)).toMatchObject({
      verdict: 'unknown',
      data: null,
    });
  });

  test('not configured, not on the page, no pod, no answer', async () => {
    const now = counted(15, NOW, USUAL);
    const empty: PodTraffic = { routes: [], within: [] };
    expect(await look(answers(now.last), now.samples, {})).toMatchObject({
      verdict: 'skipped',
      line: expect.stringContaining('`metrics.requests`'),
    });
    expect(await look(answers(empty), now.samples)).toMatchObject({
      verdict: 'unknown',
      line: expect.stringContaining('`http_requests_total`'),
    });
    expect(await look(answers<PodTraffic>(null), now.samples)).toMatchObject({
      verdict: 'unknown',
      line: 'It did not answer.',
    });
    expect((await look([], now.samples)).verdict).toBe('unknown');
    expect(await look('silent', now.samples)).toMatchObject({
      verdict: 'unknown',
      line: 'The system did not answer.',
    });
  });

  test('without a histogram p95 is not told', async () => {
    const { samples, last } = counted(15, NOW, USUAL);
    const found = await look(answers({ ...last, within: [] }), together(lastWeek, { samples }));
    expect(found.data?.p95Ms).toBeNull();
    expect(found.line).not.toContain('took at most');
  });

  test('it says what to type', () => {
    expect(traffic.equivalent({ ...RUNBOOK_NAMES, ...names })).toMatch(
      /\/metrics" \| grep -e http_requests_total -e http_seconds$/,
    );
  });
});

test('what is kept of a minute is bounded, however many routes and buckets a page has', () => {
  const routes = Array.from({ length: 500 }, (_, place) => ({
    route: `GET /${'x'.repeat(200)}${place}`,
    requests: 1_000 - place,
    failures: 1,
  }));
  const within = (count: number) =>
    Array.from({ length: count }, (_, place) => ({ ms: place, requests: place }));
  const kept = (buckets: number) => {
    const all = summed(answers({ routes, within: within(buckets) }));
    return all === null ? [] : Object.keys(trafficSamples(all));
  };
  expect(kept(24).length).toBeLessThanOrEqual(50);
  expect(kept(25).filter((name) => name.includes('within'))).toEqual([]);
  expect(Math.max(...kept(24).map((name) => name.length))).toBeLessThan(140);
  expect(kept(24)).toContain(SERIES.all);
});
