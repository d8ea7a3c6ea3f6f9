import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { scenarios } from '../../../sim/world/scenarios/catalogue.ts';
import {
  MINUTE,
  paymentErrors,
  recover,
  restartOrderService,
  scenario,
  statuses,
  successRate,
  type TestWorld,
  testWorld,
  waitingIds,
} from './support.ts';

let here: TestWorld;
beforeEach(async () => {
  here = await testWorld(1, 80);
});
afterEach(async () => await here.stop());

/** Statuses of the probes, one per pod of the order service. */
async function probes(): Promise<readonly (string | undefined)[]> {
  const { paymentsByPod } = await here.world.snapshot();
  return await Promise.all(
    Object.keys(paymentsByPod).map(async (pod) => (await here.world.gatewayHealth(pod))?.status),
  );
}

/** Orders whose payment hangs or failed through no fault of the customer ÷ orders created, of the last 30 minutes. */
async function impact(): Promise<number> {
  const { rows } = await here.pool.query<{ share: number }>(
    `select avg(case when status = 'pending_payment' and updated_at < $1::timestamptz - interval '15 minutes'
                       or status = 'payment_failed' and error_code <> 'PAYMENT_DECLINED' then 1 else 0 end)::float as share
       from orders where created_at > $1::timestamptz - interval '30 minutes'`,
    [new Date(here.world.now()).toISOString()],
  );
  return rows[0]?.share ?? Number.NaN;
}

describe('healthy payments', () => {
  test('leave nobody waiting; about 4 of 100 cards are declined', async () => {
    expect(await waitingIds(here.world)).toEqual([]);
    const { payments, paymentsByPod, orders } = await here.world.snapshot();
    expect(payments.successRate).toBe(1);
    expect(payments.declines / payments.attempts).toBeGreaterThan(0.015);
    expect(payments.declines / payments.attempts).toBeLessThan(0.07);
    expect(orders.byStatus['payment_failed']).toBe(payments.declines);
    const attempts = Object.values(paymentsByPod).map((figures) => figures.attempts);
    expect(attempts).toHaveLength(3);
    expect(attempts.reduce((sum, each) => sum + each, 0)).toBe(payments.attempts);
  });

  test('log a decline as the customer’s affair', async () => {
    const lines = await paymentErrors(here.world, 6 * 60 * MINUTE);
    expect(lines.length).toBeGreaterThan(0);
    for (const line of lines) {
      expect(line).toMatch(
        /Z WARN payment order=ord_\w{9} code=PAYMENT_DECLINED gateway=stripe status=402 decline=[a-z_]+ attempt=1$/,
      );
    }
  });
});

describe('a failed payment', () => {
  test('is tried again after 1, 5 and 15 minutes, then waits', async () => {
    await here.world.start(scenario('network-path'));
    const id = await here.world.change((state) => {
      const order = [...state.orders.values()].findLast(({ status }) => status === 'pending_payment');
      return order?.id ?? '';
    });
    here.skip(60 * MINUTE);
    const lines = (await paymentErrors(here.world, 90 * MINUTE)).filter((line) => line.includes(id)).sort();
    expect(lines.map((line) => line.slice(-'attempt=1'.length))).toEqual([
      'attempt=1',
      'attempt=2',
      'attempt=3',
      'attempt=4',
    ]);
    const at = lines.map((line) => Date.parse(line.slice(0, 24)));
    const waits = at.slice(1).map((time, number) => time - (at[number] ?? 0));
    expect(waits).toEqual([MINUTE, 5 * MINUTE, 15 * MINUTE]);
    const order = await here.world.order(id);
    expect(order).toMatchObject({ status: 'pending_payment', errorCode: 'PAYMENT_FAILED' });
    expect(order?.updatedAt).toBe(order?.createdAt);
  });

  test('of a gateway that is slow times out half the time', async () => {
    await here.world.change((state) => {
      state.conditions.gateway = 'degraded';
    });
    expect(new Set(await probes())).toEqual(new Set(['degraded']));
    here.skip(60 * MINUTE);
    const lines = await paymentErrors(here.world, 60 * MINUTE);
    const timeouts = lines.filter((line) => line.includes(' timeout_ms=10000 '));
    expect(timeouts.length).toBeGreaterThan(40);
    expect(lines.length - timeouts.length).toBeLessThan(10);
    expect(await successRate(here.world)).toBeGreaterThan(0.1);
    expect(await successRate(here.world)).toBeLessThan(0.9);
  });

  test('that somebody moved by hand or by SQL is not tried again', async () => {
    await here.world.start(scenario('gateway-down'));
    const [one = '', two = ''] = await here.world.change((state) =>
      [...state.orders.values()]
        .filter(({ status, errorCode }) => status === 'pending_payment' && errorCode !== null)
        .map((order) => order.id),
    );
    await here.world.setStatus(one, { status: 'cancelled', reason: 'customer asked', by: null });
    await here.pool.query(`update orders set status = 'cancelled' where id = $1`, [two]);
    await recover(here.world, 'gateway-down');
    here.skip(30 * MINUTE);
    expect(await statuses(here.world, [one, two])).toEqual(new Set(['cancelled']));
  });

  test('waits without an attempt while no pod is ready', async () => {
    await here.world.change((state) => {
      for (const pod of state.pods) pod.ready = false;
    });
    const before = (await here.world.snapshot()).payments.attempts;
    here.skip(20 * MINUTE);
    expect((await here.world.snapshot()).payments.attempts).toBe(before);
    await here.world.change((state) => {
      for (const pod of state.pods) pod.ready = true;
    });
    here.skip(MINUTE);
    expect((await here.world.snapshot()).payments.attempts).toBeGreaterThan(before + 20);
  });
});

