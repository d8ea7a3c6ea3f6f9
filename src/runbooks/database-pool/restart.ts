import type { Action, Judging } from '../define-runbook.ts';
import { orderWorkload } from '../names.ts';
import { restartOf } from '../shared/restart.ts';
import { causes, stands } from './causes.ts';
import type { PoolData } from './checks.ts';
import { soundPool } from './pool.ts';

const restart = restartOf<PoolData>({
  step: 'R41',
  source: 'kubectl rollout restart deployment/order-service',
  rule: () => ({
    when: 'Connections are not given back (6.C1).',
    notWhile: [
      'The database is being serviced or fails over (6.C4): new pods would come up without it.',
      'Only traffic (6.C3) or a small pool (6.C5) is the cause: the pools would be full again at once.',
    ],
  }),
  workload: orderWorkload,
  state: ({ findings }) => findings.service.data?.state ?? null,
  when: (judging) =>
    stands(judging, '6.C1') ? 'connections are not given back; new pods begin with none' : null,
  notWhile(judging) {
    if (stands(judging, '6.C4')) return 'new pods would come up without a database';
    const standing = causes.filter(({ id }) => stands(judging, id)).map(({ id }) => id);
    const only = standing.length > 0 && standing.every((id) => id === '6.C3' || id === '6.C5');
    return only ? 'the pools would be full again at once' : null;
  },
  note: async () => ({}),
  proof: soundPool,
});

/** R41. Against a leak it buys time, no more. */
export const restartService: Action<PoolData> = {
  ...restart,
  notes: ['It frees what is held; a leak is cured in the code only, and comes back.'],
  owes: [{ what: 'Fix the leak, if it was one, before the next deployment.', owner: 'orders' }],
};

/** `moreWaits` in words. */
export const MORE_WAITS = [
  'The database is being serviced or fails over (6.C4).',
  'Long queries sit on connections (6.C2): more would come to a slow database.',
  'The database server is full, or what it has left is not known.',
] as const;

export const AWAY = 'the database is being serviced or fails over';
export const SLOW = 'it would be more load on a slow database';
export const FULL = 'the server is full: more connections would only be refused';

/** What speaks against more connections, whatever asks for them: R43 and R44 alike. */
export function moreWaits(judging: Judging<PoolData>): string | null {
  const seen = judging.findings.database.data;
  if (stands(judging, '6.C4')) return AWAY;
  if (stands(judging, '6.C2')) return SLOW;
  if (seen?.full) return FULL;
  return null;
}
