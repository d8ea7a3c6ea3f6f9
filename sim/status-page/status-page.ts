import { type FaultyServer, startFaultyServer } from '../lib/faulty-server.ts';
import type { PageName } from '../world/status-pages.ts';
import type { World } from '../world/world.ts';
import { statusPageApp } from './app.ts';

/** One provider's status page on the loopback: what the world's provider has published by now. */
export async function startStatusPage(options: {
  readonly world: World;
  readonly provider: PageName;
}): Promise<FaultyServer> {
  const { world, provider } = options;
  return await startFaultyServer({
    name: `${provider} status page`,
    app: statusPageApp(
      async () =>
        await world.read((state, now) => ({ page: structuredClone(state.statusPages[provider]), now })),
    ),
  });
}

/** Both of a world, with the lines of `oms.yaml` that lead there. */
export async function startStatusPages(world: World) {
  const [gateway, carrier] = await Promise.all([
    startStatusPage({ world, provider: 'gateway' }),
    startStatusPage({ world, provider: 'carrier' }),
  ]);
  return {
    gateway,
    carrier,
    yaml: `
statusPages:
  gateway: { url: "${gateway.url}", component: Payments API }
  carrier: { url: "${carrier.url}" }
`,
    async stop() {
      await Promise.all([gateway.stop(), carrier.stop()]);
    },
  };
}
