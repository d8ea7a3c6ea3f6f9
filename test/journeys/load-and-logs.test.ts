import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { keepPast } from '../../scripts/demo/past.ts';
import { pretendKafka } from '../../sim/kafka/kafka.ts';
import { pretendRedis } from '../../sim/redis/redis.ts';
import { findScenario } from '../../sim/world/scenarios/catalogue.ts';
import type { Scenario } from '../../sim/world/scenarios/scenario.ts';
import { loadLibrary } from '../../src/adapters/kubernetes/library.ts';
import { systemClock } from '../../src/adapters/system/clock.ts';
import type { Finding } from '../../src/domain/finding.ts';
import { impactPercent } from '../../src/domain/impact.ts';
import { lookLive } from '../../src/pipeline/look-live.ts';
import { sampleFigures } from '../../src/pipeline/sampler.ts';
import type { Samples } from '../../src/ports/samples.ts';
import { rulesOf } from '../../src/rules-of.ts';
import { runbookById } from '../../src/runbooks/catalogue.ts';
import type { ReservationLogs } from '../../src/runbooks/inventory-reservation/logs.ts';
import type { OrdersSeen } from '../../src/runbooks/shared/order-rate.ts';
import type { TrafficSeen } from '../../src/runbooks/shared/traffic.ts';
import type { WorkflowLogs } from '../../src/runbooks/shared/workflow-log.ts';
import type { FailedWorkflows } from '../../src/runbooks/stuck-orders/logs.ts';
import { handsIn, YAML } from '../support/bot.ts';
import { startPretendWorld } from '../support/rig.ts';

type Pretend = Awaited<ReturnType<typeof startPretendWorld>>;
let pretend: Pretend;
let hands: Awaited<ReturnType<typeof handsIn>>;

beforeAll(async () => {
  pretend = await startPretendWorld({
    // Fewer, and a quarter of an hour without connections fails four of them or five, as it comes.
    ordersPerHour: 60,
    yaml: YAML.replace(
      'metrics:',
      'metrics:\n  requests: http_requests_total\n  duration: http_request_duration_seconds',
    ),
  });
  // Loaded at the first call, it would take that call's time on a busy machine.
  await loadLibrary();
  const { world, address } = pretend;
  hands = await handsIn(address, { redis: pretendRedis(world), kafka: pretendKafka(world) });
  await keepPast(samples, figures, pretend.now(), hands.config.oms.metrics.requests);
});
afterAll(async () => {
  await hands?.close();
  await pretend?.stop();
});

const NO_SAMPLES: Samples = { add: async () => undefined, since: async () => [], between: async () => ({}) };

const figures = async () =>
  await sampleFigures({ rules: rulesOf(hands.config, false), clock: systemClock, probes: hands.probes });

/** Figures kept in memory, as the bot keeps them in its database. */
function kept(): Samples & { minutes(many: number, step?: number): Promise<void> } {
  const all: { readonly at: number; readonly values: Readonly<Record<string, number>> }[] = [];
  const between = async (names: readonly string[], from: number, to: number) =>
    Object.fromEntries(
      names.map((name) => [
        name,
        all.flatMap(({ at, values }) => {
          const value = values[name];
          return value === undefined || at < from || at > to ? [] : [{ at, value }];
        }),
      ]),
    );
  return {
    async add(at, values) {
      all.push({ at, values });
      all.sort((one, other) => one.at - other.at);
    },
    since: async (name, from) => (await between([name], from, Number.POSITIVE_INFINITY))[name] ?? [],
    between,
    /** So many minutes pass, and each is kept, or only one in `step` of them. */
    async minutes(many, step = 1) {
      for (let minute = 0; minute < many; minute += step) {
        await pretend.skipWorld(step);
        all.push({ at: pretend.now(), values: await figures() });
      }
    },
  };
}

const samples = kept();

const quiet = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
};

