import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import * as z from 'zod';
import { type OrderService, startOrderService } from '../../../sim/order-service/order-service.ts';
import { MINUTE, scenario, type TestWorld, testWorld, waitingIds } from '../world/support.ts';

const TOKEN = 'a-token';
const PODS = ['7c9f6d5b8-4kx2p', '7c9f6d5b8-9vqzt', '7c9f6d5b8-mm7hd'].map(
  (suffix) => `order-service-${suffix}`,
);
const Waiting = z.object({
  orders: z.array(z.object({ id: z.string(), errorCode: z.string().nullable() })),
  total: z.number(),
});

let here: TestWorld;
let service: OrderService;
beforeEach(async () => {
  here = await testWorld(1, 80);
  service = await startOrderService({ world: here.world, token: TOKEN });
});
afterEach(async () => {
  await service.stop();
  await here.stop();
});

async function read(response: Response) {
  const text = await response.text();
  const json: unknown = response.headers.get('content-type')?.includes('json') ? JSON.parse(text) : null;
  return { status: response.status, json, text };
}

async function call(method: string, path: string, headers: Record<string, string> = {}) {
  const authorization = `Bearer ${TOKEN}`;
  return await read(await fetch(service.url + path, { method, headers: { authorization, ...headers } }));
}

async function askPod(pod: string, path: string) {
  return await read(await service.forPod(pod, new Request(`http://pod${path}`)));
}

/** The value of a series without labels. */
function value(metrics: string, name: string): number {
  return Number(new RegExp(`^${name} (\\S+)$`, 'm').exec(metrics)?.[1] ?? Number.NaN);
}

describe('the health of the payment gateway', () => {
  const checkedAt = '2026-03-10T03:00:00.000Z';

  test('up, for anybody', async () => {
    const answer = await call('GET', '/health/payment-gateway', { authorization: '' });
    expect(answer.status).toBe(200);
    expect(answer.json).toEqual({
      status: 'up',
      gateway: 'stripe',
      latencyMs: expect.any(Number),
      checkedAt,
    });
  });

  test.each([
    ['gateway-down', 503, { status: 'down', error: '503 Service Unavailable' }],
    ['network-path', 503, { status: 'down', error: 'getaddrinfo ENOTFOUND api.stripe.com' }],
    ['key-rotated', 503, { status: 'down', error: '401 Unauthorized', latencyMs: expect.any(Number) }],
    [
      'rate-limited',
      200,
      { status: 'degraded', error: '429 Too Many Requests', latencyMs: expect.any(Number) },
    ],
    ['declines', 200, { status: 'up', latencyMs: expect.any(Number) }],
  ])('%s: %s', async (id, status, body) => {
    await here.world.start(scenario(id));
    const answer = await call('GET', '/health/payment-gateway');
    expect(answer.status).toBe(status);
    expect(answer.json).toEqual({ ...body, gateway: 'stripe', checkedAt });
    expect((await call('GET', '/health')).status).toBe(200);
  });

  test('degraded takes seconds', async () => {
    await here.world.change((state) => {
      state.conditions.gateway = 'degraded';
    });
    const answer = await call('GET', '/health/payment-gateway');
    expect(answer).toMatchObject({ status: 200, json: { status: 'degraded' } });
    const { latencyMs } = z.object({ latencyMs: z.number() }).parse(answer.json);
    expect(latencyMs).toBeGreaterThanOrEqual(7000);
  });

  test('is each pod’s own; the plain address answers as one or the other', async () => {
    await here.world.start(scenario('network-one-pod'));
    const own = await Promise.all(PODS.map(async (pod) => await askPod(pod, '/health/payment-gateway')));
    expect(own.map(({ status }) => status)).toEqual([503, 200, 200]);
    const seen = new Set<number>();
    for (let time = 0; time < 30; time += 1) {
      seen.add((await call('GET', '/health/payment-gateway')).status);
    }
    expect(seen).toEqual(new Set([200, 503]));
  });
});

