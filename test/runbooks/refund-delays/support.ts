import { OrderId, PaymentId, RefundId } from '../../../src/domain/ids.ts';
import type {
  PageQuestion,
  PaymentDetails,
  RefundAtGateway,
  RefundSummary,
} from '../../../src/ports/order-service.ts';
import type { OrderServiceProbe } from '../../../src/ports/probes.ts';
import type { Findings } from '../../../src/runbooks/define-runbook.ts';
import type { RefundData } from '../../../src/runbooks/refund-delays/checks.ts';
import {
  REFUND_CLASSES,
  type RefundClass,
  type RefundLogs,
} from '../../../src/runbooks/refund-delays/logs.ts';
import type { PaymentSeen } from '../../../src/runbooks/refund-delays/refunds.ts';
import { MINUTE, NOW, seen, silent } from '../../support/runbooks.ts';
import { gatewaySays } from '../payment-failures/support.ts';

export const HOUR = 60 * MINUTE;

/** A refund of 45.50 USD that has waited for 30 hours and failed. */
export function aRefund(id: string, change: Partial<RefundSummary> = {}): RefundSummary {
  return {
    id: RefundId.parse(id),
    payment: PaymentId.parse(`pay_${id.slice(4)}`),
    order: OrderId.parse(`ord_${id.slice(4)}`),
    status: 'pending',
    amount: 4_550,
    currency: 'USD',
    createdAt: NOW - 30 * HOUR,
    updatedAt: NOW - 30 * HOUR,
    errorCode: 'REFUND_FAILED',
    ...change,
  };
}

/** A payment of the same sum, of which nothing was paid back. */
export function aPayment(refund: string, change: Partial<PaymentDetails> = {}): PaymentDetails {
  return {
    id: PaymentId.parse(`pay_${refund.slice(4)}`),
    amount: 4_550,
    currency: 'USD',
    status: 'captured',
    refunded: 0,
    methodValid: true,
    ...change,
  };
}

export function logs(
  lines: Partial<Record<RefundClass, number>> = {},
  change: Partial<RefundLogs> & { readonly lastAt?: number | null } = {},
): RefundLogs {
  const { lastAt = NOW - MINUTE, ...rest } = change;
  const classes = Object.fromEntries(
    REFUND_CLASSES.map((name) => [name, { lines: lines[name] ?? 0, lastAt: lines[name] ? lastAt : null }]),
  ) as RefundLogs['classes'];
  return {
    classes,
    unclassed: 0,
    newestAt: lastAt,
    whole: true,
    containers: 3,
    problems: [],
    dailyLimitAt: null,
    ...rest,
  };
}

/** One refund with what R25 and R28 said of it. */
export type Row = readonly [RefundSummary, RefundAtGateway['status'] | null, PaymentSeen];

export const lost = (id: string, change: Partial<RefundSummary> = {}): Row => [
  aRefund(id, change),
  'not found',
  aPayment(id),
];

/** R23, R25 and R28 of these refunds. */
export function rows(
  ...given: readonly Row[]
): Pick<Findings<RefundData>, 'pending' | 'atGateway' | 'payments'> {
  const refunds = given.map(([refund]) => refund);
  const answers = given.map(([{ id }, status]) => ({ id, status, acceptedAt: null, askedAt: NOW }));
  const bad = given.some(([, status]) => status === 'failed' || status === 'not found');
  return {
    pending: seen('healthy', { total: refunds.length, refunds, elsewhere: [] }),
    atGateway: seen(bad ? 'broken' : 'healthy', { answers, overdue: [] }),
    payments: seen('healthy', { of: given.map(([{ id }, , payment]) => ({ refund: id, payment })) }),
  };
}

/** Nothing waits, the gateway is up and the logs are quiet, but for what is given. */
export function findings(change: Partial<Findings<RefundData>> = {}): Findings<RefundData> {
  return {
    ...rows(),
    logs: seen('healthy', logs()),
    gateway: seen('healthy', gatewaySays(['up', 'up'])),
    path: seen('skipped', null),
    provider: seen('skipped', null),
    ...change,
  };
}

export type Said = RefundAtGateway['status'] | 'silent';

/** A service with these refunds, and a gateway and payments behind it. */
export function service(
  refunds: readonly RefundSummary[],
  more: {
    readonly gateway?: Readonly<Record<string, Said>>;
    readonly payments?: Readonly<Record<string, PaymentDetails | null | 'silent'>>;
    readonly unread?: number;
    /** Rows of one page at most. */
    readonly page?: number;
  } = {},
) {
  const asked: string[] = [];
  const probe: Partial<OrderServiceProbe> = {
    async refunds({ olderThanMinutes, limit, cursor }: PageQuestion) {
      const old = refunds.filter(({ createdAt }) => createdAt < NOW - olderThanMinutes * MINUTE);
      const from = cursor === null ? 0 : Number(cursor);
      const size = Math.min(limit, more.page ?? limit);
      const next = from + size < old.length ? String(from + size) : null;
      return { rows: old.slice(from, from + size), unread: more.unread ?? 0, total: old.length, next };
    },
    async refundAtGateway(id) {
      asked.push(id);
      const status = more.gateway?.[id] ?? 'not found';
      if (status === 'silent') throw silent();
      return { status, acceptedAt: status === 'not found' ? null : NOW - 24 * HOUR, words: null };
    },
    async payment(id) {
      const said = more.payments?.[id] ?? aPayment(`ref_${id.slice(4)}`);
      if (said === 'silent') throw silent();
      return more.payments !== undefined && id in more.payments
        ? (more.payments[id] as PaymentDetails | null)
        : said;
    },
  };
  return { probe, asked };
}
