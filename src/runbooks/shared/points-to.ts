import type { Advice } from '../define-runbook.ts';

/** While runbook 6 has an incident open, its outage may be all that is wrong (6, impact). The first thing to read. */
export function pointsToDatabase<Data>(): Advice<Data> {
  return {
    id: '6.impact',
    shown: 'while an incident of runbook 6 is open',
    say: ({ open }) =>
      open.includes('database-pool')
        ? 'The database’s connections have an incident open (runbook 6): that may be the cause here too, so look there first.'
        : null,
  };
}
