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
  /** How far back logs are read (our default: 30 min). */
  readonly logWindowMinutes: number;
  /** Read at most of each container's log, kB (our default). */
  readonly logKilobytes: number;
  /** A class of log lines dominates from so many lines … (our default) */
  readonly dominatesLines: number;
  /** … and this share of the classified failures (our default: 50 %). */
  readonly dominatesShare: number;
  /** Under this share of them it is absent (our default: 5 %). */
  readonly absentShare: number;
  /** Failures that stopped so long ago do not go on; the log window still shows them (our default). */
  readonly stoppedMinutes: number;
  /** A rate of success below this fails (our default: 90 %) … */
  readonly successPercent: number;
  /** … of at least so many attempts (our default). */
  readonly fewestAttempts: number;
  /** Waiting for payment longer than this counts as trouble (our default: 15 min). */
  readonly pendingPaymentMinutes: number;
  /** Cards declined, usually (our default where we have no samples: 10 %). */
  readonly usualDeclinePercent: number;
  /** Declines at this multiple of the usual are a wave (our default: 2). */
  readonly declineFactor: number;
  /** A retry waits so long after the provider stopped throttling (our default). */
  readonly afterRateLimitMinutes: number;
  /** A restart needs so many ready pods (our default). */
  readonly readyPodsForRestart: number;
  /** A rollout may take so long before its proof begins (our default: 10 min). */
  readonly rolloutMinutes: number;
  /** A restart's proof and a retry of payments get so long (our default: 10 min). */
  readonly rateProofMinutes: number;
  /** No restart of the engine within this counts as *no restart* (our default: 2 h). */
  readonly restartedWithinMinutes: number;
  /** Deliveries of which so few may have failed to rule the warehouse out (our default). */
  readonly fewestDeliveries: number;
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
  logWindowMinutes: 30,
  logKilobytes: 4_096,
  dominatesLines: 5,
  dominatesShare: 0.5,
  absentShare: 0.05,
  stoppedMinutes: 5,
  successPercent: 90,
  fewestAttempts: 20,
  pendingPaymentMinutes: 15,
  usualDeclinePercent: 10,
  declineFactor: 2,
  afterRateLimitMinutes: 5,
  readyPodsForRestart: 2,
  rolloutMinutes: 10,
  rateProofMinutes: 10,
  restartedWithinMinutes: 120,
  fewestDeliveries: 20,
};
