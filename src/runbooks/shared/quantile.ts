/** Requests that took at most so long. */
export interface Bucket {
  readonly ms: number;
  readonly requests: number;
}

/**
 * The duration below which this share of the requests stayed, ms, as Prometheus' `histogram_quantile` has it: evenly spread
 * within a bucket; beyond the last finite bound it is that bound. Null: there was no request, or no bucket for any time.
 * @param buckets cumulative, the shortest first, the last one for any time (Infinity)
 */
export function histogramQuantile(share: number, buckets: readonly Bucket[]): number | null {
  const last = buckets.at(-1);
  if (buckets.length < 2 || last?.ms !== Number.POSITIVE_INFINITY || last.requests <= 0) return null;
  const rank = share * last.requests;
  const finite = buckets.slice(0, -1);
  const place = finite.findIndex(({ requests }) => requests >= rank);
  const bucket = finite[place];
  if (bucket === undefined) return finite.at(-1)?.ms ?? null;
  const before = finite[place - 1] ?? { ms: 0, requests: 0 };
  if (place === 0 && bucket.ms <= 0) return bucket.ms;
  const within = bucket.requests - before.requests;
  return before.ms + (bucket.ms - before.ms) * ((rank - before.requests) / within);
}
