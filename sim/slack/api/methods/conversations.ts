import * as z from 'zod';
import { compareTs } from '../../state/ids.ts';
import type { Channel, Message } from '../../state/types.ts';
import { wireChannel, wireMessage } from '../../state/wire.ts';
import { isTopLevel, OWN } from '../../state/workspace.ts';
import { flag, page, paging, timestamp, words } from '../arguments.ts';
import { anyOf, knownChannel, missingScope, needScope } from '../channels.ts';
import { type ApiContext, type Method, method } from '../method.ts';
import { Refusal } from '../refusal.ts';

const span = {
  oldest: timestamp.optional(),
  latest: timestamp.optional(),
  inclusive: flag.optional(),
  include_all_metadata: flag.optional(),
};

interface Span {
  readonly oldest?: string | undefined;
  readonly latest?: string | undefined;
  readonly inclusive?: boolean | undefined;
}

function within({ oldest, latest, inclusive = false }: Span): (message: Message) => boolean {
  return ({ ts }) => {
    const [after, before] = [compareTs(ts, oldest ?? '0'), latest === undefined ? -1 : compareTs(ts, latest)];
    return inclusive ? after >= 0 && before <= 0 : after > 0 && before < 0;
  };
}

/** A channel whose messages the app may read. */
function readable(context: ApiContext, id: string): Channel {
  const channel = knownChannel(context, id);
  needScope(context, channel, 'history');
  if (!channel.members.has(OWN.user)) throw new Refusal('not_in_channel');
  return channel;
}

const KINDS = { public_channel: 'public', private_channel: 'private', im: 'im', mpim: 'mpim' } as const;
const READ = { public: 'channels:read', private: 'groups:read', im: 'im:read', mpim: 'mpim:read' } as const;

export const CONVERSATIONS: readonly Method[] = [
  method({
    name: 'conversations.history',
    scopes: anyOf('history'),
    tier: 3,
    args: z.strictObject({ channel: words.min(1), ...span, ...paging }),
    run: (args, context) => {
      const { workspace } = context;
      const { id } = readable(context, args.channel);
      const inside = within(args);
      const all = workspace
        .messages(id)
        .filter((message) => isTopLevel(message) && inside(message))
        .toReversed();
      const { items, more, response_metadata } = page(all, args);
      return {
        messages: items.map((message) => wireMessage(workspace, message, args.include_all_metadata === true)),
        has_more: more,
        pin_count: 0,
        response_metadata,
      };
    },
  }),
  method({
    name: 'conversations.replies',
    scopes: anyOf('history'),
    tier: 3,
    args: z.strictObject({ channel: words.min(1), ts: timestamp, ...span, ...paging }),
    run: (args, context) => {
      const { workspace } = context;
      const { id } = readable(context, args.channel);
      const asked = workspace.message(id, args.ts);
      if (asked === null) throw new Refusal('thread_not_found');
      const inside = within(args);
      // The head always comes first, whatever the span says.
      const all = workspace
        .messages(id)
        .filter(({ ts, thread_ts }) => ts === args.ts || thread_ts === args.ts)
        .filter((message) => message.ts === args.ts || inside(message));
      const { items, more, response_metadata } = page(all, args, 1_000);
      return {
        messages: items.map((message) => wireMessage(workspace, message, args.include_all_metadata === true)),
        has_more: more,
        response_metadata,
      };
    },
  }),
  method({
    name: 'conversations.info',
    scopes: anyOf('read'),
    tier: 3,
    args: z.strictObject({
      channel: words.min(1),
      include_locale: flag.optional(),
      include_num_members: flag.optional(),
    }),
    run: (args, context) => {
      const channel = knownChannel(context, args.channel);
      needScope(context, channel, 'read');
      return { channel: wireChannel(channel) };
    },
  }),
  method({
    name: 'conversations.list',
    scopes: anyOf('read'),
    tier: 2,
    args: z.strictObject({
      types: words.optional(),
      exclude_archived: flag.optional(),
      ...paging,
    }),
    run: (args, { workspace, app }) => {
      const asked = (args.types ?? 'public_channel').split(',').map((type) => type.trim());
      const kinds = asked.map((type) => Object.entries(KINDS).find(([name]) => name === type)?.[1]);
      const wanted = kinds.filter((kind) => kind !== undefined);
      if (wanted.length < asked.length) throw new Refusal('invalid_types');
      const missing = wanted.map((kind) => READ[kind]).filter((scope) => !app.scopes.has(scope));
      if (missing.length > 0) throw missingScope(missing, app.scopes);
      const channels = workspace
        .channels()
        .filter(({ kind }) => wanted.some((one) => one === kind))
        .filter(({ kind, members }) => kind === 'public' || members.has(OWN.user))
        .filter(({ archived }) => !(archived && args.exclude_archived === true));
      const { items, response_metadata } = page(channels, args);
      return { channels: items.map(wireChannel), response_metadata };
    },
  }),
  method({
    name: 'conversations.join',
    scopes: ['channels:join'],
    tier: 3,
    args: z.strictObject({ channel: words.min(1) }),
    run: (args, context) => {
      const { workspace } = context;
      const channel = knownChannel(context, args.channel);
      if (channel.kind !== 'public') throw new Refusal('method_not_supported_for_channel_type');
      if (channel.archived) throw new Refusal('is_archived');
      const joined = workspace.join(channel.id, OWN.user);
      const after = wireChannel(knownChannel(context, channel.id));
      if (joined) return { channel: after };
      return {
        channel: after,
        warning: 'already_in_channel',
        response_metadata: { warnings: ['already_in_channel'] },
      };
    },
  }),
  method({
    name: 'conversations.open',
    scopes: ['im:write', 'mpim:write'],
    tier: 3,
    args: z.strictObject({
      channel: words.optional(),
      users: words.optional(),
      return_im: flag.optional(),
      prevent_creation: flag.optional(),
    }),
    run: (args, context) => {
      const { workspace, app } = context;
      if (args.channel !== undefined) return { channel: wireChannel(knownChannel(context, args.channel)) };
      const users = (args.users ?? '').split(',').filter((user) => user !== '');
      if (users.length === 0) throw new Refusal('users_list_not_supplied');
      if (users.length > 1) throw missingScope(['mpim:write'], app.scopes);
      if (!app.scopes.has('im:write')) throw missingScope(['im:write'], app.scopes);
      const [id = ''] = users;
      const user = workspace.users.get(id);
      if (user === undefined) throw new Refusal('user_not_found');
      if (user.isBot) throw new Refusal('cannot_dm_bot');
      const channel = workspace.directMessages(id);
      return { channel: args.return_im === true ? wireChannel(channel) : { id: channel.id } };
    },
  }),
  method({
    name: 'conversations.members',
    scopes: anyOf('read'),
    tier: 4,
    args: z.strictObject({ channel: words.min(1), ...paging }),
    run: (args, context) => {
      const channel = knownChannel(context, args.channel);
      needScope(context, channel, 'read');
      const { items, response_metadata } = page([...channel.members], args);
      return { members: items, response_metadata };
    },
  }),
];
