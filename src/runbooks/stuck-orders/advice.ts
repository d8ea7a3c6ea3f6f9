import type { Advice } from '../define-runbook.ts';
import { recommends } from '../shared/moment.ts';
import { pointsToDatabase } from '../shared/points-to.ts';
import type { StuckData } from './checks.ts';
import { republishEvents } from './republish.ts';
import { retryWorkflow } from './retry.ts';

/** What runbook 3 says at its moment. */
export const advice: readonly Advice<StuckData>[] = [
  pointsToDatabase(),
  {
    id: '3.B1',
    shown: 'while a retry of workflows (R20) is recommended',
    say: (judging) =>
      recommends(retryWorkflow, judging)
        ? 'A workflow may be retried more than once; a second time does no harm.'
        : null,
  },
  {
    id: '3.B2',
    shown: 'while sending events again (R21) is recommended',
    say: (judging) =>
      recommends(republishEvents, judging)
        ? 'Events may be sent again freely; whoever reads them knows those that came before.'
        : null,
  },
];
