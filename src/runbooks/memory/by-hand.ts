import type { ByHand } from '../define-runbook.ts';
import { stands } from './causes.ts';
import type { MemoryData } from './checks.ts';

/** Causes that only a change of the code ends. */
const IN_CODE = ['8.C1', '8.C2', '8.C3', '8.C5'] as const;

/** 8.m: what only a person can do for memory. */
export const byHand: readonly ByHand<MemoryData>[] = [
  {
    id: 'm8.1',
    owner: 'orders',
    what: 'Fetch the heap dump, look for what leaks, and delete it; it holds customers’ data.',
    link: 'heapDump',
    shown: 'after a heap was dumped (R57)',
    when({ incident }) {
      const run = incident.runs.findLast(({ action, outcome }) => action === 'R57' && outcome === 'done');
      return run === undefined
        ? null
        : `The dump lies in ${run.targets[0]?.replace('pod/', '') ?? 'its pod'}.`;
    },
    answers: ['deleted'],
    done: 'deleted',
    ends: { after: ['R57'], begins: 'Fetch, read and delete' },
  },
  {
    id: 'm8.2',
    owner: 'orders',
    what: 'Ship the fix: page large reads, stream exports, limit batch jobs.',
    link: 'repository',
    shown: 'while a leak, an export, wasteful loading or a query is the cause (8.C1, 8.C2, 8.C3, 8.C5)',
    ends: { after: ['R58', 'R60'], begins: 'Ship the fix' },
    when: (judging) =>
      IN_CODE.some((id) => stands(judging, id)) ? 'Only a change of the code ends it.' : null,
  },
];
