import type { ByHand, Ends } from '../define-runbook.ts';
import { stands } from './causes.ts';
import type { PoolData } from './checks.ts';

/** What a restart that freed connections leaves to do. */
export const FIX: Ends = { after: ['R41'], begins: 'Fix the leak' };

/** 6.m: what only a person can do for the database's connections. */
export const byHand: readonly ByHand<PoolData>[] = [
  {
    id: 'm6.1',
    owner: 'orders',
    what: 'Fix the leak before the next deployment.',
    link: 'repository',
    shown: 'while connections are not given back (6.C1), and after a restart (R41) that freed them',
    ends: FIX,
    when(judging) {
      if (stands(judging, '6.C1')) return 'Connections are not given back.';
      const run = judging.incident.runs.findLast(({ action }) => action === 'R41');
      return run?.proof?.verdict === 'helped'
        ? 'New pods cured it, so connections were probably not given back.'
        : null;
    },
  },
  {
    id: 'm6.2',
    owner: 'platform',
    what: 'Ask whether maintenance or a failover is planned, and when it ends.',
    link: 'database',
    shown: 'while the database is being serviced or fails over (6.C4)',
    when: (judging) => (stands(judging, '6.C4') ? 'The database starts, stops or changes servers.' : null),
    answers: ['planned', 'not planned'],
  },
];
