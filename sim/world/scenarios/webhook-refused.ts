import { freeStuck, replayShipments, type Scenario } from './scenario.ts';

const SINCE_MS = 200 * 60_000;

export const webhookRefused: Scenario = {
  id: 'webhook-refused',
  causes: ['3.C4'],
  runbook: 'stuck-orders',
  title: 'The warehouse has answered 503 to our webhooks for more than three hours.',
  alert: {
    alertname: 'OrderWorkflowsFail',
    code: 'WORKFLOW_STUCK',
    severity: 'medium',
    summary: 'Workflows of orders end without shipping',
    startsAgoMs: 75 * 60_000,
  },
  start(state, now) {
    state.conditions.warehouseStatus = 503;
    replayShipments(state, now - SINCE_MS, now);
  },
  recover(state) {
    state.conditions.warehouseStatus = 200;
  },
  end(state, now) {
    state.conditions.warehouseStatus = 200;
    freeStuck(state, now);
  },
};
