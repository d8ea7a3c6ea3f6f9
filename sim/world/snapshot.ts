import type { Counter } from './counters.ts';
import { type Pool, poolsByPod } from './database.ts';
import { type ExportRow, exportsOf } from './exports.ts';
import { type InventoryFigures, inventoryFigures } from './inventory-figures.ts';
import { figures, type KafkaFigures, producers } from './kafka-figures.ts';
import { fullestPod } from './memory.ts';
import type { PaymentFigures } from './payment-ledger.ts';
import type { Pod } from './pods.ts';
import { type RefundFigures, refundFigures } from './refunds.ts';
import type { ReservationFigures } from './reservation-ledger.ts';
import { type ReturnFigures, returnFigures } from './returns.ts';
import { type ShippingFigures, shippingFigures } from './shipping.ts';
import type { Conditions, WorldState } from './state.ts';
import { type RouteFigures, settleTraffic, trafficOf } from './traffic.ts';

const TWO_HOURS = 2 * 3_600_000;
const EXPORTS = 6;

/** The world for a side panel and for `/metrics`. */
export interface WorldSnapshot {
  /** Story time, epoch ms. */
  readonly now: number;
  readonly scenarios: readonly string[];
  readonly conditions: Readonly<Conditions>;
  readonly orders: {
    readonly byStatus: Readonly<Record<string, number>>;
    /** In *processing* for more than two hours. */
    readonly stuck: number;
    /** Whose workflow runs right now. */
    readonly underWay: number;
  };
  readonly pods: readonly Readonly<Pod>[];
  readonly counters: readonly Counter[];
  readonly refunds: RefundFigures;
  readonly returns: ReturnFigures;
  readonly payments: PaymentFigures;
  /** By the name of each pod of the order service. */
  readonly paymentsByPod: Readonly<Record<string, PaymentFigures>>;
  readonly inventory: InventoryFigures;
  /** As `paymentsByPod`. */
  readonly reservationsByPod: Readonly<Record<string, ReservationFigures>>;
  readonly shipping: ShippingFigures;
  readonly kafka: KafkaFigures;
  /** The newest few, the newest last. */
  readonly exports: readonly Readonly<Pick<ExportRow, 'id' | 'status' | 'rows'>>[];
  /** Of each secret how often its values were written and when last, epoch ms. */
  readonly secrets: readonly {
    readonly name: string;
    readonly version: number;
    readonly writtenAt: number;
  }[];
  /** The fullest pod of the order service. */
  readonly memory: ReturnType<typeof fullestPod>;
  /** Connections to the database, as `paymentsByPod`. */
  readonly poolsByPod: Readonly<Record<string, Pool>>;
  /** Requests by route since the container began, as `paymentsByPod`. */
  readonly trafficByPod: Readonly<Record<string, readonly RouteFigures[]>>;
  /** Bytes of each producer's buffer, by the name of its pod. */
  readonly producers: Readonly<Record<string, { readonly free: number; readonly total: number }>>;
}

export function snapshot(state: WorldState, at: number): WorldSnapshot {
  settleTraffic(state, at);
  const byStatus: Record<string, number> = {};
  let stuck = 0;
  let underWay = 0;
  for (const order of state.orders.values()) {
    byStatus[order.status] = (byStatus[order.status] ?? 0) + 1;
    if (order.status === 'processing' && order.updatedAt < at - TWO_HOURS) stuck += 1;
    if (order.run !== null) underWay += 1;
  }
  return {
    now: at,
    scenarios: [...state.scenarios],
    conditions: { ...state.conditions },
    orders: { byStatus, stuck, underWay },
    pods: state.pods.map((pod) => ({ ...pod })),
    counters: state.counters.all(),
    refunds: refundFigures(state, at),
    returns: returnFigures(state, at),
    payments: state.payments.figures(at),
    paymentsByPod: byPod(state, (pod) => state.payments.figures(at, pod)),
    inventory: inventoryFigures(state.inventory, at),
    reservationsByPod: byPod(state, (pod) => state.inventory.reservations.figures(at, pod)),
    shipping: shippingFigures(state),
    kafka: figures(state),
    exports: exportsOf(state, null)
      .slice(-EXPORTS)
      .map(({ id, status, rows }) => ({ id, status, rows })),
    secrets: [...state.cluster.secrets.values()].map(({ name, createdAt, writes }) => {
      const values = writes.filter(({ data }) => data);
      return { name, version: values.length, writtenAt: values.at(-1)?.at ?? createdAt };
    }),
    memory: fullestPod(state, at),
    poolsByPod: poolsByPod(state, at),
    trafficByPod: Object.fromEntries(
      state.pods.filter(({ app }) => app === 'order-service').map((pod) => [pod.name, trafficOf(state, pod)]),
    ),
    producers: producers(state),
  };
}

function byPod<T>(state: WorldState, figures: (pod: string) => T): Readonly<Record<string, T>> {
  const ours = state.pods.filter(({ app }) => app === 'order-service');
  return Object.fromEntries(ours.map(({ name }) => [name, figures(name)]));
}
