import { advice } from './database-pool/advice.ts';
import { byHand } from './database-pool/by-hand.ts';
import { causes } from './database-pool/causes.ts';
import { checks, type PoolData } from './database-pool/checks.ts';
import { knowledge } from './database-pool/knowledge.ts';
import { restartService } from './database-pool/restart.ts';
import { addPods, lowerPool, raisePool, removePods } from './database-pool/size.ts';
import { endQuery } from './database-pool/terminate.ts';
import { defineRunbook } from './define-runbook.ts';
import { rollBackOf } from './roll-back.ts';
import { withMissing } from './shared/order-rate.ts';

const CODES = ['DB_POOL_EXHAUSTED', 'CONNECTION_TIMEOUT', 'TOO_MANY_CONNECTIONS'] as const;

/** Whether a dependency is the orders database: by its configured name, or by what databases are called. */
function isDatabase(dependency: string, name: string): boolean {
  const said = dependency.toLowerCase();
  return said.includes(name.toLowerCase()) || /postgres|database|(^|[^a-z])(db|pg)([^a-z]|$)/.test(said);
}

/** Runbook 6: the order service has no connections to its database left. */
export const databasePool = defineRunbook<PoolData>({
  id: 'database-pool',
  number: 6,
  title: 'Database connections exhausted',
  codes: CODES,
  words: ['pool', 'connections', 'postgres'].flatMap((what) =>
    ['exhausted', 'timeout', 'too many'].map((how) => [what, how]),
  ),
  // Everything that is asked over a network can time out; the label says what was.
  owner: {
    labels: ['dependency'],
    whose: (code, value, { postgres }) =>
      (code === null || code === 'CONNECTION_TIMEOUT') && !isDatabase(value, postgres.dependency)
        ? null
        : 'database-pool',
  },
  severity: 'critical',
  team: 'orders',
  checks,
  causes,
  actions: [
    restartService,
    endQuery,
    raisePool,
    addPods,
    lowerPool,
    removePods,
    rollBackOf<PoolData>({
      runbook: 'database-pool',
      causes,
      state: ({ findings }) => findings.service.data?.state ?? null,
    }),
  ],
  advice,
  byHand,
  knowledge,
  impact: {
    means: 'orders that failed because no connection was to be had, or are missing by last week ÷ orders',
    async measure(ask) {
      const { probes, thresholds, now, signal } = ask;
      return await withMissing(
        ask,
        async (windowsMinutes) =>
          await probes.ordersDatabase.failedShare(
            {
              waiting: null,
              waitingMinutes: thresholds.pendingPaymentMinutes,
              codes: CODES,
              windowsMinutes,
              fewest: thresholds.impactFewestOrders,
              now,
              runbook: 'database-pool',
            },
            signal,
          ),
      );
    },
  },
  atOnce: () => null,
});
