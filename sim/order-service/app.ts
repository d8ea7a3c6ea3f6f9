import { type Context, Hono } from 'hono';
import { createMiddleware } from 'hono/factory';
import { createChance } from '../world/chance.ts';
import type { GatewayHealth } from '../world/gateway.ts';
import { type CompanyNames, called } from '../world/names.ts';
import type { Attempt } from '../world/order.ts';
import type { Asked, World } from '../world/world.ts';
import { jsonBody, noPod, type OrderServiceEnv, refuse, requestedBy, whatIsWrong } from './answers.ts';
import { eventRoutes } from './events.ts';
import { exportRoutes } from './exports.ts';
import { remembering } from './idempotency.ts';
import { inventoryRoutes } from './inventory.ts';
import { metricsText } from './metrics.ts';
import { pathReader } from './paths.ts';
import {
  cursorAfter,
  iso,
  orderJson,
  readCursor,
  shipmentJson,
  spanMs,
  statusInput,
  stuckInput,
} from './questions.ts';
import { refundRoutes } from './refunds.ts';
import { returnRoutes } from './returns.ts';
import { shippingRoutes } from './shipping.ts';

/** The HTTP surface of the order service over one world. */
export function orderServiceApp(options: {
  readonly world: World;
  readonly token: string;
  /** Asked at each request. */
  readonly honoursIdempotencyKeys: () => boolean;
  /** Whether the token may only read; asked at each request. */
  readonly readOnly: () => boolean;
}): { fetch(request: Request, env?: object): Response | Promise<Response> } {
  const { world } = options;
  const { names } = world;
  const app = new Hono<OrderServiceEnv>();
  app.notFound((c) => refuse(c, 404, 'NOT_FOUND', `no route ${c.req.method} ${c.req.path}`));
  app.onError((error, c) => refuse(c, 503, 'DATABASE_UNAVAILABLE', error.message));

  app.use(answeringPod(world));
  app.get('/health', (c) => c.json({ status: 'UP' }));
  app.get('/health/payment-gateway', async (c) => {
    const health = await world.gatewayHealth(c.var.pod);
    if (health === null) return noPod(c);
    return c.json(gatewayJson(names, health, world.now()), health.status === 'down' ? 503 : 200);
  });
  app.get('/metrics', async (c) => {
    c.header('content-type', 'text/plain; version=0.0.4; charset=utf-8');
    return c.body(metricsText(await world.snapshot(), c.var.pod, names));
  });

  app.use('/admin/*', async (c, next) => {
    if (c.req.header(names.tokenHeader) !== `Bearer ${options.token}`) {
      return refuse(c, 401, 'UNAUTHORIZED', 'a bearer token is required');
    }
    if (options.readOnly() && c.req.method !== 'GET') {
      return refuse(c, 403, 'FORBIDDEN', 'this token may only read');
    }
    return await next();
  });
  app.use('/admin/*', remembering(options.honoursIdempotencyKeys));

  app.route('/admin/inventory', inventoryRoutes(world));
  app.route('/admin/events', eventRoutes(world));
  app.route('/admin/exports', exportRoutes(world));

  app.get('/admin/orders/stuck', async (c) => {
    const read = stuckInput(names).safeParse(c.req.query());
    if (!read.success) return refuse(c, 400, 'INVALID_PARAMETER', whatIsWrong(read.error));
    const { status, olderThan, limit, cursor } = read.data;
    const after = cursor === undefined ? null : readCursor(cursor);
    if (cursor !== undefined && after === null) return refuse(c, 400, 'INVALID_PARAMETER', 'unknown cursor');
    // One more than asked tells whether there is a next page.
    const found = await world.stuckOrders({
      status,
      olderThanMs: spanMs(olderThan),
      limit: limit + 1,
      after,
    });
    const page = found.orders.slice(0, limit);
    const last = page.at(-1);
    const nextCursor = found.orders.length > limit && last !== undefined ? cursorAfter(last) : null;
    return c.json({ orders: page.map((order) => orderJson(names, order)), total: found.total, nextCursor });
  });

  app.get('/admin/orders/:id', async (c) => {
    const order = await world.order(c.req.param('id'));
    if (order === null) return unknownOrder(c);
    return c.json({
      ...orderJson(names, order),
      notes: order.notes.map((note) => ({ ...note, at: iso(note.at) })),
      shipment: shipmentJson(order),
    });
  });

  app.post('/admin/orders/:id/retry-workflow', async (c) => {
    return answerAttempt(c, c.req.param('id'), await world.retryWorkflow(c.req.param('id'), requestedBy(c)));
  });
  app.post('/admin/orders/:id/republish-events', async (c) => {
    return answerAttempt(
      c,
      c.req.param('id'),
      await world.republishEvents(c.req.param('id'), requestedBy(c)),
    );
  });

  app.post('/admin/retry-payments', async (c) => {
    const orders = await world.retryPayments(requestedBy(c));
    if (orders === null) return refuse(c, 409, 'RETRY_UNDER_WAY', 'a retry of payments is under way');
    return c.json({ accepted: true, orders }, 202);
  });

  app.route('/', refundRoutes(world));
  app.route('/', returnRoutes(world));
  app.route('/', shippingRoutes(world));

  app.patch('/admin/orders/:id/status', async (c) => {
    const read = statusInput(names).safeParse(await jsonBody(c));
    if (!read.success) return refuse(c, 400, 'INVALID_BODY', whatIsWrong(read.error));
    const id = c.req.param('id');
    const done = await world.setStatus(id, { ...read.data, by: requestedBy(c) });
    if (!done.ok) return unknownOrder(c);
    const { statuses } = names.orders;
    return c.json({
      id,
      status: called(statuses, read.data.status),
      previousStatus: called(statuses, done.value.previousStatus),
    });
  });
  const pageOf = pathReader(names.paths);
  return {
    async fetch(request, env) {
      const url = new URL(request.url);
      const path = pageOf(request.method, url.pathname);
      if (path === url.pathname) return await app.fetch(request, env ?? {});
      url.pathname = path ?? '/no-such-page';
      return await app.fetch(new Request(url, request), env ?? {});
    },
  };
}

