import { broken, healthy, unknown } from '../../domain/finding.ts';
import { LARGE_BATCH } from '../../domain/offer.ts';
import type { Check } from '../define-runbook.ts';
import { curl } from '../names.ts';
import { count } from '../shared/log-check.ts';
import { lateRefunds, worthAsking } from './late.ts';
import { type PaymentSeen, paymentsOf } from './refunds.ts';

export interface Payments {
  /** By refund. */
  readonly of: readonly { readonly refund: string; readonly payment: PaymentSeen }[];
}

/** R28: whether the payment is still there, for the refunds that the gateway is not known to have. */
export const payments: Check<Payments> = {
  step: 'R28',
  title: 'Do the payments still exist?',
  parameters: ['payment'],
  system: 'The order service',
  source:
    'kubectl exec -it deployment/order-service -- \\\n  curl localhost:8080/admin/payments/pay_xyz789/details',
  equivalent: (names) => curl(names, names.paths.payment.replace('{id}', '<payment>')),
  deadlineMs: 4_000,
  async look(ask) {
    const late = await lateRefunds(ask);
    if (late.rows.length === 0 && late.total > 0)
      return unknown(
        `None of the ${late.total} refunds that wait could be looked at: the service’s list was not understood.`,
      );
    const refunds = worthAsking(late, ask, LARGE_BATCH);
    const read = await paymentsOf(ask, refunds);
    const of = [...read].map(([refund, payment]) => ({ refund, payment }));
    const gone = of.filter(({ payment }) => payment === 'gone');
    const invalid = of.filter(({ payment }) => typeof payment === 'object' && payment.methodValid === false);
    const silent = of.filter(({ payment }) => payment === 'unknown').length;
    const seen: Payments = { of };
    if (of.length === 0) return healthy('No payment to look at.', seen);
    const blind = silent === 0 ? '' : ` ${silent} could not be read.`;
    if (gone.length + invalid.length > 0) {
      const evidence = [...invalid, ...gone]
        .slice(0, 10)
        .map(({ refund, payment }) =>
          payment === 'gone' ? `${refund}  payment not known` : `${refund}  method not valid`,
        );
      const said = [
        invalid.length === 0 ? '' : `${count(invalid.length, 'has', 'have')} a method that is gone`,
        gone.length === 0 ? '' : `${count(gone.length, 'is', 'are')} not known any more`,
      ].filter((part) => part !== '');
      return broken(
        `Of ${count(of.length, 'payment', 'payments')} ${said.join(', ')}.${blind}`,
        seen,
        evidence,
      );
    }
    if (silent > 0) return unknown(`${of.length - silent} of ${of.length} payments were read.${blind}`, seen);
    return healthy(`All ${of.length} payments are there, and no method is known to be gone.`, seen);
  },
};
