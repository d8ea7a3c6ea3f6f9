import type { Check } from '../define-runbook.ts';
import type { Names } from '../names.ts';
import { failureLogs } from '../shared/log-check.ts';
import type { LogCounts } from '../shared/log-classes.ts';
import { statusOf, timedOut } from '../shared/log-lines.ts';

/** What a failed workflow's line says of its reason. */
export type FailedWorkflow = 'database' | 'transition' | 'engine' | 'event' | 'warehouse';
export const FAILED_WORKFLOWS = ['database', 'transition', 'engine', 'event', 'warehouse'] as const;

const DATABASE = /(?:statement|transaction|lock)[ _-]?time(?:d[ _-]?)?[ _-]?out/i;
const TRANSITION = /(?:illegal|invalid|not[ _-]allowed)[ _-](?:state[ _-])?transition/i;
const ENGINE = /engine (?:unreachable|unavailable|away|down)|ECONN[A-Z]+|ENOTFOUND|EAI_AGAIN/i;
const EVENT = /no event|event (?:missing|not (?:seen|found))/i;
const WAREHOUSE = /webhook|warehouse/i;

function classOf(line: string, { logPatterns }: Pick<Names, 'logPatterns'>): FailedWorkflow | null {
  // What the engine's own log calls it is repeated by whoever it told.
  const repeats = (name: 'database' | 'transition') =>
    logPatterns.workflow?.[name].some((text) => line.includes(text)) ?? false;
  if (DATABASE.test(line) || repeats('database')) return 'database';
  if (TRANSITION.test(line) || repeats('transition')) return 'transition';
  if (EVENT.test(line)) return 'event';
  if (WAREHOUSE.test(line)) return 'warehouse';
  if (ENGINE.test(line)) return 'engine';
  return statusOf(line) === null && timedOut(line) ? 'engine' : null;
}

export type FailedWorkflows = LogCounts<FailedWorkflow>;

/** X11 of runbook 3: the order service's lines about workflows that failed, which the source greps by no command. */
export const workflowFailures: Check<FailedWorkflows> = failureLogs<FailedWorkflow>({
  step: 'X11',
  title: 'Why do workflows of orders fail?',
  source: null,
  containing: ({ logPatterns }) => logPatterns.stuckOrders,
  one: 'workflow',
  more: 'workflows',
  unclassed: 'without a reason',
  failures: FAILED_WORKFLOWS,
  classOf,
});
