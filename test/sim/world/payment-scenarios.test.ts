import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { scenarios } from '../../../sim/world/scenarios/catalogue.ts';
import type { WorldSnapshot } from '../../../sim/world/snapshot.ts';
import type { WorldState } from '../../../sim/world/state.ts';
import type { RunbookId } from '../../../src/domain/severity.ts';
import { runbookById } from '../../../src/runbooks/catalogue.ts';
import { HOUR, MINUTE, paymentErrors, scenario, type TestWorld, testWorld, waitingIds } from './support.ts';

let here: TestWorld;
let before: WorldSnapshot;
let after: WorldSnapshot;
beforeEach(async () => {
  here = await testWorld(1, 80);
  before = await here.world.snapshot();
});
afterEach(async () => await here.stop());

async function start(id: string): Promise<void> {
  await here.world.start(scenario(id));
  after = await here.world.snapshot();
}

/** What the lines say of the gateway's answers: `status=503`, `timeout_ms=10000`, `error=ENOTFOUND` → how many. */
async function classes(sinceMs: number): Promise<Record<string, number>> {
  const found: Record<string, number> = {};
  for (const line of await paymentErrors(here.world, sinceMs)) {
    const name = / gateway=stripe (\S+) /.exec(line)?.[1] ?? line;
    found[name] = (found[name] ?? 0) + 1;
  }
  return found;
}

/** How many success lines there are of the last so many ms. */
async function captured(sinceMs: number): Promise<number> {
  return await here.world.change(
    (state, now) =>
      state.pods
        .flatMap((pod) => state.logs.read(pod.name, now - sinceMs))
        .filter((line) => line.text.endsWith('result=captured')).length,
  );
}

async function health(): Promise<unknown[]> {
  return await Promise.all(
    Object.keys(after.paymentsByPod).map(async (pod) => await here.world.gatewayHealth(pod)),
  );
}

function ratesByPod(): readonly number[] {
  return Object.values(after.paymentsByPod).map((figures) => figures.successRate);
}

describe('gateway-down', () => {
  beforeEach(async () => await start('gateway-down'));

  test('let no payment through for 6 minutes: 503 and timeouts, and retries of its own', async () => {
    expect(await captured(6 * MINUTE)).toBe(0);
    expect(await captured(12 * MINUTE)).toBeGreaterThan(2);
    const found = await classes(6 * MINUTE);
    expect(new Set(Object.keys(found))).toEqual(new Set(['status=503', 'timeout_ms=10000']));
    const lines = await paymentErrors(here.world, 6 * MINUTE);
    expect(lines.some((line) => line.endsWith('attempt=2'))).toBe(true);
    const SHAPE =
      /Z ERROR payment order=ord_\w{9} code=(PAYMENT_FAILED gateway=stripe status=503|PAYMENT_GATEWAY_TIMEOUT gateway=stripe timeout_ms=10000) attempt=\d$/;
    for (const line of lines) expect(line).toMatch(SHAPE);
  });

  test('shows in the figures and to every pod', async () => {
    expect(ratesByPod()).toEqual([0, 0, 0]);
    expect(after.payments.attempts).toBeGreaterThan(before.payments.attempts);
    expect(await health()).toEqual(
      Array(3).fill({ status: 'down', latencyMs: null, error: '503 Service Unavailable' }),
    );
  });

  test('has orders waiting with both codes, none for 15 minutes yet; nothing of them was published', async () => {
    expect(await waitingIds(here.world)).toEqual([]);
    const { rows } = await here.pool.query(
      `select distinct error_code from orders where status = 'pending_payment' and error_code is not null order by 1`,
    );
    expect(rows).toEqual([{ error_code: 'PAYMENT_FAILED' }, { error_code: 'PAYMENT_GATEWAY_TIMEOUT' }]);
    const waiting =
      (after.orders.byStatus['pending_payment'] ?? 0) - (before.orders.byStatus['pending_payment'] ?? 0);
    expect(waiting).toBeGreaterThan(3);
    const published = (at: WorldSnapshot) =>
      at.counters.find(({ name }) => name === 'events_published_total')?.value ?? 0;
    const declined = before.payments.declines - after.payments.declines;
    expect(published(before) - published(after)).toBe(waiting - declined);
    here.skip(15 * MINUTE);
    expect((await waitingIds(here.world)).length).toBeGreaterThan(waiting / 2);
  });
});

