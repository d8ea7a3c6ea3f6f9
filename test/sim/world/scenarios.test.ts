import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { HOUR, MINUTE, scenario, stuckIds, type TestWorld, testWorld } from './support.ts';

let here: TestWorld;
beforeEach(async () => {
  here = await testWorld();
});
afterEach(async () => await here.stop());

async function retryAll(ids: readonly string[]): Promise<void> {
  for (const id of ids) await here.world.retryWorkflow(id, 'U1');
}

async function deliveries(sinceMs: number): Promise<{ all: number; failed: number }> {
  return await here.world.change((state, now) => {
    const lines = state.pods
      .flatMap((pod) => state.logs.read(pod.name, now - sinceMs))
      .filter((line) => line.text.includes('webhook:fulfillment'));
    return { all: lines.length, failed: lines.filter((line) => !line.text.includes('status=200')).length };
  });
}

describe('workflow-engine-crash', () => {
  beforeEach(async () => await here.world.start(scenario('workflow-engine-crash')));

  test('leaves 37 orders stuck for more than two hours, with both codes', async () => {
    const ids = await stuckIds(here.world);
    expect(ids).toHaveLength(37);
    const codes = await Promise.all(ids.map(async (id) => (await here.world.order(id))?.errorCode));
    expect(new Set(codes)).toEqual(new Set(['ORDER_PROCESSING_TIMEOUT', 'WORKFLOW_STUCK']));
  });

  test('shows the engine back, with a restart and its reason', async () => {
    const { pods, now } = await here.world.snapshot();
    const engines = pods.filter((pod) => pod.app === 'workflow-engine');
    expect(engines.every((pod) => pod.ready && pod.restarts === 1)).toBe(true);
    expect(engines[0]?.lastTermination?.at).toBe(now - 150 * MINUTE);
    expect(engines[0]?.startedAt).toBe(now - 130 * MINUTE);
  });

  test('shipped nothing while the engine was down', async () => {
    const { rows } = await here.pool.query(
      `select id from orders where status = 'shipped' and updated_at between $1 and $2`,
      ['2026-03-10T00:30:00Z', '2026-03-10T00:49:59Z'],
    );
    expect(rows).toEqual([]);
  });

  test('31 are freed by a retry, spread over 5 to 15 minutes; 6 fail again', async () => {
    const ids = await stuckIds(here.world);
    await retryAll(ids);
    here.skip(5 * MINUTE - 1000);
    expect(await stuckIds(here.world)).toHaveLength(37);
    here.skip(5 * MINUTE);
    const midway = (await stuckIds(here.world)).length;
    expect(midway).toBeLessThan(37);
    expect(midway).toBeGreaterThan(6);
    here.skip(5 * MINUTE);
    const left = await stuckIds(here.world);
    expect(left).toHaveLength(6);
    for (const id of left) {
      expect(await here.world.order(id)).toMatchObject({
        errorCode: 'WORKFLOW_STUCK',
        attempts: [{ kind: 'retry-workflow', by: 'U1' }],
      });
    }
    await retryAll(left);
    here.skip(20 * MINUTE);
    expect(await stuckIds(here.world)).toEqual(left);
  });

  test('a second retry while the first is under way changes nothing but the list of attempts', async () => {
    const [id = ''] = await stuckIds(here.world);
    await here.world.retryWorkflow(id, null);
    here.skip(4 * MINUTE);
    await here.world.retryWorkflow(id, null);
    here.skip(11 * MINUTE);
    const order = await here.world.order(id);
    expect(order?.status).toBe('shipped');
    expect(order?.events.filter((event) => event.type === 'order.shipped')).toHaveLength(1);
    expect(order?.attempts).toHaveLength(2);
  });

  test('nobody starts it twice, and its end leaves a healthy world', async () => {
    await here.world.start(scenario('workflow-engine-crash'));
    expect(await stuckIds(here.world)).toHaveLength(37);
    await here.world.end(scenario('workflow-engine-crash'));
    expect(await here.world.snapshot()).toMatchObject({ scenarios: [], orders: { stuck: 0 } });
  });
});

describe('webhook-refused', () => {
  beforeEach(async () => await here.world.start(scenario('webhook-refused')));

  test('has orders stuck for more than two hours, and refused webhooks dominate the last 30 minutes', async () => {
    expect((await stuckIds(here.world)).length).toBeGreaterThan(15);
    const seen = await deliveries(30 * MINUTE);
    expect(seen.all).toBeGreaterThan(20);
    expect(seen.failed).toBe(seen.all);
  });

  test('a retry fails again while the warehouse refuses, and new orders get stuck as well', async () => {
    const before = await stuckIds(here.world);
    await retryAll(before);
    here.skip(HOUR);
    const after = await stuckIds(here.world);
    expect(after).toEqual(expect.arrayContaining([...before]));
    expect(after.length).toBeGreaterThan(before.length);
    const seen = await deliveries(30 * MINUTE);
    expect(seen.failed).toBe(seen.all);
  });

  test('once the warehouse accepts, a retry frees them; without one the old stay', async () => {
    await here.world.change((state, now) => scenario('webhook-refused').recover?.(state, now));
    here.skip(45 * MINUTE);
    const left = await stuckIds(here.world);
    expect(left.length).toBeGreaterThan(15);
    await retryAll(left);
    here.skip(15 * MINUTE);
    expect(await stuckIds(here.world)).not.toEqual(expect.arrayContaining([left[0]]));
    for (const id of left) expect(await here.world.order(id)).toMatchObject({ status: 'shipped' });
  });
});

describe('events-lost', () => {
  beforeEach(async () => await here.world.start(scenario('events-lost')));

  test('the event is missing; a retry alone does not help', async () => {
    const ids = await stuckIds(here.world);
    expect(ids).toHaveLength(22);
    const order = await here.world.order(ids[0] ?? '');
    expect(order?.events.map((event) => event.type)).toEqual(['order.created', 'payment.captured']);
    await retryAll(ids);
    here.skip(20 * MINUTE);
    expect(await stuckIds(here.world)).toEqual(ids);
  });

  test('a republish sends the event at once and frees them within 15 minutes', async () => {
    const ids = await stuckIds(here.world);
    for (const id of ids) await here.world.republishEvents(id, null);
    expect((await here.world.order(ids[0] ?? ''))?.events.at(-1)?.type).toBe('fulfillment.requested');
    here.skip(15 * MINUTE);
    expect(await stuckIds(here.world)).toEqual([]);
  });

  test('while nothing can be published, a republish does not help either', async () => {
    const ids = await stuckIds(here.world);
    await here.world.change((state) => {
      state.conditions.publishing = false;
    });
    await here.world.republishEvents(ids[0] ?? '', null);
    here.skip(20 * MINUTE);
    expect(await stuckIds(here.world)).toContain(ids[0]);
  });
});
