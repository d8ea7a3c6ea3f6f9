import type { SlackLimits } from '../limits.ts';
import { Refusal } from './refusal.ts';

export type Tier = 1 | 2 | 3 | 4;
const MINUTE = 60_000;

/** Slack's rates over one workspace. All throw the refusal with the seconds to wait; what is refused counts for nothing. */
export function createRates(limits: SlackLimits) {
  const calls = new Map<string, number[]>();
  const buckets = new Map<string, { left: number; at: number }>();

  function perMinute(key: string, most: number): void {
    const now = Date.now();
    const recent = (calls.get(key) ?? []).filter((at) => now - at < MINUTE);
    const [oldest] = recent;
    if (recent.length >= most && oldest !== undefined) throw tooFast((oldest + MINUTE - now) / 1_000);
    // Below a whole call a minute nothing ever passes.
    if (most < 1) throw tooFast(60);
    if (Number.isFinite(most)) calls.set(key, [...recent, now]);
  }

  return {
    /** One call of this method. */
    call(method: string, tier: Tier): void {
      const tiers = {
        1: limits.tier1PerMinute,
        2: limits.tier2PerMinute,
        3: limits.tier3PerMinute,
        4: limits.tier4PerMinute,
      };
      perMinute(method, limits.methodPerMinute[method] ?? tiers[tier]);
    },
    /** One message in this channel: a small burst, then one a second. */
    post(channel: string): void {
      const { postsPerSecond: speed, postBurst: burst } = limits;
      if (Number.isFinite(speed)) {
        const now = Date.now();
        const bucket = buckets.get(channel) ?? { left: burst, at: now };
        const left = Math.min(burst, bucket.left + ((now - bucket.at) / 1_000) * speed);
        buckets.set(channel, { left, at: now });
        if (left < 1) throw tooFast((1 - left) / speed);
      }
      perMinute('chat.postMessage', limits.postsPerMinute);
      const bucket = buckets.get(channel);
      if (bucket !== undefined) bucket.left -= 1;
    },
  };
}
export type Rates = ReturnType<typeof createRates>;

function tooFast(seconds: number): Refusal {
  return new Refusal('ratelimited', {}, Math.max(1, Math.ceil(seconds)));
}
