import { isOver } from '../../domain/cause-history.ts';
import { OrderId } from '../../domain/ids.ts';
import type { Judging } from '../define-runbook.ts';
import { batchOf } from '../shared/batch.ts';
import { triedInVain } from '../shared/tried.ts';
import type { Thresholds } from '../thresholds.ts';
import { attempted, stillUntouched } from './attempts.ts';
import { causes, mostLost, warehouse } from './causes.ts';
import type { StuckData } from './checks.ts';
import { lostOf } from './events.ts';
import { afterMinutes, isLate, leftProcessing, namedInProcessing } from './orders.ts';

const MINUTE = 60_000;

/** Causes that have to end before a retry goes further; 3.C3 does not end, and is no reason against one. */
const STANDING = ['3.C1', '3.C2', '3.C4', '3.C5'] as const;
/** Of these, the ones whose end alone is a reason for a retry (3.C1 is R21's). */
const PASSING = ['3.C2', '3.C4', '3.C5'] as const;

/** Why a retry is recommended now (docs/decisions/0005); null: it is only possible. */
function whyRetry(judging: Judging<StuckData>, targets: readonly string[]): string | null {
  const { findings, incident, now } = judging;
  if (findings.stuck.verdict !== 'broken') return null;
  const supported = causes.filter((cause) => cause.judge(judging).verdict === 'supported');
  // A crash since the first symptom keeps 3.C2 supported for as long as that order is stuck, also when the engine is back.
  const back = findings.engine.verdict === 'healthy' && supported.some(({ id }) => id === '3.C2');
  const standing = supported.filter(({ id }) => STANDING.some((one) => one === id));
  if (standing.some(({ id }) => id !== '3.C2' || !back)) return null;
  const over = PASSING.filter((id) => isOver(incident.causeHistory, id, now));
  const overSince = Math.max(...over.map((id) => incident.causeHistory[id]?.clearSince ?? 0), 0);
  const tried = triedInVain(incident, 'R20', 'R21');
  // What did not help is worth another try only after something has changed.
  if (targets.every((target) => (tried.get(target) ?? -1) >= overSince)) return null;
  if (back) return 'the workflow engine is back, and orders are still stuck';
  const [ended] = causes.filter(({ id }) => over.some((one) => one === id));
  if (ended !== undefined) return `“${ended.title}” is over, and orders are still stuck`;
  if (supported.some(({ id }) => id === '3.C3'))
    return 'a retry does no harm, though it may stop at the same step';
  return 'orders are stuck, nothing that could be looked at speaks against it, and a retry does no harm';
}

/** What a retry and a republishing have in common. */
export const orders = {
  one: 'order',
  many: 'orders',
  bound: 'Orders that left processing meanwhile are left alone.',
  // The orders that alerts and people named; the list of `/oms stuck-orders` has a button for each.
  alone: (judging: Judging<StuckData>, ids: readonly string[]) => [
    ...new Set([
      ...ids.filter((id) => judging.incident.ids.orders.includes(id)),
      ...namedInProcessing(judging).map(({ id }) => id),
    ]),
  ],
  plan: ({ normalProcessingMinutes }: Thresholds) => ({
    everyMs: MINUTE,
    withinMs: normalProcessingMinutes * MINUTE,
    alike: 2,
    words: `The orders leave processing within ${normalProcessingMinutes} min.`,
  }),
  finished: leftProcessing,
  line: afterMinutes,
};

/** R20, for all that are shown and for one alone. */
export const retryWorkflow = batchOf<StuckData>({
  ...orders,
  step: 'R20',
  title: 'Retry workflow',
  source:
    'kubectl exec -it deployment/order-service -- \\\n  curl -X POST localhost:8080/admin/orders/ord_xyz789abc/retry-workflow',
  path: (names) => names.paths.retryWorkflow,
  notes: ['A workflow may be retried more than once without harm.'],
  rule: ({ stuckAfterMinutes, normalProcessingMinutes }) => ({
    when: `Orders have been in processing for over ${stuckAfterMinutes} min, and 3.C2, 3.C4 or 3.C5 is over, the engine is back after a restart, or nothing that could be looked at speaks against it; with 3.C3 it may stop at the same step.`,
    notWhile: [
      'The workflow engine is not well (R18): nobody would take it.',
      'The warehouse still refuses (3.C4).',
      'Events of the order are missing in Kafka (R17): they go first, with R21.',
      'The order has left processing.',
      `An order that was named has been in processing for less than ${normalProcessingMinutes} min.`,
    ],
  }),
  says: (what) => `The workflow of ${what} starts again.`,
  found(judging) {
    const { findings } = judging;
    const seen = findings.stuck.data;
    if (seen === null || seen.orders.length === 0)
      return namedInProcessing(judging).length === 0 ? null : { ids: [], total: 0 };
    const ids = seen.orders.map(({ id }) => id);
    // A workflow without its event does not start; those wait for R21.
    const { lost } = lostOf(findings.events.data);
    const ready = ids.filter((id) => !lost.has(id));
    return { ids: ready.length === 0 ? ids : ready, total: seen.total };
  },
  when: whyRetry,
  notWhile(judging, targets) {
    const { engine, events } = judging.findings;
    if (namedInProcessing(judging).some((order) => targets.includes(order.id) && !isLate(order, judging)))
      return `it has been in ${judging.names.statuses.processing} for less than ${judging.thresholds.normalProcessingMinutes} min, which is normal`;
    const { lost, told } = lostOf(events.data);
    const likely = mostLost(judging) !== null;
    if (targets.some((target) => lost.has(target) || (likely && !told.has(target))))
      return 'events of these orders are missing in Kafka, and go first (“Republish events”)';
    if (engine.data !== null && engine.data.ready === 0)
      return 'the workflow engine is down, nobody would take it';
    if (engine.verdict === 'broken') return 'the workflow engine is not well and might not take it';
    return warehouse.judge(judging).verdict === 'supported' ? 'the warehouse still refuses' : null;
  },
  qualify: async (proving) => await stillUntouched(proving, 'retry-workflow'),
  apply: async (target, _parameters, { levers, licence, signal }) =>
    await levers.orderService.retryWorkflow(OrderId.parse(target), licence, signal),
  readBack: async (target, _parameters, proving) => await attempted(target, 'retry-workflow', proving),
});
