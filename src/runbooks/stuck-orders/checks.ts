import { broken, healthy, unknown } from '../../domain/finding.ts';
import type { OrderSummary } from '../../ports/probes.ts';
import { SystemError } from '../../ports/system-error.ts';
import type { Check } from '../define-runbook.ts';
import { brokers, type TopicSeen, topic } from '../kafka-lag/brokers.ts';
import { type PublishLogs, logs as publishLogs } from '../kafka-lag/producer.ts';
import { age, curl, workloadOf } from '../names.ts';
import { type PodsSeen, podsCheck } from '../shared/pods.ts';
import { spell } from '../shared/spell.ts';
import { type WorkflowLogs, workflowLog } from '../shared/workflow-log.ts';
import { type BlockedSeen, blocked } from './blocked.ts';
import { type EventsSeen, events } from './events.ts';
import { type FailedWorkflows, workflowFailures } from './logs.ts';
import { eachOrder, sampledOrders } from './orders.ts';
import { type Deliveries, webhooks } from './webhooks.ts';

const MINUTE = 60_000;

export interface StuckSeen {
  readonly total: number;
  /** Oldest first; at most one offer's worth. */
  readonly orders: readonly OrderSummary[];
}

/** X10. */
export interface OrdersRead {
  readonly orders: readonly OrderSummary[];
  /** How many could not be read; absent where an older version journaled it. */
  readonly unread?: number;
}

export interface StuckData {
  readonly stuck: StuckSeen;
  readonly oldest: OrdersRead;
  readonly events: EventsSeen;
  readonly engine: PodsSeen;
  readonly webhooks: Deliveries;
  readonly workflow: WorkflowLogs;
  readonly failures: FailedWorkflows;
  readonly publishing: PublishLogs;
  readonly brokers: PodsSeen;
  readonly topic: TopicSeen;
  readonly blocked: BlockedSeen;
}

const stuck: Check<StuckSeen> = {
  step: 'R16',
  title: 'Which orders are stuck?',
  system: 'The order service',
  source:
    'kubectl exec -it deployment/order-service -- \\\n  curl "localhost:8080/admin/orders/stuck?status=processing&olderThan=2h"',
  equivalent: (names) =>
    curl(
      names,
      `${names.paths.stuckOrders}?status=${names.statuses.processing}&olderThan=${age(names.inCommands.stuckAfterMinutes)}`,
    ),
  deadlineMs: 4_000,
  async look({ probes, names, thresholds, now, signal }) {
    const { stuckAfterMinutes, normalProcessingMinutes, ordersPerBatch } = thresholds;
    const ask = async (olderThanMinutes: number, limit: number) =>
      await probes.orderService.stuckOrders(
        { status: names.statuses.processing, olderThanMinutes, limit, cursor: null },
        signal,
      );
    const [page, slower] = await Promise.all([
      ask(stuckAfterMinutes, ordersPerBatch),
      // Only a remark: that it could not be asked takes nothing from the answer.
      ask(normalProcessingMinutes, 1).catch(() => null),
    ]);
    const slow = Math.max(0, (slower?.total ?? 0) - page.total);
    const over = spell(stuckAfterMinutes * MINUTE);
    const remark = slow === 0 ? '' : ` ${slow} more take longer than ${normalProcessingMinutes} min.`;
    if (page.total === 0 && page.orders.length === 0 && page.unread === 0)
      return healthy(`No order has been in ${names.statuses.processing} for over ${over}.${remark}`, {
        total: 0,
        orders: [],
      });
    const total = Math.max(page.total, page.orders.length);
    const ages = page.orders.map(({ updatedAt }) => now - updatedAt);
    const longest = ages.length === 0 ? '' : `, the oldest for ${spell(Math.max(...ages))}`;
    const unread =
      page.unread === 0
        ? ''
        : ` ${page.unread} in the service’s list could not be understood and are left alone.`;
    const line = `${total} ${total === 1 ? 'order has' : 'orders have'} been in ${names.statuses.processing} for over ${over}${longest}.${unread}${remark}`;
    return broken(line, { total, orders: page.orders });
  },
};

const oldest: Check<OrdersRead> = {
  step: 'X10',
  title: 'How do the oldest stuck orders stand?',
  system: 'The order service',
  source: null,
  equivalent: (names) => curl(names, names.paths.order.replace('{id}', '<order>')),
  deadlineMs: 4_000,
  async look(ask) {
    const { probes, names, signal } = ask;
    const { named, strange, refused, oldest: stuckest, unread: dark } = await sampledOrders(ask);
    const ids = stuckest.map(({ id }) => id);
    const listed = await eachOrder(probes, ids, signal);
    const orders = [...named, ...[...listed.found.values()].filter((order) => order !== null)];
    // That it knows no order of a name is an answer; of one that its own list shows it is none.
    const unread = refused.length + named.length + ids.length + dark - orders.length;
    const stranger = strange.length === 0 ? '' : ` The service does not know ${strange.join(', ')}.`;
    if (orders.length === 0) {
      if (unread === 0) return healthy(`No stuck order to look at.${stranger}`, { orders, unread });
      if (dark === unread)
        return unknown(`${dark} of the oldest stuck orders could not be understood.${stranger}`);
      throw (
        [...refused, ...listed.refused][0] ??
        new SystemError('The order service', 'not found', 'It knows none of the stuck orders.', {
          sent: 'no',
          mayRetry: false,
        })
      );
    }
    const silent = orders.filter(
      ({ lastEvent, status }) => lastEvent === null && status === names.statuses.processing,
    ).length;
    const retried = orders.filter(({ attempts }) => (attempts ?? []).length > 0).length;
    const which =
      named.length === 0
        ? `the ${orders.length} oldest stuck orders`
        : `the ${orders.length} named or oldest stuck orders`;
    const heard =
      silent === 0 ? `Events were heard of each of ${which}` : `No event was heard of ${silent} of ${which}`;
    const missing = unread === 0 ? '' : ` ${unread} could not be read.`;
    const line = `${heard}; ${retried === 0 ? 'none' : retried} of them ${retried === 1 ? 'was' : 'were'} retried before.${missing}${stranger}`;
    const evidence = orders.map(
      (order) =>
        `${order.id}  ${order.status}  ${order.errorCode ?? 'no code'}  last event ${order.lastEvent?.type ?? 'none'}`,
    );
    // How old orders stand is no trouble of its own, unless one was never heard of again.
    if (silent > 0) return broken(line, { orders, unread }, evidence);
    return unread > 0
      ? unknown(line, { orders, unread }, evidence)
      : healthy(line, { orders, unread }, evidence);
  },
};

export const checks = {
  stuck,
  oldest,
  events,
  engine: podsCheck({
    step: 'R18',
    title: 'Is the workflow engine well?',
    source: 'kubectl get pods -l app=workflow-engine',
    what: 'The workflow engine',
    workload: ({ workflowEngine }) => workloadOf(workflowEngine),
  }),
  webhooks,
  workflow: workflowLog,
  failures: workflowFailures,
  // Runbook 7's, asked here for the events of stuck orders; they are no command of this runbook.
  publishing: { ...publishLogs, source: null },
  brokers: { ...brokers, source: null },
  topic: { ...topic, source: null },
  blocked,
};
