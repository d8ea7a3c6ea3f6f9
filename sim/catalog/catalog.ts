import { type FaultyServer, startFaultyServer } from '../lib/faulty-server.ts';
import type { World } from '../world/world.ts';
import { catalogApp } from './app.ts';

/** The catalog on the loopback, with the lines of `oms.yaml` that lead there. */
export async function startCatalog(world: World): Promise<FaultyServer & { readonly yaml: string }> {
  const server = await startFaultyServer({ name: 'catalog', app: catalogApp(world) });
  return {
    ...server,
    yaml: `
catalog: { url: "${server.url}", stockPath: "/api/products/{id}/stock" }
`,
  };
}
