import type { Advice } from '../define-runbook.ts';
import { stands } from './causes.ts';
import type { PoolData } from './checks.ts';

/** What the runbook says of the database's connections at its moment. */
export const advice: readonly Advice<PoolData>[] = [
  {
    id: '6.N2',
    shown: 'while connections are not given back (6.C1)',
    say: (judging) =>
      stands(judging, '6.C1') ? 'A restart only buys time; a leak is cured in the code alone.' : null,
  },
  {
    id: '6.N4',
    shown: 'while the database is being serviced or fails over (6.C4)',
    say: (judging) =>
      stands(judging, '6.C4')
        ? 'A failover disturbs connections for a short time; it often passes by itself.'
        : null,
  },
];
