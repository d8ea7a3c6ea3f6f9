import { between, nineLetters } from './chance.ts';
import { newOrder, type Order } from './order.ts';
import { somePod, type WorldState } from './state.ts';
import { publishFulfilment, startWorkflow } from './workflow.ts';

const MINUTE = 60_000;
const DECLINED_SHARE = 0.04;

/** From `at` on so many orders an hour arrive, pay, are fulfilled. */
export function beginLife(state: WorldState, at: number, ordersPerHour: number): void {
  if (ordersPerHour > 0) scheduleArrival(state, at, (60 * MINUTE) / ordersPerHour, 0);
}

function scheduleArrival(state: WorldState, after: number, gapMs: number, number: number): void {
  const gap = between(gapMs * 0.4, gapMs * 1.6, state.chance('gap', number));
  state.timeline.schedule(after + gap, (at) => {
    const order = addOrder(state, `background ${number}`, at);
    const wait = between(20_000, 90_000, state.chance('pay', order.id));
    state.timeline.schedule(at + wait, (paidAt) => pay(state, order, paidAt));
    scheduleArrival(state, at, gapMs, number + 1);
  });
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

function pay(state: WorldState, order: Order, at: number): void {
  if (order.status !== 'pending_payment') return;
  const pod = somePod(state, 'order-service', order.id);
  state.counters.add('payment_attempts_total');
  order.updatedAt = at;
  state.dirty.add(order.id);
  if (state.chance('declined', order.id) < DECLINED_SHARE) {
    state.counters.add('payment_declines_total');
    order.status = 'payment_failed';
    state.logs.write(at, pod, 'INFO', `payment order=${order.id} result=declined reason=card_declined`);
    return;
  }
  order.status = 'processing';
  order.events.push({ type: 'payment.captured', at });
  state.logs.write(at, pod, 'INFO', `payment order=${order.id} result=captured`);
  publishFulfilment(state, order, at);
  startWorkflow(state, order, at);
}
