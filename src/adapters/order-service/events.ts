import * as z from 'zod';
import { OrderId } from '../../domain/ids.ts';
import type { AdminChanges, AdminQuestions, FailedEvents } from '../../ports/order-service.ts';
import { AbsentSystem } from '../../ports/system-error.ts';
import { callService, type OrderServiceSettings, post } from './client.ts';
import { Time, Whole } from './schema.ts';

/** Classes of errors that are kept of one answer (ours). */
const ERRORS = 50;

const Failed = z
  .looseObject({
    total: Whole,
    oldestAt: Time.nullish(),
    byError: z.record(z.string().max(200), Whole).nullish(),
    events: z.array(z.looseObject({ orderId: OrderId, at: Time })).nullish(),
  })
  .transform(
    ({ total, oldestAt, byError, events }): FailedEvents => ({
      total,
      oldestAt: oldestAt ?? null,
      byClass: Object.fromEntries(Object.entries(byError ?? {}).slice(0, ERRORS)),
      orders: events == null || events.length < total ? null : newestOf(events),
    }),
  );

const Queued = z.looseObject({
  accepted: z.literal(true),
  events: z.number().int().nonnegative().optional(),
});

/** X13 by the admin API. */
export function eventQuestions(settings: OrderServiceSettings): Pick<AdminQuestions, 'failedEvents'> {
  return {
    async failedEvents(signal) {
      const path = settings.paths.failedEvents;
      if (path == null) throw new AbsentSystem('Nobody asks for failed events (`admin.failedEvents`).');
      return await callService(settings, Failed, { method: 'GET', path, signal });
    },
  };
}

/** R52. */
export function eventChanges(settings: OrderServiceSettings): Pick<AdminChanges, 'republishFailed'> {
  return {
    async republishFailed(licence, signal) {
      const { events } = await post(settings, Queued, settings.paths.republishFailed, licence, signal);
      return events === undefined
        ? 'Taken by the service.'
        : `Taken by the service for ${events} ${events === 1 ? 'event' : 'events'}.`;
    },
  };
}

/** Each order once, with its newest. */
function newestOf(
  events: readonly { readonly orderId: string; readonly at: number }[],
): FailedEvents['orders'] {
  const newest = new Map<string, number>();
  for (const { orderId, at } of events) newest.set(orderId, Math.max(at, newest.get(orderId) ?? at));
  return [...newest].map(([order, at]) => ({ order, at }));
}
