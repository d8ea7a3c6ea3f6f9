import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  MINUTE,
  paymentErrors,
  recover,
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

describe('a retry of all waiting payments', () => {
  test.each(['gateway-down', 'network-path', 'key-rotated'])(
    'while %s lasts fails again and uses up automatic retries',
    async (id) => {
      await here.world.start(scenario(id));
      here.skip(12 * MINUTE);
      const waiting = await waitingIds(here.world);
      expect(waiting.length).toBeGreaterThan(0);
      const asked = await here.world.retryPayments('U1');
      expect(asked).toBeGreaterThanOrEqual(waiting.length);
      here.skip(3 * MINUTE);
      expect(await statuses(here.world, waiting)).toEqual(new Set(['pending_payment']));
      expect((await here.world.order(waiting[0] ?? ''))?.attempts).toEqual([
        expect.objectContaining({ kind: 'retry-payment', by: 'U1' }),
      ]);
      const burnt = await here.world.change((state) => state.orders.get(waiting[0] ?? '')?.payment.tries);
      expect(burnt).toBeGreaterThanOrEqual(4);
      // Without automatic retries left, nothing but a person's retry helps.
      await recover(here.world, id);
      here.skip(20 * MINUTE);
      expect(await statuses(here.world, waiting.slice(0, 1))).toEqual(new Set(['pending_payment']));
    },
  );

  test.each(['gateway-down', 'network-path', 'network-one-pod', 'key-rotated', 'rate-limited'])(
    'after %s is over pays the orders, spread over two minutes, and they ship',
    async (id) => {
      await here.world.start(scenario(id));
      here.skip(40 * MINUTE);
      const waiting = await waitingIds(here.world);
      expect(waiting.length).toBeGreaterThan(0);
      await recover(here.world, id);
      expect(await here.world.retryPayments(null)).toBeGreaterThanOrEqual(waiting.length);
      expect(await here.world.retryPayments(null)).toBeNull();
      here.skip(MINUTE);
      expect(await here.world.retryPayments(null)).toBeNull();
      here.skip(MINUTE);
      const after = await statuses(here.world, waiting);
      expect(after).toContain('processing');
      expect(after).not.toContain('pending_payment');
      expect(await waitingIds(here.world)).toEqual([]);
      here.skip(15 * MINUTE);
      for (const order of waiting) {
        expect(['shipped', 'payment_failed']).toContain((await here.world.order(order))?.status);
      }
      expect(await successRate(here.world)).toBe(1);
      // The next one starts from an empty waiting room.
      expect(await here.world.retryPayments(null)).toBe(0);
    },
  );

  test('is under way until the last of its calls has timed out', async () => {
    await here.world.start(scenario('gateway-down'));
    await here.pool.query(`update orders set status = 'cancelled' where status = 'pending_payment'`);
    // Under this seed the call for this id times out.
    await here.pool.query(
      `insert into orders values ('ord_xyz789abc', 'pending_payment', null, '2026-03-09T20:00:00Z', '2026-03-09T20:01:00Z')`,
    );
    const lines = async () =>
      (await paymentErrors(here.world, 5 * MINUTE)).filter((line) => line.includes('ord_xyz789abc'));
    expect(await here.world.retryPayments(null)).toBe(1);
    for (let second = 0; second < 140 && (await lines()).length === 0; second += 1) {
      expect(await here.world.retryPayments(null)).toBeNull();
      here.skip(1000);
    }
    expect(await lines()).toEqual([expect.stringContaining(' timeout_ms=10000 attempt=1')]);
    expect(await here.world.retryPayments(null)).toBeGreaterThanOrEqual(1);
  });

  test('reaches an order that somebody inserted by SQL, and leaves new customers alone', async () => {
    await here.pool.query(
      `insert into orders values ('ord_xyz789abc', 'pending_payment', null, '2026-03-09T20:00:00Z', '2026-03-09T20:01:00Z')`,
    );
    const { orders } = await here.world.snapshot();
    expect(orders.byStatus['pending_payment']).toBeGreaterThan(1);
    expect(await here.world.retryPayments(null)).toBe(1);
    here.skip(20 * MINUTE);
    expect(['shipped', 'payment_failed']).toContain((await here.world.order('ord_xyz789abc'))?.status);
  });
});
