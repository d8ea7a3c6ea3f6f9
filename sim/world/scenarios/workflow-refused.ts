import type { WorldState } from '../state.ts';
import { freeStuck, replayShipments, type Scenario } from './scenario.ts';

const MINUTE = 60_000;
const SINCE_MS = 200 * MINUTE;

function refused(
  fault: WorldState['conditions']['engineFault'],
  story: Pick<Scenario, 'id' | 'causes' | 'title' | 'alert'>,
): Scenario {
  return {
    ...story,
    runbook: 'stuck-orders',
    start(state, now) {
      state.conditions.engineFault = fault;
      replayShipments(state, now - SINCE_MS, now);
    },
    recover({ conditions }) {
      if (conditions.engineFault === fault) conditions.engineFault = 'none';
    },
    end(state, now) {
      state.conditions.engineFault = 'none';
      freeStuck(state, now);
    },
  };
}

export const illegalTransitions = refused('transition', {
  id: 'illegal-transitions',
  causes: ['3.C3'],
  title: 'For more than three hours the workflow engine has refused a transition that every order needs.',
  alert: {
    alertname: 'OrderWorkflowsFail',
    code: 'WORKFLOW_STUCK',
    severity: 'medium',
    summary: 'Workflows of orders end without shipping',
    startsAgoMs: 75 * MINUTE,
  },
});

export const transactionTimeouts = refused('database', {
  id: 'transaction-timeouts',
  causes: ['3.C5'],
  title: 'For more than three hours the workflow engine’s statements have run out of time.',
  alert: {
    alertname: 'OrdersStuckInProcessing',
    code: 'ORDER_PROCESSING_TIMEOUT',
    severity: 'medium',
    summary: 'Orders have been in processing for more than two hours',
    startsAgoMs: 75 * MINUTE,
  },
});
