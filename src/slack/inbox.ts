import type { App } from '@slack/bolt';
import type { Delivery } from '../ports/journal.ts';

/**
 * Works on one stored delivery: Bolt finds the listener, the acknowledgement was sent long ago.
 * @throws whatever a listener threw, so that the delivery is tried again
 */
export async function workOn(app: App, delivery: Delivery): Promise<void> {
  const body = delivery.payload;
  if (typeof body !== 'object' || body === null) return;
  await app.processEvent({ body: { ...body }, ack: async () => undefined, customProperties: { delivery } });
}

/** The delivery that a listener works on, as `workOn` handed it over; null for one that is answered at once. */
export function deliveryOf(context: Record<string, unknown>): Delivery | null {
  const found = context['delivery'];
  return typeof found === 'object' && found !== null && 'deliveryId' in found ? (found as Delivery) : null;
}
