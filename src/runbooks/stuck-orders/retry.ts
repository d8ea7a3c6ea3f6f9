import { isOver } from '../../domain/cause-history.ts';
import { OrderId } from '../../domain/ids.ts';
import type { Action, Draft, Judging } from '../define-runbook.ts';
import { curl } from '../names.ts';
import { attempted, stillUntouched } from './attempts.ts';
import { causes, warehouse } from './causes.ts';
import type { StuckData } from './checks.ts';
import { leftProcessing } from './orders.ts';
import { triedInVain } from './tried.ts';

const MINUTE = 60_000;

const subset = { kind: 'subset', words: 'Orders that left processing meanwhile are left alone.' } as const;

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
  const tried = triedInVain(incident);
  // What did not help is worth another try only after something has changed.
  if (targets.every((target) => (tried.get(target) ?? -1) >= overSince)) return null;
  if (back) return 'the workflow engine is back, and orders are still stuck';
  const [ended] = causes.filter(({ id }) => over.some((one) => one === id));
  if (ended !== undefined) return `“${ended.title}” is over, and orders are still stuck`;
  if (supported.some(({ id }) => id === '3.C3'))
    return 'a retry does no harm, though it may stop at the same step';
  return 'orders are stuck, nothing that could be looked at speaks against it, and a retry does no harm';
}

/** Asked already, and nobody knows yet what came of it: pressing twice asks once. */
function underProof({ incident }: Judging<StuckData>): ReadonlySet<string> {
  const open = incident.runs.filter(
    ({ action, proof }) => action === 'R20' && proof !== null && proof.verdict === null,
  );
  return new Set(open.flatMap(({ targets }) => targets));
}

/** The stuck orders that one press for all covers; all of them, where each is asked already. */
function allOf(judging: Judging<StuckData>): readonly string[] {
  const ids = (judging.findings.stuck.data?.orders ?? []).map(({ id }) => id);
  const asked = underProof(judging);
  const left = ids.filter((id) => !asked.has(id));
  return left.length === 0 ? ids : left;
}

/** The orders that an alert named, as far as they are stuck; the list of `/oms stuck-orders` has a button for each. */
function alone(ids: readonly string[], { incident, thresholds }: Judging<StuckData>): readonly string[] {
  if (ids.length < 2) return [];
  const named = ids.filter((id) => incident.ids.orders.includes(id));
  return named.slice(0, thresholds.sampledOrders);
}

function retryOf(targets: readonly string[], preview: string): Draft {
  return { targets, parameters: {}, preview: [preview], binding: subset };
}

/** R20, for all that are shown and for one alone. */
export const retryWorkflow: Action<StuckData> = {
  step: 'R20',
  title: 'Retry workflow',
  parameters: ['orders'],
  tier: 'safe',
  source:
    'kubectl exec -it deployment/order-service -- \\\n  curl -X POST localhost:8080/admin/orders/ord_xyz789abc/retry-workflow',
  equivalent: (names, targets) =>
    curl(names, names.paths.retryWorkflow.replace('{id}', targets[0] ?? '<order>'), '-X POST '),
  notes: ['A workflow may be retried more than once without harm.'],
  draft(judging) {
    const seen = judging.findings.stuck.data;
    if (seen === null || seen.orders.length === 0) return [];
    const ids = allOf(judging);
    const many =
      seen.total > ids.length
        ? `${ids.length} of ${seen.total} orders, the oldest first,`
        : `${ids.length} ${ids.length === 1 ? 'order' : 'orders'}`;
    return [
      retryOf(ids, `The workflow of ${many} starts again.`),
      ...alone(ids, judging).map((id) => retryOf([id], `The workflow of ${id} alone starts again.`)),
    ];
  },
  when: (judging, { targets }) =>
    targets.length < allOf(judging).length ? null : whyRetry(judging, targets),
  notWhile(judging) {
    const { engine } = judging.findings;
    if (engine.data !== null && engine.data.ready === 0)
      return 'the workflow engine is down, nobody would take it';
    if (engine.verdict === 'broken') return 'the workflow engine is not well and might not take it';
    return warehouse.judge(judging).verdict === 'supported' ? 'the warehouse still refuses' : null;
  },
  validate: () => ({}),
  stillHolds: async (proving, run) => await stillUntouched(proving, run.targets, 'retry-workflow'),
  apply: async (target, _parameters, { levers, licence, signal }) =>
    await levers.orderService.retryWorkflow(OrderId.parse(target), licence, signal),
  readBack: async (target, _parameters, proving) => await attempted(target, 'retry-workflow', proving),
  proof: {
    plan: ({ normalProcessingMinutes }) => ({
      everyMs: MINUTE,
      withinMs: normalProcessingMinutes * MINUTE,
      alike: 2,
      words: `The orders leave processing within ${normalProcessingMinutes} min.`,
    }),
    sample: leftProcessing,
  },
  mitigates: false,
  owes: [],
};

/** R21, one order at a time: without Kafka nobody has seen whether an event is missing. */
export const republishEvents: Action<StuckData> = {
  ...retryWorkflow,
  step: 'R21',
  title: 'Republish events',
  parameters: ['orders'],
  source:
    'kubectl exec -it deployment/order-service -- \\\n  curl -X POST localhost:8080/admin/orders/ord_xyz789abc/republish-events',
  equivalent: (names, targets) =>
    curl(names, names.paths.republishEvents.replace('{id}', targets[0] ?? '<order>'), '-X POST '),
  notes: ['Events may be sent again without harm.', 'Events not checked: Kafka is not connected.'],
  draft({ findings, names, thresholds }) {
    const orders = (findings.oldest.data?.orders ?? []).filter(
      ({ status }) => status === names.statuses.processing,
    );
    return orders.slice(0, thresholds.sampledOrders).map(({ id }) => ({
      targets: [id],
      parameters: {},
      preview: [`The events of ${id} are sent again. Events not checked: Kafka is not connected.`],
      binding: subset,
    }));
  },
  when: () => null,
  notWhile: () => null,
  stillHolds: async (proving, run) => await stillUntouched(proving, run.targets, 'republish-events'),
  apply: async (target, _parameters, { levers, licence, signal }) =>
    await levers.orderService.republishEvents(OrderId.parse(target), licence, signal),
  readBack: async (target, _parameters, proving) => await attempted(target, 'republish-events', proving),
};
