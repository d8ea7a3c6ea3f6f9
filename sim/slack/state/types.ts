/** A JSON object as it goes over the wire. */
export type Json = Readonly<Record<string, unknown>>;

export interface User {
  readonly id: string;
  /** The handle: what is typed behind `@`. */
  readonly name: string;
  readonly realName: string;
  readonly email: string | null;
  readonly isBot: boolean;
  /** Their account was closed; Slack goes on to know them. */
  readonly left?: boolean;
}

export interface UserGroup {
  readonly id: string;
  readonly handle: string;
  readonly users: readonly string[];
}

/** An app's bot as others see it. */
export interface BotProfile {
  readonly id: string;
  readonly name: string;
  readonly appId: string;
  /** Null: it posts by incoming webhook only. */
  readonly userId: string | null;
}

export interface Metadata {
  readonly event_type: string;
  readonly event_payload: Json;
}

/** A message as Slack keeps and returns it, with the channel beside. Never changed in place. */
export interface Message {
  readonly type: 'message';
  readonly channel: string;
  readonly ts: string;
  readonly subtype?: string;
  readonly user?: string;
  readonly bot_id?: string;
  readonly app_id?: string;
  readonly bot_profile?: Json;
  readonly username?: string;
  readonly icons?: Json;
  /** Escaped as Slack escapes. */
  readonly text: string;
  readonly blocks?: readonly Json[];
  readonly attachments?: readonly Json[];
  readonly metadata?: Metadata;
  readonly thread_ts?: string;
  readonly parent_user_id?: string;
  readonly edited?: { readonly user: string; readonly ts: string };
  readonly reactions?: readonly { readonly name: string; readonly users: readonly string[] }[];
}

/** What only one person sees. */
export interface Ephemeral {
  readonly id: string;
  readonly user: string;
  readonly channel: string;
  readonly ts: string;
  readonly text: string;
  readonly blocks: readonly Json[];
  readonly attachments: readonly Json[];
  readonly thread_ts: string | null;
}

export interface Channel {
  readonly id: string;
  /** Empty for a direct message. */
  readonly name: string;
  readonly kind: 'public' | 'private' | 'im';
  readonly members: ReadonlySet<string>;
  readonly archived: boolean;
  /** Epoch seconds. */
  readonly created: number;
}

/** Values of inputs: block_id → action_id → Slack's value object. */
export type FormValues = Readonly<Record<string, Readonly<Record<string, Json>>>>;

export interface OpenView {
  readonly id: string;
  readonly user: string;
  readonly kind: 'modal' | 'home';
  readonly hash: string;
  readonly rootId: string;
  readonly previousId: string | null;
  /** The view as the app sent it, with the ids that Slack fills in. */
  readonly view: Json;
  readonly values: FormValues;
  /** What the app complained of at the last submission, by block_id. */
  readonly errors: Readonly<Record<string, string>>;
}

/** What Slack itself showed a person when something did not work. */
export interface Failure {
  readonly user: string;
  readonly channel: string | null;
  /** Slack's short name: operation_timeout, dispatch_failed … */
  readonly error: string;
  /** The words on the screen. */
  readonly text: string;
}

/** Everything that a page may want to redraw for. */
export type Change =
  | { readonly kind: 'message posted'; readonly message: Message }
  | { readonly kind: 'message changed'; readonly message: Message; readonly before: Message }
  | { readonly kind: 'message deleted'; readonly message: Message }
  | { readonly kind: 'ephemeral shown'; readonly ephemeral: Ephemeral }
  | { readonly kind: 'ephemeral changed'; readonly ephemeral: Ephemeral }
  | { readonly kind: 'ephemeral removed'; readonly ephemeral: Ephemeral }
  | { readonly kind: 'view opened'; readonly view: OpenView }
  | { readonly kind: 'view changed'; readonly view: OpenView }
  | { readonly kind: 'view closed'; readonly view: OpenView }
  | { readonly kind: 'failure shown'; readonly failure: Failure }
  | { readonly kind: 'channel added'; readonly channel: Channel }
  | { readonly kind: 'member joined'; readonly channel: Channel; readonly user: string }
  | { readonly kind: 'member left'; readonly channel: Channel; readonly user: string }
  | { readonly kind: 'user added'; readonly user: User }
  | { readonly kind: 'channel read'; readonly channel: string; readonly user: string }
  | { readonly kind: 'home opened'; readonly user: string; readonly tab: 'home' | 'messages' };
