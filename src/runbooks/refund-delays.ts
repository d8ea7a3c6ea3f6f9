import { defineRunbook } from './define-runbook.ts';
import { causes } from './refund-delays/causes.ts';
import { checks, type RefundData } from './refund-delays/checks.ts';
import { storeCredit } from './refund-delays/credit.ts';
import { retryRefund } from './refund-delays/retry.ts';
import { testRefund } from './refund-delays/test-refund.ts';
import { impactByView } from './shared/viewed.ts';

/** Runbook 4: refunds that do not reach the customer. */
export const refundDelays = defineRunbook<RefundData>({
  id: 'refund-delays',
  number: 4,
  title: 'Refund delays',
  codes: ['REFUND_FAILED', 'REFUND_TIMEOUT', 'PAYMENT_GATEWAY_ERROR'],
  lends: { code: 'PAYMENT_GATEWAY_ERROR', to: 'payment-failures' },
  words: ['fail', 'delay', 'stuck', 'pending'].map((how) => ['refund', how]),
  severity: 'medium',
  team: 'payments',
  checks,
  causes,
  actions: [retryRefund, storeCredit],
  questions: [testRefund],
  impact: impactByView(
    'refund-delays',
    'refunds were finished',
    'refunds that the gateway lacks ÷ (those + refunds finished in 24 h)',
  ),
  atOnce: () => null,
});
