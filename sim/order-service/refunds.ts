import { type Context, Hono } from 'hono';
import { probeGateway } from '../world/gateway.ts';
import { called, type Words } from '../world/names.ts';
import type { Refund } from '../world/refund.ts';
import { giveStoreCredit, type RefundAnswer, refundAtGateway, retryRefund } from '../world/refunds.ts';
import type { World } from '../world/world.ts';
import { type OrderServiceEnv, refuse, requestedBy, whatIsWrong } from './answers.ts';
import { iso, pageOf, pendingInput } from './questions.ts';

/** `/admin/refunds`, `/admin/payments` and `/admin/test-refund`. */
export function refundRoutes(world: World): Hono<OrderServiceEnv> {
  const app = new Hono<OrderServiceEnv>();
  const words = world.names.refunds;

  app.get('/admin/refunds', async (c) => {
    const read = pendingInput(words, ['pending']).safeParse(c.req.query());
    if (!read.success) return refuse(c, 400, 'INVALID_PARAMETER', whatIsWrong(read.error));
    const page = await world.read(({ refunds }, now) => {
      const pending = [...refunds.values()].filter(({ status }) => status === 'pending');
      const found = pageOf(pending, read.data, now);
      return found && { ...found, rows: found.rows.map((refund) => refundJson(words, refund)) };
    });
    if (page === null) return refuse(c, 400, 'INVALID_PARAMETER', 'unknown cursor');
    return c.json({ refunds: page.rows, total: page.total, nextCursor: page.nextCursor });
  });

  app.get('/admin/refunds/:id/gateway-status', async (c) => {
    const said = await world.read((state, now) => {
      const refund = state.refunds.get(c.req.param('id'));
      return refund === undefined ? undefined : refundAtGateway(state, refund, now);
    });
    if (said === undefined) return unknownRefund(c);
    if (said === null) return refuse(c, 502, 'GATEWAY_UNREACHABLE', 'the payment gateway did not answer');
    return c.json({ ...said, acceptedAt: said.acceptedAt === null ? null : iso(said.acceptedAt) });
  });

  app.get('/admin/payments/:id/details', async (c) => {
    const charge = await world.read(({ charges }) => {
      const found = charges.get(c.req.param('id'));
      return found === undefined || found.gone ? null : { ...found };
    });
    if (charge === null) return refuse(c, 404, 'PAYMENT_NOT_FOUND', `no payment ${c.req.param('id')}`);
    const { id, order, amount, currency, refunded, methodValid } = charge;
    return c.json({
      id,
      orderId: order,
      amount,
      currency,
      status: 'captured',
      refundedAmount: refunded,
      paymentMethod: { type: 'card', valid: methodValid },
    });
  });

  app.post('/admin/refunds/:id/retry', async (c) =>
    answer(c, await world.change((state, now) => retryRefund(state, c.req.param('id'), now, requestedBy(c)))),
  );

  app.post('/admin/refunds/:id/store-credit', async (c) =>
    answer(
      c,
      await world.change((state, now) => giveStoreCredit(state, c.req.param('id'), now, requestedBy(c))),
    ),
  );

  app.post('/admin/test-refund', async (c) => {
    const health = await world.read((state, now) => {
      const pod = state.pods.find(({ name }) => name === c.var.pod);
      return pod === undefined ? null : probeGateway(state, pod, now);
    });
    if (health === null) return refuse(c, 503, 'NO_READY_POD', 'no ready pod');
    if (health.status === 'up') return c.json({ status: 'succeeded', message: 'accepted and voided' });
    return c.json({ status: 'failed', error: health.error ?? 'the gateway answers slowly' });
  });
  return app;
}

function answer(c: Context, done: RefundAnswer): Response {
  const id = c.req.param('id') ?? '';
  if (done === 'done') return c.json({ id, accepted: true }, 202);
  if (done === 'unknown') return unknownRefund(c);
  if (done === 'under way') return refuse(c, 409, 'RETRY_UNDER_WAY', `refund ${id} is being tried`);
  return refuse(c, 409, 'REFUND_NOT_PENDING', `refund ${id} is no longer pending`);
}

function unknownRefund(c: Context): Response {
  return refuse(c, 404, 'REFUND_NOT_FOUND', `no refund ${c.req.param('id') ?? ''}`);
}

function refundJson(words: Words, { id, charge, amount, status, errorCode, createdAt, updatedAt }: Refund) {
  return {
    id,
    paymentId: charge.id,
    orderId: charge.order,
    status: called(words, status),
    amount,
    currency: charge.currency,
    createdAt: iso(createdAt),
    updatedAt: iso(updatedAt),
    errorCode,
  };
}
