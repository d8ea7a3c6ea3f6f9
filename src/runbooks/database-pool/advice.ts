import type { Rollout } from '../../ports/changes.ts';
import type { Advice } from '../define-runbook.ts';
import { clock } from '../shared/spell.ts';
import { FIX } from './by-hand.ts';
import { stands } from './causes.ts';
import type { PoolData } from './checks.ts';

function isRelease(rollout: Rollout | null): boolean {
  return rollout !== null && (rollout.difference === null || rollout.difference.images.length > 0);
}

/** What the runbook says of the database's connections at its moment. */
export const advice: readonly Advice<PoolData>[] = [
  {
    id: '6.B3',
    shown: 'when a rollout came (X1) while the fix of a leak is owed after a restart (R41, m6.1)',
    say({ owed, changes }) {
      // The incident of that restart has usually ended long ago.
      const fix = owed.find(({ what, done }) => done === null && what.startsWith(FIX.begins));
      if (fix === undefined) return null;
      // A restart brings no new code, and R41 is one itself.
      const came = changes.data?.changes.find(({ at, rollout }) => at > fix.at && isRelease(rollout));
      return came === undefined
        ? null
        : `${came.line} at ${clock(came.at)}, while the fix of the leak is still owed (m6.1): see whether it is in there.`;
    },
  },
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
