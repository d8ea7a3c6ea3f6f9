import * as z from 'zod';
import type { User, UserGroup } from '../../state/types.ts';
import { wireUser } from '../../state/wire.ts';
import { OWN } from '../../state/workspace.ts';
import { flag, page, paging, timestamp, words } from '../arguments.ts';
import { knownChannel, missingScope } from '../channels.ts';
import { type ApiContext, type Method, method } from '../method.ts';
import { Refusal } from '../refusal.ts';

function shown({ app }: ApiContext, user: User | undefined, error: string) {
  if (user === undefined) throw new Refusal(error);
  return wireUser(user, app.scopes.has('users:read.email'));
}

function wireGroup({ id, handle, users }: UserGroup, withUsers: boolean) {
  return {
    id,
    team_id: OWN.team,
    is_usergroup: true,
    name: handle,
    handle,
    description: '',
    date_delete: 0,
    user_count: users.length,
    ...(withUsers ? { users } : {}),
  };
}

export const PEOPLE: readonly Method[] = [
  method({
    name: 'users.info',
    scopes: ['users:read'],
    tier: 4,
    args: z.strictObject({ user: words.min(1), include_locale: flag.optional() }),
    run: ({ user }, context) => ({
      user: shown(context, context.workspace.users.get(user), 'user_not_found'),
    }),
  }),
  method({
    name: 'users.lookupByEmail',
    scopes: ['users:read.email'],
    tier: 3,
    args: z.strictObject({ email: words.min(1) }),
    run: ({ email }, context) => {
      const { workspace, app } = context;
      if (!app.scopes.has('users:read')) throw missingScope(['users:read'], app.scopes);
      const users = [...workspace.users.values()];
      const found = users.find(
        (user) => user.left !== true && user.email?.toLowerCase() === email.toLowerCase(),
      );
      return { user: shown(context, found, 'users_not_found') };
    },
  }),
  method({
    name: 'users.list',
    scopes: ['users:read'],
    tier: 2,
    args: z.strictObject({ include_locale: flag.optional(), ...paging }),
    run: (args, context) => {
      const { items, response_metadata } = page([...context.workspace.users.values()], args);
      return { members: items.map((user) => shown(context, user, 'user_not_found')), response_metadata };
    },
  }),
  method({
    name: 'usergroups.list',
    scopes: ['usergroups:read'],
    tier: 2,
    args: z.strictObject({
      include_count: flag.optional(),
      include_disabled: flag.optional(),
      include_users: flag.optional(),
    }),
    run: ({ include_users = false }, { workspace }) => ({
      usergroups: [...workspace.groups.values()].map((group) => wireGroup(group, include_users)),
    }),
  }),
  method({
    name: 'usergroups.users.list',
    scopes: ['usergroups:read'],
    tier: 2,
    args: z.strictObject({
      usergroup: words.min(1),
      include_disabled: flag.optional(),
    }),
    run: ({ usergroup }, { workspace }) => {
      const group = workspace.groups.get(usergroup);
      if (group === undefined) throw new Refusal('no_such_subteam');
      return { users: group.users };
    },
  }),
  method({
    name: 'reactions.add',
    scopes: ['reactions:write'],
    tier: 3,
    args: z.strictObject({ channel: words.min(1), timestamp, name: words.min(1) }),
    run: (args, context) => {
      const { workspace } = context;
      const channel = knownChannel(context, args.channel);
      const message = workspace.message(channel.id, args.timestamp);
      if (message === null) throw new Refusal('message_not_found');
      if (!channel.members.has(OWN.user)) throw new Refusal('not_in_channel');
      const before = message.reactions ?? [];
      if (before.some(({ name, users }) => name === args.name && users.includes(OWN.user))) {
        throw new Refusal('already_reacted');
      }
      const others = before.filter(({ name }) => name !== args.name);
      const same = before.find(({ name }) => name === args.name)?.users ?? [];
      workspace.react(message, [...others, { name: args.name, users: [...same, OWN.user] }]);
      return {};
    },
  }),
];
