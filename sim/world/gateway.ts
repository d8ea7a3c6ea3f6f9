import { between } from './chance.ts';
import type { Order } from './order.ts';
import type { Pod } from './pods.ts';
import type { WorldState } from './state.ts';

/** The codes that the service writes to its log and to a waiting order; a decline is the customer's affair. */
export type PaymentCode = 'PAYMENT_FAILED' | 'PAYMENT_GATEWAY_TIMEOUT' | 'PAYMENT_DECLINED';

/** What one payment comes to, and how long the call takes. */
export interface Outcome {
  readonly result: 'paid' | 'declined' | 'failed';
  readonly code: PaymentCode | null;
  /** The fields of the log line that tell why. */
  readonly detail: string;
  readonly tookMs: number;
}

/** The codes of refunds, as the service writes them. */
export type RefundCode = 'REFUND_FAILED' | 'REFUND_TIMEOUT';

/** What one try of a refund comes to. A time-out may have been accepted all the same: the answer was lost. */
export interface RefundOutcome {
  readonly accepted: boolean;
  readonly code: RefundCode | null;
  readonly detail: string;
  readonly tookMs: number;
}

/** What the gateway decides a refund by. */
export interface RefundAsked {
  readonly id: string;
  readonly amount: number;
  readonly charge: {
    readonly amount: number;
    readonly refunded: number;
    readonly methodValid: boolean;
    readonly gone: boolean;
  };
}

/** What a pod's probe of the gateway sees. */
export interface GatewayHealth {
  readonly status: 'up' | 'degraded' | 'down';
  /** Null when no answer came. */
  readonly latencyMs: number | null;
  readonly error: string | null;
}

/** How a payment that finds no path fails, and what the probe says of it. */
const ERRORS = {
  dns: 'ENOTFOUND',
  refused: 'ECONNREFUSED',
  timeout: 'ETIMEDOUT',
  tls: 'CERT_UNTRUSTED',
} as const;
const WORDS = {
  dns: 'getaddrinfo ENOTFOUND',
  refused: 'connect ECONNREFUSED 198.51.100.7:443',
  timeout: 'connect ETIMEDOUT 198.51.100.7:443',
  tls: 'unable to get local issuer certificate',
} as const;
const TIMEOUT_MS = 10_000;
const USUAL_DECLINES = 0.04;
const DECLINES = ['insufficient_funds', 'expired_card', 'do_not_honor'] as const;
const TIMED_OUT: Outcome = {
  result: 'failed',
  code: 'PAYMENT_GATEWAY_TIMEOUT',
  detail: `timeout_ms=${TIMEOUT_MS}`,
  tookMs: TIMEOUT_MS,
};

/** The answer to an order's payment under the conditions of now. It depends on the seed only, and changes nothing. */
export function askGateway(state: WorldState, pod: Pod, order: Order, attempt: number): Outcome {
  const { gateway } = state.conditions;
  const chance = state.chance('gateway', order.id, attempt);
  if (isCutOff(state, pod)) return failed(`error=${ERRORS[state.conditions.pathTrouble]}`);
  if (gateway === 'down') return chance < 0.5 ? failed('status=503') : TIMED_OUT;
  if (gateway === 'degraded' && chance < 0.5) return TIMED_OUT;
  if (state.keyAgeOfPod(pod) === 'old') return failed('status=401');
  if (gateway === 'rate-limited' && chance < 0.85) return failed('status=429');
  const tookMs = gateway === 'degraded' ? between(4000, 9500, chance) : 0;
  // A card stays declined, so the attempt's number plays no part.
  if (state.chance('declined', order.id) < USUAL_DECLINES * state.conditions.declineFactor) {
    const reason = DECLINES[Math.floor(state.chance('decline', order.id) * DECLINES.length)];
    return { result: 'declined', code: 'PAYMENT_DECLINED', detail: `status=402 decline=${reason}`, tookMs };
  }
  return { result: 'paid', code: null, detail: '', tookMs };
}

/** The answer to one try of a refund, under the conditions of now. It depends on the seed only, and changes nothing. */
export function askForRefund(
  state: WorldState,
  pod: Pod,
  { id, amount, charge }: RefundAsked,
  attempt: number,
  at: number,
): RefundOutcome {
  const { gateway, refundLimitUntil } = state.conditions;
  const chance = state.chance('refund', id, attempt);
  const no = (detail: string): RefundOutcome => ({
    accepted: false,
    code: 'REFUND_FAILED',
    detail,
    tookMs: 0,
  });
  const late = (accepted: boolean): RefundOutcome => ({
    accepted,
    code: 'REFUND_TIMEOUT',
    detail: `timeout_ms=${TIMEOUT_MS}`,
    tookMs: TIMEOUT_MS,
  });
  if (isCutOff(state, pod)) return no('error=ENOTFOUND');
  if (gateway === 'down') return chance < 0.5 ? no('status=503') : late(false);
  if (state.keyAgeOfPod(pod) === 'old') return no('status=401');
  if (gateway === 'rate-limited' && chance < 0.85) return no('status=429');
  if (refundLimitUntil !== null && at < refundLimitUntil) return no('status=400 reason=daily_refund_limit');
  if (charge.gone) return no('status=404 reason=no_such_charge');
  if (!charge.methodValid) return no('status=400 reason=payment_method_closed');
  if (amount + charge.refunded > charge.amount) return no('status=400 reason=amount_exceeds_charge');
  if (gateway === 'degraded' && chance < 0.5) return late(chance < 0.2);
  return { accepted: true, code: null, detail: '', tookMs: 0 };
}

function failed(detail: string): Outcome {
  return { result: 'failed', code: 'PAYMENT_FAILED', detail, tookMs: 0 };
}

/** The same seed and time give the same latency. */
export function probeGateway(state: WorldState, pod: Pod, at: number): GatewayHealth {
  const { gateway } = state.conditions;
  const share = state.chance('probe', pod.name, at);
  const quick = between(90, 160, share);
  if (isCutOff(state, pod)) return down(pathWords(state));
  if (gateway === 'down') return down('503 Service Unavailable');
  if (state.keyAgeOfPod(pod) === 'old') return { ...down('401 Unauthorized'), latencyMs: quick };
  if (gateway === 'rate-limited') {
    return { status: 'degraded', latencyMs: quick, error: '429 Too Many Requests' };
  }
  if (gateway === 'degraded')
    return { status: 'degraded', latencyMs: between(7000, 9500, share), error: null };
  return { status: 'up', latencyMs: quick, error: null };
}

function down(error: string): GatewayHealth {
  return { status: 'down', latencyMs: null, error };
}

function pathWords({ conditions, names }: WorldState): string {
  const words = WORDS[conditions.pathTrouble];
  return conditions.pathTrouble === 'dns' ? `${words} ${names.gateway.host}` : words;
}

/** Whether this pod has no network path to the gateway. */
export function isCutOff(state: WorldState, pod: Pod): boolean {
  const from = state.conditions.gatewayCutOffFrom;
  return from === 'all' || from.includes(pod.name);
}
