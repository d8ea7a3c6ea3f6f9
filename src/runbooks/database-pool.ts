import { causes } from './database-pool/causes.ts';
import { checks, type PoolData } from './database-pool/checks.ts';
import { restartService } from './database-pool/restart.ts';
import { addPods, lowerPool, raisePool, removePods } from './database-pool/size.ts';
import { endQuery } from './database-pool/terminate.ts';
import { defineRunbook } from './define-runbook.ts';

/** Minutes of orders that the impact counts: half an hour, wider while there are too few (design §6). */
const WINDOWS = [30, 60, 120, 240, 360];

const CODES = ['DB_POOL_EXHAUSTED', 'CONNECTION_TIMEOUT', 'TOO_MANY_CONNECTIONS'] as const;

/** Runbook 6: the order service has no connections to its database left. */
export const databasePool = defineRunbook<PoolData>({
  id: 'database-pool',
  number: 6,
  title: 'Database connections exhausted',
  codes: CODES,
  words: ['pool', 'connections', 'postgres'].flatMap((what) =>
    ['exhausted', 'timeout', 'too many'].map((how) => [what, how]),
  ),
  severity: 'critical',
  team: 'orders',
  checks,
  causes,
  actions: [restartService, endQuery, raisePool, addPods, lowerPool, removePods],
  impact: {
    means: 'orders that failed because no connection was to be had ÷ orders',
    async measure({ probes, thresholds, now, signal }) {
      return await probes.ordersDatabase.failedShare(
        {
          waiting: null,
          waitingMinutes: thresholds.pendingPaymentMinutes,
          codes: CODES,
          windowsMinutes: WINDOWS,
          fewest: thresholds.impactFewestOrders,
          now,
          runbook: 'database-pool',
        },
        signal,
      );
    },
  },
  atOnce: () => null,
});
