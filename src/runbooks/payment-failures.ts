import { defineRunbook } from './define-runbook.ts';
import { restartService, retryPayments } from './payment-failures/actions.ts';
import { causes, gatewayDown } from './payment-failures/causes.ts';
import { checks, type PaymentData } from './payment-failures/checks.ts';
import { FAILURE_CODES, PAYMENT_CODES } from './payment-failures/logs.ts';
import { spell } from './shared/spell.ts';

/** Minutes of orders that the impact counts: half an hour, wider while there are too few (design §6). */
const WINDOWS = [30, 60, 120, 240, 360];

/** Runbook 1: payments fail. */
export const paymentFailures = defineRunbook<PaymentData>({
  id: 'payment-failures',
  number: 1,
  title: 'Payment failures',
  codes: PAYMENT_CODES,
  words: ['payment', 'checkout'].flatMap((what) => ['fail', 'timeout', 'gateway'].map((how) => [what, how])),
  severity: 'critical',
  team: 'payments',
  checks,
  causes,
  actions: [retryPayments, restartService],
  impact: {
    means:
      'orders that wait for payment for over 15 min or failed at the gateway ÷ orders; declined cards never count',
    async measure({ probes, names, thresholds, now, signal }) {
      return await probes.ordersDatabase.failedShare(
        {
          waiting: names.statuses.pendingPayment,
          waitingMinutes: thresholds.pendingPaymentMinutes,
          codes: FAILURE_CODES,
          windowsMinutes: WINDOWS,
          fewest: thresholds.impactFewestOrders,
          now,
          runbook: 'payment-failures',
        },
        signal,
      );
    },
  },
  // Declines are the customers' cards: low, until another code joins (runbook-knowledge 1.C5).
  severityOf: (codes) =>
    codes.length > 0 && codes.every((code) => code === 'PAYMENT_DECLINED') ? 'low' : 'critical',
  harmless(judging) {
    const { sources } = judging.incident;
    if (sources.length === 0 || sources.some(({ code }) => code !== 'PAYMENT_DECLINED')) return null;
    const said = causes.find(({ id }) => id === '1.C5')?.judge(judging);
    const others = [judging.findings.gateway, judging.findings.rate, judging.findings.waiting];
    const well = others.every(({ verdict }) => verdict === 'healthy');
    return well && said?.verdict === 'ruled out' ? said.because : null;
  },
  atOnce(judging) {
    const since = judging.findings.gateway.data?.downSince ?? null;
    if (!gatewayDown(judging) || since === null) return null;
    return `The payment gateway has been down for ${spell(judging.now - since)}; the runbook says not to wait.`;
  },
});
