import type { Channel } from '../state/types.ts';
import { OWN } from '../state/workspace.ts';
import type { ApiContext } from './method.ts';
import { Refusal } from './refusal.ts';

const FAMILY = { public: 'channels', private: 'groups', im: 'im' } as const;

/** The channel, as far as the app may know of it. @throws Refusal channel_not_found */
export function knownChannel({ workspace }: ApiContext, id: string): Channel {
  const channel = workspace.channel(id);
  const hidden = channel !== null && channel.kind !== 'public' && !channel.members.has(OWN.user);
  if (channel === null || hidden) throw new Refusal('channel_not_found');
  return channel;
}

/** Needs the scope of the channel's kind: `channels:history`, `groups:history` … @throws Refusal missing_scope */
export function needScope({ app }: ApiContext, { kind }: Channel, right: 'history' | 'read'): void {
  const needed = `${FAMILY[kind]}:${right}`;
  if (!app.scopes.has(needed)) throw missingScope([needed], app.scopes);
}

export function missingScope(needed: readonly string[], provided: ReadonlySet<string>): Refusal {
  return new Refusal('missing_scope', { needed: needed.join(','), provided: [...provided].join(',') });
}

/** All scopes of one right, of which a method needs any. */
export function anyOf(right: 'history' | 'read'): readonly string[] {
  return ['channels', 'groups', 'mpim', 'im'].map((family) => `${family}:${right}`);
}

/**
 * Where the app's bot may post: an id, `#name`, or a person's id for the direct messages.
 * @throws Refusal not_in_channel, channel_not_found, is_archived, messages_tab_disabled
 */
export function writableChannel(context: ApiContext, target: string): Channel {
  const { workspace, app } = context;
  const user = workspace.users.get(target);
  if (user?.isBot === true) throw new Refusal('cannot_dm_bot');
  const named = target.startsWith('#') ? workspace.findChannel(target) : null;
  const channel =
    user === undefined ? knownChannel(context, named?.id ?? target) : workspace.directMessages(target);
  if (channel.archived) throw new Refusal('is_archived');
  if (channel.kind === 'im' && !app.messagesTab) throw new Refusal('messages_tab_disabled');
  const open = channel.kind === 'public' && app.scopes.has('chat:write.public');
  if (!channel.members.has(OWN.user) && !open) throw new Refusal('not_in_channel');
  return channel;
}
