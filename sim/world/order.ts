export const ORDER_STATUSES = [
  'pending_payment',
  'payment_failed',
  'reservation_failed',
  'processing',
  'ready_to_ship',
  'shipped',
  'delivered',
  'cancelled',
] as const;
export type OrderStatus = (typeof ORDER_STATUSES)[number];

export type AttemptKind = 'retry-workflow' | 'republish-events' | 'retry-payment' | 'regenerate-label';

export interface Attempt {
  readonly kind: AttemptKind;
  readonly at: number;
  readonly by: string | null;
}

export interface OrderEvent {
  readonly type: 'order.created' | 'payment.captured' | 'fulfillment.requested' | 'order.shipped';
  readonly at: number;
}

export interface Note {
  readonly at: number;
  readonly by: string | null;
  readonly text: string;
}

/** How the payment of an order that waits for it goes on. */
interface Payment {
  /** Attempts begun so far, the automatic ones and those asked for. */
  tries: number;
  /** Number of the plan that counts; attempts of earlier plans are void. */
  plan: number;
  /**
   * `idle` also while it waits for an automatic retry; `retry asked` until the attempt of a retry of all ended; `held` while
   * nothing is reserved for it.
   */
  stage: 'idle' | 'under way' | 'retry asked' | 'held';
}

/** What the warehouse and the carrier have to know of a parcel. */
export interface Shipment {
  /** Its size was measured. */
  size: boolean;
  weight: boolean;
  /** ISO 3166. */
  country: string;
  /** The address is one that the carrier can find. */
  addressValid: boolean;
  addressChangedAt: number | null;
  /** Labels that were bought for it; a second one is money lost. */
  labels: number;
  /** When the last attempt failed, and why. */
  labelError: { readonly code: string; readonly at: number } | null;
}

/** An order; times are epoch ms of story time. `updatedAt` moves with the status only. */
export interface Order {
  readonly id: string;
  /** Text, because somebody with SQL can write anything into the table. */
  status: string;
  errorCode: string | null;
  readonly createdAt: number;
  updatedAt: number;
  /** What reached Kafka, oldest first. */
  readonly events: OrderEvent[];
  readonly attempts: Attempt[];
  readonly notes: Note[];
  /** Its workflow fails however often it is started. */
  poison: boolean;
  /** The run of the workflow that is under way; null when none is. */
  run: number | null;
  readonly payment: Payment;
  /** Number of the reservation that counts; steps of earlier ones are void. */
  reservation: number;
  readonly shipment: Shipment;
}

export function newOrder(id: string, at: number): Order {
  return {
    id,
    status: 'pending_payment',
    errorCode: null,
    createdAt: at,
    updatedAt: at,
    events: [{ type: 'order.created', at }],
    attempts: [],
    notes: [],
    poison: false,
    run: null,
    payment: { tries: 0, plan: 0, stage: 'idle' },
    reservation: 0,
    shipment: {
      size: true,
      weight: true,
      country: 'US',
      addressValid: true,
      addressChangedAt: null,
      labels: 0,
      labelError: null,
    },
  };
}

export function hasEvent(order: Order, type: OrderEvent['type']): boolean {
  return order.events.some((event) => event.type === type);
}
