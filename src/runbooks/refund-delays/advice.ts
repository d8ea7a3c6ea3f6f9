import type { Advice } from '../define-runbook.ts';
import { recommends } from '../shared/moment.ts';
import type { RefundData } from './checks.ts';
import { storeCredit } from './credit.ts';
import { retryRefund } from './retry.ts';

/** What runbook 4 says at its moment. */
export const advice: readonly Advice<RefundData>[] = [
  {
    id: '4.N1',
    shown: 'while the gateway has refunds that the order service lists as pending (R25)',
    say({ findings, thresholds }) {
      const answers = findings.atGateway.data?.answers ?? [];
      const many = answers.filter(({ status }) => status === 'pending').length;
      return many === 0
        ? null
        : `${many} ${many === 1 ? 'refund is' : 'refunds are'} on the way: up to ${thresholds.settlingBusinessDays} business days are usual.`;
    },
  },
  {
    id: '4.B1',
    shown: 'while a retry of refunds (R27) is recommended',
    say: (judging) =>
      recommends(retryRefund, judging)
        ? 'A failed refund may be retried; what the gateway has is left alone.'
        : null,
  },
  {
    id: '4.B2',
    shown: 'while store credit (R29) is recommended',
    say: (judging) =>
      recommends(storeCredit, judging)
        ? 'Store credit can stand in for the money where the gateway cannot pay it back.'
        : null,
  },
  {
    id: '4.N3',
    shown: 'while store credit (R29) is recommended',
    say: (judging) =>
      recommends(storeCredit, judging) ? 'The customer has store credit at once; a refund takes days.' : null,
  },
];
