import { keyOfPod } from './carrier.ts';
import { between } from './chance.ts';
import type { Order } from './order.ts';
import type { Pod } from './pods.ts';
import type { WorldState } from './state.ts';

const SECOND = 1_000;
/** A label has so long (runbook 5: 30 s). */
const TIMEOUT_MS = 30 * SECOND;

export type LabelCode = 'LABEL_GENERATION_FAILED' | 'CARRIER_API_ERROR' | 'INVALID_ADDRESS';

interface Refused {
  readonly code: LabelCode;
  /** The fields of the log line that tell why. */
  readonly detail: string;
}

/** What one connection to the carrier says. */
export interface CarrierHealth {
  readonly carrier: string;
  readonly status: 'up' | 'degraded' | 'down' | 'unauthorized';
  readonly error: string | null;
}

export interface ShippingFigures {
  readonly carrier: string;
  /** In *ready_to_ship*: packed, without a label. */
  readonly waiting: number;
  /** Labels beyond the first of an order. */
  readonly boughtTwice: number;
}

export function shippingFigures({ orders, conditions }: WorldState): ShippingFigures {
  const all = [...orders.values()];
  return {
    carrier: conditions.carrier,
    waiting: all.filter(({ status }) => status === 'ready_to_ship').length,
    boughtTwice: all.reduce((sum, { shipment }) => sum + Math.max(0, shipment.labels - 1), 0),
  };
}

/** What R31 asks, from that pod. */
export function testCarrier(state: WorldState, pod: Pick<Pod, 'startedAt'>): CarrierHealth {
  const { carrier } = state.conditions;
  const says = (status: CarrierHealth['status'], error: string | null = null) => ({
    carrier: state.names.carrier,
    status,
    error,
  });
  if (carrier === 'down') return says('down', 'connect ETIMEDOUT');
  if (!hasKey(state, pod)) return says('unauthorized', '401 Unauthorized');
  return carrier === 'rate-limited' ? says('degraded', '429 Too Many Requests') : says('up');
}

/** The packed parcel gets its label and goes; without one it waits, *ready_to_ship*. */
export function labelParcel(state: WorldState, order: Order, at: number): void {
  const pod = servingPod(state, order, at);
  const refused = askCarrier(state, order, pod, at);
  if (refused === null) bought(state, order, pod, at);
  else waits(state, order, pod, refused, at);
}

/**
 * R34: another attempt, which takes some seconds. It asks the carrier for a label whatever became of the order meanwhile.
 * @returns why not
 */
export function regenerateLabel(
  state: WorldState,
  id: string,
  by: string | null,
  at: number,
): 'unknown order' | 'not ready' | null {
  const order = state.orders.get(id);
  if (order === undefined) return 'unknown order';
  if (order.status !== 'ready_to_ship') return 'not ready';
  order.attempts.push({ kind: 'regenerate-label', at, by });
  const pod = servingPod(state, order, at);
  const refused = askCarrier(state, order, pod, at);
  const takes = refused?.detail.startsWith('timeout')
    ? TIMEOUT_MS
    : between(3 * SECOND, 9 * SECOND, state.chance('label', order.id, order.attempts.length));
  state.timeline.schedule(at + takes, (due) => {
    if (state.orders.get(id) !== order) return;
    if (refused === null) bought(state, order, pod, due);
    else if (order.status === 'ready_to_ship') waits(state, order, pod, refused, due);
  });
  return null;
}

/** The answer under the conditions of now; null: it gives a label. */
function askCarrier(state: WorldState, order: Order, pod: Pod | null, at: number): Refused | null {
  const { shipment } = order;
  const { carrier } = state.conditions;
  if (!shipment.addressValid) return { code: 'INVALID_ADDRESS', detail: 'field=zip' };
  if (!shipment.size || !shipment.weight)
    return { code: 'LABEL_GENERATION_FAILED', detail: 'reason="package dimensions or weight missing"' };
  if (!state.carrier.countries.includes(shipment.country))
    return { code: 'LABEL_GENERATION_FAILED', detail: 'reason="destination not supported"' };
  if (carrier === 'down')
    return state.chance('carrier', order.id, at) < 0.5
      ? { code: 'CARRIER_API_ERROR', detail: 'status=503' }
      : { code: 'LABEL_GENERATION_FAILED', detail: `timeout after ${TIMEOUT_MS} ms` };
  if (carrier === 'rate-limited') return { code: 'CARRIER_API_ERROR', detail: 'status=429' };
  if (pod !== null && !hasKey(state, pod)) return { code: 'CARRIER_API_ERROR', detail: 'status=401' };
  return null;
}

function hasKey({ carrier, cluster }: WorldState, pod: Pick<Pod, 'startedAt'>): boolean {
  const key = keyOfPod(carrier, cluster, pod);
  return key !== null && carrier.accepts.has(key);
}

function bought(state: WorldState, order: Order, pod: Pod | null, at: number): void {
  order.shipment.labels += 1;
  order.shipment.labelError = null;
  state.counters.add('labels_total', { result: 'created' });
  writeLabel(state, order, pod, at);
  // Paid for all the same, when somebody has moved the order meanwhile.
  if (order.status !== 'processing' && order.status !== 'ready_to_ship') return;
  order.status = 'shipped';
  order.errorCode = null;
  order.updatedAt = at;
  order.events.push({ type: 'order.shipped', at });
  state.dirty.add(order.id);
}

/** The line of a label that was made. */
export function writeLabel(state: WorldState, order: Order, pod: Pod | null, at: number): void {
  write(state, pod, at, 'INFO', `label order=${order.id} carrier=${state.names.carrier} result=created`);
}

/** For a scenario that tells another story of an order; its lines are the caller's. */
export function takeBackLabel(state: WorldState, { shipment }: Order): void {
  shipment.labels -= 1;
  state.counters.takeBack('labels_total', { result: 'created' });
}

/** `updatedAt` moves with the status only: a failed attempt would hide how long the order has waited. */
function waits(
  state: WorldState,
  order: Order,
  pod: Pod | null,
  { code, detail }: Refused,
  at: number,
): void {
  if (order.status !== 'ready_to_ship') order.updatedAt = at;
  order.status = 'ready_to_ship';
  order.errorCode = code;
  order.shipment.labelError = { code, at };
  state.dirty.add(order.id);
  state.counters.add('labels_total', { result: code });
  write(
    state,
    pod,
    at,
    'ERROR',
    `label order=${order.id} code=${code} carrier=${state.names.carrier} ${detail}`,
  );
}

function write(state: WorldState, pod: Pod | null, at: number, level: 'INFO' | 'ERROR', words: string): void {
  state.logs.write(at, pod?.name ?? 'order-service', level, words);
}

/** The pod that asks the carrier: any that is ready, as behind a Service. */
export function servingPod(state: WorldState, order: Order, at: number): Pod | null {
  const ready = state.pods.filter((pod) => pod.app === 'order-service' && pod.ready && pod.startedAt <= at);
  const share = state.chance('label pod', order.id, order.attempts.length);
  return ready[Math.floor(share * ready.length)] ?? null;
}