/** Settles who answers; without a ready pod nobody does. */
function answeringPod(world: World) {
  const chance = createChance(1);
  let asked = 0;
  return createMiddleware<OrderServiceEnv>(async (c, next) => {
    const named = c.env?.pod;
    const ready = await world.read(({ pods }) =>
      pods
        .filter(
          (pod) => pod.app === 'order-service' && pod.ready && (named === undefined || pod.name === named),
        )
        .map(({ name }) => name),
    );
    asked += 1;
    const pod = ready[Math.floor(chance('request', asked) * ready.length)];
    if (pod === undefined) return noPod(c);
    c.set('pod', pod);
    return await next();
  });
}

function gatewayJson({ gateway }: CompanyNames, { status, latencyMs, error }: GatewayHealth, at: number) {
  return {
    status,
    gateway: gateway.name,
    ...(latencyMs === null ? {} : { latencyMs }),
    ...(error === null ? {} : { error }),
    checkedAt: iso(at),
  };
}

function answerAttempt(c: Context, id: string, asked: Asked<Attempt>): Response {
  if (asked.ok) {
    return c.json({ id, accepted: true, attempt: { ...asked.value, at: iso(asked.value.at) } }, 202);
  }
  if (asked.because === 'unknown order') return unknownOrder(c);
  return refuse(c, 409, 'ORDER_NOT_STUCK', `order ${id} is no longer processing`);
}

function unknownOrder(c: Context): Response {
  return refuse(c, 404, 'ORDER_NOT_FOUND', `no order ${c.req.param('id') ?? ''}`);
}
