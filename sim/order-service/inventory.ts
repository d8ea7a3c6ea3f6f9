import { Hono } from 'hono';
import { resync } from '../world/inventory-sync.ts';
import type { World } from '../world/world.ts';
import { refuse } from './answers.ts';
import { iso } from './questions.ts';

/** `/admin/inventory`: how the copy of the catalog's counts stands, and a new one. */
export function inventoryRoutes(world: World): Hono {
  const app = new Hono();
  app.get('/sync-status', async (c) => {
    const { sync, catalog } = await world.read(({ inventory, conditions }) => ({
      sync: { ...inventory.sync },
      catalog: conditions.catalog,
    }));
    return c.json({
      status: sync.runningSince !== null ? 'running' : sync.suspended ? 'suspended' : 'idle',
      running: sync.runningSince !== null,
      lastSyncAt: sync.lastGoodAt === null ? null : iso(sync.lastGoodAt),
      error: sync.error,
      catalog,
    });
  });
  app.get('/items/:sku', async (c) => {
    const sku = c.req.param('sku');
    const ours = await world.read(
      ({ inventory }) => inventory.products.find((one) => one.sku === sku)?.ours ?? null,
    );
    if (ours === null) return refuse(c, 404, 'PRODUCT_NOT_FOUND', `no product ${sku}`);
    return c.json({ sku, available: ours });
  });
  app.post('/resync', async (c) => {
    const begun = await world.change((state, at) => resync(state, at));
    if (!begun) return refuse(c, 409, 'SYNC_RUNNING', 'a sync of the inventory is under way');
    return c.json({ accepted: true }, 202);
  });
  return app;
}
