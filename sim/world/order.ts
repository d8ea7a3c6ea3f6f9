export const ORDER_STATUSES = [
  'pending_payment',
  'payment_failed',
  'processing',
  'shipped',
  'delivered',
  'cancelled',
] as const;
export type OrderStatus = (typeof ORDER_STATUSES)[number];

export type AttemptKind = 'retry-workflow' | 'republish-events';

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
  };
}

export function hasEvent(order: Order, type: OrderEvent['type']): boolean {
  return order.events.some((event) => event.type === type);
}
