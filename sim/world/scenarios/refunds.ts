import { payWaiting } from '../payments.ts';
import type { Charge } from '../refund.ts';
import { addRefund, giveUp, planTry, replayRefunds, settleRefunds } from '../refunds.ts';
import type { WorldState } from '../state.ts';
import { gatewayNoMore } from './payment-failures.ts';
import { replayPayments } from './replay-payments.ts';
import type { Scenario, ScenarioAlert } from './scenario.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
/** Refunds that were asked for a little while ago; their tries fill the log. */
const RECENT = 4;

/** Refunds that were tried to the end between 24 and 30 hours ago, in vain. */
function plantLate(
  state: WorldState,
  now: number,
  label: string,
  count: number,
  detail: string,
  change: Partial<Pick<Charge, 'methodValid'>> & { readonly above?: number } = {},
): void {
  for (let number = 0; number < count; number += 1) {
    const createdAt = now - 25 * HOUR - Math.round((5 * HOUR * number) / count);
    giveUp(state, addRefund(state, `${label} ${number}`, createdAt, change), detail, createdAt + 21 * MINUTE);
  }
}

/** Asked for in the last twenty minutes, under the conditions of now. */
function plantRecent(state: WorldState, now: number, label: string): void {
  for (let number = 0; number < RECENT; number += 1) {
    const createdAt = now - (20 - 4 * number) * MINUTE;
    planTry(state, addRefund(state, `${label} recent ${number}`, createdAt), createdAt, 'under way');
  }
}

/** The gateway has been like that for three quarters of an hour, as it was yesterday. */
function gatewayScenario(story: {
  readonly id: string;
  readonly causes: Scenario['causes'];
  readonly title: string;
  readonly alert: ScenarioAlert;
  readonly gateway: 'down' | 'rate-limited';
  readonly late: number;
  readonly detail: string;
}): Scenario {
  const up = gatewayNoMore(story.gateway);
  return {
    id: story.id,
    causes: story.causes,
    runbook: 'refund-delays',
    title: story.title,
    alert: story.alert,
    start(state, now) {
      const since = now - 45 * MINUTE;
      state.conditions.gateway = story.gateway;
      plantLate(state, now, story.id, story.late, story.detail);
      plantRecent(state, now, story.id);
      replayRefunds(state, since);
      replayPayments(state, since, now);
    },
    recover: up,
    end(state, now) {
      up(state);
      settleRefunds(state, now);
      payWaiting(state, now);
    },
  };
}

export const refundsGatewayDown = gatewayScenario({
  id: 'refunds-gateway-down',
  causes: ['4.C1'],
  title: 'The payment gateway is down again; 18 refunds of yesterday’s outage never reached it.',
  alert: {
    alertname: 'RefundsFail',
    code: 'REFUND_FAILED',
    severity: 'medium',
    summary: 'Refunds have been pending for more than 24 hours',
    startsAgoMs: 30 * MINUTE,
  },
  gateway: 'down',
  late: 18,
  detail: 'status=503',
});

export const refundsThrottled = gatewayScenario({
  id: 'refunds-throttled',
  causes: ['4.C4'],
  title: 'The payment gateway throttles us, as it did yesterday; 14 refunds never reached it.',
  alert: {
    alertname: 'RefundsFail',
    code: 'REFUND_FAILED',
    severity: 'medium',
    summary: 'Most refunds are answered 429',
    startsAgoMs: 30 * MINUTE,
  },
  gateway: 'rate-limited',
  late: 14,
  detail: 'status=429',
});

export const refundLimit: Scenario = {
  id: 'refund-limit',
  causes: ['4.C4'],
  runbook: 'refund-delays',
  title: 'The gateway’s daily limit of refunds is reached, as it was yesterday; 9 refunds wait.',
  alert: {
    alertname: 'RefundsFail',
    code: 'REFUND_FAILED',
    severity: 'medium',
    summary: 'Refunds are refused',
    startsAgoMs: 20 * MINUTE,
  },
  start(state, now) {
    const midnight = new Date(now);
    state.conditions.refundLimitUntil = midnight.setUTCHours(24, 0, 0, 0);
    plantLate(state, now, this.id, 9, 'status=400 reason=daily_refund_limit');
    plantRecent(state, now, this.id);
    replayRefunds(state, now - 45 * MINUTE);
    state.timeline.advance(now);
  },
  end(state, now) {
    state.conditions.refundLimitUntil = null;
    settleRefunds(state, now);
  },
};

export const refundMethodGone: Scenario = {
  id: 'refund-method-gone',
  causes: ['4.C2'],
  runbook: 'refund-delays',
  title: 'The cards of 7 customers are closed; their money waits.',
  alert: {
    alertname: 'RefundsFail',
    code: 'REFUND_FAILED',
    severity: 'medium',
    summary: 'Refunds have been pending for more than 24 hours',
    startsAgoMs: 30 * MINUTE,
  },
  start(state, now) {
    plantLate(state, now, this.id, 7, 'status=400 reason=payment_method_closed', { methodValid: false });
  },
  end(state, now) {
    settleRefunds(state, now);
  },
};

export const refundAboveCharge: Scenario = {
  id: 'refund-above-charge',
  causes: ['4.C3'],
  runbook: 'refund-delays',
  title: 'Three refunds are larger than what was charged; the gateway refuses them again and again.',
  alert: {
    alertname: 'RefundsFail',
    code: 'REFUND_FAILED',
    severity: 'medium',
    summary: 'Refunds have been pending for more than 24 hours',
    startsAgoMs: 30 * MINUTE,
  },
  start(state, now) {
    plantLate(state, now, this.id, 3, 'status=400 reason=amount_exceeds_charge', { above: 500 });
  },
  /** Somebody settles what is really owed. */
  recover(state) {
    for (const refund of state.refunds.values()) {
      const { amount, refunded } = refund.charge;
      if (refund.gateway === null) refund.amount = Math.min(refund.amount, amount - refunded);
    }
  },
  end(state, now) {
    settleRefunds(state, now);
  },
};

export const refundsCutOff: Scenario = {
  id: 'refunds-cut-off',
  causes: ['4.C5'],
  runbook: 'refund-delays',
  title: 'No pod has found the payment gateway’s name for 45 minutes, as yesterday; 11 refunds wait.',
  alert: {
    alertname: 'RefundsFail',
    code: 'REFUND_TIMEOUT',
    severity: 'medium',
    summary: 'Refunds do not reach the payment gateway',
    startsAgoMs: 30 * MINUTE,
  },
  start(state, now) {
    const since = now - 45 * MINUTE;
    state.conditions.pathTrouble = 'dns';
    state.conditions.gatewayCutOffFrom = 'all';
    plantLate(state, now, this.id, 11, `getaddrinfo ENOTFOUND ${state.names.gateway.host}`);
    plantRecent(state, now, this.id);
    replayRefunds(state, since);
    replayPayments(state, since, now);
  },
  recover(state) {
    state.conditions.gatewayCutOffFrom = [];
  },
  end(state, now) {
    state.conditions.gatewayCutOffFrom = [];
    settleRefunds(state, now);
    payWaiting(state, now);
  },
};
