import { showAnswer } from '../answers.ts';
import { Refusal } from '../api/refusal.ts';
import { inThread } from '../speak.ts';
import { newShortId } from '../state/ids.ts';
import { storedAttachments, storedBlocks } from '../state/normalise.ts';
import type { Message } from '../state/types.ts';
import { encoded, typedBlocks } from '../state/words.ts';
import { OWN } from '../state/workspace.ts';
import { type Actor, errorName, fail, seenChannel } from './actor.ts';

export interface SayOptions {
  readonly threadTs?: string;
  readonly broadcast?: boolean;
  readonly blocks?: readonly unknown[];
  readonly attachments?: readonly unknown[];
}

/** Types a message. `@name`, `#channel` and addresses become what Slack's client makes of them. */
export function say(actor: Actor, where: string, text: string, options: SayOptions = {}): Message {
  const { workspace, user, app } = actor;
  const channel = seenChannel(actor, where);
  if (!channel.members.has(user.id)) throw new Error(`${user.name} is no member of #${channel.name}.`);
  if (channel.archived) throw new Error(`#${channel.name} is archived.`);
  const closed = channel.kind === 'im' && (!app.messagesTab || app.messagesTabReadOnly);
  if (closed) throw new Error('Sending messages to this app has been turned off.');
  return workspace.post({
    type: 'message',
    channel: channel.id,
    ts: workspace.nextTs(),
    user: user.id,
    text: encoded(text, workspace.directory()),
    blocks: options.blocks === undefined ? typedBlocks(text, newShortId()) : storedBlocks(options.blocks),
    ...(options.attachments === undefined ? {} : { attachments: storedAttachments(options.attachments) }),
    ...inThread(workspace, {
      channel: channel.id,
      threadTs: options.threadTs ?? null,
      broadcast: options.broadcast ?? false,
    }),
  });
}

export function edit({ workspace, user }: Actor, message: Message, text: string): Message {
  const before = workspace.message(message.channel, message.ts);
  if (before === null || before.user !== user.id) throw new Error(`${user.name} cannot edit this message.`);
  return workspace.change(before, {
    ...before,
    text: encoded(text, workspace.directory()),
    blocks: typedBlocks(text, newShortId()),
    edited: { user: user.id, ts: workspace.nextTs() },
  });
}

export function erase({ workspace, user }: Actor, message: Message): void {
  const before = workspace.message(message.channel, message.ts);
  if (before === null || before.user !== user.id) throw new Error(`${user.name} cannot delete this message.`);
  workspace.remove(before);
}

/** What became of a command; its answer is among the ephemerals or in the channel, Slack's words among the failures. */
export type CommandResult =
  | 'ok'
  | 'operation_timeout'
  | 'dispatch_failed'
  | 'invalid_command'
  | 'not_in_threads'
  | 'invalid_command_response';

/** Types a slash command; resolves when it is acknowledged or Slack shows that it was not. */
export async function command(
  actor: Actor,
  where: string,
  line: string,
  options: { readonly threadTs?: string } = {},
): Promise<CommandResult> {
  const { workspace, user, app, triggers, responses, transport } = actor;
  const channel = seenChannel(actor, where);
  const [, name = '', words = ''] = /^(\S+)\s*([\s\S]*)$/.exec(line.trim()) ?? [];
  const failed = (error: CommandResult, text: string): CommandResult => {
    fail(actor, channel.id, error, text);
    return error;
  };
  const known = app.commands.find((one) => one.command === name);
  if (known === undefined) return failed('invalid_command', `${name} is not a valid command.`);
  if (options.threadTs !== undefined)
    return failed('not_in_threads', `${name} is not supported in threads. Sorry!`);
  const target = { user: user.id, channel: channel.id, original: null, threadTs: null };
  const answer = await transport.send({
    type: 'slash_commands',
    acceptsAnswer: true,
    retry: { attempt: 0, reason: '' },
    payload: {
      token: 'deprecated',
      team_id: OWN.team,
      team_domain: OWN.domain,
      channel_id: channel.id,
      channel_name:
        channel.kind === 'im' ? 'directmessage' : channel.kind === 'private' ? 'privategroup' : channel.name,
      user_id: user.id,
      user_name: user.name,
      command: name,
      text: known.escapes ? encoded(words, workspace.directory()) : words,
      api_app_id: OWN.app,
      is_enterprise_install: 'false',
      response_url: responses.give(target),
      trigger_id: triggers.give(user.id, null),
    },
  });
  if (!answer.ok) {
    const error = errorName(answer) === 'operation_timeout' ? 'operation_timeout' : 'dispatch_failed';
    return failed(error, `${name} failed with the error "${error}"`);
  }
  if (Object.keys(answer.payload).length === 0) return 'ok';
  try {
    showAnswer(workspace, target, answer.payload);
    return 'ok';
  } catch (refusal) {
    if (!(refusal instanceof Refusal)) throw refusal;
    actor.problem(`the acknowledgement of ${name}: ${refusal.error} ${JSON.stringify(refusal.more)}`);
    return failed('invalid_command_response', `${name} failed with the error "${refusal.error}"`);
  }
}
