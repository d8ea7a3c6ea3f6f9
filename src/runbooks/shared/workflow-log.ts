import { skipped } from '../../domain/finding.ts';
import { findIds } from '../../domain/ids.ts';
import type { Check } from '../define-runbook.ts';
import { WORKFLOW_TEXTS } from '../log-texts.ts';
import { type Names, workloadOf } from '../names.ts';
import { failureLogs } from './log-check.ts';
import type { LogCounts } from './log-classes.ts';

/** Ids that a finding keeps at most. */
const KEPT = 50;

/** A transition that is not allowed, a return whose workflow failed, a statement or transaction that ran out of time. */
export type WorkflowClass = 'transition' | 'return' | 'database';
/** In the order in which they are tried: a return that the database let down is the database's. */
export const WORKFLOW_CLASSES = [
  'database',
  'transition',
  'return',
] as const satisfies readonly WorkflowClass[];

export interface WorkflowLogs extends LogCounts<WorkflowClass> {
  /** Orders that a line about a transition names, each once, the newest last; at most 50. */
  readonly transitionOrders: readonly string[];
  /** The same of orders that a line about the database names. */
  readonly databaseOrders: readonly string[];
  /** Returns that a line about a return names. */
  readonly failedReturns: readonly string[];
}

function textsOf({ logPatterns }: Names): Readonly<Record<WorkflowClass, readonly string[]>> {
  return logPatterns.workflow ?? WORKFLOW_TEXTS;
}

function classOf(line: string, names: Names): WorkflowClass | null {
  const texts = textsOf(names);
  return WORKFLOW_CLASSES.find((name) => texts[name].some((text) => line.includes(text))) ?? null;
}

const configured = failureLogs<WorkflowClass, Omit<WorkflowLogs, keyof LogCounts<WorkflowClass>>>({
  step: 'X9',
  title: 'What does the workflow engine say of its failures?',
  source: null,
  workload: ({ workflowEngine }) => workloadOf(workflowEngine),
  containing: (names) => WORKFLOW_CLASSES.flatMap((name) => textsOf(names)[name]),
  one: 'step of a workflow',
  more: 'steps of workflows',
  unclassed: 'other',
  failures: WORKFLOW_CLASSES,
  classOf,
  besides(lines, names) {
    const of = (wanted: WorkflowClass, kind: 'order' | 'return') =>
      [
        ...new Set(
          lines.filter((line) => classOf(line, names) === wanted).flatMap((line) => findIds(kind, line)),
        ),
      ].slice(-KEPT);
    return {
      transitionOrders: of('transition', 'order'),
      databaseOrders: of('database', 'order'),
      failedReturns: of('return', 'return'),
    };
  },
});

/** X9: the workflow engine's failures by class, over all its pods. */
export const workflowLog: Check<WorkflowLogs> = {
  ...configured,
  look: async (ask) =>
    ask.names.logPatterns.workflow === null
      ? skipped('Not configured: how the workflow engine logs its failures (`logPatterns.workflow`).')
      : await configured.look(ask),
};
