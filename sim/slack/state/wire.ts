import type { BotProfile, Channel, Json, Message, User } from './types.ts';
import { OWN, type Workspace } from './workspace.ts';

/** A message as the Web API and events give it: with its thread's numbers, without the channel. */
export function wireMessage(workspace: Workspace, message: Message, withMetadata: boolean): Json {
  const { channel, metadata, reactions, ...kept } = message;
  return {
    ...kept,
    team: OWN.team,
    ...(withMetadata && metadata !== undefined ? { metadata } : {}),
    ...(reactions === undefined
      ? {}
      : { reactions: reactions.map(({ name, users }) => ({ name, users, count: users.length })) }),
    ...threadNumbers(workspace.messages(channel), message),
  };
}

function threadNumbers(messages: readonly Message[], head: Message): Json {
  const replies = messages.filter(({ thread_ts, ts }) => thread_ts === head.ts && ts !== head.ts);
  const latest = replies.at(-1);
  if (latest === undefined) return {};
  const people = [...new Set(replies.map(({ user, bot_id }) => user ?? bot_id ?? ''))];
  return {
    thread_ts: head.ts,
    reply_count: replies.length,
    reply_users_count: people.length,
    reply_users: people.slice(0, 5),
    latest_reply: latest.ts,
    is_locked: false,
    subscribed: false,
  };
}

export function wireBot({ id, name, appId }: BotProfile): Json {
  return { id, app_id: appId, name, icons: {}, deleted: false, updated: 0, team_id: OWN.team };
}

/** The e-mail address is there only for an app with `users:read.email`. */
export function wireUser(user: User, withEmail: boolean): Json {
  return {
    id: user.id,
    team_id: OWN.team,
    name: user.name,
    real_name: user.realName,
    deleted: user.left === true,
    is_bot: user.isBot,
    is_app_user: false,
    is_restricted: false,
    is_ultra_restricted: false,
    tz: 'Etc/UTC',
    tz_offset: 0,
    profile: {
      real_name: user.realName,
      display_name: user.name,
      ...(withEmail && user.email !== null ? { email: user.email } : {}),
    },
  };
}

export function wireChannel(channel: Channel): Json {
  const { id, name, kind, members, archived, created } = channel;
  if (kind === 'im') {
    const user = [...members].find((one) => one !== OWN.user) ?? '';
    return { id, created, is_im: true, is_channel: false, is_group: false, is_archived: archived, user };
  }
  return {
    id,
    name,
    name_normalized: name,
    created,
    creator: 'U0ADMIN',
    is_channel: kind === 'public',
    is_group: kind === 'private',
    is_im: false,
    is_mpim: false,
    is_private: kind === 'private',
    is_archived: archived,
    is_general: false,
    is_shared: false,
    is_ext_shared: false,
    is_org_shared: false,
    is_member: members.has(OWN.user),
    context_team_id: OWN.team,
    topic: { value: '', creator: '', last_set: 0 },
    purpose: { value: '', creator: '', last_set: 0 },
    num_members: members.size,
  };
}

export function channelType({ kind }: Channel): 'channel' | 'group' | 'im' {
  return ({ public: 'channel', private: 'group', im: 'im' } as const)[kind];
}
