import { ASKER } from '../../domain/duty.ts';
import type { ByHand } from '../define-runbook.ts';
import { isRuledOut, why } from './causes.ts';
import type { ExportData } from './checks.ts';

/** 10.m: what only a person can do for an export. */
export const byHand: readonly ByHand<ExportData>[] = [
  {
    id: 'm10.1',
    owner: 'database owners',
    what: 'Add the index that the plan of the query (R72) lacks; never from here.',
    link: 'database',
    shown: 'while the database is slow for the query (10.C5), by more than an incident of its own',
    // An incident of the database says nothing of this query’s plan.
    when: (judging) => why({ ...judging, open: [] }, '10.C5'),
  },
  {
    id: 'm10.2',
    owner: 'orders',
    what: 'Raise the timeout of this export for now.',
    link: 'exportTimeout',
    shown: 'while the query is cut off (10.C1) and a slow database (10.C5) is ruled out',
    when(judging) {
      const because = why(judging, '10.C1');
      return because !== null && isRuledOut(judging, '10.C5') ? `${because} The database is not slow.` : null;
    },
    owes: [{ what: 'Set the timeout of exports back.', owner: 'orders' }],
  },
  {
    id: 'm10.3',
    owner: 'orders',
    what: 'Run the export by hand, with fewer columns and days, streamed.',
    link: 'exportByHand',
    shown: 'after a new export (R75) did not help',
    when({ incident }) {
      const run = incident.runs.findLast(({ action }) => action === 'R75');
      const verdict = run?.proof?.verdict ?? null;
      return verdict === null || verdict === 'helped' ? null : 'The new export did not help.';
    },
    owes: [{ what: 'Tell whoever asked for the export where it is.', owner: ASKER }],
  },
];
