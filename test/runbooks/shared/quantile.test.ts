import { expect, test } from 'vitest';
import { histogramQuantile } from '../../../src/runbooks/shared/quantile.ts';

const of = (...counts: readonly (readonly [number, number])[]) =>
  counts.map(([ms, requests]) => ({ ms, requests }));
const ANY = Number.POSITIVE_INFINITY;

test.each([
  ['within a bucket, evenly spread', of([100, 50], [200, 100], [ANY, 100]), 190],
  ['within the first bucket, from zero', of([100, 100], [200, 100], [ANY, 100]), 95],
  ['at a bound', of([100, 95], [200, 100], [ANY, 100]), 100],
  ['past an empty bucket', of([100, 50], [200, 50], [400, 100], [ANY, 100]), 380],
  ['beyond the last bound it is that bound', of([100, 50], [200, 60], [ANY, 100]), 200],
  ['no request', of([100, 0], [ANY, 0]), null],
  ['no bucket for any time', of([100, 50], [200, 100]), null],
  ['only that bucket', of([ANY, 100]), null],
  ['no bucket', of(), null],
  ['a first bound that is not above zero', of([0, 100], [100, 100], [ANY, 100]), 0],
])('p95: %s', (_what, buckets, ms) => {
  const found = histogramQuantile(0.95, buckets);
  if (ms === null) expect(found).toBeNull();
  else expect(found).toBeCloseTo(ms, 9);
});
