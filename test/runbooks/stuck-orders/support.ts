import type { Proof, Run } from '../../../src/domain/run.ts';
import type { Findings } from '../../../src/runbooks/define-runbook.ts';
import {
  PUBLISH_CLASSES,
  type PublishClass,
  type PublishLogs,
} from '../../../src/runbooks/kafka-lag/producer.ts';
import type { PodsSeen } from '../../../src/runbooks/shared/pods.ts';
import {
  WORKFLOW_CLASSES,
  type WorkflowClass,
  type WorkflowLogs,
} from '../../../src/runbooks/shared/workflow-log.ts';
import type { StuckData } from '../../../src/runbooks/stuck-orders/checks.ts';
import type { EventsSeen } from '../../../src/runbooks/stuck-orders/events.ts';
import {
  FAILED_WORKFLOWS,
  type FailedWorkflow,
  type FailedWorkflows,
} from '../../../src/runbooks/stuck-orders/logs.ts';
import type { Deliveries } from '../../../src/runbooks/stuck-orders/webhooks.ts';
import { aRun } from '../../support/incidents.ts';
import { anOrder, logCounts, MINUTE, NOW, seen } from '../../support/runbooks.ts';

export function deliveries(taken: number, failed: number, change: Partial<Deliveries> = {}): Deliveries {
  const at = NOW - MINUTE;
  return {
    classes: {
      taken: { lines: taken, lastAt: taken > 0 ? at : null },
      failed: { lines: failed, lastAt: failed > 0 ? at : null },
    },
    unclassed: 0,
    newestAt: at,
    whole: true,
    containers: 4,
    problems: [],
    ...change,
  };
}

/** X9. */
export function workflowLogs(
  lines: Partial<Record<WorkflowClass, number>> = {},
  change: Partial<WorkflowLogs> = {},
): WorkflowLogs {
  const named = { transitionOrders: [], databaseOrders: [], failedReturns: [] };
  return { ...logCounts(WORKFLOW_CLASSES, lines), ...named, ...change };
}

/** R47. */
export function publishLogs(
  lines: Partial<Record<PublishClass, number>> = {},
  change: Partial<PublishLogs> = {},
): PublishLogs {
  return logCounts(PUBLISH_CLASSES, lines, change);
}

/** X11. */
export function failedWorkflows(
  lines: Partial<Record<FailedWorkflow, number>> = {},
  change: Partial<FailedWorkflows> = {},
): FailedWorkflows {
  return logCounts(FAILED_WORKFLOWS, lines, change);
}

export function engine(change: Partial<PodsSeen> = {}): PodsSeen {
  return { ready: 2, total: 2, restartedAt: null, waiting: [], ...change };
}

/** R17's answer: by order what it misses; null: cannot be told. */
export function eventsSeen(missing: Readonly<Record<string, readonly string[] | null>>): EventsSeen {
  const orders = Object.entries(missing).map(([order, its]) => ({ order, seen: [], missing: its }));
  return { orders, named: 0 };
}

/** Orders in processing for three hours, as R16 and X10 see them. */
export function stuck(...ids: readonly string[]): Pick<Findings<StuckData>, 'stuck' | 'oldest'> {
  const orders = ids.map((id) => anOrder(id));
  const verdict = ids.length === 0 ? 'healthy' : 'broken';
  return { stuck: seen(verdict, { total: ids.length, orders }), oldest: seen(verdict, { orders }) };
}

export function findings(change: Partial<Findings<StuckData>> = {}): Findings<StuckData> {
  return {
    ...stuck(),
    events: seen('skipped', null),
    engine: seen('healthy', engine()),
    webhooks: seen('healthy', deliveries(40, 0)),
    workflow: seen('healthy', workflowLogs()),
    failures: seen('healthy', failedWorkflows()),
    publishing: seen('healthy', publishLogs()),
    brokers: seen('skipped', null),
    topic: seen('skipped', null),
    blocked: seen('healthy', { sessions: [] }),
    ...change,
  };
}

/** An ended run on these orders whose proof said so, with the orders that its last sample saw moved. */
export function provenRun(
  verdict: Proof['verdict'],
  targets: readonly string[],
  moved: readonly string[] = [],
  change: Partial<Run> = {},
): Run {
  const sample = { at: NOW, moved, unknown: [], line: '', value: null, worse: false };
  return aRun({ targets, beganAt: NOW - 20 * MINUTE, ...change }, { verdict, samples: [sample] });
}
