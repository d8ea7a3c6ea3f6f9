import { Hono } from 'hono';
import * as z from 'zod';
import { regenerateLabel, testCarrier } from '../world/shipping.ts';
import type { World } from '../world/world.ts';
import { jsonBody, type OrderServiceEnv, refuse, requestedBy, whatIsWrong } from './answers.ts';

const AddressInput = z.object({
  street: z.string().trim().min(1),
  city: z.string().trim().min(1),
  state: z.string().trim().min(1),
  zip: z.string().trim().min(1),
  country: z.string().trim().length(2).default('US'),
});

/** Where an address has to look like something; elsewhere it has to be there. */
const SHAPES: Readonly<Record<string, Readonly<Record<string, RegExp>>>> = {
  US: { zip: /^\d{5}(?:-\d{4})?$/, state: /^[A-Z]{2}$/ },
  CA: { zip: /^[A-Z]\d[A-Z] ?\d[A-Z]\d$/i },
  DE: { zip: /^\d{5}$/ },
};

/** `/admin/carriers`, `/admin/validate-address` and a new label for an order. */
export function shippingRoutes(world: World): Hono<OrderServiceEnv> {
  const app = new Hono<OrderServiceEnv>();

  app.get('/admin/carriers/test-connection', async (c) => {
    const health = await world.read((state) => {
      const pod = state.pods.find(({ name }) => name === c.var.pod);
      return pod === undefined ? [] : [testCarrier(state, pod)];
    });
    return c.json({ carriers: health });
  });

  app.post('/admin/validate-address', async (c) => {
    const read = AddressInput.safeParse(await jsonBody(c));
    if (!read.success) return refuse(c, 400, 'INVALID_BODY', whatIsWrong(read.error));
    const shapes = SHAPES[read.data.country] ?? {};
    const wrong = Object.entries(shapes)
      .filter(([field, shape]) => !shape.test(read.data[field as keyof typeof read.data]))
      .map(([field]) => field);
    return c.json({ valid: wrong.length === 0, errors: wrong.map((field) => ({ field })) });
  });

  app.post('/admin/orders/:id/regenerate-label', async (c) => {
    const id = c.req.param('id');
    const refused = await world.change((state, at) => regenerateLabel(state, id, requestedBy(c), at));
    if (refused === 'unknown order') return refuse(c, 404, 'ORDER_NOT_FOUND', `no order ${id}`);
    if (refused === 'not ready')
      return refuse(c, 409, 'ORDER_NOT_READY', `order ${id} is not waiting for a label`);
    return c.json({ id, accepted: true }, 202);
  });
  return app;
}
