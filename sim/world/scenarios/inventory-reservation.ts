import { LOCK_TTL_MS, lockKey, lockValue, type Product, takeLock } from '../inventory.ts';
import { failSync, SYNC_EVERY_MS } from '../inventory-sync.ts';
import { placeOrder } from '../life.ts';
import type { WorldState } from '../state.ts';
import { backdateTraffic } from '../traffic.ts';
import { replayReservations } from './replay-reservations.ts';
import type { Scenario } from './scenario.ts';

const MINUTE = 60_000;
const CRASHED_SINCE = 24 * MINUTE;
const RESTARTS_IN = 15_000;
const STOPPED_SINCE = 38 * MINUTE;
/** The schedule rests after so many failures in a row. */
const FAILURES = 3;

/** Wanted often, though not most: about one order in four is for one of them. */
function wanted(state: WorldState): readonly Product[] {
  return state.inventory.products.slice(3, 9);
}

export const staleLocks: Scenario = {
  id: 'stale-locks',
  causes: ['2.C3'],
  runbook: 'inventory-reservation',
  title: 'A pod was killed 24 minutes ago and left 6 inventory locks; orders for those products time out.',
  alert: {
    alertname: 'ReservationTimeouts',
    code: 'RESERVATION_TIMEOUT',
    severity: 'high',
    summary: 'One reservation in four waits 30 seconds and fails',
    startsAgoMs: 15 * MINUTE,
  },
  start(state, now) {
    const since = now - CRASHED_SINCE;
    const pod = state.pods.find(({ app }) => app === 'order-service');
    if (pod === undefined) return;
    state.logs.write(since, pod.name, 'ERROR', 'SIGKILL: container exceeded its grace period');
    pod.restarts += 1;
    pod.startedAt = since + RESTARTS_IN;
    pod.lastTermination = { reason: 'Error', exitCode: 137, at: since };
    for (const product of wanted(state)) {
      const key = lockKey(product);
      state.inventory.locks.delete(key);
      const value = lockValue(state.chance, pod.name, product.sku, since);
      takeLock(state.inventory, { key, value, ttlMs: LOCK_TTL_MS }, since);
    }
    replayReservations(state, { from: since, products: new Set(wanted(state)) }, now);
  },
  end(state) {
    for (const product of wanted(state)) state.inventory.locks.delete(lockKey(product));
  },
};

export const inventorySyncStopped: Scenario = {
  id: 'inventory-sync-stopped',
  causes: ['2.C2'],
  runbook: 'inventory-reservation',
  title:
    'The inventory has not been synced for 38 minutes; 6 products that the catalog has again count as sold out.',
  alert: {
    alertname: 'InventoryUnavailable',
    code: 'INVENTORY_UNAVAILABLE',
    severity: 'high',
    summary: 'Orders are refused as sold out while the shop shows stock',
    startsAgoMs: 20 * MINUTE,
  },
  start(state, now) {
    const since = now - STOPPED_SINCE;
    const { sync } = state.inventory;
    sync.runningSince = null;
    sync.lastGoodAt = since;
    sync.suspended = true;
    state.logs.forget(({ at, text }) => at > since && text.includes(' inventory:sync '));
    for (let failure = 1; failure <= FAILURES; failure += 1)
      failSync(state, since + failure * SYNC_EVERY_MS, 'the catalog answered 503');
    failSync(state, since + FAILURES * SYNC_EVERY_MS, `schedule suspended after ${FAILURES} failures`);
    // Sold out just before, and delivered anew since: only the catalog knows.
    for (const product of wanted(state)) {
      product.ours = 0;
      state.inventory.locks.delete(lockKey(product));
    }
    replayReservations(state, { from: since, products: new Set(wanted(state)) }, now);
  },
  recover(state) {
    state.inventory.sync.suspended = false;
  },
  end(state, now) {
    const { products, sync } = state.inventory;
    for (const product of products) product.ours = product.catalog;
    sync.suspended = false;
    sync.lastGoodAt = now;
    sync.error = null;
  },
};

export const reservationsSlow: Scenario = {
  id: 'reservations-slow',
  causes: ['2.C4'],
  runbook: 'inventory-reservation',
  title:
    'For 25 minutes the write of a reservation has taken four times as long; half of them give up at 30 s.',
  alert: {
    alertname: 'ReservationTimeouts',
    code: 'RESERVATION_TIMEOUT',
    severity: 'high',
    summary: 'Half of the reservations give up after 30 seconds',
    startsAgoMs: 15 * MINUTE,
  },
  start(state, now) {
    state.conditions.reservationFactor = 4;
    const { products } = state.inventory;
    replayReservations(state, { from: now - 25 * MINUTE, products: new Set(products) }, now);
  },
  recover: fast,
  end: fast,
};

function fast(state: WorldState): void {
  state.conditions.reservationFactor = 1;
}

export const stockCorrected: Scenario = {
  id: 'stock-corrected',
  causes: ['2.C5'],
  runbook: 'inventory-reservation',
  title:
    'Somebody corrected 6 products in the catalog 30 minutes ago; every sync since has passed them over.',
  alert: {
    alertname: 'InventoryUnavailable',
    code: 'INVENTORY_UNAVAILABLE',
    severity: 'high',
    summary: 'Orders are refused as sold out while the shop shows stock',
    startsAgoMs: 20 * MINUTE,
  },
  start(state, now) {
    for (const product of wanted(state)) {
      state.inventory.corrected.add(product.sku);
      product.ours = 0;
      state.inventory.locks.delete(lockKey(product));
    }
    replayReservations(state, { from: now - 30 * MINUTE, products: new Set(wanted(state)) }, now);
  },
  end(state) {
    state.inventory.corrected.clear();
    for (const product of state.inventory.products) product.ours = product.catalog;
  },
};

const CROWD_SINCE = 40 * MINUTE;
/** Times the usual. */
const CROWD = 5;

export const crowdCollides: Scenario = {
  id: 'crowd-collides',
  causes: ['2.C1'],
  runbook: 'inventory-reservation',
  title:
    'Five times as many orders come as usual for 40 minutes; one in four collides with another over its product.',
  alert: {
    alertname: 'OversoldProducts',
    code: 'OVERSOLD_PRODUCT',
    severity: 'high',
    summary: 'Orders are refused though the shop shows stock',
    startsAgoMs: 15 * MINUTE,
  },
  start(state, now) {
    const { demand, conditions } = state;
    demand.factor = CROWD;
    conditions.collisions = 0.25;
    backdateTraffic(state, CROWD_SINCE, now);
    const more = Math.round((demand.ordersPerHour * (CROWD - 1) * CROWD_SINCE) / (60 * MINUTE));
    for (let number = 0; number < more; number += 1) {
      const at = now - CROWD_SINCE + Math.round((CROWD_SINCE * number) / more);
      state.timeline.schedule(at, (due) => placeOrder(state, `${this.id} ${number}`, due));
    }
    state.timeline.advance(now);
  },
  recover(state) {
    state.demand.factor = 1;
    state.conditions.collisions = 0;
  },
  end(state) {
    state.demand.factor = 1;
    state.conditions.collisions = 0;
  },
};
