import { exportsOf } from '../../sim/world/exports.ts';
import type { WorldState } from '../../sim/world/state.ts';
import type { StepName } from '../../src/domain/finding.ts';

export type Answers = Readonly<Record<string, string>>;

/**
 * What is done in turn. `people`: people or time do their part, the story's own `recover`; a number: so many minutes pass; else
 * an action, for as many offers as there are, which the bot recommends then, or only offers, or of
 * which there may be none left.
 */
export type Deed =
  | 'people'
  | number
  | StepName
  | readonly [StepName, Answers]
  | readonly [StepName, Answers, 'only offered' | 'if any'];

/** What takes one scenario's cause away, and what it left behind. */
export interface Cure {
  readonly deeds: readonly Deed[];
  /** Actions of the same runbook that help here as well, or hide for a while what tells the cause: no wrong fix. */
  readonly also?: readonly StepName[];
  /** The cause stands for what it has spoiled for good; what was made in its place is looked at instead. */
  readonly instead?: { readonly because: string; holds(state: WorldState): boolean };
  /** Checks that stay broken for long, and why that is right. */
  readonly stays?: readonly (readonly [StepName, string])[];
}

const REASON = { reason: 'the journey says so, by hand' };
/** A log is read for so long back (log window 30 min). */
const LOGS = 35;
/** A cause is over after two looks without it; failures count for 5 min after the last, and so does a rate limit. */
const OVER = 12;

const STUCK: Cure = {
  deeds: ['people', OVER, 'R20', LOGS],
  stays: [
    ['R16', 'Those that got stuck within the last two hours are shown and retried when they are that old.'],
  ],
};
const REFUNDS: Cure = { deeds: ['people', OVER, 'R27', LOGS] };
const RETURNS: Cure = { deeds: ['people', OVER, 'R67', LOGS] };
const EXTEND = ['R68', { days: '20', ...REASON }] as const;

/** By the scenario's id. */
export const CURES: Readonly<Record<string, Cure>> = {
  'workflow-engine-crash': {
    deeds: ['R20', 16, ['R22', { status: 'shipped', ...REASON }, 'only offered'], 1],
  },
  'webhook-refused': STUCK,
  'events-lost': { deeds: ['R21', 16] },
  'illegal-transitions': STUCK,
  'transaction-timeouts': STUCK,

  'gateway-down': { deeds: ['people', OVER, 'R5', LOGS] },
  'network-path': { deeds: ['people', OVER, 'R5', LOGS] },
  'network-one-pod': { deeds: ['R7', LOGS] },
  'key-rotated': { deeds: ['R7', OVER, 'R5', LOGS] },
  'rate-limited': { deeds: ['people', OVER, 'R5', LOGS] },
  declines: { deeds: ['people', LOGS] },

  'refunds-gateway-down': REFUNDS,
  'refunds-throttled': REFUNDS,
  // The gateway’s next day; what was tried in the last hours before it comes late by then, unless it is night here too.
  'refund-limit': { deeds: [25 * 60, 'R27', 5, ['R27', {}, 'if any'], 5] },
  'refund-method-gone': { deeds: [['R29', REASON], 2] },
  'refund-above-charge': REFUNDS,
  'refunds-cut-off': REFUNDS,

  'returns-held': { deeds: [['R66', REASON], 3] },
  'returns-engine-crash': { deeds: ['R67', 16] },
  // The five oldest are looked at.
  'returns-window-wrong': { deeds: [EXTEND, 1, 'R67', 16, EXTEND, 1, 'R67', 16] },
  'returns-without-label': RETURNS,
  'returns-engine-refuses': RETURNS,
  'returns-violate': RETURNS,

  'stale-locks': { deeds: ['R14', LOGS] },
  'inventory-sync-stopped': { deeds: ['people', 'R13', LOGS] },
  'reservations-slow': { deeds: ['people', LOGS] },
  'stock-corrected': { deeds: ['R13', LOGS] },
  'crowd-collides': { deeds: ['people', LOGS] },

  'carrier-credentials-expired': { deeds: [['R35', REASON], 1, 'R36', OVER, 'R34', 31, 'R34', 5] },
  'carrier-down': { deeds: ['people', OVER, 'R34', 31, 'R34', 5] },
  'invalid-addresses': { deeds: ['people', 1, 'R34', LOGS] },
  'parcels-incomplete': { deeds: ['people', OVER, 'R34', LOGS] },
  'country-not-served': { deeds: ['people', 1, ['R34', {}, 'only offered'], LOGS] },

  // Stopped and started, the consumers are new ones as well.
  'consumers-stuck': { deeds: ['X16', 10], also: ['R51-stop', 'R51-skip', 'R51-start'] },
  'poison-message': { deeds: ['R51-stop', 2, ['R51-skip', REASON], 1, 'R51-start', 10] },
  'broker-away': { deeds: ['people', OVER, 'R52', LOGS] },
  'kafka-cut-off': { deeds: ['R50', OVER, 'R52', LOGS] },
  'producer-buffer-full': { deeds: ['R50', OVER, 'R52', LOGS] },
  'replicas-behind': { deeds: ['people', OVER, 'R52', LOGS] },

  'upload-refused': { deeds: ['people', OVER, 'R73', 15] },
  'export-too-large': {
    // A week at a time.
    deeds: ['R75', 5, 'R75', 5, 'R75', 5, 'R75', 5, 'R75', 5],
    instead: {
      because: 'A month stays too large for one file; its weeks have each a file now.',
      holds: (state) => exportsOf(state, 'completed').length === 5 && exportsOf(state, 'failed').length === 1,
    },
    stays: [['R69', 'The job that was too large stays failed; its pieces are jobs of their own.']],
  },
  'export-hangs': { deeds: ['R74', 5] },
  'export-out-of-memory': {
    deeds: ['people', LOGS],
    stays: [['R54', 'A kill is told for two hours.']],
  },
  'export-query-slow': { deeds: ['R74', 'people', 5] },

  'connection-leak': {
    // New pods have lost too many again after a quarter of an hour: only the code's fix is a cure.
    deeds: ['R41', 10],
    stays: [
      ['X11', 'The log is read 30 min back.'],
      ['X5', 'Those that failed count for 10 min.'],
    ],
  },
  'blocking-query': { deeds: ['R42', LOGS] },
  'small-pool': { deeds: [['R43', { to: '30' }], LOGS], also: ['R44'] },
  'traffic-jumped': { deeds: ['people', LOGS] },
  'database-restarted': { deeds: ['people', LOGS] },

  'memory-leak': { deeds: ['R60', 'people', 10] },
  'memory-limit-low': { deeds: [['R58', { to: '4' }], 15], also: ['X2', 'R60'] },
  'wasteful-route': { deeds: ['people', 15], also: ['R58', 'R60', 'X2'] },
  'leaky-release': { deeds: ['X2', LOGS], also: ['R58'] },
  'export-eats-memory': { deeds: ['people', LOGS] },
  'query-eats-memory': { deeds: ['people', LOGS], also: ['R58', 'R60', 'X2'] },
};
