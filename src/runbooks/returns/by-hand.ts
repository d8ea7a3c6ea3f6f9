import { ASKER } from '../../domain/duty.ts';
import type { Incident } from '../../domain/incident.ts';
import type { ByHand, Ends, Judging } from '../define-runbook.ts';
import { owedFor } from '../shared/by-hand.ts';
import { stands } from './causes.ts';
import type { ReturnData } from './checks.ts';

const NOTE: Ends = { after: ['R66', 'R68'], begins: 'Note the exception' };
const TELL: Ends = { after: ['R66', 'R68'], begins: 'Tell customer service' };

/** 9.m: what only a person can do for a return. */
export const byHand: readonly ByHand<ReturnData>[] = [
  {
    id: 'm9.1',
    owner: 'warehouse',
    what: 'Make the label of the return in the carrier’s portal and attach it.',
    link: 'carrierPortal',
    shown: 'while labels of returns fail (9.C3)',
    when: (judging) => (stands(judging, '9.C3') ? 'Labels of returns are not made.' : null),
    owes: [{ what: 'Note at the return that its label was made by hand: who, why.', owner: ASKER }],
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
        ? `It held ${Math.round(share)} % of ${counted.all} returns in ${thresholds.logWindowMinutes} min; about ${thresholds.falsePositivePercent} % would be mistakes.`
        : null;
    },
  },
  {
    id: 'm9.4',
    owner: ASKER,
    what: 'Note the exception at the return: who, why.',
    link: 'returnAdmin',
    shown: 'after a return was approved (R66) or its window extended (R68), until that duty is ticked off',
    ends: NOTE,
    when: ({ incident }) => exceptionOwed(incident, NOTE),
    text: (judging) =>
      exceptions(judging)
        .map(
          ({ targets, parameters, requestedBy, by }) =>
            `${targets[0]}: ${what(parameters)}, by <@${requestedBy ?? by}>. Why: ${parameters['reason']}`,
        )
        .join('\n'),
  },
  {
    id: 'm9.5',
    owner: ASKER,
    what: 'Tell customer service what was decided about the return.',
    link: null,
    shown: 'after a return was approved (R66) or its window extended (R68), until that duty is ticked off',
    ends: TELL,
    when: ({ incident }) => exceptionOwed(incident, TELL),
    text: (judging) =>
      exceptions(judging)
        .map(({ targets, parameters }) => `${targets[0]}: ${what(parameters)}.`)
        .join('\n'),
  },
];

/** Runs that made an exception, the newest first. */
function exceptions({ incident }: Pick<Judging<ReturnData>, 'incident'>) {
  return incident.runs
    .filter(
      ({ action, outcome }) =>
        (action === 'R66' || action === 'R68') && outcome !== null && outcome !== 'failed',
    )
    .reverse();
}

function what({ days }: Readonly<Record<string, string>>): string {
  return days === undefined ? 'approved by hand' : `window ${days} days longer`;
}

function exceptionOwed(incident: Incident, ends: Ends): string | null {
  return owedFor(incident, ends).length > 0 ? 'An exception was made for a return.' : null;
}
