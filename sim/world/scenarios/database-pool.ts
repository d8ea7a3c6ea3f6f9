import { USUAL_DEMAND } from '../database.ts';
import { planPayment } from '../payments.ts';
import type { WorldState } from '../state.ts';
import { backdateTraffic } from '../traffic.ts';
import { replayPayments } from './replay-payments.ts';
import type { Scenario, ScenarioAlert } from './scenario.ts';

const MINUTE = 60_000;
/** Seventeen connections of each pod are lost by then, at one in six minutes; the usual traffic takes the other three. */
const LEAK_FILLS_MS = 102 * MINUTE;

/** Something takes the connections of all pods; `cure` takes the cause away. */
function poolScenario(story: {
  readonly id: string;
  readonly causes: Scenario['causes'];
  readonly toldAfterMinutes?: number;
  readonly title: string;
  readonly alert: ScenarioAlert;
  /** The pools were full for at most so long; half an hour unless told. */
  readonly sinceMs?: number;
  readonly strike: (state: WorldState, now: number) => void;
  readonly cure: (state: WorldState) => void;
}): Scenario {
  const { id, causes, title, alert } = story;
  return {
    id,
    causes,
    ...(story.toldAfterMinutes === undefined ? {} : { toldAfterMinutes: story.toldAfterMinutes }),
    runbook: 'database-pool',
    title,
    alert,
    start(state, now) {
      story.strike(state, now);
      // Those that found a connection before the pools were full stay as they were.
      replayPayments(state, now - (story.sinceMs ?? 30 * MINUTE), now);
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
  causes: ['6.C1'],
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
  causes: ['6.C2'],
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

export const databaseRestarted = poolScenario({
  id: 'database-restarted',
  causes: ['6.C4'],
  title:
    'The database was restarted 4 minutes ago; the pods still hold connections to what is gone, and recover.',
  alert: {
    alertname: 'DatabaseConnectionTimeouts',
    code: 'CONNECTION_TIMEOUT',
    severity: 'critical',
    summary: 'Requests wait for a connection to the database',
    startsAgoMs: 3 * MINUTE,
  },
  sinceMs: 4 * MINUTE,
  strike(state, now) {
    const at = now - 4 * MINUTE;
    state.database.startedAt = at;
    state.database.deadUntil = now + 4 * MINUTE;
    for (const pod of state.pods.filter(({ app }) => app === 'postgres')) {
      pod.restarts += 1;
      pod.startedAt = at;
      pod.lastTermination = { reason: 'Completed', exitCode: 0, at };
    }
  },
  cure(state) {
    state.database.deadUntil = null;
  },
});

export const smallPool = poolScenario({
  id: 'small-pool',
  causes: ['6.C5'],
  toldAfterMinutes: 10,
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
    // With more traffic than usual it is that which takes the connections.
    if (state.demand.factor === 1) state.database.demand = USUAL_DEMAND;
  },
});

/** So long ago the campaign began. */
const JUMPED_MS = 12 * MINUTE;

export const trafficJumped = poolScenario({
  id: 'traffic-jumped',
  causes: ['6.C3'],
  toldAfterMinutes: 1,
  title:
    'Since a campaign began 12 minutes ago four times as much comes as usual; no pool has a connection left.',
  alert: {
    alertname: 'DatabasePoolExhausted',
    code: 'DB_POOL_EXHAUSTED',
    severity: 'critical',
    summary: 'The connection pools of the order service are used up',
    startsAgoMs: 5 * MINUTE,
  },
  sinceMs: JUMPED_MS,
  strike(state, now) {
    state.demand.factor = 4;
    state.database.demand = 66;
    backdateTraffic(state, JUMPED_MS, now);
  },
  cure(state) {
    if (state.demand.factor === 1) return;
    state.demand.factor = 1;
    state.database.demand = USUAL_DEMAND;
  },
});