describe('network-path', () => {
  beforeEach(async () => await start('network-path'));

  test('gives lines without a status, and no pod reaches the gateway', async () => {
    expect(Object.keys(await classes(10 * MINUTE))).toEqual(['error=ENOTFOUND']);
    expect(ratesByPod()).toEqual([0, 0, 0]);
    const cutOff = { status: 'down', latencyMs: null, error: 'getaddrinfo ENOTFOUND api.stripe.com' };
    expect(await health()).toEqual(Array(3).fill(cutOff));
  });
});

describe('network-one-pod', () => {
  beforeEach(async () => await start('network-one-pod'));

  test('only one pod fails, and only its log tells', async () => {
    expect(await health()).toMatchObject([{ status: 'down' }, { status: 'up' }, { status: 'up' }]);
    expect(ratesByPod()).toEqual([0, 1, 1]);
    const lines = await here.world.change((state, now) =>
      state.pods.map(
        (pod) =>
          state.logs.read(pod.name, now - 20 * MINUTE).filter((line) => line.text.includes('error=ENOTFOUND'))
            .length,
      ),
    );
    expect(lines[0]).toBeGreaterThan(4);
    expect(new Set(lines.slice(1))).toEqual(new Set([0]));
    expect(await captured(20 * MINUTE)).toBeGreaterThan(10);
  });
});

describe('key-rotated', () => {
  beforeEach(async () => await start('key-rotated'));

  test('401 since the change of the secret, which is younger than the pods', async () => {
    expect(Object.keys(await classes(12 * MINUTE))).toEqual(['status=401']);
    expect(after.conditions.keyChangedAt).toBe(after.now - 12 * MINUTE);
    for (const pod of after.pods) expect(pod.startedAt).toBeLessThan(after.conditions.keyChangedAt ?? 0);
    expect(await health()).toMatchObject(Array(3).fill({ status: 'down', error: '401 Unauthorized' }));
    expect(ratesByPod()).toEqual([0, 0, 0]);
  });

  test('a pod that began after the change holds the new key', async () => {
    await here.world.change((state, now) => {
      const [pod] = state.pods;
      if (pod !== undefined) pod.startedAt = now;
    });
    expect(await health()).toMatchObject([{ status: 'up' }, { status: 'down' }, { status: 'down' }]);
  });

  test('started again right after a restart is younger than the pods all the same', async () => {
    await here.world.end(scenario('key-rotated'));
    await here.world.change((state, now) => {
      for (const pod of state.pods) pod.startedAt = now - MINUTE;
    });
    await start('key-rotated');
    expect(await health()).toMatchObject(Array(3).fill({ status: 'down' }));
  });
});

describe('rate-limited', () => {
  beforeEach(async () => await start('rate-limited'));

  test('429 for most payments, while some go through', async () => {
    const found = await classes(15 * MINUTE);
    expect(found['status=429']).toBeGreaterThan(15);
    const paid = await captured(15 * MINUTE);
    expect(paid).toBeGreaterThan(0);
    expect(paid).toBeLessThan((found['status=429'] ?? 0) / 2);
    expect(await health()).toMatchObject(
      Array(3).fill({ status: 'degraded', error: '429 Too Many Requests' }),
    );
    expect(after.payments.successRate).toBeLessThan(0.5);
  });
});

