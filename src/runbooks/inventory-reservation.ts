import { defineRunbook } from './define-runbook.ts';
import { advice } from './inventory-reservation/advice.ts';
import { byHand } from './inventory-reservation/by-hand.ts';
import { causes } from './inventory-reservation/causes.ts';
import { checks, type InventoryData } from './inventory-reservation/checks.ts';
import { clearLocks } from './inventory-reservation/clear-locks.ts';
import { knowledge } from './inventory-reservation/knowledge.ts';
import { INVENTORY_CODES } from './inventory-reservation/logs.ts';
import { resyncInventory } from './inventory-reservation/resync.ts';
import { ordersSoldOut } from './inventory-reservation/stock.ts';
import { orderWorkload } from './names.ts';
import { consumersOf, restartConsumers } from './shared/consumers.ts';
import { ORDER_WINDOWS } from './shared/order-rate.ts';

/** Runbook 2: nothing can be reserved for an order. */
export const inventoryReservation = defineRunbook<InventoryData>({
  id: 'inventory-reservation',
  number: 2,
  title: 'Inventory reservation failures',
  codes: INVENTORY_CODES,
  words: [
    ...['inventory', 'stock', 'reservation'].flatMap((what) =>
      ['fail', 'mismatch', 'oversold'].map((how) => [what, how]),
    ),
    // A lag alert carries its group, and the inventory's is called so.
    ['lag', 'inventory'],
  ],
  severity: 'high',
  team: 'catalog',
  checks,
  about: (names) => ({
    workloads: [orderWorkload(names), consumersOf(names, names.kafka.inventoryGroup) ?? []].flat(),
    secrets: [],
  }),
  causes,
  actions: [
    resyncInventory,
    clearLocks,
    restartConsumers<InventoryData>({
      lag: ({ findings }) => findings.lag.data,
      consumers: ({ findings }) => findings.consumers.data,
      notWhile: () => null,
    }),
  ],
  advice,
  byHand,
  knowledge,
  impact: {
    means: 'orders for which nothing could be reserved, but for products that are really sold out ÷ orders',
    async measure(ask, found) {
      const { probes, thresholds, now, signal } = ask;
      const share = async (except: readonly string[]) =>
        await probes.ordersDatabase.failedShare(
          {
            waiting: null,
            waitingMinutes: 0,
            codes: INVENTORY_CODES,
            windowsMinutes: ORDER_WINDOWS,
            fewest: thresholds.impactFewestOrders,
            now,
            runbook: 'inventory-reservation',
            except,
          },
          signal,
        );
      const [all, { data }] = await Promise.all([share([]), found('stock')]);
      const rightly = await ordersSoldOut(ask, data?.soldOut ?? []);
      return rightly.length === 0 ? all : await share(rightly);
    },
  },
  atOnce: () => null,
});