describe('one pod', () => {
  test('shows its own payments, without labels; together they are all', async () => {
    await here.world.start(scenario('network-one-pod'));
    const all = await Promise.all(PODS.map(async (pod) => (await askPod(pod, '/metrics')).text));
    expect(all.map((text) => value(text, 'payment_success_rate'))).toEqual([0, 1, 1]);
    const { payments } = await here.world.snapshot();
    const sum = (name: string) => all.reduce((total, text) => total + value(text, name), 0);
    expect(sum('payment_attempts_total')).toBe(payments.attempts);
    expect(sum('payment_declines_total')).toBe(payments.declines);
    expect(new Set(all.map((text) => value(text, 'orders_created_total'))).size).toBe(1);
    expect(all.join()).not.toMatch(/^payment_\w+\{/m);
  });

  test('is asked past the service: no fault, no count', async () => {
    service.faults.add({ match: { path: /health/ }, fault: { mode: 'down' } });
    expect(await askPod(PODS[0] ?? '', '/health')).toMatchObject({ status: 200, json: { status: 'UP' } });
    expect(service.count('GET', '/health')).toBe(0);
  });

  test('that is not there or not ready does not answer, and gets no request', async () => {
    await here.world.change((state) => {
      for (const pod of state.pods) if (pod.name !== PODS[1]) pod.ready = false;
    });
    const refused = { status: 503, json: { error: { code: 'NO_READY_POD' } } };
    expect(await askPod('order-service-gone', '/health')).toMatchObject(refused);
    expect(await askPod(PODS[0] ?? '', '/metrics')).toMatchObject(refused);
    const only = value((await askPod(PODS[1] ?? '', '/metrics')).text, 'payment_attempts_total');
    expect(value((await call('GET', '/metrics')).text, 'payment_attempts_total')).toBe(only);
    await here.world.change((state) => {
      for (const pod of state.pods) pod.ready = false;
    });
    expect(await call('POST', '/admin/retry-payments')).toMatchObject(refused);
  });

  test('asks for the token as well', async () => {
    const pod = PODS[0] ?? '';
    const path = 'http://pod/admin/retry-payments';
    expect((await service.forPod(pod, new Request(path, { method: 'POST' }))).status).toBe(401);
  });
});

describe('the orders that wait for their payment', () => {
  test('are listed by age, with their code', async () => {
    await here.world.start(scenario('gateway-down'));
    expect(
      (await call('GET', '/admin/orders/stuck?status=pending_payment&olderThan=15m')).json,
    ).toMatchObject({
      total: 0,
    });
    here.skip(20 * MINUTE);
    const answer = await call('GET', '/admin/orders/stuck?status=pending_payment&olderThan=15m&limit=200');
    const { orders, total } = Waiting.parse(answer.json);
    expect(orders.map(({ id }) => id)).toEqual(await waitingIds(here.world));
    expect(total).toBe(orders.length);
    expect(total).toBeGreaterThan(5);
    expect(new Set(orders.map(({ errorCode }) => errorCode))).toEqual(
      new Set(['PAYMENT_FAILED', 'PAYMENT_GATEWAY_TIMEOUT']),
    );
  });
});

describe('a retry of payments', () => {
  const path = '/admin/retry-payments';

  test('says how many orders, notes who asked, and refuses a second one until it ended', async () => {
    await here.world.start(scenario('gateway-down'));
    here.skip(20 * MINUTE);
    const waiting = await waitingIds(here.world);
    const first = await call('POST', path, { 'x-requested-by': 'U1 via oms-bot' });
    expect(first.status).toBe(202);
    const body = z.strictObject({ accepted: z.literal(true), orders: z.number() }).parse(first.json);
    expect(body.orders).toBeGreaterThanOrEqual(waiting.length);
    expect((await call('GET', `/admin/orders/${waiting[0]}`)).json).toMatchObject({
      status: 'pending_payment',
      attempts: [{ kind: 'retry-payment', by: 'U1 via oms-bot' }],
    });
    expect(await call('POST', path)).toMatchObject({
      status: 409,
      json: { error: { code: 'RETRY_UNDER_WAY', message: expect.any(String) } },
    });
    here.skip(2 * MINUTE + 10_000);
    expect((await call('POST', path)).status).toBe(202);
    expect(service.count('POST', path)).toBe(3);
  });

  test('of nothing is accepted again and again', async () => {
    for (let time = 0; time < 2; time += 1) {
      expect(await call('POST', path)).toMatchObject({ status: 202, json: { accepted: true, orders: 0 } });
    }
  });

  test.each(['', 'Bearer wrong'])(
    'is refused with authorization “%s”, and does nothing',
    async (authorization) => {
      await here.world.start(scenario('gateway-down'));
      here.skip(20 * MINUTE);
      expect((await call('POST', path, { authorization })).status).toBe(401);
      const [id = ''] = await waitingIds(here.world);
      expect((await here.world.order(id))?.attempts).toEqual([]);
    },
  );

  test('is no GET', async () => {
    expect((await call('GET', path)).status).toBe(404);
  });

  test('is counted when its answer is lost, and was done', async () => {
    await here.world.start(scenario('gateway-down'));
    here.skip(20 * MINUTE);
    service.faults.add({ match: { path: /retry-payments$/ }, fault: { mode: 'lost' } });
    await expect(call('POST', path)).rejects.toThrow();
    expect(service.count('POST', path)).toBe(1);
    const [id = ''] = await waitingIds(here.world);
    expect((await here.world.order(id))?.attempts).toHaveLength(1);
  });

  test('with a known idempotency key gets the first answer where keys are honoured', async () => {
    await here.world.start(scenario('gateway-down'));
    service.honourIdempotencyKeys = true;
    const first = await call('POST', path, { 'idempotency-key': 'one' });
    expect(await call('POST', path, { 'idempotency-key': 'one' })).toEqual(first);
    expect((await call('POST', path, { 'idempotency-key': 'two' })).status).toBe(409);
  });
});
