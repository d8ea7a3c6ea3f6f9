import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import * as z from 'zod';
import { type OrderService, startOrderService } from '../../../sim/order-service/order-service.ts';
import { MINUTE, scenario, stuckIds, type TestWorld, testWorld } from '../world/support.ts';

const TOKEN = 'a-token';
const List = z.object({
  orders: z.array(
    z.strictObject({
      id: z.string().regex(/^ord_[a-z0-9]{9}$/),
      status: z.literal('processing'),
      errorCode: z.string().nullable(),
      createdAt: z.iso.datetime(),
      updatedAt: z.iso.datetime(),
      lastEvent: z.strictObject({ type: z.string(), at: z.iso.datetime() }).nullable(),
      attempts: z.array(
        z.strictObject({ kind: z.string(), at: z.iso.datetime(), by: z.string().nullable() }),
      ),
    }),
  ),
  total: z.number(),
  nextCursor: z.string().nullable(),
});

let here: TestWorld;
let service: OrderService;
beforeEach(async () => {
  here = await testWorld();
  service = await startOrderService({ world: here.world, token: TOKEN });
});
afterEach(async () => {
  await service.stop();
  await here.stop();
});

async function call(method: string, path: string, more: { body?: unknown; headers?: object } = {}) {
  const response = await fetch(service.url + path, {
    method,
    headers: { authorization: `Bearer ${TOKEN}`, ...more.headers },
    ...(more.body === undefined ? {} : { body: JSON.stringify(more.body) }),
  });
  const text = await response.text();
  const json: unknown = response.headers.get('content-type')?.includes('json') ? JSON.parse(text) : text;
  return { status: response.status, json, text };
}

async function firstStuck(): Promise<string> {
  await here.world.start(scenario('workflow-engine-crash'));
  return (await stuckIds(here.world))[0] ?? '';
}

