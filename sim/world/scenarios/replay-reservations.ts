import { lockKey, lockValue, type Product, productOf } from '../inventory.ts';
import type { Order } from '../order.ts';
import { holdPayment } from '../payments.ts';
import { reserve } from '../reservations.ts';
import { takeBackLabel } from '../shipping.ts';
import type { WorldState } from '../state.ts';

/** Orders that were reserved since `from` for one of these products live through it again, under the conditions of now. */
export function replayReservations(
  state: WorldState,
  { from, products }: { readonly from: number; readonly products: ReadonlySet<Product> },
  now: number,
): void {
  const undone = new Map<string, Order>();
  for (const order of state.orders.values()) {
    if (order.reservation === 0 || order.createdAt < from || wasTouched(order)) continue;
    if (products.has(productOf(state.inventory, state.chance, order))) undone.set(order.id, order);
  }
  state.inventory.reservations.forget(({ order }) => undone.has(order));
  state.payments.forget(({ order }) => undone.has(order));
  state.logs.forget(({ text }) => undone.has(/ order=(\w+) /.exec(text)?.[1] ?? ''));
  for (const order of undone.values()) undo(state, order);
  state.timeline.advance(now);
}

/** A person's deed is no background: it stays. */
function wasTouched(order: Order): boolean {
  return order.notes.length > 0 || order.attempts.length > 0;
}

function undo(state: WorldState, order: Order): void {
  for (const { type } of order.events.splice(1)) {
    if (type === 'fulfillment.requested') state.counters.takeBack('events_published_total');
    if (type === 'order.shipped') {
      state.counters.takeBack('webhook_deliveries_total', { status: '200' });
      takeBackLabel(state, order);
    }
  }
  giveBackLock(state, order);
  const { createdAt } = order;
  // Planned anew once something is reserved.
  holdPayment(order);
  order.status = 'pending_payment';
  order.errorCode = null;
  order.updatedAt = createdAt;
  order.run = null;
  order.payment.tries = 0;
  state.dirty.add(order.id);
  state.timeline.schedule(createdAt, (at) => reserve(state, order, at, at));
}

/** The write that was under way never was. */
function giveBackLock({ inventory, chance, pods }: WorldState, order: Order): void {
  const key = lockKey(productOf(inventory, chance, order));
  const held = inventory.locks.get(key)?.value;
  if (pods.some(({ name }) => held === lockValue(chance, name, order.id))) inventory.locks.delete(key);
}
