import type { StepName } from '../../src/domain/finding.ts';

export type Answers = Readonly<Record<string, string>>;

/** What is done in turn: an action as it is offered then, for as many offers as there are, or so many minutes pass. */
export type Deed = StepName | readonly [StepName, Answers] | number;

/** What takes one scenario's cause away, and what it left behind. */
export interface Cure {
  /** People or time do their part first: the story's own `recover`. */
  readonly people?: true;
  readonly deeds: readonly Deed[];
  /** Actions of the same runbook that help here as well: no wrong fix. */
  readonly also?: readonly StepName[];
  /** Checks that stay broken for long, and why that is right. */
  readonly stays?: readonly (readonly [StepName, string])[];
}

const REASON = { reason: 'the journey says so, by hand' };
/** A log is read for so long back (log window 30 min). */
const LOGS = 35;
/** A cause is over after two looks without it, and a rate limit after 5 min. */
const OVER = 7;

const stuck = (more: Partial<Cure> = {}): Cure => ({
  people: true,
  deeds: [OVER, 'R20', LOGS],
  ...more,
});
const refunds = (more: Partial<Cure> = {}): Cure => ({
  people: true,
  deeds: [OVER, 'R27', LOGS],
  ...more,
});
const returns = (more: Partial<Cure> = {}): Cure => ({
  people: true,
  deeds: [OVER, 'R67', LOGS],
  ...more,
});

/** By the scenario's id. */
export const CURES: Readonly<Record<string, Cure>> = {
  'workflow-engine-crash': { deeds: ['R20', 16, ['R22', { status: 'shipped', ...REASON }], 1] },
  'webhook-refused': stuck(),
  'events-lost': { deeds: ['R21', 16] },
  'illegal-transitions': stuck(),
  'transaction-timeouts': stuck(),

  'gateway-down': { people: true, deeds: [OVER, 'R5', LOGS] },
  'network-path': { people: true, deeds: [OVER, 'R5', LOGS] },
  'network-one-pod': { deeds: ['R7', OVER, 'R5', LOGS] },
  'key-rotated': { deeds: ['R7', OVER, 'R5', LOGS] },
  'rate-limited': { people: true, deeds: [OVER, 'R5', LOGS] },
  declines: { people: true, deeds: [LOGS] },

  'refunds-gateway-down': refunds(),
  'refunds-throttled': refunds(),
  'refund-limit': refunds(),
  'refund-method-gone': { deeds: [['R29', REASON], 2] },
  'refund-above-charge': refunds(),
  'refunds-cut-off': refunds(),

  'returns-held': { deeds: [['R66', REASON], 3] },
  'returns-engine-crash': { deeds: ['R67', 16] },
  'returns-window-wrong': { people: true, deeds: [['R68', { days: '7', ...REASON }], 1, 'R67', 16] },
  'returns-without-label': returns(),
  'returns-engine-refuses': returns(),
  'returns-violate': returns(),

  'stale-locks': { deeds: ['R14', LOGS] },
  'inventory-sync-stopped': { people: true, deeds: ['R13', LOGS] },
  'reservations-slow': { people: true, deeds: [LOGS] },
  'stock-corrected': { deeds: ['R13', LOGS] },
  'crowd-collides': { people: true, deeds: [LOGS] },

  'carrier-credentials-expired': { deeds: [['R35', REASON], 1, 'R36', OVER, 'R34', LOGS] },
  'carrier-down': { people: true, deeds: [OVER, 'R34', LOGS] },
  'invalid-addresses': { people: true, deeds: [1, 'R34', LOGS] },
  'parcels-incomplete': { people: true, deeds: [1, 'R34', LOGS] },
  'country-not-served': { people: true, deeds: [1, 'R34', LOGS] },

  'consumers-stuck': { deeds: ['X16', 10] },
  'poison-message': { deeds: ['R51-stop', 2, ['R51-skip', REASON], 1, 'R51-start', 10] },
  'broker-away': { people: true, deeds: [OVER, 'R52', LOGS] },
  'kafka-cut-off': { deeds: ['R50', OVER, 'R52', LOGS] },
  'producer-buffer-full': { deeds: ['R50', OVER, 'R52', LOGS] },
  'replicas-behind': { people: true, deeds: [OVER, 'R52', LOGS] },

  'upload-refused': { people: true, deeds: [OVER, 'R73', 15] },
  'export-too-large': { deeds: ['R75'] },
  'export-hangs': { deeds: ['R74', 5] },
  'export-out-of-memory': { people: true, deeds: [LOGS] },
  'export-query-slow': { people: true, deeds: ['R74', 5] },

  'connection-leak': { deeds: ['R41', LOGS] },
  'blocking-query': { deeds: ['R42', LOGS] },
  'small-pool': { deeds: [['R43', { to: '30' }], LOGS], also: ['R44'] },
  'traffic-jumped': { people: true, deeds: [LOGS] },
  'database-restarted': { people: true, deeds: [LOGS] },

  'memory-leak': { people: true, deeds: ['R60', 10] },
  'memory-limit-low': { deeds: [['R58', { to: '4' }], 15] },
  'wasteful-route': { people: true, deeds: ['R60', 15] },
  'leaky-release': { deeds: ['X2', LOGS], also: [] },
  'export-eats-memory': { people: true, deeds: [LOGS] },
  'query-eats-memory': { people: true, deeds: [LOGS] },
};
