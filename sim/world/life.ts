import { between, nineLetters } from './chance.ts';
import { beginSyncs } from './inventory-sync.ts';
import { newOrder, type Order } from './order.ts';
import { planPayment } from './payments.ts';
import { reserve } from './reservations.ts';
import type { WorldState } from './state.ts';

const MINUTE = 60_000;

/** From `at` on so many orders an hour arrive, are reserved, pay, are fulfilled. */
export function beginLife(state: WorldState, at: number, ordersPerHour: number): void {
  beginSyncs(state, at);
  state.demand.ordersPerHour = ordersPerHour;
  if (ordersPerHour > 0) scheduleArrival(state, at, 0);
}

function scheduleArrival(state: WorldState, after: number, number: number): void {
  const { ordersPerHour, factor } = state.demand;
  const gapMs = (60 * MINUTE) / (ordersPerHour * factor);
  const gap = between(gapMs * 0.4, gapMs * 1.6, state.chance('gap', number));
  state.timeline.schedule(after + gap, (at) => {
    placeOrder(state, `background ${number}`, at);
    scheduleArrival(state, at, number + 1);
  });
}

/** An order that is reserved and paid like any other. */
export function placeOrder(state: WorldState, label: string, at: number): void {
  const order = addOrder(state, label, at);
  const wait = between(20_000, 90_000, state.chance('pay', order.id));
  planPayment(state, order, at + wait, 'under way');
  reserve(state, order, at, at + wait);
}

/** A new order; the label decides its id. */
export function addOrder(state: WorldState, label: string, at: number): Order {
  let id = `ord_${nineLetters(state.chance, 'order', label)}`;
  for (let again = 1; state.orders.has(id); again += 1) {
    id = `ord_${nineLetters(state.chance, 'order', label, again)}`;
  }
  const order = newOrder(id, at);
  state.orders.set(id, order);
  state.dirty.add(id);
  state.counters.add('orders_created_total');
  return order;
}
