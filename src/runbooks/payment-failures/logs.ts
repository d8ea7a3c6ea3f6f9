import type { Check } from '../define-runbook.ts';
import { count, failureLogs } from '../shared/log-check.ts';
import type { LogCounts } from '../shared/log-classes.ts';
import { statusOf, timedOut } from '../shared/log-lines.ts';

export const PAYMENT_CODES = ['PAYMENT_FAILED', 'PAYMENT_GATEWAY_TIMEOUT', 'PAYMENT_DECLINED'] as const;
/** Whose fault a decline is not: these never count as affected. */
export const FAILURE_CODES = PAYMENT_CODES.filter((code) => code !== 'PAYMENT_DECLINED');

/** What a failed payment's line says of its reason; declines are the customer's card and stand apart. */
export type PaymentClass = 'declined' | 'credentials' | 'rate limit' | 'outage';
export const GATEWAY_CLASSES = ['credentials', 'rate limit', 'outage'] as const;

const DECLINED = /PAYMENT_DECLINED|insufficient_funds|card_declined|do_not_honor|expired_card/;

/** The gateway's own answer decides before any code, and a code before words. */
function classOf(line: string): PaymentClass | null {
  const status = statusOf(line);
  if (status === 401 || status === 403) return 'credentials';
  if (status === 429) return 'rate limit';
  if (status !== null && status >= 500) return 'outage';
  if (DECLINED.test(line)) return 'declined';
  if (line.includes('PAYMENT_GATEWAY_TIMEOUT')) return 'outage';
  return status === null && timedOut(line) ? 'outage' : null;
}

export type PaymentLogs = LogCounts<PaymentClass>;

/** R2: what the failed payments of the log window say, by class and over all pods. */
export const paymentLogs: Check<PaymentLogs> = failureLogs<PaymentClass>({
  step: 'R2',
  title: 'What does the gateway answer?',
  source: 'kubectl logs -l app=order-service | grep PAYMENT_FAILED',
  containing: PAYMENT_CODES,
  one: 'payment',
  more: 'payments',
  unclassed: 'without a status',
  failures: GATEWAY_CLASSES,
  apart: {
    classes: ['declined'],
    says: ({ classes }) => count(classes.declined.lines, 'card was declined', 'cards were declined'),
  },
  classOf,
});
