import { type OrderService, startOrderService } from '../../sim/order-service/order-service.ts';
import { ORDER_SERVICE, type OrderServiceSettings } from '../../src/adapters/order-service/client.ts';
import { orderServiceLever } from '../../src/adapters/order-service/lever.ts';
import { orderServiceProbe } from '../../src/adapters/order-service/probe.ts';
import { policyFor } from '../../src/adapters/resilience.ts';
import { RUNBOOK_NAMES } from '../../src/runbooks/names.ts';
import { scenario, type TestWorld, testWorld } from '../sim/world/support.ts';

/** What a company may configure beyond the runbook's own paths. */
const PATHS = {
  ...RUNBOOK_NAMES.paths,
  failedEvents: '/admin/events/failed',
  inventoryItem: '/admin/inventory/items/{id}',
  return: '/admin/returns/{id}',
};

export const LICENCE = { key: 'run-1/item-1', by: 'URESPONDER' };

/** The pretend order service in the middle of a story, with the real adapter at it. */
export async function adminOf(story: string) {
  const here: TestWorld = await testWorld();
  await here.world.start(scenario(story));
  const service: OrderService = await startOrderService({ world: here.world, token: 'a-token' });
  /** With a token of its own and a breaker that has seen nothing. */
  const hands = (token = 'a-token', paths: OrderServiceSettings['paths'] = PATHS) => {
    const settings = {
      at: service.url,
      token: async () => token,
      tokenHeader: 'authorization',
      paths,
      pods: null,
      policy: policyFor(ORDER_SERVICE),
    };
    return { probe: orderServiceProbe(settings), lever: orderServiceLever(settings) };
  };
  return {
    ...here,
    service,
    hands,
    paths: PATHS,
    /** The next answer to that path is this one. */
    answers(path: RegExp, body: unknown, status = 200) {
      service.faults.add({ match: { path }, fault: { mode: 'status', status, body }, times: 1 });
    },
    async stop() {
      await service.stop();
      await here.stop();
    },
  };
}
export type Admin = Awaited<ReturnType<typeof adminOf>>;
