import type { OrderId } from '../domain/ids.ts';
import type { CatalogProbe } from './catalog.ts';
import type { FoundTable } from './discovery.ts';
import type { KafkaProbe } from './kafka.ts';
import type { KubernetesProbe } from './kubernetes.ts';
import type { AdminQuestions, NoteSought } from './order-service.ts';
import type { OversoldOrders, OversoldQuestion, SessionQuestions } from './orders-database.ts';
import type { RedisProbe } from './redis.ts';
import type { S3Probe } from './s3.ts';
import type { StatusPageProbe } from './status-page.ts';

/** An order as the service describes it. Times are epoch ms of story time. No personal data. */
export interface OrderSummary {
  readonly id: OrderId;
  readonly status: string;
  readonly errorCode: string | null;
  readonly createdAt: number;
  readonly updatedAt: number;
  readonly lastEvent: { readonly type: string; readonly at: number } | null;
  /** What somebody tried already, oldest first; null: this service keeps no record of it. */
  readonly attempts:
    | readonly { readonly kind: string; readonly at: number; readonly by: string | null }[]
    | null;
}

export interface StuckPage {
  /** Oldest first. */
  readonly orders: readonly OrderSummary[];
  /** Orders of this page that could not be understood. */
  readonly unread: number;
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

/** What one pod said; `value` is null where it could not be asked, and then `problem` says why in one sentence. */
export interface PodAnswer<T> {
  readonly pod: string;
  readonly value: T | null;
  readonly problem: string | null;
}

/** R1 as one pod sees it. */
export interface GatewayHealth {
  readonly status: 'up' | 'degraded' | 'down';
  /** The service's own words where it is not up; foreign text, one line, at most 200 characters. */
  readonly words: string | null;
}

export interface OrderServiceProbe extends AdminQuestions {
  /** R16, X4. */
  stuckOrders(question: StuckQuestion, signal: AbortSignal): Promise<StuckPage>;
  /** X10: one order now; null when the service does not know it. */
  order(id: OrderId, signal: AbortSignal): Promise<OrderSummary | null>;
  /** X10: whether it has such a note; null: the service shows none of it. */
  orderNoted(id: OrderId, note: NoteSought, signal: AbortSignal): Promise<boolean | null>;
  /** R1, from every ready pod; where no cluster is configured, from the service's address as one. */
  gatewayHealth(signal: AbortSignal): Promise<readonly PodAnswer<GatewayHealth>[]>;
  /** R4, from every ready pod: the sum over all label sets of each name that the page has; others are left out. */
  metrics(
    names: readonly string[],
    signal: AbortSignal,
  ): Promise<readonly PodAnswer<Readonly<Record<string, number>>>[]>;
  /** X5, from every ready pod. */
  traffic(question: TrafficQuestion, signal: AbortSignal): Promise<readonly PodAnswer<PodTraffic>[]>;
}

/** What X5 asks each pod's page for. */
export interface TrafficQuestion {
  /** A counter with these two labels. */
  readonly requests: string;
  readonly routeLabel: string;
  readonly statusLabel: string;
  /** A histogram of how long requests took, and what its bounds are in; null: not configured. */
  readonly duration: { readonly name: string; readonly unit: 'seconds' | 'milliseconds' } | null;
}

/** Counted since the pod's container began. */
export interface PodTraffic {
  /** Empty: the page has no such counter. */
  readonly routes: readonly {
    readonly route: string;
    readonly requests: number;
    /** Answered 5xx. */
    readonly failures: number;
  }[];
  /** Requests that took at most so long, the shortest first, of all routes together; the last is for any time (Infinity). */
  readonly within: readonly { readonly ms: number; readonly requests: number }[];
}

/** Counts for the impact of one runbook, from the orders database. */
export interface ImpactCounts {
  readonly affected: number;
  readonly total: number;
  readonly windowMinutes: number;
  readonly source: 'impact view' | 'orders table' | 'requests that create orders';
  readonly at: number;
  /** Orders that were never created, counted in both numbers (X6); absent: none. */
  readonly missing?: number;
}

export interface OrderRateQuestion {
  /** Spans that may be compared, the narrowest first: the next one is taken while last week has fewer than `fewest` orders in it. */
  readonly windowsMinutes: readonly number[];
  readonly fewest: number;
  /** Epoch ms of story time. */
  readonly now: number;
}

/** X6. */
export interface OrderRate {
  /** Orders created in the last so many minutes, … */
  readonly created: number;
  /** … and in the same span of last week. */
  readonly lastWeek: number;
  readonly windowMinutes: number;
}

export interface ShareQuestion {
  readonly status: string;
  readonly olderThanMinutes: number;
  readonly windowMinutes: number;
  /** Ages count from here, epoch ms of story time. */
  readonly now: number;
  /** Which row of the impact view, where there is one; absent: runbook 3's. */
  readonly runbook?: string;
  /** Statuses of orders that have not come to `status` yet, beside those before *processing*. */
  readonly notYet?: readonly string[];
  /** Error codes of orders that never count as affected. */
  readonly except?: readonly string[];
}

export interface FailedQuestion {
  /** A status in which an order waits … Null: no waiting counts. */
  readonly waiting: string | null;
  /** … and counts as affected after so long. */
  readonly waitingMinutes: number;
  /** Error codes of orders that failed for this reason. */
  readonly codes: readonly string[];
  /** Orders created in the last so many minutes; the next wider window is taken while there are fewer than `fewest`. */
  readonly windowsMinutes: readonly number[];
  readonly fewest: number;
  /** Ages count from here, epoch ms of story time. */
  readonly now: number;
  /** Which row of the impact view, where there is one. */
  readonly runbook: string;
  /** Orders that never count as affected, whatever their code; at most 2,000. */
  readonly except?: readonly string[];
}

export interface OrdersDatabaseProbe extends SessionQuestions {
  /** Tables and views with their columns, whatever they are called. */
  tables(signal: AbortSignal): Promise<readonly FoundTable[]>;
  /** Which of the two columns with a time have no time zone, and by what clock they are read. */
  timesWithoutZone(
    signal: AbortSignal,
  ): Promise<{ readonly columns: readonly string[]; readonly clock: string }>;
  /** The statuses of orders that changed within so many days. */
  statuses(days: number, signal: AbortSignal): Promise<readonly string[]>;
  /** Those that have been in a status for too long, and those + the ones that left it within the window. */
  stuckShare(question: ShareQuestion, signal: AbortSignal): Promise<ImpactCounts>;
  /** Runbooks whose orders fail or wait: those ÷ orders created in the window. */
  failedShare(question: FailedQuestion, signal: AbortSignal): Promise<ImpactCounts>;
  /** How many orders changed in the last so many minutes; `now` as above. */
  changedOrders(minutes: number, now: number, signal: AbortSignal): Promise<number>;
  /** X6: how many orders were created of late, and at the same time last week. */
  orderRate(question: OrderRateQuestion, signal: AbortSignal): Promise<OrderRate>;
  /** A runbook of which the orders table knows nothing, from the impact view alone; null: there is no such view. */
  impactView(runbook: string, windowMinutes: number, signal: AbortSignal): Promise<ImpactCounts | null>;
  /** X8, from the view `oms_bot_oversold` where there is one, else from the orders table. */
  oversold(question: OversoldQuestion, signal: AbortSignal): Promise<OversoldOrders>;
}

/** Reads only. A system that is absent by configuration throws `AbsentSystem` from each method. */
export interface Probes {
  readonly orderService: OrderServiceProbe;
  readonly ordersDatabase: OrdersDatabaseProbe;
  readonly kubernetes: KubernetesProbe;
  readonly kafka: KafkaProbe;
  readonly redis: RedisProbe;
  readonly s3: S3Probe;
  readonly statusPages: StatusPageProbe;
  readonly catalog: CatalogProbe;
}
