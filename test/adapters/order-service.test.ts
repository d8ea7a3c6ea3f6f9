import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { Fault } from '../../sim/lib/faults.ts';
import { type OrderService, startOrderService } from '../../sim/order-service/order-service.ts';
import { ORDER_SERVICE, type OrderServiceSettings } from '../../src/adapters/order-service/client.ts';
import { orderServiceLever } from '../../src/adapters/order-service/lever.ts';
import { orderServiceProbe } from '../../src/adapters/order-service/probe.ts';
import { gatewayHealthOf } from '../../src/adapters/order-service/schema.ts';
import { policyFor } from '../../src/adapters/resilience.ts';
import { OrderId } from '../../src/domain/ids.ts';
import { RUNBOOK_NAMES } from '../../src/runbooks/names.ts';
import { scenario, stuckIds, type TestWorld, testWorld } from '../sim/world/support.ts';
import { outcome, patient } from '../support/trouble.ts';

const LICENCE = { key: 'run-1/ord', by: 'URESPONDER' };

let here: TestWorld;
let service: OrderService;
let order: OrderId;
beforeAll(async () => {
  here = await testWorld();
  service = await startOrderService({ world: here.world, token: 'a-token' });
  await here.world.start(scenario('workflow-engine-crash'));
  order = OrderId.parse((await stuckIds(here.world))[0]);
});
afterEach(() => service.faults.clear());
afterAll(async () => {
  await service.stop();
  await here.stop();
});

function settings(change: Partial<OrderServiceSettings> = {}): OrderServiceSettings {
  return {
    at: service.url,
    token: async () => 'a-token',
    tokenHeader: 'authorization',
    paths: RUNBOOK_NAMES.paths,
    pods: null,
    policy: policyFor(ORDER_SERVICE),
    ...change,
  };
}

/** Retries that reached the world, whoever got an answer. */
async function attempts(): Promise<number> {
  return (await here.world.order(order))?.attempts.length ?? 0;
}

/** Hangs up as soon as the request has arrived. */
function impatient(): AbortSignal {
  const before = service.requests.length;
  const caller = new AbortController();
  void expect
    .poll(() => service.requests.length, { interval: 5 })
    .toBeGreaterThan(before)
    .then(() => caller.abort());
  return caller.signal;
}

interface Row {
  readonly fault: Fault;
  readonly hangsUp?: true;
  readonly says: { readonly fault: string; readonly sent: string; readonly mayRetry: boolean };
  /** Requests that a question makes; a change makes one, always. */
  readonly asked: number;
  /** Whether the change is done in the end. */
  readonly done: boolean;
}

const broken = { fault: 'unreachable', sent: 'maybe', mayRetry: true };
const slow = { fault: 'too slow', sent: 'maybe', mayRetry: true };
const rows: readonly [string, Row][] = [
  ['tears the connection down', { fault: { mode: 'down' }, says: broken, asked: 3, done: false }],
  [
    'is slower than the caller’s deadline',
    { fault: { mode: 'slow', ms: 60_000 }, hangsUp: true, says: slow, asked: 1, done: false },
  ],
  [
    'answers 503',
    {
      fault: { mode: 'status', status: 503 },
      says: { fault: 'failed', sent: 'maybe', mayRetry: true },
      asked: 3,
      done: false,
    },
  ],
  [
    'answers garbage',
    {
      fault: { mode: 'garbage' },
      says: { fault: 'not understood', sent: 'maybe', mayRetry: true },
      asked: 3,
      done: false,
    },
  ],
  ['breaks off in the middle of its answer', { fault: { mode: 'cut' }, says: broken, asked: 3, done: true }],
  ['does it and loses the answer', { fault: { mode: 'lost' }, says: broken, asked: 3, done: true }],
  [
    'does it after the caller hung up',
    { fault: { mode: 'late', ms: 500 }, hangsUp: true, says: slow, asked: 1, done: true },
  ],
  [
    'wants to rest',
    {
      fault: { mode: 'rate-limited', retryAfterS: 7 },
      says: { fault: 'rate limited', sent: 'no', mayRetry: false },
      asked: 1,
      done: false,
    },
  ],
];

describe.each(rows)('an order service that %s', (_what, row) => {
  test('a question', async () => {
    const before = service.requests.length;
    service.faults.add({ fault: row.fault });
    const signal = row.hangsUp ? impatient() : patient();
    expect(await outcome(orderServiceProbe(settings()).order(order, signal))).toMatchObject(row.says);
    expect(service.requests.length - before).toBe(row.asked);
  });

  test('a change is sent exactly once', async () => {
    const before = { requests: service.requests.length, attempts: await attempts() };
    service.faults.add({ fault: row.fault });
    const signal = row.hangsUp ? impatient() : patient();
    expect(await outcome(orderServiceLever(settings()).retryWorkflow(order, LICENCE, signal))).toMatchObject(
      row.says,
    );
    await expect.poll(attempts).toBe(before.attempts + (row.done ? 1 : 0));
    expect(service.requests.length - before.requests).toBe(1);
  });
});

