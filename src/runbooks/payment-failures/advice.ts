import type { Advice, Judging } from '../define-runbook.ts';
import { gatewayDown, stands } from './causes.ts';
import type { PaymentData } from './checks.ts';

function waiting({ findings }: Judging<PaymentData>): number {
  return findings.waiting.data?.total ?? 0;
}

/** What runbook 1 says at its moment. */
export const advice: readonly Advice<PaymentData>[] = [
  {
    id: '1.B2',
    shown: 'while orders wait for their payment (X4)',
    say: (judging) =>
      waiting(judging) > 0
        ? 'Orders that wait for their payment stay pending, and none of them is lost.'
        : null,
  },
  {
    id: '1.B1',
    shown: 'while orders wait (X4) and the gateway is not known to be well (R1)',
    say: (judging) =>
      waiting(judging) > 0 && judging.findings.gateway.verdict !== 'healthy'
        ? `The order service tries each payment again by itself, ${judging.thresholds.paymentRetries} times at most; leave these tries for when the gateway is back.`
        : null,
  },
  {
    id: '1.B3',
    shown: 'while one of 1.C1 to 1.C4 is supported',
    say: (judging) =>
      ['1.C1', '1.C2', '1.C3', '1.C4'].some((id) => stands(judging, id))
        ? 'Customer service may say that customers can pay again later, from their order page.'
        : null,
  },
  {
    id: '1.N4',
    shown: 'while the gateway is down and no second processor is configured (`payments.backup`)',
    say: (judging) =>
      gatewayDown(judging) && judging.names.gateway.backup === null
        ? 'No second processor is configured (`payments.backup`): have one ready for the next time.'
        : null,
  },
];
