import { defineRunbook } from './define-runbook.ts';
import { addReplicas, raiseMemory, restartPods } from './memory/actions.ts';
import { causes } from './memory/causes.ts';
import { checks, type MemoryData } from './memory/checks.ts';
import { dumpHeap } from './memory/dump.ts';

/** Minutes of orders that the impact counts: half an hour, wider while there are too few (design §6). */
const WINDOWS = [30, 60, 120, 240, 360];
const CODES = ['OUT_OF_MEMORY', 'CONTAINER_OOM_KILLED'];

/** Runbook 8: memory runs out, pods are killed. */
export const memory = defineRunbook<MemoryData>({
  id: 'memory',
  number: 8,
  title: 'High memory, OOM kills',
  codes: CODES,
  words: [['memory'], ['oom'], ['oomkilled'], ['heap']],
  severity: 'high',
  team: 'orders',
  checks,
  causes,
  actions: [dumpHeap, ...raiseMemory, ...addReplicas, restartPods],
  impact: {
    means: 'orders that failed with these codes ÷ orders',
    async measure({ probes, names, thresholds, now, signal }) {
      return await probes.ordersDatabase.failedShare(
        {
          waiting: names.statuses.pendingPayment,
          // Waiting for a payment is another runbook's trouble.
          waitingMinutes: 365 * 1_440,
          codes: CODES,
          windowsMinutes: WINDOWS,
          fewest: thresholds.impactFewestOrders,
          now,
          runbook: 'memory',
        },
        signal,
      );
    },
  },
  atOnce: () => null,
});
