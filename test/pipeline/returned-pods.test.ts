import { describe, expect, test } from 'vitest';
import type { Parts } from '../../src/pipeline/parts.ts';
import { sampleFigures } from '../../src/pipeline/sampler.ts';
import type { Sample } from '../../src/ports/samples.ts';
import { checks as kafkaChecks } from '../../src/runbooks/kafka-lag/checks.ts';
import { RUNBOOK_NAMES } from '../../src/runbooks/names.ts';
import { PAYMENTS_RATE, paymentRate } from '../../src/runbooks/payment-failures/rate.ts';
import { loadOf } from '../../src/runbooks/shared/load.ts';
import { notedAttempts, type RateSeen, rateSince } from '../../src/runbooks/shared/success-rate.ts';
import { type TrafficSeen, traffic } from '../../src/runbooks/shared/traffic.ts';
import { look } from '../runbooks/kafka-lag/looking.ts';
import { aRules } from '../support/builders.ts';
import { aRun } from '../support/incidents.ts';
import { aPod, aProving, fakeProbes, MINUTE, NOW } from '../support/runbooks.ts';

// A pod that is not ready is not asked. When it is back, its counters hold all that it ever counted, and none of that is new.

const HOUR = 60 * MINUTE;
const REQUESTS = 'http_requests_total';
const names = {
  ...RUNBOOK_NAMES,
  metrics: {
    ...RUNBOOK_NAMES.metrics,
    requests: REQUESTS,
    paymentAttempts: 'tries',
    publishFailed: 'failed',
  },
};

/** Three pods, each with 100 requests a minute for a week; `away` tells who is not ready in which minute. */
function pages(at: number, away: (pod: string, minute: number) => boolean) {
  const minute = (at - NOW) / MINUTE;
  return ['a', 'b', 'c']
    .filter((pod) => !away(pod, minute))
    .map((pod) => {
      // The older, the more it has counted.
      const requests = (pod === 'a' ? 3_000_000 : 1_000_000) + minute * 100;
      return {
        pod,
        problem: null,
        value: {
          metric: { [REQUESTS]: requests },
          traffic: { routes: [{ route: 'GET /orders', requests, failures: 0 }], within: [] },
        },
      };
    });
}

async function kept(away: (pod: string, minute: number) => boolean) {
  const samples: Record<string, Sample[]> = {};
  for (let at = NOW - 5 * HOUR; at <= NOW; at += MINUTE) {
    const now = pages(at, away);
    const probes = fakeProbes({
      orderService: {
        metrics: async () => now.map((one) => ({ ...one, value: one.value.metric })),
        traffic: async () => now.map((one) => ({ ...one, value: one.value.traffic })),
      },
    });
    const parts = {
      probes,
      rules: aRules({ names }),
      clock: { now: () => 0, sleep: async () => await new Promise(() => undefined) },
    } as unknown as Parts;
    for (const [name, value] of Object.entries(await sampleFigures(parts))) {
      samples[name] ??= [];
      samples[name].push({ at, value });
    }
  }
  const histories = async (named: readonly string[], from: number, to: number) =>
    Object.fromEntries(
      named.map((name) => [name, (samples[name] ?? []).filter(({ at }) => at >= from && at <= to)]),
    );
  return histories;
}

describe('how much comes', () => {
  test.each<[string, (pod: string, minute: number) => boolean]>([
    ['one was away for two minutes', (pod, minute) => pod === 'c' && (minute === -5 || minute === -4)],
    ['one went as another came', (pod, minute) => pod === (minute > -4 ? 'b' : minute > -7 ? 'a' : '')],
  ])('is not what a pod brings along: %s', async (_what, away) => {
    const histories = await kept(away);
    const load = await loadOf({ names, now: NOW, histories });
    // Whoever is away brings nothing, and everybody else as much as ever.
    expect(load?.perMinute).toBeLessThanOrEqual(300);
    expect(load?.perMinute).toBeGreaterThanOrEqual(200);
    const probes = {
      orderService: {
        traffic: async () => pages(NOW, away).map((one) => ({ ...one, value: one.value.traffic })),
      },
    };
    const { data, line } = await look(traffic, probes, { names, now: NOW, histories });
    expect((data as TrafficSeen).is).toBe('usual');
    expect((data as TrafficSeen).routes[0]?.is).toBe('usual');
    expect((data as TrafficSeen).requests).toBeLessThanOrEqual(3_000);
    expect(line).not.toContain('spike');
  });
});

describe('attempts', () => {
  const metrics = (tries: Readonly<Record<string, number>>) => ({
    orderService: {
      metrics: async () =>
        Object.entries(tries).map(([pod, value]) => ({
          pod,
          value: { payment_success_rate: 1, tries: value, failed: value },
          problem: null,
        })),
    },
    kubernetes: { pods: async () => ['a', 'b', 'c'].map((name) => aPod({ name })) },
  });

  test('R4: those of a pod that is back are not of this half hour', async () => {
    let rate: unknown = null;
    for (const [place, tries] of [{ a: 50 }, { a: 52, b: 40_000 }, { a: 55 }, { a: 60, b: 40_003 }].entries())
      rate = (
        await look(paymentRate, metrics(tries as Readonly<Record<string, number>>), {
          names,
          now: NOW + place * MINUTE,
          ...(rate === null ? {} : { before: { rate } }),
        })
      ).data;
    expect((rate as RateSeen).window).toMatchObject({ attempts: 13, minutes: 3 });
  });

  test('a proof does not take them for attempts since the run', async () => {
    const noted = await notedAttempts(aProving(fakeProbes(metrics({ a: 50 })), { names }), PAYMENTS_RATE);
    const since = async (tries: Readonly<Record<string, number>>) =>
      await rateSince(
        aProving(fakeProbes(metrics(tries)), { names, run: aRun({ parameters: noted }) }),
        PAYMENTS_RATE,
        'payments',
        { ok: true, line: '' },
      );
    const back = await since({ a: 53, b: 40_000 });
    expect(back.moved).toEqual([]);
    expect(back.line).toContain('3 attempts since the run');
    // One that was made since has counted nothing before.
    expect((await since({ a: 53, fresh: 40 })).moved).toEqual(['payments']);
  });

  test('X12: nor do events fail anew', async () => {
    const first = await look(kafkaChecks.producer, metrics({ a: 1, b: 700 }), { names });
    const gone = await look(kafkaChecks.producer, metrics({ a: 1 }), {
      names,
      before: { producer: first.data },
    });
    const back = await look(kafkaChecks.producer, metrics({ a: 1, b: 702, c: 900 }), {
      names,
      before: { producer: gone.data },
    });
    expect(back.line).toContain('The producers: 2 events failed since the look before');
  });
});