/** One whole diagnosis, as `oms diagnose` makes it, by a clock so many minutes ahead of the cluster's. */
async function look(runbook: Scenario['runbook'], samples = NO_SAMPLES, aheadMinutes = 0) {
  const found = await lookLive(
    {
      probes: hands.probes,
      samples,
      rules: rulesOf(hands.config, false),
      clock: systemClock,
      step: async (_name, work) => await work(),
      log: quiet,
    },
    runbookById(runbook),
    pretend.now() + aheadMinutes * 60_000,
  );
  return {
    ...found,
    of<T>(step: string): Finding<T> {
      return found.findings.find((one) => one.step === step) as Finding<T>;
    },
  };
}

/** The world while this story goes on, and well again afterwards. */
async function during<T>(id: string, work: (story: Scenario) => Promise<T>): Promise<T> {
  const story = findScenario(id);
  if (story === null) throw new Error(`No scenario ${id}.`);
  await pretend.world.start(story);
  try {
    return await work(story);
  } finally {
    await pretend.world.end(story);
    // What it left in the logs is past the log window.
    await pretend.skipWorld(35);
  }
}

const recover = async (story: Scenario) =>
  await pretend.world.change((state, now) => story.recover?.(state, now));

describe.each([6, -6])('a clock that is %i minutes ahead of the cluster’s', (ahead) => {
  test('hears failures that still come, and that they stopped', async () => {
    await during('rate-limited', async (story) => {
      const seen = async () => {
        const found = await look(story.runbook, NO_SAMPLES, ahead);
        const cause = found.causes.find(({ id }) => id === '1.C4');
        return [found.of('R2').verdict, cause?.verdict];
      };
      expect(await seen()).toEqual(['broken', 'supported']);
      await recover(story);
      await pretend.skipWorld(6);
      expect(await seen()).toEqual(['healthy', 'ruled out']);
    });
  });
});

describe('the workflow engine’s log (X9) and the lines that no command greps (X11)', () => {
  test('a healthy engine says nothing', async () => {
    const found = await look('stuck-orders');
    for (const step of ['X9', 'X11']) expect(found.of(step)).toMatchObject({ verdict: 'healthy' });
    expect((await look('database-pool')).of('X11')).toMatchObject({ verdict: 'healthy' });
  });

  test.each([
    ['illegal-transitions', 'transition', 'transitionOrders'],
    ['transaction-timeouts', 'database', 'databaseOrders'],
  ] as const)('%s: both logs say %s, and name stuck orders', async (id, name, named) => {
    await during(id, async (story) => {
      const found = await look(story.runbook);
      const engine = found.of<WorkflowLogs>('X9');
      expect(engine.verdict).toBe('broken');
      expect(engine.data?.classes[name].lines).toBeGreaterThanOrEqual(5);
      const stuck = await pretend.world.stuckOrders({
        status: 'processing',
        olderThanMs: 0,
        limit: 500,
        after: null,
      });
      expect(stuck.orders.map((order) => order.id)).toEqual(
        expect.arrayContaining([...(engine.data?.[named] ?? ['none'])]),
      );
      const service = found.of<FailedWorkflows>('X11');
      expect(service.verdict).toBe('broken');
      expect(service.data?.classes[name].lines).toBe(engine.data?.classes[name].lines);
      await recover(story);
      await pretend.skipWorld(45);
      for (const step of ['X9', 'X11'])
        expect((await look(story.runbook)).of(step)).toMatchObject({ verdict: 'healthy' });
    });
  });

  test('returns-engine-refuses: the engine’s log says so, and the approvals agree', async () => {
    await during('returns-engine-refuses', async (story) => {
      const found = await look(story.runbook);
      const engine = found.of<WorkflowLogs>('X9');
      expect(engine.verdict).toBe('broken');
      expect(engine.data?.failedReturns.length).toBeGreaterThanOrEqual(5);
      expect(found.causes.find(({ id }) => id === '9.C4')).toMatchObject({ verdict: 'supported' });
    });
  });

  test('returns-violate: the approvals say so, and the engine’s log does not', async () => {
    await during('returns-violate', async (story) => {
      const found = await look(story.runbook);
      expect(found.of('X9')).toMatchObject({ verdict: 'healthy' });
      expect(found.causes.filter(({ verdict }) => verdict === 'supported').map(({ id }) => id)).toEqual([
        '9.C5',
      ]);
    });
  });

  test('connection-leak: the order service’s lines say that its pools are empty', async () => {
    await during('connection-leak', async (story) => {
      expect((await look(story.runbook)).of('X11')).toMatchObject({
        verdict: 'broken',
        line: expect.stringMatching(/^\d+ requests without a connection failed in 30 min \(pool \d+\)/),
      });
    });
  });
});

