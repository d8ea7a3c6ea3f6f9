import { type Chance, nineLetters } from './chance.ts';
import type { Order } from './order.ts';
import { createReservationLedger, type ReservationLedger } from './reservation-ledger.ts';

const SECOND = 1_000;
/** The time to live that a fresh lock gets, ms. */
export const LOCK_TTL_MS = 3_600 * SECOND;
const PRODUCTS = 30;
/** What the catalog has of a product after it was restocked. */
const RESTOCKED = 60;

/** How many of one product there are, by the two services that count them. */
export interface Product {
  readonly sku: string;
  /** The source of truth. */
  catalog: number;
  /** What the order service believes since the last sync. */
  ours: number;
}

/** One key of Redis. */
export interface Lock {
  readonly key: string;
  /** Who may release it. */
  readonly value: string;
  readonly takenAt: number;
  /** Null: it never expires by itself. */
  readonly expiresAt: number | null;
}

/** How the order service's copy of the catalog's counts is kept. */
export interface Sync {
  /** When the one that is under way began; null: none is. */
  runningSince: number | null;
  /** The end of the last one that went well; null: there was none. */
  lastGoodAt: number | null;
  /** Why the last one failed; null: it did not. */
  error: string | null;
  /** After failures in a row the schedule rests until one goes well. */
  suspended: boolean;
}

export interface Inventory {
  /** The most wanted first. */
  readonly products: readonly Product[];
  /** By key. */
  readonly locks: Map<string, Lock>;
  readonly sync: Sync;
  /** Products that somebody corrected by hand in the catalog; a sync by schedule passes them over, a resync does not. */
  readonly corrected: Set<string>;
  readonly reservations: ReservationLedger;
}

export function createInventory(): Inventory {
  const products = Array.from({ length: PRODUCTS }, (_, number) => ({
    sku: `sku-${101 + number}`,
    catalog: RESTOCKED,
    ours: RESTOCKED,
  }));
  return {
    products,
    locks: new Map(),
    corrected: new Set(),
    sync: { runningSince: null, lastGoodAt: null, error: null, suspended: false },
    reservations: createReservationLedger(),
  };
}

/** The product that an order is for; a few are wanted far more often than the others. */
export function productOf({ products }: Inventory, chance: Chance, order: Order): Product {
  const share = chance('product', order.id) ** 2;
  const found = products[Math.floor(share * products.length)];
  if (found === undefined) throw new Error('The inventory has no product.');
  return found;
}

export function lockKey({ sku }: Pick<Product, 'sku'>): string {
  return `lock:inventory:${sku}`;
}

/** The lock of that key; one that has expired is gone. */
export function lockAt({ locks }: Pick<Inventory, 'locks'>, key: string, at: number): Lock | null {
  const lock = locks.get(key);
  if (lock === undefined) return null;
  if (lock.expiresAt === null || lock.expiresAt > at) return lock;
  locks.delete(key);
  return null;
}

/** All locks that are held, in no order. */
export function locksAt(inventory: Pick<Inventory, 'locks'>, at: number): readonly Lock[] {
  return [...inventory.locks.keys()].flatMap((key) => lockAt(inventory, key, at) ?? []);
}

/** As `SET key value NX PX ttl`. @returns null when somebody holds it */
export function takeLock(
  inventory: Pick<Inventory, 'locks'>,
  taken: { readonly key: string; readonly value: string; readonly ttlMs: number | null },
  at: number,
): Lock | null {
  const { key, value, ttlMs } = taken;
  if (lockAt(inventory, key, at) !== null) return null;
  const lock = { key, value, takenAt: at, expiresAt: ttlMs === null ? null : at + ttlMs };
  inventory.locks.set(key, lock);
  return lock;
}

/** What a pod writes into its lock: itself and a word that nobody else knows. */
export function lockValue(chance: Chance, pod: string, ...labels: readonly (string | number)[]): string {
  return `${pod}:${nineLetters(chance, 'lock', pod, ...labels)}${nineLetters(chance, 'token', pod, ...labels)}`;
}

/** The supplier fills up what runs low. */
export function restock({ products }: Inventory): void {
  for (const product of products) if (product.catalog < RESTOCKED / 3) product.catalog = RESTOCKED;
}
