import { startKubernetes } from '../../sim/kubernetes/kubernetes.ts';
import { startOrderService } from '../../sim/order-service/order-service.ts';
import { RUNBOOK_COMPANY } from '../../sim/world/names.ts';
import { addReturn } from '../../sim/world/returns.ts';
import { connectKubernetes } from '../../src/adapters/kubernetes/connect.ts';
import { ORDER_SERVICE, type OrderServiceSettings } from '../../src/adapters/order-service/client.ts';
import { orderServiceLever } from '../../src/adapters/order-service/lever.ts';
import { orderServiceProbe } from '../../src/adapters/order-service/probe.ts';
import { policyFor } from '../../src/adapters/resilience.ts';
import { orderWorkload, RUNBOOK_NAMES } from '../../src/runbooks/names.ts';
import { HOUR, scenario, type TestWorld, testWorld } from '../sim/world/support.ts';
import { plainPolicy } from '../support/policy.ts';
import { orderServiceContract } from './order-service.ts';

const paths = { ...RUNBOOK_NAMES.paths, return: '/admin/returns/{id}' };

async function fill({ world }: TestWorld): Promise<void> {
  await world.start(scenario('workflow-engine-crash'));
  await world.change((state, now) => addReturn(state, 'waits', now - 30 * HOUR));
}

function handsOf(way: Pick<OrderServiceSettings, 'at' | 'pods' | 'tokenHeader'>) {
  const handsWith = (token: string) => {
    const policy = policyFor(ORDER_SERVICE);
    const settings = { ...way, token: async () => token, paths, policy };
    return { probe: orderServiceProbe(settings), lever: orderServiceLever(settings) };
  };
  return { ...handsWith('a-token'), stranger: handsWith('another') };
}

orderServiceContract('the simulator', async () => {
  const here = await testWorld();
  await fill(here);
  const service = await startOrderService({ world: here.world, token: 'a-token' });
  return {
    ...handsOf({ at: service.url, tokenHeader: 'authorization', pods: null }),
    async stop() {
      await service.stop();
      await here.stop();
    },
  };
});

orderServiceContract('the simulator behind the API server', async () => {
  const here = await testWorld(1, 20, null, { ...RUNBOOK_COMPANY, tokenHeader: 'x-admin-token' });
  await fill(here);
  const service = await startOrderService({ world: here.world, token: 'a-token' });
  const kubernetes = await startKubernetes({
    world: here.world,
    podHttp: async (pod, request) => await service.forPod(pod, request),
  });
  const cluster = await connectKubernetes({
    kubeconfig: { text: kubernetes.kubeconfig() },
    policy: plainPolicy,
  });
  return {
    ...handsOf({
      at: cluster.serviceWay(kubernetes.namespace, 'order-service:8080'),
      tokenHeader: 'x-admin-token',
      pods: cluster.podHttp(orderWorkload(RUNBOOK_NAMES), 8080),
    }),
    async stop() {
      await cluster.close();
      await kubernetes.stop();
      await service.stop();
      await here.stop();
    },
  };
});