describe('the impact', () => {
  test('of a gateway that went down 6 minutes ago is small at first and rises as it lasts', async () => {
    await here.world.start(scenario('gateway-down'));
    expect(await impact()).toBeLessThan(0.1);
    here.skip(14 * MINUTE);
    await here.world.settle();
    const later = await impact();
    expect(later).toBeGreaterThan(0.05);
    expect(later).toBeLessThan(0.3);
    here.skip(15 * MINUTE);
    await here.world.settle();
    expect(await impact()).toBeGreaterThan(0.3);
  });

  test('of declined cards is none', async () => {
    await here.world.start(scenario('declines'));
    here.skip(30 * MINUTE);
    await here.world.settle();
    expect(await impact()).toBe(0);
  });
});

describe('a restart of the order service', () => {
  test.each([
    ['key-rotated', 'up'],
    // The pod that was cut off is gone; the new ones run elsewhere.
    ['network-one-pod', 'up'],
    ['gateway-down', 'down'],
    ['network-path', 'down'],
    ['rate-limited', 'degraded'],
  ])('after %s leaves the gateway %s', async (id, status) => {
    await here.world.start(scenario(id));
    const pods = Object.keys((await here.world.snapshot()).paymentsByPod);
    await restartOrderService(here.world);
    here.skip(7 * MINUTE);
    const { paymentsByPod } = await here.world.snapshot();
    expect(Object.keys(paymentsByPod).filter((pod) => pods.includes(pod))).toEqual([]);
    expect(Object.values(paymentsByPod).some(({ attempts }) => attempts > 0)).toBe(true);
    expect(new Set(await probes())).toEqual(new Set([status]));
    if (status === 'up') expect(await successRate(here.world)).toBe(1);
    else expect(await successRate(here.world)).toBeLessThan(0.5);
  });
});

describe('each scenario of payments', () => {
  const ofPayments = scenarios.filter((each) => each.runbook === 'payment-failures');

  test.each(ofPayments.map((each) => each.id))('%s is the same for the same seed', async (id) => {
    const other = await testWorld(1, 80);
    await here.world.start(scenario(id));
    await other.world.start(scenario(id));
    here.skip(10 * MINUTE);
    for (let minute = 0; minute < 10; minute += 1) {
      other.skip(MINUTE);
      await other.world.settle();
    }
    expect(await other.world.snapshot()).toEqual(await here.world.snapshot());
    expect(await paymentErrors(other.world, 60 * MINUTE)).toEqual(
      await paymentErrors(here.world, 60 * MINUTE),
    );
    const text = 'select * from orders order by id';
    expect((await other.pool.query(text)).rows).toEqual((await here.pool.query(text)).rows);
    await other.stop();
  });

  test.each(ofPayments.map((each) => each.id))('%s ends with every waiting order paid', async (id) => {
    await here.world.start(scenario(id));
    here.skip(40 * MINUTE);
    await here.world.end(scenario(id));
    here.skip(15 * MINUTE);
    expect(await waitingIds(here.world)).toEqual([]);
    expect(new Set(await probes())).toEqual(new Set(['up']));
    const { payments, scenarios: running } = await here.world.snapshot();
    expect(payments.successRate).toBe(1);
    expect(running).toEqual([]);
  });
});
