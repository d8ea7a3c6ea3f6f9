import * as z from 'zod';
import type { Levers, Licence } from '../../ports/levers.ts';
import { callService, type OrderServiceSettings, post } from './client.ts';
import { eventChanges } from './events.ts';
import { exportChanges } from './exports.ts';
import { inventoryChanges } from './inventory.ts';
import { refundChanges } from './refunds.ts';
import { returnChanges } from './returns.ts';
import { Accepted, headersOf } from './schema.ts';
import { shippingChanges } from './shipping.ts';

const Queued = z.looseObject({
  accepted: z.literal(true),
  orders: z.number().int().nonnegative().optional(),
});
const Changed = z.looseObject({ status: z.string(), previousStatus: z.string().optional() });

/** Changes through the order service's admin API. Each is one request, never repeated from here. */
export function orderServiceLever(settings: OrderServiceSettings): Levers['orderService'] {
  async function about(path: string, id: string, licence: Licence, signal: AbortSignal): Promise<string> {
    await post(settings, Accepted, path.replace('{id}', id), licence, signal);
    return 'Taken by the service.';
  }
  const lever: Pick<
    Levers['orderService'],
    'retryWorkflow' | 'republishEvents' | 'retryPayments' | 'setStatus'
  > = {
    retryWorkflow: async (order, licence, signal) =>
      await about(settings.paths.retryWorkflow, order, licence, signal),
    republishEvents: async (order, licence, signal) =>
      await about(settings.paths.republishEvents, order, licence, signal),
    async retryPayments(licence, signal) {
      const { orders } = await post(settings, Queued, settings.paths.retryPayments, licence, signal);
      return orders === undefined
        ? 'Taken by the service.'
        : `Taken by the service for ${orders} ${orders === 1 ? 'order' : 'orders'}.`;
    },
    async setStatus(order, status, reason, licence, signal) {
      const answer = await callService(settings, Changed, {
        method: 'PATCH',
        path: settings.paths.status.replace('{id}', order),
        body: JSON.stringify({ status, reason }),
        headers: headersOf(licence),
        signal,
      });
      return `${order}: ${answer.previousStatus ?? 'its old status'} → ${answer.status}.`;
    },
  };
  return {
    ...lever,
    ...inventoryChanges(settings),
    ...exportChanges(settings),
    ...eventChanges(settings),
    ...refundChanges(settings),
    ...returnChanges(settings),
    ...shippingChanges(settings),
  } as Levers['orderService'];
}