describe('declines', () => {
  beforeEach(async () => await start('declines'));

  test('cards are declined far more often; the service and the gateway are well', async () => {
    const declined = await classes(40 * MINUTE);
    expect(Object.keys(declined)).toEqual(['status=402']);
    const share =
      (declined['status=402'] ?? 0) / ((declined['status=402'] ?? 0) + (await captured(40 * MINUTE)));
    expect(share).toBeGreaterThan(0.25);
    expect(share).toBeLessThan(0.55);
    expect(await health()).toMatchObject(Array(3).fill({ status: 'up', error: null }));
    expect(ratesByPod()).toEqual([1, 1, 1]);
    expect(await waitingIds(here.world)).toEqual([]);
  });

  test('a declined order is final and took no more attempts', async () => {
    expect(after.payments.attempts).toBe(before.payments.attempts);
    const { rows } = await here.pool.query(
      `select id from orders where status = 'payment_failed' and error_code = 'PAYMENT_DECLINED'`,
    );
    expect(rows).toHaveLength(after.payments.declines);
    await here.world.change((state, now) => scenario('declines').recover?.(state, now));
    await here.world.retryPayments(null);
    here.skip(30 * MINUTE);
    expect((await here.world.snapshot()).payments.declines).toBeGreaterThanOrEqual(after.payments.declines);
    const still = await here.pool.query(
      `select id from orders where id = any($1) and status = 'payment_failed'`,
      [rows.map(({ id }) => id)],
    );
    expect(still.rows).toHaveLength(rows.length);
  });
});

describe('history', () => {
  test.each(['gateway-down', 'declines'])('of %s contradicts itself nowhere', async (id) => {
    await start(id);
    const wrong = await here.world.change((state) => {
      const lines = state.pods.flatMap((pod) => state.logs.read(pod.name).map((line) => line.text));
      return [...state.orders.values()].filter((order) => {
        const mine = lines.filter((line) => line.includes(`order=${order.id} `));
        const paid = mine.filter((line) => line.endsWith('result=captured')).length;
        const shipped = mine.filter((line) => line.includes('webhook:fulfillment')).length;
        const isPaid = order.status === 'processing' || order.status === 'shipped';
        return paid !== Number(isPaid) || shipped !== Number(order.status === 'shipped');
      });
    });
    expect(wrong).toEqual([]);
    const webhooks = after.counters.find(({ name }) => name === 'webhook_deliveries_total')?.value;
    expect(webhooks).toBe(after.orders.byStatus['shipped']);
  });

  test('leaves what a person did', async () => {
    const id = await here.world.change((state, now) => {
      const recent = [...state.orders.values()].find(
        (order) => order.status === 'processing' && order.updatedAt > now - 6 * MINUTE,
      );
      return recent?.id ?? '';
    });
    await here.world.setStatus(id, { status: 'shipped', reason: 'by hand', by: null });
    await start('gateway-down');
    expect(await here.world.order(id)).toMatchObject({ status: 'shipped' });
  });
});

describe('the alert of each scenario', () => {
  /** Orders that were wrong already when the alert began, where a runbook is about orders. */
  const RIPE: Partial<Record<RunbookId, (state: WorldState, begins: number) => number>> = {
    'stuck-orders': (state, begins) =>
      [...state.orders.values()].filter(
        ({ status, updatedAt }) => status === 'processing' && updatedAt < begins - 2 * HOUR,
      ).length,
    'payment-failures': (state, begins) =>
      state.payments.all().filter(({ result, endedAt }) => result !== 'paid' && endedAt < begins).length,
    'inventory-reservation': (state, begins) =>
      state.inventory.reservations.all().filter(({ code, endedAt }) => code !== null && endedAt < begins)
        .length,
    'shipping-labels': (state, begins) =>
      [...state.orders.values()].filter(
        ({ status, updatedAt }) => status === 'ready_to_ship' && updatedAt < begins,
      ).length,
  };

  test.each(scenarios)(
    '$id names a code of its runbook, which its orders have, and began when there was something',
    async (story) => {
      const { runbook, alert } = story;
      expect(runbookById(runbook).codes).toContain(alert.code);
      const count = RIPE[runbook];
      if (count === undefined) return;
      await start(story.id);
      const begins = after.now - alert.startsAgoMs;
      const { codes, ripe } = await here.world.change((state) => ({
        codes: new Set([...state.orders.values()].map((order) => order.errorCode)),
        ripe: count(state, begins),
      }));
      expect(codes).toContain(alert.code);
      expect(ripe).toBeGreaterThan(0);
    },
  );
});
