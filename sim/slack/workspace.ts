/** What a workspace remembers. */
export interface Posted {
  readonly ts: string;
  readonly channel: string;
  readonly user?: string;
  readonly bot_id?: string;
  readonly username?: string;
  readonly subtype?: string;
  text: string;
  blocks?: unknown[];
  attachments?: unknown[];
  metadata?: unknown;
  readonly thread_ts?: string;
  edited: number;
}

export interface Channel {
  readonly id: string;
  readonly name: string;
  readonly members: Set<string>;
  readonly messages: Posted[];
}

export interface Ephemeral {
  readonly user: string;
  readonly channel: string;
  readonly text: string;
  readonly blocks: unknown[];
}

export interface OpenView {
  readonly id: string;
  readonly user: string;
  hash: string;
  view: {
    readonly callback_id?: string;
    readonly private_metadata?: string;
    readonly blocks: readonly { readonly block_id?: string }[];
  };
}

export interface SlackLimits {
  /** An acknowledgement later than this is a failure, ms (Slack: 3 s). */
  ackMs: number;
  triggerIdMs: number;
  responseUrlUses: number;
  /** Messages that one channel takes at once before it slows to one a second. */
  postBurst: number;
  postsPerSecond: number;
  /** Calls a minute of a Tier 3 method (chat.update, conversations.history …). */
  tier3PerMinute: number;
  /** Waits before an event is sent again, ms. */
  eventRetryMs: readonly number[];
}

export const SLACK_LIMITS: SlackLimits = {
  ackMs: 3_000,
  triggerIdMs: 3_000,
  responseUrlUses: 5,
  postBurst: 3,
  postsPerSecond: 1,
  tier3PerMinute: 50,
  eventRetryMs: [1_000, 60_000, 300_000],
};

export const BOT = { user: 'U0BOT', bot: 'B0BOT', app: 'A0BOT', team: 'T0TEAM' } as const;

export function createWorkspace() {
  const channels: Channel[] = [];
  const groups = new Map<string, readonly string[]>();
  let second = 1_760_000_000;
  let place = 0;
  return {
    channels,
    groups,
    ephemerals: [] as Ephemeral[],
    views: [] as OpenView[],
    /** What Slack showed a person as a failure. */
    failures: [] as { readonly user: string; readonly error: string }[],
    addChannel(name: string, members: readonly string[] = []): Channel {
      const channel = {
        id: `C${String(channels.length + 1).padStart(5, '0')}`,
        name,
        members: new Set(members),
        messages: [],
      };
      channels.push(channel);
      return channel;
    },
    find: (idOrName: string): Channel | undefined =>
      channels.find(({ id, name }) => id === idOrName || `#${name}` === idOrName),
    /** Unique and rising, as Slack's are; never the world's time. */
    nextTs(): string {
      place += 1;
      if (place % 1_000 === 0) second += 1;
      return `${second}.${String(place % 1_000_000).padStart(6, '0')}`;
    },
  };
}
export type Workspace = ReturnType<typeof createWorkspace>;