describe('an order service', () => {
  test('that stumbles once is not noticed by a question', async () => {
    service.faults.add({ fault: { mode: 'down' }, times: 1 });
    expect((await orderServiceProbe(settings()).order(order, patient()))?.id).toBe(order);
  });

  test('that is not there: surely nothing was sent', async () => {
    const gone = await startOrderService({ world: here.world, token: 'a-token' });
    await gone.stop();
    const lever = orderServiceLever(settings({ at: gone.url }));
    expect(await outcome(lever.retryWorkflow(order, LICENCE, patient()))).toMatchObject({
      fault: 'unreachable',
      sent: 'no',
    });
  });

  test('that was down for its questions gets no change: surely not sent', async () => {
    const shared = settings();
    service.faults.add({ fault: { mode: 'down' } });
    await outcome(orderServiceProbe(shared).order(order, patient()));
    await outcome(orderServiceProbe(shared).order(order, patient()));
    const before = service.requests.length;
    const said = await outcome(orderServiceLever(shared).retryWorkflow(order, LICENCE, patient()));
    expect(said).toMatchObject({
      fault: 'unreachable',
      sent: 'no',
      message: expect.stringContaining('The order service has failed 5 times in a row; it is asked again in'),
    });
    expect(service.requests.length).toBe(before);
  });

  test('whose token file cannot be read is not asked', async () => {
    const before = service.requests.length;
    const lever = orderServiceLever(
      settings({
        token: async () => {
          throw new Error('ENOENT');
        },
      }),
    );
    expect(await outcome(lever.retryWorkflow(order, LICENCE, patient()))).toMatchObject({
      fault: 'forbidden',
      sent: 'no',
    });
    expect(service.requests.length).toBe(before);
  });
});

test.each([
  ['12', 12],
  [12, 12],
])('a total of %j stuck orders is understood', async (total, understood) => {
  const body = { orders: [], total, nextCursor: null };
  service.faults.add({ match: { path: /stuck/ }, fault: { mode: 'status', status: 200, body } });
  const question = { status: 'processing', olderThanMinutes: 120, limit: 5, cursor: null };
  const page = await orderServiceProbe(settings()).stuckOrders(question, AbortSignal.timeout(5_000));
  expect(page.total).toBe(understood);
});

test.each([
  [{ status: 'down', latencyMs: -1 }, 'down'],
  [{ status: 'down', error: { code: 'ETIMEDOUT' } }, 'down'],
  [{ status: 'UP', latencyMs: '12' }, 'up'],
  [{ status: 'degraded', latencyMs: 'timeout', error: ['slow'] }, 'degraded'],
])('the word of a health endpoint counts, whatever shape the rest has: %j', (body, status) => {
  expect(gatewayHealthOf({ status: 200, body: JSON.stringify(body) })).toEqual({ status, words: null });
});

test('what stands on the page of stuck orders waits, whatever its total says', async () => {
  const order = {
    id: 'ord_aaa111',
    status: 'processing',
    createdAt: '2026-03-10T01:00:00Z',
    updatedAt: '2026-03-10T01:00:00Z',
  };
  // One order twice, and one whose time has no zone.
  const strange = { ...order, id: 'ord_aaa112', updatedAt: '2026-03-10T01:00:00' };
  const body = { orders: [order, order, strange], total: 0 };
  service.faults.add({ match: { path: /stuck/ }, fault: { mode: 'status', status: 200, body } });
  const question = { status: 'processing', olderThanMinutes: 120, limit: 1, cursor: null };
  const page = await orderServiceProbe(settings()).stuckOrders(question, AbortSignal.timeout(5_000));
  expect(page).toMatchObject({ orders: [{ id: 'ord_aaa111' }], unread: 1, total: 2 });
});

test.each([['twelve'], [-1], [1.5], [null]])('a total of %j is not', async (total) => {
  const body = { orders: [], total, nextCursor: null };
  service.faults.add({ match: { path: /stuck/ }, fault: { mode: 'status', status: 200, body } });
  const question = { status: 'processing', olderThanMinutes: 120, limit: 5, cursor: null };
  await expect(
    orderServiceProbe(settings()).stuckOrders(question, AbortSignal.timeout(5_000)),
  ).rejects.toMatchObject({ fault: 'not understood' });
});
