import { OrderId } from '../../domain/ids.ts';
import type { Action } from '../define-runbook.ts';
import { curl } from '../names.ts';
import { warehouse } from './causes.ts';
import type { StuckData } from './checks.ts';
import { leftProcessing, statusesOf, stillProcessing } from './orders.ts';

const MINUTE = 60_000;

const subset = { kind: 'subset', words: 'Orders that left processing meanwhile are left alone.' } as const;

/** R20, for all that are shown. */
export const retryWorkflow: Action<StuckData> = {
  step: 'R20',
  title: 'Retry workflow',
  tier: 'safe',
  source:
    'kubectl exec -it deployment/order-service -- \\\n  curl -X POST localhost:8080/admin/orders/ord_xyz789abc/retry-workflow',
  equivalent: (names, targets) =>
    curl(names, names.paths.retryWorkflow.replace('{id}', targets[0] ?? '<order>'), '-X POST '),
  notes: ['A workflow may be retried more than once without harm.'],
  draft({ findings, incident }) {
    const all = findings.stuck.data?.orders ?? [];
    const asked = new Set(
      incident.runs
        .filter(({ action, proof }) => action === 'R20' && proof !== null && proof.verdict === null)
        .flatMap(({ targets }) => targets),
    );
    const left = all.filter(({ id }) => !asked.has(id));
    // With none left the offer stays, and says that it waits.
    const orders = left.length === 0 ? all : left;
    if (orders.length === 0) return [];
    return [
      {
        targets: orders.map(({ id }) => id),
        parameters: {},
        preview: [
          `The workflow of ${orders.length} ${orders.length === 1 ? 'order' : 'orders'} starts again.`,
        ],
        binding: subset,
      },
    ];
  },
  when: ({ findings }) =>
    findings.stuck.verdict === 'broken' ? 'orders are stuck and a retry does no harm' : null,
  notWhile(judging) {
    const { engine } = judging.findings;
    if (engine.data !== null && engine.data.ready === 0)
      return 'the workflow engine is down, nobody would take it';
    if (engine.verdict === 'broken') return 'the workflow engine is not well, nobody might take it';
    return warehouse.judge(judging).verdict === 'supported' ? 'the warehouse still refuses' : null;
  },
  validate: () => ({}),
  stillHolds: async (proving, run) => await stillProcessing(proving, run.targets),
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
  source:
    'kubectl exec -it deployment/order-service -- \\\n  curl -X POST localhost:8080/admin/orders/ord_xyz789abc/republish-events',
  equivalent: (names, targets) =>
    curl(names, names.paths.republishEvents.replace('{id}', targets[0] ?? '<order>'), '-X POST '),
  notes: ['Events may be sent again without harm.', 'Events not checked: Kafka is not connected.'],
  draft({ findings }) {
    return (findings.oldest.data?.orders ?? []).slice(0, 1).map(({ id }) => ({
      targets: [id],
      parameters: {},
      preview: [`The events of ${id} are sent again. Events not checked: Kafka is not connected.`],
      binding: subset,
    }));
  },
  when: () => null,
  notWhile: () => null,
  apply: async (target, _parameters, { levers, licence, signal }) =>
    await levers.orderService.republishEvents(OrderId.parse(target), licence, signal),
  readBack: async (target, _parameters, proving) => await attempted(target, 'republish-events', proving),
};

/** The service keeps what was tried: an attempt of this kind since the run began is ours. */
async function attempted(
  target: string,
  kind: string,
  proving: Parameters<Action<StuckData>['readBack']>[2],
) {
  const { probes, run, names, signal } = proving;
  const order = await probes.orderService.order(OrderId.parse(target), signal);
  if (order === null) return 'unknown';
  if (run.beganAt === null) return 'unknown';
  const began = run.beganAt;
  if (order.attempts.some((one) => one.kind === kind && one.by === run.by && one.at >= began)) return 'done';
  if (order.status !== names.statuses.processing) return 'unknown';
  const again = await statusesOf(proving, [target]);
  return again[0]?.status === names.statuses.processing ? 'not done' : 'unknown';
}
