import type { FaultyServer } from '../lib/faulty-server.ts';
import type { ApiCall } from './api/call.ts';
import type { InstalledApp } from './installation.ts';
import type { SlackLimits } from './limits.ts';
import type { OtherBot, OtherBotWords } from './other-bots.ts';
import type { Person } from './people/person.ts';
import type { Change, Channel, Message, User, UserGroup } from './state/types.ts';

/** One channel as a test or a page looks at it. Everything is read anew at each call. */
export interface ChannelView {
  readonly id: string;
  readonly name: string;
  channel(): Channel;
  /** Top level, oldest first; replies that were sent to the channel too are among them. */
  messages(): readonly Message[];
  /** With all replies. */
  all(): readonly Message[];
  /** The replies under this message. */
  thread(ts: string): readonly Message[];
  /** How many top-level messages of others this person has not read. */
  unread(user: string): number;
  invite(user: string): void;
  kick(user: string): void;
  archive(): void;
}

export interface NewUser {
  readonly id?: string;
  /** The handle. */
  readonly name: string;
  readonly email?: string;
  readonly realName?: string;
  readonly isBot?: boolean;
  /** Their account was closed. */
  readonly left?: boolean;
}

export interface NewBot {
  readonly name: string;
  readonly id?: string;
  readonly appId?: string;
  readonly userId?: string;
}

/** What tests, the page and the demo do with the pretend Slack. Channels are named by id, `#name` or name. */
export interface SimulatedSlack {
  /** `http://127.0.0.1:PORT`. */
  readonly url: string;
  /** For `slackApiUrl` and SLACK_API_URL. */
  readonly apiUrl: string;
  readonly botToken: string;
  readonly appToken: string;
  readonly signingSecret: string;
  readonly botUserId: string;
  readonly botId: string;
  readonly appId: string;
  readonly teamId: string;
  /** The app as the manifest declares it: its commands with their hints, its shortcuts. */
  readonly app: InstalledApp;
  /** May be changed at any time. */
  readonly limits: SlackLimits;
  /** Each call of the Web API and each post to a response_url, with its answer; oldest first. */
  readonly requests: readonly ApiCall[];
  /** What Slack refused, one line each. A 429 is no problem; it is among the requests. */
  readonly problems: readonly string[];
  /** The raw requests, those that a fault swallowed too. */
  readonly httpRequests: FaultyServer['requests'];
  readonly faults: FaultyServer['faults'];
  addUser(user: NewUser): User;
  /**
   * A channel with these members; unknown ones come into the workspace. Without `members`: everybody, also those who
   * come later. The app's bot is in it only when it is named, joins or is invited.
   */
  addChannel(
    channel: string | { id?: string; name: string; members?: readonly string[]; private?: boolean },
    members?: readonly string[],
  ): Channel;
  addUserGroup(group: { id?: string; handle: string; users: readonly string[] }): UserGroup;
  /** Another app's bot. With `userId` it can post in the modern shape too. */
  addBot(bot: NewBot): OtherBot;
  /** The address of an incoming webhook of that bot for one channel. */
  webhook(bot: OtherBot, channel: string): string;
  /** A bot of that name posts; it is added when there is none yet. */
  botSays(channel: string, name: string, words: OtherBotWords, shape?: 'webhook' | 'modern'): Message;
  /** Somebody at the keyboard, by user id. */
  as(user: string): Person;
  channel(name: string): ChannelView;
  channels(): readonly Channel[];
  users(): readonly User[];
  /** Short for `channel(name).messages()` and `channel(name).thread(ts)`. */
  messages(channel: string): readonly Message[];
  thread(channel: string, ts: string): readonly Message[];
  /** Every channel with every message, replies too. */
  readonly workspace: { readonly channels: readonly (Channel & { readonly messages: readonly Message[] })[] };
  readonly events: {
    /** Tells every change of what is on the screens; the returned function ends it. */
    subscribe(listener: (change: Change) => void): () => void;
    /** Events for the app that are neither acknowledged nor lost. */
    readonly onTheWay: () => number;
  };
  /** How many Socket Mode connections are open. */
  readonly sockets: () => number;
  /** Says `disconnect` on every socket: warning, refresh_requested, link_disabled. */
  disconnectSockets(reason: string): void;
  /** Tears every socket down without a word. */
  dropSockets(): void;
  /** HTTP mode: sends the challenge; true when the app echoes it. */
  verifyRequestUrl(): Promise<boolean>;
  stop(): Promise<void>;
}
