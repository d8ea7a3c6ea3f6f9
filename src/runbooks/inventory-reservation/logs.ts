import type { Check } from '../define-runbook.ts';
import type { Names } from '../names.ts';
import { failureLogs } from '../shared/log-check.ts';
import type { LogCounts } from '../shared/log-classes.ts';
import { productsIn } from './products.ts';

export const INVENTORY_CODES = ['INVENTORY_UNAVAILABLE', 'RESERVATION_TIMEOUT', 'OVERSOLD_PRODUCT'] as const;

/** What a failed reservation's line says of its reason. */
export type ReservationClass = 'race' | 'lock' | 'timeout' | 'sold out' | 'oversold';
export const RESERVATION_CLASSES = ['race', 'lock', 'timeout', 'sold out', 'oversold'] as const;

/** Fields that name a product: one may be called *bike lock*. */
const PRODUCT =
  /(?<![A-Za-z0-9])(?:sku|product|item|title|variant)(?:[._-]?(?:id|name|title))?\\?["']?\s*[=:]\s*(?:\\"[^"\\]*\\"|"(?:[^"\\]|\\.)*"|'[^']*'|[^\s,;}]+)/gi;
const RACE = /\brace\b|(?:concurrent|simultaneous) (?:update|modification|write)|optimistic[ _-]?lock/i;
const LOCK = /(?<![a-z])(?:dead|red)?lock(?:s|ed|ing)?(?![a-z])|Lock(?:Timeout|Error|Exception|NotAcquired)/i;

/** The reason that a line gives decides before its code: a reservation that waits for a lock runs out of time too. */
function classOf(line: string, { redis }: Pick<Names, 'redis'>): ReservationClass | null {
  const said = line.replace(PRODUCT, '');
  if (RACE.test(said)) return 'race';
  if (LOCK.test(said) || namesLock(line, redis.lockPattern)) return 'lock';
  if (line.includes('RESERVATION_TIMEOUT')) return 'timeout';
  if (line.includes('OVERSOLD_PRODUCT')) return 'oversold';
  return line.includes('INVENTORY_UNAVAILABLE') ? 'sold out' : null;
}

/** A line that names a key tells of a lock, whatever keys of locks are called here; `stock*` would be the beginning of any word. */
function namesLock(line: string, lockPattern: string): boolean {
  const beginning = /^([^*?[\\]*[^*?[\\\w])[*?[]/.exec(lockPattern)?.[1];
  return beginning !== undefined && line.includes(beginning);
}

/** Products that are kept with a look. */
const KEPT = 50;

interface Failing {
  /** With how often each failed, the most failing first. */
  readonly products: readonly (readonly [product: string, failed: number])[];
}

export type ReservationLogs = LogCounts<ReservationClass> & Failing;

/** R10: what the failed reservations of the log window say, by class and over all pods. */
export const reservationLogs: Check<ReservationLogs> = failureLogs<ReservationClass, Failing>({
  step: 'R10',
  title: 'Why do reservations fail?',
  source: 'kubectl logs -l app=order-service | grep INVENTORY_UNAVAILABLE',
  // Writers that collide need not name a code.
  containing: [...INVENTORY_CODES, 'race condition'],
  one: 'reservation',
  more: 'reservations',
  unclassed: 'without a reason',
  failures: RESERVATION_CLASSES,
  classOf,
  besides: (lines) => ({ products: productsIn(lines).slice(0, KEPT) }),
});
