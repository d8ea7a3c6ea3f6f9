import { defineRunbook } from './define-runbook.ts';
import { orderWorkload } from './names.ts';
import { advice } from './refund-delays/advice.ts';
import { byHand } from './refund-delays/by-hand.ts';
import { causes } from './refund-delays/causes.ts';
import { checks, type RefundData } from './refund-delays/checks.ts';
import { storeCredit } from './refund-delays/credit.ts';
import { knowledge } from './refund-delays/knowledge.ts';
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
  // The gateway serves both; an alert that says so comes from taking money, not from giving it back.
  owner: {
    labels: ['context', 'operation', 'flow'],
    whose: (code, value) =>
      code === 'PAYMENT_GATEWAY_ERROR' && /^(payment|checkout|charge)s?$/i.test(value)
        ? 'payment-failures'
        : 'refund-delays',
  },
  words: ['fail', 'delay', 'stuck', 'pending'].map((how) => ['refund', how]),
  severity: 'medium',
  team: 'payments',
  checks,
  about: (names) => ({ workloads: [orderWorkload(names)], secrets: [names.gateway.secret] }),
  causes,
  actions: [retryRefund, storeCredit],
  questions: [testRefund],
  advice,
  byHand,
  knowledge,
  impact: impactByView(
    'refund-delays',
    'refunds were finished',
    'refunds that the gateway lacks ÷ (those + refunds finished in 24 h)',
  ),
  atOnce: () => null,
});
