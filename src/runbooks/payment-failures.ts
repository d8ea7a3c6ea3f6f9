import { defineRunbook } from './define-runbook.ts';
import { orderWorkload } from './names.ts';
import { restartService, retryPayments } from './payment-failures/actions.ts';
import { advice } from './payment-failures/advice.ts';
import { byHand } from './payment-failures/by-hand.ts';
import { causes, gatewayDown, isRuledOut, whyNot } from './payment-failures/causes.ts';
import { checks, type PaymentData } from './payment-failures/checks.ts';
import { knowledge } from './payment-failures/knowledge.ts';
import { FAILURE_CODES, PAYMENT_CODES } from './payment-failures/logs.ts';
import { rollBackOf } from './roll-back.ts';
import { withMissing } from './shared/order-rate.ts';
import { spell } from './shared/spell.ts';
import { DEFAULT_THRESHOLDS } from './thresholds.ts';

/** Runbook 1: payments fail. */
export const paymentFailures = defineRunbook<PaymentData>({
  id: 'payment-failures',
  number: 1,
  title: 'Payment failures',
  codes: PAYMENT_CODES,
  words: ['payment', 'checkout'].flatMap((what) => ['fail', 'timeout', 'gateway'].map((how) => [what, how])),
  labels: ({ gateway }) => [{ dependency: gateway.name }],
  severity: 'critical',
  team: 'payments',
  checks,
  about: (names) => ({ workloads: [orderWorkload(names)], secrets: [names.gateway.secret] }),
  causes,
  actions: [
    retryPayments,
    restartService,
    rollBackOf<PaymentData>({
      runbook: 'payment-failures',
      causes,
      state: ({ findings }) => findings.service.data,
      fits: {
        words: 'the gateway is neither down (1.C1) nor throttles us (1.C4), both ruled out',
        holds: (judging) => isRuledOut(judging, '1.C1') && isRuledOut(judging, '1.C4'),
      },
    }),
  ],
  advice,
  byHand,
  knowledge,
  impact: {
    means: `orders that wait for payment for longer than pendingPaymentMinutes (${DEFAULT_THRESHOLDS.pendingPaymentMinutes} by default) or failed at the gateway, or are missing by last week ÷ orders; declined cards never count`,
    async measure(ask) {
      const { probes, names, thresholds, now, signal } = ask;
      return await withMissing(
        ask,
        async (windowsMinutes) =>
          await probes.ordersDatabase.failedShare(
            {
              waiting: names.statuses.pendingPayment,
              waitingMinutes: thresholds.pendingPaymentMinutes,
              codes: FAILURE_CODES,
              windowsMinutes,
              fewest: thresholds.impactFewestOrders,
              now,
              runbook: 'payment-failures',
            },
            signal,
          ),
      );
    },
  },
  // Declines are the customers' cards: low, until another code joins (runbook-knowledge 1.C5).
  severityOf: (codes) =>
    codes.length > 0 && codes.every((code) => code === 'PAYMENT_DECLINED') ? 'low' : 'critical',
  harmless(judging) {
    const { sources } = judging.incident;
    if (sources.length === 0 || sources.some(({ code }) => code !== 'PAYMENT_DECLINED')) return null;
    const others = [judging.findings.gateway, judging.findings.rate, judging.findings.waiting];
    const well = others.every(({ verdict }) => verdict === 'healthy');
    return well ? whyNot(judging, '1.C5') : null;
  },
  atOnce(judging) {
    const since = judging.findings.gateway.data?.downSince ?? null;
    if (!gatewayDown(judging) || since === null) return null;
    return `The payment gateway has been down for ${spell(judging.now - since)}; the runbook says not to wait.`;
  },
});
