import { startPagerDuty } from '../../sim/pagerduty/pagerduty.ts';
import { PAGERDUTY, pagerDuty } from '../../src/adapters/pagerduty/pager.ts';
import { policyFor } from '../../src/adapters/resilience.ts';
import { pagerContract } from './pager.ts';

const KEY = 'a'.repeat(32);

pagerContract('the simulated PagerDuty', async () => {
  const system = await startPagerDuty({ routingKeys: { [KEY]: 'orders' } });
  return {
    pager: pagerDuty({
      url: `${system.url}/v2/enqueue`,
      routingKeys: { orders: KEY, catalog: 'c'.repeat(32) },
      source: 'oms-bot',
      policy: policyFor(PAGERDUTY),
    }),
    seen: async (dedupKey) =>
      system.incidents
        .filter(({ key }) => key === dedupKey)
        .map(({ title, status, pages }) => ({ title, open: status !== 'resolved', woken: pages })),
    stop: async () => await system.stop(),
  };
});
