import type { ByHand, Judging } from '../define-runbook.ts';
import { orderWorkload, targetOf } from '../names.ts';
import { stands, why } from './causes.ts';
import type { InventoryData } from './checks.ts';

function failing({ findings: { logs, rate } }: Judging<InventoryData>): boolean {
  return logs.verdict === 'broken' || rate.verdict === 'broken';
}

export const byHand: readonly ByHand<InventoryData>[] = [
  {
    id: 'm2.1',
    owner: 'orders',
    what: 'Raise the reservation timeout for now; that replaces all pods.',
    link: 'reservationTimeout',
    shown: 'while reservations run out of time (2.C4) and no lock is the reason (2.C3)',
    when: (judging) => (stands(judging, '2.C3') ? null : why(judging, '2.C4')),
    owes: [{ what: 'Set the reservation timeout back to what it was.', owner: 'orders' }],
    text: ({ names, thresholds }) =>
      `kubectl -n ${names.orderService.namespace} set env ${targetOf(orderWorkload(names))} ${names.orderService.reservationTimeoutEnv ?? '<workloads.orderService.reservationTimeoutEnv>'}=<more than ${thresholds.reservationSeconds} s>`,
  },
  {
    id: 'm2.2',
    owner: 'catalog',
    what: 'Decide about the orders that were sold twice, and cancel where it must be.',
    link: 'orderAdmin',
    shown: 'while orders are oversold and undecided (X8)',
    when({ findings }) {
      const many = findings.oversold.data?.total ?? 0;
      return many === 0 ? null : `${many} ${many === 1 ? 'order was' : 'orders were'} sold twice.`;
    },
    owes: [{ what: 'Tell the customers of orders that were sold twice.', owner: 'customer service' }],
    text: ({ findings }) => (findings.oversold.data?.orders ?? []).map(({ id }) => id).join('\n'),
  },
  {
    id: 'm2.3',
    owner: 'catalog',
    what: 'Look for corrections of these products that were made by hand.',
    link: 'catalogAdmin',
    shown:
      'while a correction that no sync took over (2.C5) is supported, or reservations fail and the counts cannot be compared (X7)',
    when(judging) {
      const because = why(judging, '2.C5');
      if (because !== null) return because;
      return judging.findings.stock.verdict === 'skipped' && failing(judging)
        ? 'The bot cannot compare the two counts of stock.'
        : null;
    },
    text: ({ findings }) =>
      (findings.stock.data?.products ?? [])
        .filter(({ differsSince }) => differsSince !== null)
        .map(
          ({ product, catalog, ours }) =>
            `${product}  catalog ${catalog ?? 'unknown'}  order service ${ours ?? 'unknown'}`,
        )
        .join('\n'),
  },
];
