import type { OrderId } from '../domain/ids.ts';

/** An order as the service describes it. Times are epoch ms of story time. No personal data. */
export interface OrderSummary {
  readonly id: OrderId;
  readonly status: string;
  readonly errorCode: string | null;
  readonly createdAt: number;
  readonly updatedAt: number;
  readonly lastEvent: { readonly type: string; readonly at: number } | null;
  /** What somebody tried already, oldest first. */
  readonly attempts: readonly { readonly kind: string; readonly at: number; readonly by: string | null }[];
}

export interface StuckPage {
  /** Oldest first. */
  readonly orders: readonly OrderSummary[];
  /** All that match, not only this page. */
  readonly total: number;
  /** Hand it back for the next page; null on the last. */
  readonly next: string | null;
}

export interface StuckQuestion {
  readonly status: string;
  readonly olderThanMinutes: number;
  readonly limit: number;
  readonly cursor: string | null;
}

export interface OrderServiceProbe {
  /** R16, X4. */
  stuckOrders(question: StuckQuestion, signal: AbortSignal): Promise<StuckPage>;
  /** X10: one order now; null when the service does not know it. */
  order(id: OrderId, signal: AbortSignal): Promise<OrderSummary | null>;
}

/** Counts for the impact of one runbook, from the orders database. */
export interface ImpactCounts {
  readonly affected: number;
  readonly total: number;
  readonly windowMinutes: number;
  readonly source: 'impact view' | 'orders table';
  readonly at: number;
}

export interface ShareQuestion {
  readonly status: string;
  readonly olderThanMinutes: number;
  readonly windowMinutes: number;
  /** Ages count from here, epoch ms of story time. */
  readonly now: number;
}

export interface OrdersDatabaseProbe {
  /** Runbook 3: stuck, and stuck + those that left *processing* in the last two hours. */
  stuckShare(question: ShareQuestion, signal: AbortSignal): Promise<ImpactCounts>;
}

/** Reads only. A system that is absent by configuration throws `AbsentSystem` from each method. */
export interface Probes {
  readonly orderService: OrderServiceProbe;
  readonly ordersDatabase: OrdersDatabaseProbe;
}
