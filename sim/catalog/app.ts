import { Hono } from 'hono';
import type { World } from '../world/world.ts';

/** The catalog's HTTP surface: how many of each product there are. It is the source of truth, and asks for no token. */
export function catalogApp(world: World): Hono {
  const app = new Hono();
  app.use(async (c, next) => {
    const up = await world.read(({ conditions }) => conditions.catalog === 'up');
    if (!up) return c.json({ message: 'the catalog is down for maintenance' }, 503);
    return await next();
  });
  app.get('/api/products/:sku/stock', async (c) => {
    const sku = c.req.param('sku');
    const found = await world.read(({ inventory }, now) => {
      const product = inventory.products.find((one) => one.sku === sku);
      return product === undefined ? null : { available: product.catalog, now };
    });
    if (found === null) return c.json({ message: `no product ${sku}` }, 404);
    return c.json({ sku, available: found.available, asOf: new Date(found.now).toISOString() });
  });
  app.notFound((c) => c.json({ message: `no route ${c.req.method} ${c.req.path}` }, 404));
  return app;
}
