import { type Inventory, locksAt } from './inventory.ts';

/** A lock that is older has outlived its owner (runbook 2). */
const STALE_MS = 5 * 60_000;

export interface InventoryFigures {
  readonly locks: number;
  readonly staleLocks: number;
  /** Products of which the order service believes that there are none. */
  readonly soldOut: number;
  /** The end of the last sync that went well, epoch ms. */
  readonly syncedAt: number | null;
  /** 0 to 1, of the last 5 minutes. */
  readonly successRate: number;
}

export function inventoryFigures(inventory: Inventory, at: number): InventoryFigures {
  const locks = locksAt(inventory, at);
  return {
    locks: locks.length,
    staleLocks: locks.filter(({ takenAt }) => at - takenAt > STALE_MS).length,
    soldOut: inventory.products.filter(({ ours }) => ours <= 0).length,
    syncedAt: inventory.sync.lastGoodAt,
    successRate: inventory.reservations.figures(at).successRate,
  };
}
