import type { ByHand, Ends, Judging } from '../define-runbook.ts';
import { owedFor } from '../shared/by-hand.ts';
import { money } from '../shared/money.ts';
import { triedInVain } from '../shared/tried.ts';
import type { RefundData } from './checks.ts';
import { type Judged, judged, lackingNow } from './judged.ts';
import { accepted, lacking } from './refunds.ts';
import { BY_HAND, credited, refundedByHand } from './retry.ts';

const CUSTOMERS = 'customer service';

/** Refunds that no retry will bring: the method is gone, or one did not help. */
function hopeless(judging: Judging<RefundData>): readonly Judged[] {
  const tried = triedInVain(judging.incident, 'R27');
  return lackingNow(judging).filter(
    ({ refund, hindrance }) => hindrance?.kind === 'gone' || tried.has(refund.id),
  );
}

/** Somebody has to hear what became of their money. */
const TELL: Ends = { after: ['R27', 'R29', 'm4.1'], begins: 'Tell the customer' };

/** One line for each refund that customers wait to hear of; ids and amounts, nothing about anybody. */
function forCustomers(judging: Judging<RefundData>): string {
  const { incident, thresholds } = judging;
  const rows = new Map<string, Judged>(judged(judging).map((one) => [one.refund.id, one]));
  const told = incident.owed.filter(({ owner, done }) => owner === CUSTOMERS && done === null);
  const ids = [...new Set(told.flatMap(({ targets }) => targets))];
  const within = `expected within ${thresholds.settlingBusinessDays} business days`;
  const lines = ids.map((id) => {
    const row = rows.get(id);
    const sum = row === undefined ? '' : `, ${money(row.refund.amount, row.refund.currency)}`;
    return `${id}${sum}: ${credited(incident, id) ? 'store credit was given instead, at once' : stateOf(row, judging, within)}.`;
  });
  return lines.length > 0 ? lines.join('\n') : `The refund was made by hand, ${within}.`;
}

/**
 * What R25 says of it, for a customer. That it was tried again promises nothing yet.
 * @param row absent where it waits no more
 */
function stateOf(row: Judged | undefined, { findings }: Judging<RefundData>, within: string): string {
  const gone = row === undefined && findings.pending.data !== null;
  if (gone || accepted(row)) return `it is on its way to the bank, ${within}`;
  return lacking(row)
    ? 'it has not gone through yet'
    : 'it was sent to the bank again, which has not said yet that it has it';
}

export const byHand: readonly ByHand<RefundData>[] = [
  {
    id: 'm4.1',
    owner: 'payments',
    what: 'Refund in the gateway’s dashboard, and note the gateway’s reference at the order.',
    link: 'gatewayDashboard',
    shown: 'while the gateway lacks a refund (R25) whose method is gone (4.C2) or that R27 did not help',
    answers: BY_HAND,
    done: BY_HAND[0],
    when(judging) {
      const all = hopeless(judging);
      if (all.length === 0) return null;
      const ids = all.filter(({ refund }) => !refundedByHand(judging, refund)).map(({ refund }) => refund.id);
      if (ids.length === 0) return 'No other refund needs it.';
      const more = ids.length > 3 ? ` and ${ids.length - 3} more` : '';
      return `A retry will not bring ${ids.slice(0, 3).join(', ')}${more}.`;
    },
    owes: [
      { what: 'Update the order that was refunded by hand.', owner: 'payments' },
      { what: 'Add the order note: refunded by hand, the gateway’s reference.', owner: 'payments' },
      { what: 'Tell the customer: state, amount, expected day.', owner: CUSTOMERS },
    ],
    text: (judging) =>
      hopeless(judging)
        .map(({ refund }) => `${refund.id}, ${money(refund.amount, refund.currency)}`)
        .join('\n'),
  },
  {
    id: 'm4.2',
    owner: 'payments',
    what: 'Ask the provider about refunds that it accepted too long ago.',
    link: 'gatewaySupport',
    shown: 'while the gateway accepted a refund longer ago than one takes (R25)',
    when({ findings, thresholds }) {
      const overdue = findings.atGateway.data?.overdue ?? [];
      return overdue.length === 0
        ? null
        : `${overdue.length} ${overdue.length === 1 ? 'was' : 'were'} accepted over ${thresholds.settlingBusinessDays} business days ago.`;
    },
    text: ({ findings, thresholds }) =>
      [
        `You accepted these refunds over ${thresholds.settlingBusinessDays} business days ago, and they have not arrived:`,
        ...(findings.atGateway.data?.overdue ?? []),
        'Please say where they are.',
      ].join('\n'),
  },
  {
    id: 'm4.3',
    owner: CUSTOMERS,
    what: 'Tell the customer: state, amount, expected day.',
    link: null,
    shown: 'after R27, R29 or m4.1, until that duty is ticked off',
    ends: TELL,
    when: ({ incident }) =>
      owedFor(incident, TELL).length > 0 ? 'A customer waits to hear of the money.' : null,
    text: forCustomers,
  },
];
