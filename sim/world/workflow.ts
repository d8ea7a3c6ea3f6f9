import { between } from './chance.ts';
import { hasEvent, type Order } from './order.ts';
import { publish, replayDeadLetters } from './publishing.ts';
import { labelParcel } from './shipping.ts';
import { somePod, type WorldState } from './state.ts';

const MINUTE = 60_000;
/** The engine tries the warehouse again every five minutes and gives up after half an hour. */
const REDELIVERY_MS = 5 * MINUTE;
const DELIVERIES = 6;
const FULFILMENT = 'fulfillment.requested';

/** The event without which no workflow starts. Returns whether it reached Kafka. */
export function publishFulfilment(state: WorldState, order: Order, at: number): boolean {
  if (!publish(state, { order: order.id, type: FULFILMENT }, at)) return false;
  order.events.push({ type: FULFILMENT, at });
  return true;
}

/** Every event that was put aside goes out again; an order whose workflow waited for one goes on. */
export function replayFailedEvents(state: WorldState, at: number, by: string | null): number | null {
  return replayDeadLetters(state, at, by, (letter, due) => {
    const order = state.orders.get(letter.order);
    if (order === undefined || letter.type !== FULFILMENT || hasEvent(order, FULFILMENT)) return;
    order.events.push({ type: FULFILMENT, at: due });
    if (order.status === 'processing') startWorkflow(state, order, due);
  });
}

/**
 * Starts the order's workflow: in 5–15 minutes (the runbook's normal time) it ships or fails.
 * While one is under way a second start changes nothing.
 */
export function startWorkflow(state: WorldState, order: Order, at: number): void {
  if (order.run !== null) return;
  const run = at;
  order.run = run;
  const takes = between(
    5 * MINUTE,
    15 * MINUTE - 90_000,
    state.chance('takes', order.id, order.attempts.length),
  );
  state.timeline.schedule(at + takes, (due) => step(state, order, run, due));
}

function step(state: WorldState, order: Order, run: number, at: number): void {
  // Somebody may have moved the order by hand meanwhile.
  if (order.run !== run || order.status !== 'processing') return;
  if (!hasEvent(order, FULFILMENT)) {
    fail(state, order, at, 'ORDER_PROCESSING_TIMEOUT', 'no event fulfillment.requested seen');
    return;
  }
  if (!state.conditions.engineUp) {
    fail(state, order, at, 'ORDER_PROCESSING_TIMEOUT', 'workflow engine unreachable: connect ECONNREFUSED');
    return;
  }
  const { engineFault } = state.conditions;
  const engine = somePod(state, 'workflow-engine', order.id);
  if (order.poison || engineFault === 'transition') {
    const message = `state-machine order=${order.id} illegal transition RESERVED -> SHIPPED expected ALLOCATED`;
    state.logs.write(at, engine, 'ERROR', message);
    fail(state, order, at, 'WORKFLOW_STUCK', 'workflow engine reported: illegal transition');
    return;
  }
  if (engineFault === 'database') {
    const message = `workflow order=${order.id} step=allocate canceling statement due to statement timeout`;
    state.logs.write(at, engine, 'ERROR', message);
    fail(state, order, at, 'ORDER_PROCESSING_TIMEOUT', 'workflow engine reported: statement timeout');
    return;
  }
  deliver(state, order, run, at, 1);
}

/** The order's workflow comes to its end at `at`, which may be in the past: the webhook goes out, or it fails. */
export function endWorkflow(state: WorldState, order: Order, at: number): void {
  order.run = at;
  state.timeline.schedule(at, (due) => step(state, order, at, due));
}

function deliver(state: WorldState, order: Order, run: number, at: number, attempt: number): void {
  if (order.run !== run || order.status !== 'processing') return;
  const status = state.conditions.warehouseStatus;
  writeDelivery(state, order, at, attempt, status);
  if (status >= 200 && status < 300) {
    order.run = null;
    labelParcel(state, order, at);
    return;
  }
  if (attempt >= DELIVERIES) {
    fail(state, order, at, 'WORKFLOW_STUCK', `webhook gave up after ${attempt} deliveries`);
    return;
  }
  state.timeline.schedule(at + REDELIVERY_MS, (due) => deliver(state, order, run, due, attempt + 1));
}

/** One line of the kind that R19 looks for, and the counter that goes with it. */
export function writeDelivery(
  state: WorldState,
  order: Order,
  at: number,
  attempt: number,
  status: number,
): void {
  const shown = status === 0 ? 'timeout' : String(status);
  const took = status === 0 ? 10_000 : between(40, 320, state.chance('took', order.id, attempt));
  state.counters.add('webhook_deliveries_total', { status: shown });
  state.logs.write(
    at,
    somePod(state, 'order-service', order.id),
    status >= 200 && status < 300 ? 'INFO' : 'WARN',
    `webhook:fulfillment order=${order.id} attempt=${attempt} status=${shown} duration_ms=${took}`,
  );
}

/** The order stays where it is; `updatedAt` too, or a failed retry would hide it from the stuck list. */
function fail(state: WorldState, order: Order, at: number, code: string, why: string): void {
  order.errorCode = code;
  order.run = null;
  state.dirty.add(order.id);
  state.counters.add('workflow_failures_total', { code });
  const pod = somePod(state, 'order-service', order.id);
  state.logs.write(at, pod, 'ERROR', `workflow order=${order.id} code=${code} ${why}`);
}

/** Ships it now, whatever held it: for the end of a scenario. */
export function free(state: WorldState, order: Order, at: number): void {
  if (order.status !== 'processing') return;
  order.poison = false;
  if (!hasEvent(order, FULFILMENT)) order.events.push({ type: FULFILMENT, at });
  writeDelivery(state, order, at, 1, 200);
  order.run = null;
  labelParcel(state, order, at);
}
