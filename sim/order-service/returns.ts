import { type Context, Hono } from 'hono';
import * as z from 'zod';
import { called, type Words } from '../world/names.ts';
import type { Return } from '../world/return.ts';
import {
  approveReturn,
  extendWindow,
  HELD_FROM,
  type ReturnAnswer,
  retryReturn,
  windowOf,
} from '../world/returns.ts';
import type { World } from '../world/world.ts';
import { jsonBody, type OrderServiceEnv, refuse, requestedBy, whatIsWrong } from './answers.ts';
import { iso, pageOf, pendingInput } from './questions.ts';

const Reason = z.object({ reason: z.string().trim().min(1, 'reason is required').max(500) });
const Extension = Reason.extend({ days: z.int().min(1).max(90) });

/** `/admin/returns` and the eligibility of an order. */
export function returnRoutes(world: World): Hono<OrderServiceEnv> {
  const app = new Hono<OrderServiceEnv>();
  const words = world.names.returns;

  app.get('/admin/returns', async (c) => {
    const read = pendingInput(words, ['pending', 'received']).safeParse(c.req.query());
    if (!read.success) return refuse(c, 400, 'INVALID_PARAMETER', whatIsWrong(read.error));
    const page = await world.read(({ returns }, now) => {
      const waiting = [...returns.values()].filter(({ status }) => status === read.data.status);
      const found = pageOf(waiting, read.data, now);
      return found && { ...found, rows: found.rows.map((back) => returnJson(words, back)) };
    });
    if (page === null) return refuse(c, 400, 'INVALID_PARAMETER', 'unknown cursor');
    return c.json({ returns: page.rows, total: page.total, nextCursor: page.nextCursor });
  });

  app.get('/admin/returns/:id', async (c) => {
    const back = await world.read(({ returns }) => returns.get(c.req.param('id')) ?? null);
    if (back === null) return unknownReturn(c);
    return c.json({
      ...returnJson(words, back),
      notes: back.notes.map((note) => ({ ...note, at: iso(note.at) })),
    });
  });

  app.get('/admin/returns/:id/fraud-score', async (c) => {
    const score = await world.read(({ returns }) => returns.get(c.req.param('id'))?.score ?? null);
    if (score === null) return unknownReturn(c);
    return c.json({ score, threshold: HELD_FROM, held: score >= HELD_FROM });
  });

  app.get('/admin/orders/:id/return-eligibility', async (c) => {
    const said = await world.read((state) => {
      const back = [...state.returns.values()].find(({ order }) => order === c.req.param('id'));
      if (back === undefined) return null;
      const { deliveredAt, createdAt } = back;
      return { ...windowOf(state, back), deliveredAt: iso(deliveredAt), requestedAt: iso(createdAt) };
    });
    return said === null ? refuse(c, 404, 'ORDER_NOT_FOUND', 'no return of that order') : c.json(said);
  });

  app.post('/admin/returns/:id/approve', async (c) => {
    const read = Reason.safeParse(await jsonBody(c));
    if (!read.success) return refuse(c, 400, 'INVALID_BODY', whatIsWrong(read.error));
    const given = { ...read.data, by: requestedBy(c) };
    return answer(
      c,
      await world.change((state, now) => approveReturn(state, c.req.param('id'), now, given)),
      { status: called(words, 'approved') },
    );
  });

  app.post('/admin/returns/:id/retry-workflow', async (c) =>
    answer(
      c,
      await world.change((state, now) => retryReturn(state, c.req.param('id'), now, requestedBy(c))),
      { accepted: true },
    ),
  );

  app.post('/admin/returns/:id/extend-window', async (c) => {
    const read = Extension.safeParse(await jsonBody(c));
    if (!read.success) return refuse(c, 400, 'INVALID_BODY', whatIsWrong(read.error));
    const given = { ...read.data, by: requestedBy(c) };
    return answer(c, await world.change((state, now) => extendWindow(state, c.req.param('id'), now, given)), {
      accepted: true,
    });
  });
  return app;
}

function answer(c: Context, done: ReturnAnswer, body: object): Response {
  const id = c.req.param('id') ?? '';
  if (done === 'done') return c.json({ id, ...body });
  if (done === 'unknown') return unknownReturn(c);
  if (done === 'window expired')
    return refuse(c, 409, 'RETURN_WINDOW_EXPIRED', `the window of return ${id} is over`);
  return refuse(c, 409, 'RETURN_DECIDED', `return ${id} is decided already`);
}

function unknownReturn(c: Context): Response {
  return refuse(c, 404, 'RETURN_NOT_FOUND', `no return ${c.req.param('id') ?? ''}`);
}

function returnJson(words: Words, { id, order, status, errorCode, createdAt, updatedAt }: Return) {
  return {
    id,
    orderId: order,
    status: called(words, status),
    errorCode,
    createdAt: iso(createdAt),
    updatedAt: iso(updatedAt),
  };
}
