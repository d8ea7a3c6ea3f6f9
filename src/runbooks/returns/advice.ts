import type { Advice } from '../define-runbook.ts';
import { recommends } from '../shared/moment.ts';
import { pointsToDatabase } from '../shared/points-to.ts';
import { stands } from './causes.ts';
import type { ReturnData } from './checks.ts';
import { retryReturn } from './retry.ts';

/** What the runbook says of returns at its moment. */
export const advice: readonly Advice<ReturnData>[] = [
  pointsToDatabase(),
  {
    id: '9.N2',
    shown: 'while the fraud model holds returns (9.C2)',
    say: (judging) =>
      stands(judging, '9.C2')
        ? `The fraud model holds about ${judging.thresholds.falsePositivePercent} of 100 honest returns; look at the score before you decide.`
        : null,
  },
  {
    id: '9.B3',
    shown: 'while a retry of returns (R67) is recommended',
    say: (judging) =>
      recommends(retryReturn, judging)
        ? 'A return’s workflow may be retried more than once; a second time does no harm.'
        : null,
  },
  {
    id: '9.N1',
    shown: 'while the window is computed wrongly (9.C1)',
    say: (judging) =>
      stands(judging, '9.C1')
        ? `The usual window is ${judging.thresholds.returnWindowDays} days from delivery.`
        : null,
  },
];
