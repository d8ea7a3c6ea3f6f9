/** Tokens that fill up again with real time; a call without one is told when to come back. */
export function createRates(now: () => number = () => Date.now()) {
  const buckets = new Map<string, { tokens: number; at: number }>();
  return {
    /** Null: go on. Else seconds for `Retry-After`. */
    take(key: string, burst: number, perSecond: number): number | null {
      if (!Number.isFinite(perSecond)) return null;
      const bucket = buckets.get(key) ?? { tokens: burst, at: now() };
      const tokens = Math.min(burst, bucket.tokens + ((now() - bucket.at) / 1_000) * perSecond);
      if (tokens < 1) {
        buckets.set(key, { tokens, at: now() });
        return Math.max(1, Math.ceil((1 - tokens) / perSecond));
      }
      buckets.set(key, { tokens: tokens - 1, at: now() });
      return null;
    },
  };
}
