import { startKubernetes } from '../../sim/kubernetes/kubernetes.ts';
import { startOrderService } from '../../sim/order-service/order-service.ts';
import { workflowEngineCrash } from '../../sim/world/scenarios/workflow-engine-crash.ts';
import { createWorld } from '../../sim/world/world.ts';
import { ADMIN_TOKEN, ALERT_TOKEN } from './bot.ts';
import { type DatabaseServer, openPool } from './databases.ts';

/** Stuck orders enough to show a batch. */
const STUCK = 6;

/** The systems that a diagnosis looks at, with orders that are stuck since a crash of the workflow engine. */
export async function startSystems(stack: AsyncDisposableStack, server: DatabaseServer) {
  const orders = await server.fresh('orders');
  const world = await createWorld({ pool: openPool(stack, orders), now: Date.now, seed: 7 });
  await world.change((state, now) => {
    workflowEngineCrash.start(state, now);
    const stuck = [...state.orders.values()].filter(
      ({ status, errorCode }) => status === 'processing' && errorCode !== null,
    );
    for (const order of stuck.slice(STUCK)) {
      order.status = 'shipped';
      order.errorCode = null;
      state.dirty.add(order.id);
    }
  });
  const service = await startOrderService({ world, token: ADMIN_TOKEN });
  stack.defer(service.stop);
  const kubernetes = await startKubernetes({ world, podHttp: service.forPod });
  stack.defer(kubernetes.stop);
  return {
    service,
    kubernetes,
    /** What the bot is told of them. */
    env: {
      ORDERS_DATABASE_URL: orders,
      ORDER_SERVICE_URL: service.url,
      KUBECONFIG: kubernetes.kubeconfig(),
    },
  };
}

/** Fires one alert at the bot's webhook, as Alertmanager does; each region is an incident of its own. */
export async function fireAlert(port: number, region: string, code = 'WORKFLOW_STUCK'): Promise<void> {
  const alert = {
    status: 'firing',
    labels: { alertname: 'OrdersStuck', code, environment: 'prod', region },
    annotations: { summary: 'Orders have been in processing for more than two hours' },
    startsAt: new Date().toISOString(),
    endsAt: '0001-01-01T00:00:00Z',
    generatorURL: 'http://prometheus.example/graph',
    fingerprint: region,
  };
  const answer = await fetch(`http://127.0.0.1:${port}/alerts/alertmanager`, {
    method: 'POST',
    headers: { authorization: `Bearer ${ALERT_TOKEN}`, 'content-type': 'application/json' },
    body: JSON.stringify({
      version: '4',
      status: 'firing',
      groupKey: 'g',
      receiver: 'oms',
      truncatedAlerts: 0,
      alerts: [alert],
    }),
  });
  if (answer.status !== 202) throw new Error(`The alert was not taken: ${answer.status}.`);
}
