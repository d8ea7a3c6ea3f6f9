const MINUTE = 60_000;

/** So many events in any 60 seconds of real time, for each routing key. */
export interface RateLimiter {
  perMinute: number;
  take(key: string): boolean;
}

export function createRateLimiter(perMinute: number): RateLimiter {
  const taken = new Map<string, number[]>();
  return {
    perMinute,
    take(key) {
      const now = Date.now();
      const recent = (taken.get(key) ?? []).filter((at) => at > now - MINUTE);
      taken.set(key, recent);
      if (recent.length >= this.perMinute) return false;
      recent.push(now);
      return true;
    },
  };
}
