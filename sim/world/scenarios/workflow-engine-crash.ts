import type { WorldState } from '../state.ts';
import { somePod } from '../state.ts';
import { freeStuck, holdShipments, plantStuck, type Scenario } from './scenario.ts';

const MINUTE = 60_000;
const DOWN_SINCE = 150 * MINUTE;
const BACK_SINCE = 130 * MINUTE;
const STUCK = 37;
/** The crash caught these in the middle of a transition; no retry frees them. */
const POISON = 6;

export const workflowEngineCrash: Scenario = {
  id: 'workflow-engine-crash',
  causes: ['3.C2'],
  runbook: 'stuck-orders',
  title: 'The workflow engine was down for 20 minutes; 37 orders never left processing.',
  alert: {
    alertname: 'OrdersStuckInProcessing',
    code: 'ORDER_PROCESSING_TIMEOUT',
    severity: 'medium',
    summary: 'Orders have been in processing for more than two hours',
    startsAgoMs: 35 * MINUTE,
  },
  start(state, now) {
    const from = now - DOWN_SINCE;
    const to = now - BACK_SINCE;
    holdShipments(state, from, to);
    crashPods(state, from, to);
    plantStuck(state, {
      label: this.id,
      count: STUCK,
      // Their workflows, due 5–13 minutes later, met the crash.
      from: from - 13 * MINUTE,
      to: to - 5 * MINUTE,
      each(order, number) {
        order.poison = number % 6 === 2 && number < POISON * 6;
        order.errorCode = number % 3 === 2 ? 'WORKFLOW_STUCK' : 'ORDER_PROCESSING_TIMEOUT';
        const pod = somePod(state, 'order-service', order.id);
        const text = `workflow order=${order.id} code=${order.errorCode} workflow engine unreachable: connect ECONNREFUSED`;
        state.logs.write(Math.max(from, order.updatedAt + 5 * MINUTE), pod, 'ERROR', text);
        state.counters.add('workflow_failures_total', { code: order.errorCode });
      },
    });
  },
  end(state, now) {
    freeStuck(state, now);
  },
};

/** The pods of the workflow engine were gone from `from` to `to`. */
export function crashPods(state: WorldState, from: number, to: number): void {
  for (const pod of state.pods.filter((each) => each.app === 'workflow-engine')) {
    pod.restarts += 1;
    pod.startedAt = to;
    pod.ready = true;
    pod.lastTermination = { reason: 'Error', exitCode: 1, at: from };
    state.logs.write(from, pod.name, 'ERROR', 'panic: state store connection lost, exiting');
    state.logs.write(to, pod.name, 'INFO', 'workflow engine started, 0 workflows resumed');
  }
}
