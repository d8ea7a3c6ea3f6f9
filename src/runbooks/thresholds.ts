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
  /** A lock older than this has outlived its owner (runbook: 5 min). */
  readonly staleLockMinutes: number;
  /** The catalog is synced every so often (runbook: 5 min) … */
  readonly syncEveryMinutes: number;
  /** … and two missed ones are trouble (our default: 10 min). */
  readonly syncMissedMinutes: number;
  /** A consumer group this far behind is in trouble (runbook: 100 messages). */
  readonly lagMessages: number;
  /** Refunds and returns that wait for longer are late (runbook: 24 h). */
  readonly lateAfterMinutes: number;
  /** A refund that the gateway has accepted settles within so many business days (runbook: 10). */
  readonly settlingBusinessDays: number;
  /** An order that is ready to ship waits too long for its label after this (our default: 30 min). */
  readonly labelWaitMinutes: number;
  /** Connections of a pool, unless set (runbook: 20). */
  readonly poolSize: number;
  /** A pool is in trouble from here (our default: 90 %) … */
  readonly poolBrokenPercent: number;
  /** … and sound below this (our default: 70 %). */
  readonly poolSoundPercent: number;
  /** The database server is full from here on (our default: 90 % of `max_connections`). */
  readonly serverFullPercent: number;
  /** A query is long after this (our default: 60 s). */
  readonly longQuerySeconds: number;
  /** So many sessions that idle in a transaction … (our default: 5) */
  readonly idleSessions: number;
  /** … for longer than this are a leak (our default: 5 min). */
  readonly idleMinutes: number;
  /** A dead or restarted database or engine counts for so long (our default: 30 min). */
  readonly databaseRestartMinutes: number;
  /** What the modals open with (runbook: 50 connections, 6 replicas, 4 GiB, 7 days). */
  readonly modalPoolSize: number;
  readonly modalReplicas: number;
  readonly modalMemoryGib: number;
  readonly modalDays: number;
  /** A window is extended by at most so many days (our default: 30). */
  readonly mostDays: number;
  /** The window for returns (runbook: 30 days). */
  readonly returnWindowDays: number;
  /** Memory in trouble (runbook: 95 % of the limit) … */
  readonly memoryPercent: number;
  /** … and sound below this (our default: 80 %). */
  readonly memorySoundPercent: number;
  /** The fraud model errs in so many of a hundred (runbook: 2); twice that is trouble (our default: 4 %). */
  readonly fraudPercent: number;
  /** One export holds at most so many orders (runbook: 100,000) … */
  readonly exportRows: number;
  /** … and takes at most so long (runbook: 30 min). */
  readonly exportMinutes: number;
  /** An export that wrote something within this still moves (our default: 5 min). */
  readonly exportMovesMinutes: number;
  /** The buffer of the producer is nearly full below this share that is free (our default: 10 %). */
  readonly bufferFreePercent: number;
  /** Kafka's pods are at their limit from here (our default: 90 %). */
  readonly brokerMemoryPercent: number;
  /** A group without its consumers is empty within this, else nothing is reset (our default: 2 min). */
  readonly groupEmptyMinutes: number;
  /** Figures at this multiple of the usual are a spike (our default: 2) … */
  readonly spikeFactor: number;
  /** … and usual below this one (our default: 1.5). */
  readonly usualFactor: number;
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
  staleLockMinutes: 5,
  syncEveryMinutes: 5,
  syncMissedMinutes: 10,
  lagMessages: 100,
  lateAfterMinutes: 1_440,
  settlingBusinessDays: 10,
  labelWaitMinutes: 30,
  poolSize: 20,
  poolBrokenPercent: 90,
  poolSoundPercent: 70,
  serverFullPercent: 90,
  longQuerySeconds: 60,
  idleSessions: 5,
  idleMinutes: 5,
  databaseRestartMinutes: 30,
  modalPoolSize: 50,
  modalReplicas: 6,
  modalMemoryGib: 4,
  modalDays: 7,
  mostDays: 30,
  returnWindowDays: 30,
  memoryPercent: 95,
  memorySoundPercent: 80,
  fraudPercent: 4,
  exportRows: 100_000,
  exportMinutes: 30,
  exportMovesMinutes: 5,
  bufferFreePercent: 10,
  brokerMemoryPercent: 90,
  groupEmptyMinutes: 2,
  spikeFactor: 2,
  usualFactor: 1.5,
};
