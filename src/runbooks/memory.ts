import { defineRunbook } from './define-runbook.ts';
import { addReplicas, raiseMemory, restartPods } from './memory/actions.ts';
import { advice } from './memory/advice.ts';
import { byHand } from './memory/by-hand.ts';
import { causes, stands } from './memory/causes.ts';
import { checks, type MemoryData } from './memory/checks.ts';
import { dumpHeap } from './memory/dump.ts';
import { CODES, measureImpact } from './memory/impact.ts';
import { knowledge } from './memory/knowledge.ts';
import { rollBackOf } from './roll-back.ts';

/** Runbook 8: memory runs out, pods are killed. */
export const memory = defineRunbook<MemoryData>({
  id: 'memory',
  number: 8,
  title: 'High memory, OOM kills',
  codes: CODES,
  words: [['memory'], ['oom'], ['heap']],
  labels: () => [{ reason: 'OOMKilled' }],
  // Restarts of these pods are what running out of memory looks like from outside (8.S1, 8.S5).
  namedWords: ({ orderService }) =>
    ['restart', 'crashloop', 'crash loop'].map((what) => [what, orderService.deployment]),
  severity: 'high',
  team: 'orders',
  checks,
  causes,
  actions: [
    dumpHeap,
    // What takes the cause back stands before what buys time.
    rollBackOf<MemoryData>({
      runbook: 'memory',
      causes,
      state: ({ findings }) => findings.service.data?.state ?? null,
      fits: {
        words: 'the code leaks memory (8.C1) or the limit is too low (8.C4)',
        holds: (judging) => stands(judging, '8.C1') || stands(judging, '8.C4'),
      },
    }),
    ...raiseMemory,
    ...addReplicas,
    restartPods,
  ],
  advice,
  byHand,
  knowledge,
  impact: {
    means:
      'orders that failed with these codes ÷ orders; where the database cannot tell, requests for a new order that were answered 5xx ÷ all of them',
    measure: measureImpact,
  },
  atOnce: () => null,
});
