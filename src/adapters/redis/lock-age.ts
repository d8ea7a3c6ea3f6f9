/** Nothing that held a lock before is alive: earlier numbers are no times. */
const EARLIEST = Date.parse('2015-01-01T00:00:00Z');
/** The clocks of who took a lock and of Redis may differ by so much, ms. */
const SKEW_MS = 2_000;

const ISO = /\b\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?:Z|[+-]\d\d:?\d\d)/g;
/** Epoch milliseconds as a number of its own, not a part of an id: `pod-7:1770000000000`. */
const MILLISECONDS = /(?<![\w.-])\d{13}(?![\w.-])/g;
/** Epoch seconds only where they are all there is, or a number in JSON: ten digits are too often something else. */
const SECONDS = /(?:^|":\s*)(\d{10}(?:\.\d{1,6})?)(?=$|\s*[,}])/g;

/**
 * How long ago a lock was taken, ms, as its value and its time to live tell; null: neither does. Where both tell, the
 * younger: a lock that is renewed is alive, and one that we take for older than it is may be deleted.
 * @param lock.leftMs of its time to live; null: it never ends
 * @param lock.now by the clock of Redis, epoch ms
 */
export function lockAge(lock: {
  readonly value: string;
  readonly leftMs: number | null;
  readonly ttlMs: number | null;
  readonly now: number;
}): number | null {
  const { leftMs, ttlMs } = lock;
  // More left than a fresh one gets: the configured time is not this lock's.
  const byTtl = leftMs === null || ttlMs === null || leftMs > ttlMs ? null : ttlMs - leftMs;
  const taken = newestTime(lock.value, lock.now);
  const byValue = taken === null ? null : Math.max(0, lock.now - taken);
  if (byTtl === null || byValue === null) return byTtl ?? byValue;
  return Math.min(byTtl, byValue);
}

/** The newest time in the text that is not in the future. One that says when the lock *ends* is. */
function newestTime(text: string, now: number): number | null {
  const times = [
    ...[...text.matchAll(ISO)].map(([iso]) => Date.parse(iso)),
    ...[...text.matchAll(MILLISECONDS)].map(([digits]) => Number(digits)),
    ...[...text.matchAll(SECONDS)].map(([, digits]) => Number(digits) * 1_000),
  ];
  const past = times.filter((time) => time >= EARLIEST && time <= now + SKEW_MS);
  return past.length === 0 ? null : Math.max(...past);
}