describe('the list of stuck orders', () => {
  test('is empty in a healthy world', async () => {
    expect((await call('GET', '/admin/orders/stuck')).json).toEqual({
      orders: [],
      total: 0,
      nextCursor: null,
    });
  });

  test('comes oldest first, page by page, each order once', async () => {
    await firstStuck();
    const seen: string[] = [];
    let cursor: string | null = '';
    for (let page = 0; cursor !== null && page < 9; page += 1) {
      const more: string = cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`;
      const answer = List.parse(
        (await call('GET', `/admin/orders/stuck?status=processing&olderThan=2h&limit=10${more}`)).json,
      );
      expect(answer.total).toBe(37);
      seen.push(...answer.orders.map((order) => order.id));
      cursor = answer.nextCursor;
    }
    expect(seen).toEqual(await stuckIds(here.world));
  });

  test('is cut where the age is asked for', async () => {
    await firstStuck();
    const all = List.parse((await call('GET', '/admin/orders/stuck?olderThan=90m&limit=200')).json);
    expect(all.total).toBe(37);
    expect((await call('GET', '/admin/orders/stuck?olderThan=1d')).json).toMatchObject({ total: 0 });
  });

  test.each([
    ['an age without a unit', 'olderThan=2'],
    ['an age in words', 'olderThan=two hours'],
    ['an unknown status', 'status=lost'],
    ['a limit of nothing', 'limit=0'],
    ['too long a page', 'limit=201'],
    ['a cursor of its own making', 'cursor=abc'],
  ])('refuses %s', async (_what, query) => {
    const answer = await call('GET', `/admin/orders/stuck?${query}`);
    expect(answer).toMatchObject({ status: 400, json: { error: { code: 'INVALID_PARAMETER' } } });
  });
});

describe('a retry', () => {
  test('is accepted, noted with who asked, and leaves the time of the last change', async () => {
    const id = await firstStuck();
    const before = await here.world.order(id);
    const answer = await call('POST', `/admin/orders/${id}/retry-workflow`, {
      headers: { 'X-Requested-By': 'U1 via oms-bot' },
    });
    expect(answer).toMatchObject({
      status: 202,
      json: { id, accepted: true, attempt: { kind: 'retry-workflow' } },
    });
    expect((await call('GET', `/admin/orders/${id}`)).json).toMatchObject({
      status: 'processing',
      updatedAt: new Date(before?.updatedAt ?? 0).toISOString(),
      attempts: [{ kind: 'retry-workflow', by: 'U1 via oms-bot' }],
    });
  });

  test.each(['retry-workflow', 'republish-events'])(
    '%s of an order that moved on is refused',
    async (verb) => {
      const id = await firstStuck();
      await here.world.setStatus(id, { status: 'shipped', reason: 'by hand', by: null });
      const answer = await call('POST', `/admin/orders/${id}/${verb}`);
      expect(answer).toMatchObject({ status: 409, json: { error: { code: 'ORDER_NOT_STUCK' } } });
    },
  );

  test.each(['retry-workflow', 'republish-events'])('%s of an unknown order is refused', async (verb) => {
    const answer = await call('POST', `/admin/orders/ord_nobody/${verb}`);
    expect(answer).toMatchObject({ status: 404, json: { error: { code: 'ORDER_NOT_FOUND' } } });
  });

  test('is counted when its answer is lost, and was done', async () => {
    const id = await firstStuck();
    const path = `/admin/orders/${id}/retry-workflow`;
    service.faults.add({ match: { path: /retry-workflow/ }, fault: { mode: 'lost' } });
    await expect(call('POST', path)).rejects.toThrow();
    expect(service.count('POST', path)).toBe(1);
    expect((await here.world.order(id))?.attempts).toHaveLength(1);
  });

  test('with a known idempotency key is done again, unless the service is told to honour keys', async () => {
    const id = await firstStuck();
    const twice = async (key: string) => {
      for (let time = 0; time < 2; time += 1) {
        const headers = { 'Idempotency-Key': key };
        await call('POST', `/admin/orders/${id}/retry-workflow`, { headers });
      }
      return (await here.world.order(id))?.attempts.length;
    };
    expect(await twice('one')).toBe(2);
    service.honourIdempotencyKeys = true;
    expect(await twice('two')).toBe(3);
    expect(service.count('POST', /retry-workflow$/)).toBe(4);
  });
});

describe('a status set by hand', () => {
  test('holds, becomes a note, and stops a retry that is under way', async () => {
    const id = await firstStuck();
    await here.world.retryWorkflow(id, null);
    const answer = await call('PATCH', `/admin/orders/${id}/status`, {
      body: { status: 'cancelled', reason: 'customer asked' },
      headers: { 'x-requested-by': 'U2' },
    });
    expect(answer).toEqual(
      expect.objectContaining({
        status: 200,
        json: { id, status: 'cancelled', previousStatus: 'processing' },
      }),
    );
    here.skip(20 * MINUTE);
    expect((await call('GET', `/admin/orders/${id}`)).json).toMatchObject({
      status: 'cancelled',
      notes: [{ by: 'U2', text: 'status processing → cancelled: customer asked' }],
    });
  });

  test.each([
    ['without a reason', { status: 'shipped' }],
    ['with an empty reason', { status: 'shipped', reason: ' ' }],
    ['with an unknown status', { status: 'lost', reason: 'because' }],
    ['without a body', undefined],
  ])('is refused %s', async (_what, body) => {
    const id = await firstStuck();
    const answer = await call('PATCH', `/admin/orders/${id}/status`, { body });
    expect(answer.status).toBe(400);
    expect(await here.world.order(id)).toMatchObject({ status: 'processing', notes: [] });
  });

  test('is refused for an unknown order', async () => {
    const body = { status: 'shipped', reason: 'by hand' };
    expect((await call('PATCH', '/admin/orders/ord_nobody/status', { body })).status).toBe(404);
  });
});

describe('the rest', () => {
  test.each(['', 'Bearer wrong', `Basic ${TOKEN}`])(
    'refuses /admin with authorization “%s”',
    async (header) => {
      const answer = await call('GET', '/admin/orders/stuck', { headers: { authorization: header } });
      expect(answer.status).toBe(401);
    },
  );

  test('tells health and metrics to anybody', async () => {
    await firstStuck();
    const none = { headers: { authorization: '' } };
    expect(await call('GET', '/health', none)).toMatchObject({ status: 200, json: { status: 'UP' } });
    const metrics = (await call('GET', '/metrics', none)).text;
    expect(metrics).toMatch(/^orders\{status="processing"\} [34]\d$/m);
    expect(metrics).toMatch(/^orders_stuck 37$/m);
    expect(metrics).toMatch(/^webhook_deliveries_total\{status="200"\} \d+$/m);
    expect(metrics).toMatch(/^payment_attempts_total \d+$/m);
  });

  test('says that its database is away', async () => {
    await here.pool.query('alter table orders rename to away');
    const answer = await call('GET', '/admin/orders/stuck');
    expect(answer).toMatchObject({ status: 503, json: { error: { code: 'DATABASE_UNAVAILABLE' } } });
  });
});
