/** What a threshold counts. */
export type Unit =
  | 'minutes'
  | 'seconds'
  | 'days'
  | 'business days'
  | 'percent'
  | 'parts of 1'
  | 'times the usual'
  | 'messages'
  | 'orders'
  | 'rows'
  | 'attempts'
  | 'deliveries'
  | 'calls'
  | 'lines'
  | 'characters'
  | 'kB'
  | 'GiB'
  | 'pods'
  | 'connections'
  | 'sessions'
  | 'products'
  | 'kills'
  | 'samples'
  | 'times the heap'
  | 'times the gap';

/** A number that means trouble, or that a form opens with. `oms.yaml` may override each. */
export interface Threshold {
  readonly value: number;
  readonly unit: Unit;
  /** One sentence for whoever sets it. */
  readonly means: string;
  /** Whether the runbook names the number, or we do. */
  readonly origin: 'runbook' | 'our default';
}

const runbook = (value: number, unit: Unit, means: string): Threshold => ({
  value,
  unit,
  means,
  origin: 'runbook',
});
const ours = (value: number, unit: Unit, means: string): Threshold => ({
  value,
  unit,
  means,
  origin: 'our default',
});

/** Every threshold, with its unit in its name. Type, defaults, schema and `oms config explain` come from here. */
export const THRESHOLDS = {
  stuckAfterMinutes: runbook(120, 'minutes', 'Orders in processing for longer are stuck.'),
  normalProcessingMinutes: runbook(15, 'minutes', 'Normal processing takes up to this.'),
  batchInFlight: ours(5, 'calls', 'Calls of a batch that may be under way at once.'),
  batchStopShare: ours(0.2, 'parts of 1', 'A batch stops when this share of its calls failed.'),
  batchStopAfter: ours(5, 'calls', 'A batch is not stopped before so many of its calls ended.'),
  impactFewestOrders: ours(20, 'orders', 'With fewer orders in the window the impact is unknown.'),
  sampledOrders: ours(5, 'orders', 'Stuck orders that are looked at one by one.'),
  comparedProducts: ours(20, 'products', 'Failing products whose two counts of stock are compared.'),
  stockDiffersSeconds: ours(
    60,
    'seconds',
    'Two counts of stock differ when two looks so far apart saw them differ.',
  ),
  oversoldMinutes: ours(1_440, 'minutes', 'Oversold orders are listed for so long.'),
  ordersPerBatch: ours(200, 'orders', 'Stuck orders that one offer covers at most.'),
  reasonCharacters: ours(10, 'characters', 'A reason that a form asks for is at least so long.'),
  logWindowMinutes: ours(30, 'minutes', 'How far back logs are read.'),
  logKilobytes: ours(4_096, 'kB', 'Read at most of each container’s log.'),
  dominatesLines: ours(5, 'lines', 'A class of log lines dominates from so many lines on.'),
  dominatesShare: ours(0.5, 'parts of 1', 'A class dominates from this share of the classified failures.'),
  absentShare: ours(0.05, 'parts of 1', 'A class is absent under this share of the classified failures.'),
  stoppedMinutes: ours(5, 'minutes', 'Failures that stopped so long ago do not go on.'),
  downSeconds: ours(15, 'seconds', 'Down, or cut off, is what two looks so far apart saw.'),
  successPercent: ours(90, 'percent', 'A rate of success below this fails.'),
  fewestAttempts: ours(20, 'attempts', 'A rate counts only from so many attempts on.'),
  pendingPaymentMinutes: ours(15, 'minutes', 'Orders that wait for payment for longer count as trouble.'),
  usualDeclinePercent: ours(10, 'percent', 'Cards declined usually, where we have no samples.'),
  leastUsualPercent: ours(1, 'percent', 'A usual share below this counts as this: a handful is no wave.'),
  usualDays: ours(3, 'days', 'So many days of samples tell a usual share.'),
  declineFactor: ours(2, 'times the usual', 'Declines from here on are a wave.'),
  paymentRetries: runbook(3, 'attempts', 'The order service tries a payment so often by itself.'),
  afterRateLimitMinutes: ours(5, 'minutes', 'A retry waits so long after the provider stopped throttling.'),
  readyPodsForRestart: ours(2, 'pods', 'A restart needs so many ready pods.'),
  rolloutMinutes: ours(10, 'minutes', 'A rollout may take so long before its proof begins.'),
  rateProofMinutes: ours(10, 'minutes', 'The proof of a restart and of a retry of payments gets so long.'),
  rowBehindMinutes: ours(
    5,
    'minutes',
    'A row that is older than its event by more than this was not committed.',
  ),
  restartedWithinMinutes: ours(120, 'minutes', 'A restart of the workflow engine counts for so long.'),
  fewestDeliveries: ours(
    20,
    'deliveries',
    'Of so many, nearly none may have failed to rule the warehouse out.',
  ),
  reservationSeconds: runbook(30, 'seconds', 'A reservation has so long; what takes longer frees itself.'),
  staleLockMinutes: runbook(5, 'minutes', 'A lock older than this has outlived its owner.'),
  syncEveryMinutes: runbook(5, 'minutes', 'The catalog is synced so often.'),
  syncMissedMinutes: ours(10, 'minutes', 'A last sync older than this is trouble: two were missed.'),
  lagMessages: runbook(100, 'messages', 'A consumer group this far behind is in trouble.'),
  lateAfterMinutes: runbook(1_440, 'minutes', 'Refunds and returns that wait for longer are late.'),
  settlingBusinessDays: runbook(
    10,
    'business days',
    'A refund that the gateway has accepted settles within this.',
  ),
  supportAfterMinutes: runbook(20, 'minutes', 'After so long in trouble the carrier’s support is called.'),
  labelSeconds: runbook(30, 'seconds', 'One attempt at a label has so long.'),
  labelWaitMinutes: ours(30, 'minutes', 'An order that waits for its label for longer waits too long.'),
  poolSize: runbook(20, 'connections', 'The size of a pod’s pool where nothing says another.'),
  poolBrokenPercent: ours(90, 'percent', 'A pool is in trouble from here on.'),
  poolSoundPercent: ours(70, 'percent', 'A pool is sound below this.'),
  serverFullPercent: ours(
    90,
    'percent',
    'The database server is full from this share of max_connections on.',
  ),
  longQuerySeconds: ours(60, 'seconds', 'A query that runs for longer is long.'),
  idleSessions: ours(5, 'sessions', 'So many sessions that idle in a transaction are a leak.'),
  smallPoolMinutes: ours(10, 'minutes', 'A pool that is nearly full on all pods for so long is too small.'),
  idleMinutes: ours(5, 'minutes', 'A session that idles in a transaction for longer counts.'),
  databaseRestartMinutes: ours(30, 'minutes', 'A restart of the database counts for so long.'),
  usualAgainMinutes: ours(
    30,
    'minutes',
    'A temporary change is taken back when it has not been needed for so long.',
  ),
  modalPoolSize: runbook(50, 'connections', 'What the form for a larger pool opens with.'),
  modalReplicas: runbook(6, 'pods', 'What the form for more replicas opens with.'),
  modalMemoryGib: runbook(4, 'GiB', 'What the form for more memory opens with.'),
  modalDays: runbook(7, 'days', 'What the form for a longer return window opens with.'),
  mostDays: ours(30, 'days', 'A return window is extended by this at most.'),
  returnWindowDays: runbook(30, 'days', 'The window for returns.'),
  memoryPercent: runbook(95, 'percent', 'Memory in trouble, of the limit.'),
  memorySoundPercent: ours(80, 'percent', 'Memory is sound below this share of the limit.'),
  leakMinutes: ours(60, 'minutes', 'Memory that rises for so long without a pause is a leak.'),
  evenKills: ours(3, 'kills', 'So many kills of one container at even gaps are a leak.'),
  evenGapShare: ours(0.25, 'parts of 1', 'Gaps are even that differ from their mean by no more than this.'),
  exportBeforeMinutes: ours(
    30,
    'minutes',
    'An export that began so shortly before a kill or a rise may be why.',
  ),
  beforeRiseMinutes: ours(
    5,
    'minutes',
    'A query that began, or a route that jumped, so shortly before a rise may be why.',
  ),
  limitSoonMinutes: ours(30, 'minutes', 'Pods that are full so soon after their start have too low a limit.'),
  limitStaysMinutes: ours(5, 'minutes', 'Pods that stay full for so long are no passing peak.'),
  limitJustSetMinutes: ours(
    15,
    'minutes',
    'A limit that was raised so shortly ago has replaced the pods already.',
  ),
  dumpRoomFactor: ours(1.2, 'times the heap', 'A heap is dumped where so much disk is free.'),
  dumpedGibSeconds: ours(10, 'seconds', 'A pod stands still so long for each GiB of heap that is dumped.'),
  usualLatePercent: ours(10, 'percent', 'Returns usually called too late.'),
  falsePositivePercent: runbook(2, 'percent', 'Honest returns that the fraud model holds by mistake.'),
  fraudPercent: ours(4, 'percent', 'Returns held for fraud: twice what the model is known to err.'),
  exportRows: runbook(100_000, 'orders', 'One export holds at most so many.'),
  exportMinutes: runbook(30, 'minutes', 'One export takes at most so long.'),
  exportPieceDays: runbook(7, 'days', 'An export that is too large is made in pieces of so many days.'),
  seqScanRows: ours(100_000, 'rows', 'A query that scans the whole table for more rows than this is slow.'),
  exportMovesMinutes: ours(5, 'minutes', 'An export that wrote something within this still moves.'),
  bufferFreePercent: ours(
    10,
    'percent',
    'The producer’s buffer is nearly full below this share that is free.',
  ),
  brokerMemoryPercent: ours(90, 'percent', 'Kafka’s pods are at their limit from here on.'),
  outOfSyncSeconds: ours(
    30,
    'seconds',
    'Partitions are in trouble that two looks so far apart saw out of sync.',
  ),
  rebalanceMinutes: ours(5, 'minutes', 'A group that rebalances for longer hangs.'),
  deadLettersDays: runbook(7, 'days', 'Dead letters are kept for so long.'),
  groupEmptyMinutes: ours(
    2,
    'minutes',
    'A group without its consumers is empty within this, else nothing is reset.',
  ),
  changedWithinMinutes: ours(120, 'minutes', 'Changes of so long ago are told (X1).'),
  suspectWithinMinutes: ours(30, 'minutes', 'A change so shortly before the first symptom is suspect (X1).'),
  seenByHandMinutes: ours(30, 'minutes', 'What a person saw by hand counts for so long.'),
  widespreadPercent: runbook(25, 'percent', 'Trouble of more than this share of orders is widespread.'),
  monitorSeconds: runbook(5, 'seconds', 'Commands that watch (R8, R61) ask so often.'),
  spikeFactor: ours(2, 'times the usual', 'Figures from here on are a spike.'),
  missingFactor: ours(0.5, 'times the usual', 'Orders are missing where fewer than this are created.'),
  usualFactor: ours(1.5, 'times the usual', 'Figures below this are usual.'),
} as const satisfies Record<string, Threshold>;

export type ThresholdName = keyof typeof THRESHOLDS;
export type Thresholds = { readonly [Name in ThresholdName]: number };

export const THRESHOLD_NAMES = Object.keys(THRESHOLDS) as readonly ThresholdName[];

export const DEFAULT_THRESHOLDS = Object.fromEntries(
  THRESHOLD_NAMES.map((name) => [name, THRESHOLDS[name].value]),
) as Thresholds;
