/** Every number that means trouble, with its unit in its name. `oms.yaml` may override each. */
export interface Thresholds {
  /** Orders in *processing* for longer are stuck (runbook: 2 h). */
  readonly stuckAfterMinutes: number;
  /** Normal processing takes up to this (runbook: 5–15 min). */
  readonly normalProcessingMinutes: number;
  /** Calls of a batch that may be under way at once (our default). */
  readonly batchInFlight: number;
  /** A batch stops when this share … (our default: 20 %) */
  readonly batchStopShare: number;
  /** … of at least so many items failed (our default). */
  readonly batchStopAfter: number;
  /** Fewer orders than this in the window: the impact is unknown (design §6). */
  readonly impactFewestOrders: number;
  /** Stuck orders that are looked at one by one (our default). */
  readonly sampledOrders: number;
  /** Stuck orders that one offer covers at most. */
  readonly ordersPerBatch: number;
  /** Characters of a reason (our default). */
  readonly reasonCharacters: number;
}

export const DEFAULT_THRESHOLDS: Thresholds = {
  stuckAfterMinutes: 120,
  normalProcessingMinutes: 15,
  batchInFlight: 5,
  batchStopShare: 0.2,
  batchStopAfter: 5,
  impactFewestOrders: 20,
  sampledOrders: 5,
  ordersPerBatch: 200,
  reasonCharacters: 10,
};
