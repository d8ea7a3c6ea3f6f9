import { startOrderService } from '../../sim/order-service/order-service.ts';
import { ORDER_SERVICE } from '../../src/adapters/order-service/client.ts';
import { orderServiceLever } from '../../src/adapters/order-service/lever.ts';
import { orderServiceProbe } from '../../src/adapters/order-service/probe.ts';
import { policyFor } from '../../src/adapters/resilience.ts';
import { RUNBOOK_NAMES } from '../../src/runbooks/names.ts';
import { scenario, testWorld } from '../sim/world/support.ts';
import { orderServiceContract } from './order-service.ts';

orderServiceContract('the simulator', async () => {
  const here = await testWorld();
  await here.world.start(scenario('workflow-engine-crash'));
  const service = await startOrderService({ world: here.world, token: 'a-token' });
  const hands = (token: string) => {
    const settings = {
      url: service.url,
      token: async () => token,
      tokenHeader: 'authorization',
      paths: RUNBOOK_NAMES.paths,
      pods: null,
      policy: policyFor(ORDER_SERVICE),
    };
    return { probe: orderServiceProbe(settings), lever: orderServiceLever(settings) };
  };
  return {
    ...hands('a-token'),
    stranger: hands('another'),
    async stop() {
      await service.stop();
      await here.stop();
    },
  };
});