describe('requests by route (X5), and orders against last week (X6)', () => {
  beforeAll(async () => {
    await samples.minutes(12, 3);
  });

  const traffic = async (runbook: Scenario['runbook']) =>
    (await look(runbook, samples)).of<TrafficSeen>('X5');
  const orders = async (runbook: Scenario['runbook']) => (await look(runbook)).of<OrdersSeen>('X6');

  test('a healthy world has the usual', async () => {
    const found = await traffic('database-pool');
    expect(found).toMatchObject({ verdict: 'healthy', data: { is: 'usual', errorPercent: 0 } });
    expect(found.data?.routes.map(({ route }) => route)).toContain('POST /orders');
    expect(found.data?.p95Ms).toBeLessThan(500);
    for (const runbook of ['payment-failures', 'inventory-reservation', 'database-pool'] as const)
      expect(await orders(runbook)).toMatchObject({ verdict: 'healthy', data: { is: 'usual' } });
  });

  test('traffic-jumped: a spike, and it is what fills the pools', async () => {
    await during('traffic-jumped', async (story) => {
      await samples.minutes(1);
      const found = await look(story.runbook, samples);
      expect(found.of<TrafficSeen>('X5').data?.is).toBe('spike');
      expect(found.of('R37').verdict).toBe('broken');
      await samples.minutes(10, 2);
      expect(await traffic(story.runbook)).toMatchObject({ verdict: 'broken', data: { is: 'spike' } });
      expect((await traffic(story.runbook)).data?.p95Ms).toBeGreaterThan(5_000);
      await recover(story);
      await samples.minutes(12, 2);
      expect(await traffic(story.runbook)).toMatchObject({ verdict: 'healthy', data: { is: 'usual' } });
    });
  });

  test('connection-leak: requests fail and take long at the usual load', async () => {
    await samples.minutes(12, 3);
    await during('connection-leak', async (story) => {
      await samples.minutes(12, 2);
      const { verdict, data } = await traffic(story.runbook);
      expect(verdict).toBe('broken');
      expect(data?.is).toBe('usual');
      expect(data?.errorPercent).toBeGreaterThan(60);
      expect(data?.p95Ms).toBeGreaterThan(5_000);
    });
  });

  test('wasteful-route: one route spikes just before memory rises', async () => {
    await samples.minutes(12, 3);
    await during('wasteful-route', async (story) => {
      await samples.minutes(5);
      const { data } = await traffic(story.runbook);
      const spiking = data?.routes.filter(({ is }) => is === 'spike') ?? [];
      expect(spiking.map(({ route }) => route)).toEqual(['GET /orders']);
      expect((pretend.now() - (spiking[0]?.since ?? 0)) / 60_000).toBeLessThanOrEqual(11);
    });
  });

  test('crowd-collides: far more orders than last week, and writers collide', async () => {
    await during('crowd-collides', async (story) => {
      const found = await look(story.runbook);
      expect(found.of<OrdersSeen>('X6')).toMatchObject({ verdict: 'healthy', data: { is: 'spike' } });
      const logs = found.of<ReservationLogs>('R10');
      expect(logs.data?.classes.race.lines).toBeGreaterThanOrEqual(5);
    });
  });

  test('hardly any orders: missing, and they count as impact', async () => {
    await pretend.skipWorld(360);
    await pretend.world.change((state) => {
      state.demand.factor = 0.1;
    });
    await pretend.skipWorld(120);
    for (const runbook of ['payment-failures', 'database-pool'] as const) {
      const found = await look(runbook);
      expect(found.of('X6')).toMatchObject({ verdict: 'broken', data: { is: 'missing' } });
      expect(found.impact).toMatchObject({ known: true, missing: expect.any(Number) });
      expect(impactPercent(found.impact)).toBeGreaterThan(50);
    }
    expect((await look('inventory-reservation')).of('X6').verdict).toBe('broken');
  });
});
