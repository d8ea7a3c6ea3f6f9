import { between } from './chance.ts';
import { LOCK_TTL_MS, lockAt, lockKey, lockValue, productOf, takeLock } from './inventory.ts';
import type { Order } from './order.ts';
import { holdPayment, planPayment, voidPayment } from './payments.ts';
import type { ReservationCode } from './reservation-ledger.ts';
import type { WorldState } from './state.ts';

const SECOND = 1_000;
/** A reservation gives up after so long (runbook 2: 30 s). */
const TIMEOUT_MS = 30 * SECOND;
const LOOK_AGAIN_MS = 5 * SECOND;

/**
 * Reserves what a new order is for: takes the product's lock, writes the count, lets go. Whoever finds the lock taken waits
 * for it for 30 s. Without a reservation the order ends, and its planned payment with it.
 * @param pays when its payment begins, if nothing has to be waited for
 */
export function reserve(state: WorldState, order: Order, at: number, pays: number): void {
  order.reservation += 1;
  const { reservation: number } = order;
  attempt(state, order, { number, began: at, pays, pod: servingPod(state, order, at) }, at);
}

interface Attempt {
  readonly number: number;
  readonly began: number;
  readonly pays: number;
  readonly pod: string;
}

function attempt(state: WorldState, order: Order, attempted: Attempt, at: number): void {
  if (!counts(state, order, attempted)) return;
  const { inventory, chance } = state;
  const key = lockKey(productOf(inventory, chance, order));
  const value = lockValue(chance, attempted.pod, order.id);
  if (takeLock(inventory, { key, value, ttlMs: LOCK_TTL_MS }, at) !== null) {
    const held =
      between(4 * SECOND, 15 * SECOND, chance('reserve', order.id)) * state.conditions.reservationFactor;
    if (held > TIMEOUT_MS)
      state.timeline.schedule(at + TIMEOUT_MS, (due) => giveUp(state, order, attempted, value, due));
    else state.timeline.schedule(at + held, (due) => write(state, order, attempted, value, due));
    return;
  }
  if (at - attempted.began >= TIMEOUT_MS) {
    fail(state, order, attempted, at, 'RESERVATION_TIMEOUT', `waited_ms=${TIMEOUT_MS} held=${key}`);
    return;
  }
  // Nobody pays for what is not reserved.
  holdPayment(order);
  state.timeline.schedule(at + LOOK_AGAIN_MS, (due) => attempt(state, order, attempted, due));
}

function write(state: WorldState, order: Order, attempted: Attempt, value: string, at: number): void {
  if (order.reservation !== attempted.number) return;
  const { inventory, chance } = state;
  const product = productOf(inventory, chance, order);
  const key = lockKey(product);
  const mine = lockAt(inventory, key, at)?.value === value;
  if (mine) inventory.locks.delete(key);
  if (!counts(state, order, attempted)) return;
  if (!mine || chance('collision', order.id) < state.conditions.collisions) {
    fail(state, order, attempted, at, 'OVERSOLD_PRODUCT', `sku=${product.sku} race condition: lost ${key}`);
    return;
  }
  if (product.ours <= 0) {
    fail(state, order, attempted, at, 'INVENTORY_UNAVAILABLE', `sku=${product.sku} available=0 requested=1`);
    return;
  }
  product.ours -= 1;
  product.catalog = Math.max(0, product.catalog - 1);
  inventory.reservations.record({ endedAt: at, pod: attempted.pod, order: order.id, code: null });
  if (order.payment.stage === 'held') planPayment(state, order, Math.max(at, attempted.pays), 'under way');
}

/** The write took too long: it is rolled back, and the lock is given back with it. */
function giveUp(state: WorldState, order: Order, attempted: Attempt, value: string, at: number): void {
  if (order.reservation !== attempted.number) return;
  const key = lockKey(productOf(state.inventory, state.chance, order));
  if (lockAt(state.inventory, key, at)?.value === value) state.inventory.locks.delete(key);
  if (!counts(state, order, attempted)) return;
  fail(
    state,
    order,
    attempted,
    at,
    'RESERVATION_TIMEOUT',
    `write_ms=${TIMEOUT_MS} the count was not written`,
  );
}

function fail(
  state: WorldState,
  order: Order,
  { pod }: Attempt,
  at: number,
  code: ReservationCode,
  why: string,
): void {
  voidPayment(order);
  order.status = 'reservation_failed';
  order.errorCode = code;
  order.updatedAt = at;
  state.dirty.add(order.id);
  state.inventory.reservations.record({ endedAt: at, pod, order: order.id, code });
  state.logs.write(at, pod, 'ERROR', `inventory:reserve order=${order.id} code=${code} ${why}`);
}

/** Somebody may have moved or deleted the order meanwhile. */
function counts(state: WorldState, order: Order, { number }: Attempt): boolean {
  return (
    order.reservation === number && order.status === 'pending_payment' && state.orders.get(order.id) === order
  );
}

/** The pod that takes the order: any that is ready, as behind a Service. */
function servingPod(state: WorldState, order: Order, at: number): string {
  const ours = state.pods.filter((pod) => pod.app === 'order-service');
  const ready = ours.filter((pod) => pod.ready && pod.startedAt <= at);
  const share = state.chance('reservation pod', order.id);
  return (ready[Math.floor(share * ready.length)] ?? ours[0])?.name ?? 'order-service';
}
