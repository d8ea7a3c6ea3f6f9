import { GATEWAY_SECRET } from '../cluster.ts';
import { payWaiting } from '../payments.ts';
import type { WorldState } from '../state.ts';
import { replayPayments } from './replay-payments.ts';
import type { Scenario, ScenarioAlert } from './scenario.ts';

const MINUTE = 60_000;

/** Something goes wrong with payments since `sinceMs` ago; `cure` takes the cause away. */
function paymentScenario(story: {
  readonly id: string;
  readonly causes: Scenario['causes'];
  readonly toldAfterMinutes?: number;
  readonly title: string;
  readonly alert: ScenarioAlert;
  readonly sinceMs: number;
  /** Returns since when it is so. */
  readonly strike: (state: WorldState, since: number) => number;
  readonly cure: (state: WorldState) => void;
}): Scenario {
  const { id, causes, title, alert } = story;
  return {
    id,
    causes,
    ...(story.toldAfterMinutes === undefined ? {} : { toldAfterMinutes: story.toldAfterMinutes }),
    runbook: 'payment-failures',
    title,
    alert,
    start(state, now) {
      const since = story.strike(state, now - story.sinceMs);
      replayPayments(state, since, now);
    },
    recover: story.cure,
    end(state, now) {
      story.cure(state);
      payWaiting(state, now);
    },
  };
}

/** The gateway is no more what it was; another trouble of its own stays. */
export function gatewayNoMore(was: 'down' | 'rate-limited'): (state: WorldState) => void {
  return ({ conditions }) => {
    if (conditions.gateway === was) conditions.gateway = 'up';
  };
}

function pathOpen(state: WorldState): void {
  state.conditions.gatewayCutOffFrom = [];
}

export const gatewayDown = paymentScenario({
  id: 'gateway-down',
  causes: ['1.C1'],
  title: 'The payment gateway has been down for 6 minutes; no payment goes through.',
  alert: {
    alertname: 'PaymentGatewayTimeouts',
    code: 'PAYMENT_GATEWAY_TIMEOUT',
    severity: 'critical',
    summary: 'Calls to the payment gateway time out or are answered 503',
    startsAgoMs: 4 * MINUTE,
  },
  sinceMs: 6 * MINUTE,
  strike(state, since) {
    state.conditions.gateway = 'down';
    return since;
  },
  cure: gatewayNoMore('down'),
});

export const networkPath = paymentScenario({
  id: 'network-path',
  causes: ['1.C2'],
  title:
    'For 10 minutes no pod of the order service has reached the payment gateway; its name does not resolve.',
  alert: {
    alertname: 'PaymentFailures',
    code: 'PAYMENT_FAILED',
    severity: 'critical',
    summary: 'No payment went through in the last 5 minutes',
    startsAgoMs: 8 * MINUTE,
  },
  sinceMs: 10 * MINUTE,
  strike(state, since) {
    state.conditions.gatewayCutOffFrom = 'all';
    return since;
  },
  cure: pathOpen,
});

export const networkOnePod = paymentScenario({
  id: 'network-one-pod',
  causes: ['1.C2'],
  title: 'For 20 minutes one of the pods of the order service has not reached the payment gateway.',
  alert: {
    alertname: 'PaymentFailures',
    code: 'PAYMENT_FAILED',
    severity: 'critical',
    summary: 'One payment in three fails',
    startsAgoMs: 15 * MINUTE,
  },
  sinceMs: 20 * MINUTE,
  strike(state, since) {
    const pod = state.pods.find((each) => each.app === 'order-service');
    state.conditions.gatewayCutOffFrom = pod === undefined ? [] : [pod.name];
    return since;
  },
  cure: pathOpen,
});

export const keyRotated = paymentScenario({
  id: 'key-rotated',
  causes: ['1.C3'],
  title: 'The gateway’s key was changed 12 minutes ago; the pods still hold the old one.',
  alert: {
    alertname: 'PaymentFailures',
    code: 'PAYMENT_FAILED',
    severity: 'critical',
    summary: 'The payment gateway answers 401 to every payment',
    startsAgoMs: 10 * MINUTE,
  },
  sinceMs: 12 * MINUTE,
  strike(state, since) {
    // A pod that began after the change would hold the new key.
    const begun = state.pods.filter(({ app }) => app === 'order-service').map((pod) => pod.startedAt + 1);
    const changedAt = Math.max(since, ...begun);
    state.conditions.keyChangedAt = changedAt;
    const secret = state.cluster.secrets.get(GATEWAY_SECRET);
    secret?.writes.push({ manager: 'secret-rotation', at: changedAt, data: true });
    return changedAt;
  },
  cure(state) {
    state.conditions.keyChangedAt = null;
  },
});

export const rateLimited = paymentScenario({
  id: 'rate-limited',
  causes: ['1.C4'],
  title: 'For 15 minutes the payment gateway has answered 429 to most of our payments.',
  alert: {
    alertname: 'PaymentFailures',
    code: 'PAYMENT_FAILED',
    severity: 'critical',
    summary: 'The payment gateway throttles us',
    startsAgoMs: 12 * MINUTE,
  },
  sinceMs: 15 * MINUTE,
  strike(state, since) {
    state.conditions.gateway = 'rate-limited';
    return since;
  },
  cure: gatewayNoMore('rate-limited'),
});

export const declines = paymentScenario({
  id: 'declines',
  causes: ['1.C5'],
  toldAfterMinutes: 25,
  title: 'For 40 minutes ten times as many cards as usual have been declined; our service is well.',
  alert: {
    alertname: 'PaymentDeclines',
    code: 'PAYMENT_DECLINED',
    severity: 'low',
    summary: 'Two payments in five are declined',
    startsAgoMs: 20 * MINUTE,
  },
  sinceMs: 40 * MINUTE,
  strike(state, since) {
    state.conditions.declineFactor = 10;
    return since;
  },
  cure(state) {
    state.conditions.declineFactor = 1;
  },
});
