import { startStatusPage } from '../../sim/status-page/status-page.ts';
import type { StatusPage } from '../../sim/world/status-pages.ts';
import { statusPageProbe } from '../../src/adapters/status-page/probe.ts';
import { MINUTE, testWorld } from '../sim/world/support.ts';
import { plainPolicy } from '../support/policy.ts';
import { statusPageContract } from './status-page.ts';

statusPageContract('the pretend one', async () => {
  const here = await testWorld(1, 0);
  const server = await startStatusPage({ world: here.world, provider: 'gateway' });
  const change = async (work: (page: StatusPage, now: number) => unknown) =>
    void (await here.world.change((state, now) => work(state.statusPages.gateway, now)));
  return {
    probe: statusPageProbe({ gateway: { url: `${server.url}/` } }, () => plainPolicy),
    components: await here.world.read((state) => [...state.statusPages.gateway.components]),
    now: here.world.now,
    publish: async ({ name, impact }) =>
      await change((page, now) =>
        page.incidents.push({
          id: 'byhand',
          name,
          impact,
          components: page.components.slice(0, 1),
          startedAt: now,
          ofTheWorld: false,
          updatedAt: now,
          status: 'investigating',
          resolvedAt: null,
        }),
      ),
    resolve: async (name) =>
      await change((page, now) => {
        const incident = page.incidents.find((one) => one.name === name);
        if (incident === undefined) throw new Error(`no incident ${name}`);
        Object.assign(incident, { status: 'resolved', resolvedAt: now, updatedAt: now });
      }),
    plan: async ({ name, when }) =>
      await change((page, now) =>
        page.maintenance.push({
          id: name,
          name,
          components: page.components.slice(1, 2),
          from: when === 'now' ? now - 10 * MINUTE : now + 60 * MINUTE,
          until: now + 120 * MINUTE,
        }),
      ),
    async stop() {
      await server.stop();
      await here.stop();
    },
  };
});
