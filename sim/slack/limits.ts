/** All of Slack's numbers that a test may change at any time; durations are real time. */
export interface SlackLimits {
  /** An acknowledgement later than this counts as none, ms. */
  ackMs: number;
  /** A trigger_id may be exchanged for so long, ms. */
  triggerIdMs: number;
  responseUrlUses: number;
  responseUrlMinutes: number;
  /** chat.postMessage, per channel. */
  postsPerSecond: number;
  /** Messages that one channel takes at once before it slows to `postsPerSecond`. Slack publishes no number. */
  postBurst: number;
  /** chat.postMessage over all channels, in a minute ("several hundred"). */
  postsPerMinute: number;
  /** Calls of one method in a minute, by the method's tier. */
  tier1PerMinute: number;
  tier2PerMinute: number;
  tier3PerMinute: number;
  tier4PerMinute: number;
  /** Methods with a number of their own, calls in a minute. */
  methodPerMinute: Record<string, number>;
  /** Waits before an event that nobody acknowledged is sent again, ms. */
  eventRetryMs: readonly number[];
  maxSockets: number;
  /** Time between two WebSocket pings, ms. */
  pingMs: number;
  /** A socket that was told to go is closed after this, ms. */
  disconnectGraceMs: number;
  /** A ticket of apps.connections.open is good for so long, ms. */
  ticketMs: number;
}

/**
 * Slack's own numbers (tiers: Web API rate limits; 600 a minute for the special methods: java-slack-sdk).
 * apps.connections.open is Tier 1, "1+" a minute; ten sockets are allowed, so ten openings in a row must be too.
 */
export const SLACK_LIMITS: Readonly<SlackLimits> = {
  ackMs: 3_000,
  triggerIdMs: 3_000,
  responseUrlUses: 5,
  responseUrlMinutes: 30,
  postsPerSecond: 1,
  postBurst: 3,
  postsPerMinute: 300,
  tier1PerMinute: 1,
  tier2PerMinute: 20,
  tier3PerMinute: 50,
  tier4PerMinute: 100,
  methodPerMinute: { 'auth.test': 600, 'chat.getPermalink': 600, 'apps.connections.open': 20 },
  eventRetryMs: [1_000, 60_000, 300_000],
  maxSockets: 10,
  pingMs: 10_000,
  disconnectGraceMs: 10_000,
  ticketMs: 30_000,
};

/** For tests about something else: nothing is ever too fast. */
export const NO_RATES: Partial<SlackLimits> = {
  postsPerSecond: Number.POSITIVE_INFINITY,
  postsPerMinute: Number.POSITIVE_INFINITY,
  tier1PerMinute: Number.POSITIVE_INFINITY,
  tier2PerMinute: Number.POSITIVE_INFINITY,
  tier3PerMinute: Number.POSITIVE_INFINITY,
  tier4PerMinute: Number.POSITIVE_INFINITY,
  methodPerMinute: {},
};
