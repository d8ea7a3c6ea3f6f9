import { defineRunbook } from './define-runbook.ts';
import { orderWorkload, workloadOf } from './names.ts';
import { advice } from './stuck-orders/advice.ts';
import { byHand } from './stuck-orders/by-hand.ts';
import { causes } from './stuck-orders/causes.ts';
import { checks, type StuckData } from './stuck-orders/checks.ts';
import { knowledge } from './stuck-orders/knowledge.ts';
import { republishEvents } from './stuck-orders/republish.ts';
import { retryWorkflow } from './stuck-orders/retry.ts';
import { setStatus } from './stuck-orders/set-status.ts';

/** Runbook 3: orders that do not leave *processing*. */
export const stuckOrders = defineRunbook<StuckData>({
  id: 'stuck-orders',
  number: 3,
  title: 'Orders stuck in processing',
  codes: ['ORDER_PROCESSING_TIMEOUT', 'WORKFLOW_STUCK'],
  words: [
    ['stuck', 'order'],
    ['stuck', 'workflow'],
    ['processing', 'workflow'],
    ['processing', 'fulfil'],
    ['stuck', 'fulfil'],
  ],
  severity: 'medium',
  team: 'orders',
  checks,
  about: (names) => ({ workloads: [orderWorkload(names), workloadOf(names.workflowEngine)], secrets: [] }),
  causes,
  actions: [retryWorkflow, republishEvents, setStatus],
  advice,
  byHand,
  knowledge,
  impact: {
    means: 'stuck ÷ (stuck + orders that left processing in 2 hours)',
    async measure({ probes, names, thresholds, now, signal }) {
      return await probes.ordersDatabase.stuckShare(
        {
          status: names.statuses.processing,
          olderThanMinutes: thresholds.stuckAfterMinutes,
          windowMinutes: 120,
          now,
        },
        signal,
      );
    },
  },
  atOnce: () => null,
});
