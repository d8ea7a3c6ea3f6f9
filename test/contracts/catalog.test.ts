import { startCatalog } from '../../sim/catalog/catalog.ts';
import { catalogProbe } from '../../src/adapters/catalog/probe.ts';
import { testWorld } from '../sim/world/support.ts';
import { plainPolicy } from '../support/policy.ts';
import { catalogContract } from './catalog.ts';

const PRODUCT = 'sku-101';

catalogContract('the pretend one', async () => {
  const here = await testWorld(1, 0);
  const server = await startCatalog(here.world);
  return {
    probe: catalogProbe({ url: server.url, stockPath: '/api/products/{id}/stock', policy: plainPolicy }),
    product: PRODUCT,
    set: async (count) =>
      await here.world.change(({ inventory }) => {
        for (const product of inventory.products) if (product.sku === PRODUCT) product.catalog = count;
      }),
    async stop() {
      await server.stop();
      await here.stop();
    },
  };
});
