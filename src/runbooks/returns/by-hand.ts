import type { ByHand } from '../define-runbook.ts';
import { stands } from './causes.ts';
import type { ReturnData } from './checks.ts';

/** 9.m: what only a person can do for a return. */
export const byHand: readonly ByHand<ReturnData>[] = [
  {
    id: 'm9.1',
    owner: 'warehouse',
    what: 'Make the label of the return in the carrier’s portal and attach it.',
    link: 'carrierPortal',
    shown: 'while labels of returns fail (9.C3)',
    when: (judging) => (stands(judging, '9.C3') ? 'Labels of returns are not made.' : null),
    owes: [
      {
        what: 'Note at the return that its label was made by hand: who, why.',
        owner: 'whoever ticked it off',
      },
    ],
  },
  {
    id: 'm9.2',
    owner: 'orders',
    what: 'Fix the rule of the window, or the constraint.',
    link: 'repository',
    shown: 'while the window is computed wrongly (9.C1) or the database refuses returns (9.C5)',
    when(judging) {
      if (stands(judging, '9.C1')) return 'The window is computed wrongly, and only code can cure that.';
      return stands(judging, '9.C5') ? 'A retry would hit the same constraint.' : null;
    },
  },
  {
    id: 'm9.3',
    owner: 'fraud model owners',
    what: 'Look at the share of returns that the model holds.',
    link: 'fraudModel',
    shown: 'while the model holds a larger share of returns than usual (9.C2)',
    when({ findings: { approvals }, thresholds }) {
      const counted = approvals.data?.returns;
      if (counted === undefined || counted.all < thresholds.fewestAttempts) return null;
      const share = (counted.held / counted.all) * 100;
      return share > thresholds.fraudPercent
        ? `It held ${Math.round(share)} % of ${counted.all} returns in ${thresholds.logWindowMinutes} min; about 2 % would be mistakes.`
        : null;
    },
  },
];
