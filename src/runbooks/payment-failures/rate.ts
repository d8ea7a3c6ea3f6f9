import type { Check } from '../define-runbook.ts';
import { curl, type Names } from '../names.ts';
import { type RateOf, type RateSeen, rateCheck } from '../shared/success-rate.ts';

export const PAYMENTS_RATE: RateOf = {
  what: 'payments',
  setting: 'metrics.paymentSuccessRate',
  countedBy: 'metrics.paymentAttempts',
  metrics: ({ metrics }) => ({
    rate: metrics.paymentSuccessRate,
    attempts: metrics.paymentAttempts,
    declines: metrics.paymentDeclines,
  }),
};

/** R4. */
export const paymentRate: Check<RateSeen> = rateCheck({
  step: 'R4',
  title: 'How many payments succeed?',
  source:
    'kubectl exec -it deployment/order-service -- \\\n  curl localhost:8080/metrics | grep payment_success_rate',
  equivalent: (names) => `${curl(names, names.paths.metrics)} | grep ${names.metrics.paymentSuccessRate}`,
  of: PAYMENTS_RATE,
});

/** R8, the proof of R5 and R7: what a person types to watch it. */
export const watchRate = {
  step: 'R8',
  title: 'Watch how many payments succeed',
  source:
    "watch -n 5 'kubectl exec -it deployment/order-service -- \\\n  curl -s localhost:8080/metrics | grep payment_success_rate'",
  equivalent: (names: Names) =>
    `watch -n ${names.inCommands.monitorSeconds} '${curl(names, names.paths.metrics, '-s ')} | grep ${names.metrics.paymentSuccessRate}'`,
} as const;
