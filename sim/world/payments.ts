import { findsNoConnection, poolOf } from './database.ts';
import { askGateway, type Outcome } from './gateway.ts';
import type { Order } from './order.ts';
import type { Pod } from './pods.ts';
import type { WorldState } from './state.ts';
import { publishFulfilment, startWorkflow } from './workflow.ts';

const MINUTE = 60_000;
/** The service retries by itself at most three times (runbook 1), so long after each failure. */
const RETRY_AFTER_MS = [MINUTE, 5 * MINUTE, 15 * MINUTE] as const;
/** A retry of all waiting orders does not hit the gateway at once. */
const SPREAD_MS = 2 * MINUTE;
const NO_POD_WAIT_MS = 10_000;
const CONNECTION_WAIT_MS = MINUTE;

/** An attempt begins at `due`, in place of one that was planned. */
export function planPayment(
  state: WorldState,
  order: Order,
  due: number,
  stage: Order['payment']['stage'],
): void {
  voidPayment(order);
  order.payment.stage = stage;
  const { plan } = order.payment;
  state.timeline.schedule(due, (at) => begin(state, order, plan, at));
}

/** Nothing that was planned or runs for the order counts any more: somebody moved it. */
export function voidPayment(order: Order): void {
  order.payment.plan += 1;
  order.payment.stage = 'idle';
}

/** Not before somebody plans it anew. */
export function holdPayment(order: Order): void {
  order.payment.plan += 1;
  order.payment.stage = 'held';
}

/**
 * One attempt for every order that waits for its payment and has none under way, over two minutes. It takes the place
 * of the order's next automatic retry.
 * @returns how many orders; null while an earlier retry of all is under way
 */
export function retryAllPayments(state: WorldState, at: number, by: string | null): number | null {
  const waiting = [...state.orders.values()].filter((order) => order.status === 'pending_payment');
  if (waiting.some((order) => order.payment.stage === 'retry asked')) return null;
  const idle = waiting.filter((order) => order.payment.stage === 'idle');
  for (const [number, order] of idle.entries()) {
    const share = state.chance('retry payment', order.id, order.payment.tries);
    order.attempts.push({ kind: 'retry-payment', at, by });
    planPayment(state, order, at + Math.round((SPREAD_MS * (number + share)) / idle.length), 'retry asked');
  }
  return idle.length;
}

/** Orders whose payment failed or hangs pay now, whatever was planned for them: for the end of a scenario. */
export function payWaiting(state: WorldState, now: number): void {
  for (const order of state.orders.values()) {
    if (order.status === 'pending_payment' && order.payment.tries > 0) {
      planPayment(state, order, now, 'under way');
    }
  }
  state.timeline.advance(now);
}

function begin(state: WorldState, order: Order, plan: number, at: number): void {
  if (!counts(state, order, plan)) return;
  const pod = servingPod(state, order, at);
  if (pod === null) {
    state.timeline.schedule(at + NO_POD_WAIT_MS, (later) => begin(state, order, plan, later));
    return;
  }
  if (findsNoConnection(state, pod, order.id, at)) {
    waitForConnection(state, order, pod, at);
    return;
  }
  order.payment.tries += 1;
  if (order.payment.stage === 'idle') order.payment.stage = 'under way';
  const outcome = askGateway(state, pod, order, order.payment.tries);
  state.timeline.schedule(at + outcome.tookMs, (endedAt) => {
    if (counts(state, order, plan)) end(state, order, pod.name, outcome, at, endedAt);
  });
}

/** The order cannot be read, so nothing is tried at the gateway; it is tried again a minute later. */
function waitForConnection(state: WorldState, order: Order, pod: Pod, at: number): void {
  const { active, size } = poolOf(state, pod, at);
  const text = `db-pool order=${order.id} code=DB_POOL_EXHAUSTED active=${active} size=${size} waited_ms=5000`;
  state.logs.write(at, pod.name, 'ERROR', text);
  order.errorCode = 'DB_POOL_EXHAUSTED';
  state.dirty.add(order.id);
  planPayment(state, order, at + CONNECTION_WAIT_MS, order.payment.stage);
}

/** Somebody may have moved or deleted the order meanwhile. */
function counts(state: WorldState, order: Order, plan: number): boolean {
  return (
    order.payment.plan === plan && order.status === 'pending_payment' && state.orders.get(order.id) === order
  );
}

function end(
  state: WorldState,
  order: Order,
  pod: string,
  outcome: Outcome,
  begunAt: number,
  at: number,
): void {
  const { result, code } = outcome;
  const attempt = order.payment.tries;
  order.payment.stage = 'idle';
  state.payments.record({ begunAt, endedAt: at, pod, order: order.id, attempt, result, code });
  state.dirty.add(order.id);
  order.errorCode = code;
  if (result === 'paid') {
    order.status = 'processing';
    order.updatedAt = at;
    order.events.push({ type: 'payment.captured', at });
    state.logs.write(at, pod, 'INFO', `payment order=${order.id} result=captured`);
    publishFulfilment(state, order, at);
    startWorkflow(state, order, at);
    return;
  }
  const text = `payment order=${order.id} code=${code} gateway=${state.names.gateway.name} ${outcome.detail} attempt=${attempt}`;
  state.logs.write(at, pod, result === 'declined' ? 'WARN' : 'ERROR', text);
  if (result === 'declined') {
    order.status = 'payment_failed';
    order.updatedAt = at;
    return;
  }
  const wait = RETRY_AFTER_MS[attempt - 1];
  if (wait !== undefined) planPayment(state, order, at + wait, 'idle');
}

/** The pod that takes the attempt: any that is ready, as behind a Service. */
function servingPod(state: WorldState, order: Order, at: number): Pod | null {
  const ready = state.pods.filter((pod) => pod.app === 'order-service' && pod.ready && pod.startedAt <= at);
  const share = state.chance('payment pod', order.id, order.payment.tries);
  return ready[Math.floor(share * ready.length)] ?? null;
}
