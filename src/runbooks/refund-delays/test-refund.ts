import { broken, healthy } from '../../domain/finding.ts';
import type { Question } from '../define-runbook.ts';
import { curl } from '../names.ts';
import { stands } from './causes.ts';
import type { RefundData } from './checks.ts';

/** R26: a POST that asks. Never by itself. */
export const testRefund: Question<RefundData> = {
  step: 'R26',
  title: 'Test a refund',
  system: 'The order service',
  source: 'kubectl exec -it deployment/order-service -- \\\n  curl -X POST localhost:8080/admin/test-refund',
  equivalent: (names) => curl(names, names.paths.testRefund, '-X POST '),
  preview: () => [
    'The service sends the gateway one refund of its own for a test; no customer’s money moves.',
    'It counts against the gateway’s limits.',
  ],
  fields: () => [],
  notWhile: (judging) =>
    stands(judging, '4.C4') ? 'the gateway throttles us, and a test costs quota' : null,
  validate: () => ({}),
  async ask(_answers, { levers, licence, signal }) {
    const { went, words } = await levers.orderService.testRefund(licence, signal);
    const said = words === null ? '.' : `: ${words}.`;
    return went
      ? healthy(`A test refund went through${said}`, null)
      : broken(`A test refund failed${said}`, null);
  },
};
