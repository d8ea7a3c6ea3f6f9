import { USUAL_DEMAND } from '../database.ts';
import { planPayment } from '../payments.ts';
import type { WorldState } from '../state.ts';
import { replayPayments } from './replay-payments.ts';
import type { Scenario, ScenarioAlert } from './scenario.ts';

const MINUTE = 60_000;
/** Seventeen connections of each pod are lost by then, at one in six minutes; the usual traffic takes the other three. */
const LEAK_FILLS_MS = 102 * MINUTE;

/** Something takes the connections of all pods; `cure` takes the cause away. */
function poolScenario(story: {
  readonly id: string;
  readonly title: string;
  readonly alert: ScenarioAlert;
  readonly strike: (state: WorldState, now: number) => void;
  readonly cure: (state: WorldState) => void;
}): Scenario {
  const { id, title, alert } = story;
  return {
    id,
    runbook: 'database-pool',
    title,
    alert,
    start(state, now) {
      story.strike(state, now);
      // Those that found a connection before the pools were full stay as they were.
      replayPayments(state, now - 30 * MINUTE, now);
    },
    recover: story.cure,
    end(state, now) {
      story.cure(state);
      for (const order of state.orders.values())
        if (order.status === 'pending_payment' && order.errorCode === 'DB_POOL_EXHAUSTED')
          planPayment(state, order, now, 'under way');
      state.timeline.advance(now);
    },
  };
}

export const connectionLeak = poolScenario({
  id: 'connection-leak',
  title: 'The service does not give connections back; for 14 minutes no pod has had one left.',
  alert: {
    alertname: 'DatabasePoolExhausted',
    code: 'DB_POOL_EXHAUSTED',
    severity: 'critical',
    summary: 'The connection pools of the order service are used up',
    startsAgoMs: 9 * MINUTE,
  },
  strike(state, now) {
    state.database.leakingSince = now - LEAK_FILLS_MS - 14 * MINUTE;
  },
  cure(state) {
    state.database.leakingSince = null;
    state.database.ended.clear();
  },
});

export const blockingQuery = poolScenario({
  id: 'blocking-query',
  title: 'One query has held its locks for 12 minutes; requests wait for it and take all connections.',
  alert: {
    alertname: 'DatabaseConnectionTimeouts',
    code: 'DB_POOL_EXHAUSTED',
    severity: 'critical',
    summary: 'Requests wait for a connection to the database',
    startsAgoMs: 6 * MINUTE,
  },
  strike(state, now) {
    const pod = state.pods.find(({ app }) => app === 'order-service');
    state.database.blocker = { pod: pod?.name ?? '', since: now - 12 * MINUTE };
  },
  cure(state) {
    state.database.blocker = null;
  },
});

export const smallPool = poolScenario({
  id: 'small-pool',
  title: 'The pools are too small for what the service does at once; all pods have been full for 30 minutes.',
  alert: {
    alertname: 'DatabasePoolExhausted',
    code: 'DB_POOL_EXHAUSTED',
    severity: 'critical',
    summary: 'The connection pools of the order service are used up',
    startsAgoMs: 15 * MINUTE,
  },
  strike(state) {
    state.database.demand = 66;
  },
  cure(state) {
    state.database.demand = USUAL_DEMAND;
  },
});
