import { accept, inThread } from './speak.ts';
import { newId } from './state/ids.ts';
import type { BotProfile, Message } from './state/types.ts';
import { wireBot } from './state/wire.ts';
import type { Workspace } from './state/workspace.ts';

export interface OtherBotWords {
  readonly text?: string;
  readonly blocks?: readonly unknown[];
  readonly attachments?: readonly unknown[];
  readonly threadTs?: string;
  readonly username?: string;
}

/** Another app in the workspace: Alertmanager, Grafana … */
export interface OtherBot extends BotProfile {
  /**
   * Posts in a channel, by id or `#name`. `webhook` (usual): subtype bot_message with a username and no user;
   * `modern`: like an app with a bot token.
   */
  post(channel: string, words: OtherBotWords, shape?: 'webhook' | 'modern'): Message;
  /** Edits its own message; arrives as message_changed. */
  update(message: Message, words: OtherBotWords): Message;
}

export function createOtherBot(workspace: Workspace, profile: BotProfile): OtherBot {
  workspace.bots.set(profile.id, profile);
  if (profile.userId !== null) {
    workspace.addUser({
      id: profile.userId,
      name: profile.name.toLowerCase(),
      realName: profile.name,
      email: null,
      isBot: true,
    });
  }

  return {
    ...profile,
    post(channel, said, shape = 'webhook') {
      const place = workspace.findChannel(channel);
      if (place === null) throw new Error(`There is no channel ${channel}.`);
      const { text, blocks, attachments } = accept(said, 'post');
      return workspace.post({
        type: 'message',
        channel: place.id,
        ts: workspace.nextTs(),
        ...(shape === 'webhook' ? webhookSender(profile, said.username) : modernSender(profile)),
        text: text ?? '',
        ...(blocks === undefined ? {} : { blocks }),
        ...(attachments === undefined ? {} : { attachments }),
        ...inThread(workspace, { channel: place.id, threadTs: said.threadTs ?? null }),
      });
    },
    update(message, said) {
      const before = workspace.message(message.channel, message.ts);
      if (before === null || before.bot_id !== profile.id)
        throw new Error(`${profile.name} has no such message.`);
      const { text, blocks, attachments } = accept(said, 'post');
      return workspace.change(before, {
        ...before,
        text: text ?? before.text,
        ...(blocks === undefined ? {} : { blocks }),
        ...(attachments === undefined ? {} : { attachments }),
      });
    },
  };
}

function webhookSender({ id, name }: BotProfile, username: string | undefined): Partial<Message> {
  return { subtype: 'bot_message', bot_id: id, username: username ?? name };
}

function modernSender(profile: BotProfile): Partial<Message> {
  const { id, appId, userId } = profile;
  if (userId === null) throw new Error(`${profile.name} has no bot user; it posts by webhook only.`);
  return { user: userId, bot_id: id, app_id: appId, bot_profile: wireBot(profile) };
}

export function newBotProfile(options: {
  name: string;
  id?: string;
  appId?: string;
  userId?: string;
}): BotProfile {
  return {
    name: options.name,
    id: options.id ?? newId('B'),
    appId: options.appId ?? newId('A'),
    userId: options.userId ?? null,
  };
}
