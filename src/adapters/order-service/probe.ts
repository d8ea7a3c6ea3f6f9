import type { OrderServiceProbe } from '../../ports/probes.ts';
import { callKnown, callService, type OrderServiceSettings } from './client.ts';
import { eventQuestions } from './events.ts';
import { exportQuestions } from './exports.ts';
import { inventoryQuestions } from './inventory.ts';
import { metricsOf } from './metrics.ts';
import { notedAt } from './notes.ts';
import { askEveryPod } from './pods.ts';
import { refundQuestions } from './refunds.ts';
import { returnQuestions } from './returns.ts';
import { gatewayHealthOf, Order, StuckOrders } from './schema.ts';
import { shippingQuestions } from './shipping.ts';
import { trafficOf } from './traffic.ts';

/** What every pod is asked for itself, which needs no way to the admin API. */
export function podQuestions(
  settings: OrderServiceSettings,
): Pick<OrderServiceProbe, 'gatewayHealth' | 'metrics' | 'traffic'> {
  return {
    gatewayHealth: async (signal) =>
      await askEveryPod(settings, settings.paths.gatewayHealth, gatewayHealthOf, signal),

    metrics: async (names, signal) =>
      await askEveryPod(settings, settings.paths.metrics, (page) => metricsOf(page, names), signal),

    traffic: async (question, signal) =>
      await askEveryPod(settings, settings.paths.metrics, (page) => trafficOf(page, question), signal),
  };
}

/** Reads of the order service's admin API, and of its pods. */
export function orderServiceProbe(settings: OrderServiceSettings): OrderServiceProbe {
  const probe: Pick<OrderServiceProbe, 'stuckOrders' | 'order' | 'orderNoted'> = {
    async stuckOrders({ status, olderThanMinutes, limit, cursor }, signal) {
      const query = new URLSearchParams({ status, olderThan: `${olderThanMinutes}m`, limit: String(limit) });
      if (cursor !== null) query.set('cursor', cursor);
      const page = await callService(settings, StuckOrders, {
        method: 'GET',
        path: `${settings.paths.stuckOrders}?${query}`,
        signal,
      });
      // A service that does not heed the limit would fill the card, the journal and a run with thousands.
      return { ...page, orders: page.orders.slice(0, limit) };
    },

    order: async (id, signal) =>
      await callKnown(settings, Order, {
        method: 'GET',
        path: settings.paths.order.replace('{id}', id),
        signal,
      }),

    orderNoted: async (id, note, signal) =>
      await notedAt(settings, settings.paths.order.replace('{id}', id), note, signal),
  };
  return {
    ...probe,
    ...podQuestions(settings),
    ...inventoryQuestions(settings),
    ...exportQuestions(settings),
    ...eventQuestions(settings),
    ...refundQuestions(settings),
    ...returnQuestions(settings),
    ...shippingQuestions(settings),
  } as OrderServiceProbe;
}
