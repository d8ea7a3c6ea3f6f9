import { restock } from './inventory.ts';
import { somePod, type WorldState } from './state.ts';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
/** The service pulls the catalog's counts by itself so often (runbook 2). */
export const SYNC_EVERY_MS = 5 * MINUTE;
const TAKES_MS = 20 * SECOND;
/** A resync reads every product anew. */
const RESYNC_TAKES_MS = 40 * SECOND;

/** From `at` on the catalog's counts are pulled every five minutes. */
export function beginSyncs(state: WorldState, at: number): void {
  state.timeline.schedule(at + SYNC_EVERY_MS, (due) => {
    if (!state.inventory.sync.suspended) beginSync(state, due, TAKES_MS);
    beginSyncs(state, due);
  });
}

/** R13. @returns false while another one is under way */
export function resync(state: WorldState, at: number): boolean {
  return beginSync(state, at, RESYNC_TAKES_MS);
}

function beginSync(state: WorldState, at: number, takes: number): boolean {
  const { sync } = state.inventory;
  if (sync.runningSince !== null) return false;
  sync.runningSince = at;
  state.timeline.schedule(at + takes, (due) => {
    // A scenario may have told another story of it.
    if (sync.runningSince === at) endSync(state, due, takes);
  });
  return true;
}

function endSync(state: WorldState, at: number, took: number): void {
  const { inventory, conditions } = state;
  const { sync } = inventory;
  sync.runningSince = null;
  if (conditions.catalog === 'down') {
    failSync(state, at, 'the catalog answered 503');
    return;
  }
  restock(inventory);
  if (took === RESYNC_TAKES_MS) inventory.corrected.clear();
  for (const product of inventory.products)
    if (!inventory.corrected.has(product.sku)) product.ours = product.catalog;
  sync.lastGoodAt = at;
  sync.error = null;
  sync.suspended = false;
  const pod = somePod(state, 'order-service', 'sync', at);
  const words = `inventory:sync result=ok products=${inventory.products.length} duration_ms=${took}`;
  state.logs.write(at, pod, 'INFO', words);
}

export function failSync(state: WorldState, at: number, why: string): void {
  state.inventory.sync.error = why;
  const pod = somePod(state, 'order-service', 'sync', at);
  state.logs.write(at, pod, 'WARN', `inventory:sync result=failed reason="${why}"`);
}
