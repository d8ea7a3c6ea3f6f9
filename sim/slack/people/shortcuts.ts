import type { Message } from '../state/types.ts';
import { wireMessage } from '../state/wire.ts';
import { type Actor, common, interact, seenChannel, TROUBLE } from './actor.ts';
import type { ClickResult } from './pressing.ts';

/**
 * Chooses a shortcut: with a message from its menu, without one from the global list.
 * @throws Error when the manifest has no such shortcut: nobody could choose it
 */
export async function shortcut(
  actor: Actor,
  callbackId: string,
  message?: Pick<Message, 'channel' | 'ts'>,
): Promise<ClickResult> {
  const { app, workspace, triggers, responses, user } = actor;
  const type = message === undefined ? 'global' : 'message';
  if (!app.shortcuts.some((one) => one.callbackId === callbackId && one.type === type)) {
    throw new Error(`The app has no ${type} shortcut ${callbackId}.`);
  }
  const shared = {
    ...common(actor),
    callback_id: callbackId,
    trigger_id: triggers.give(user.id, null),
    action_ts: workspace.nextTs(),
  };
  const payload =
    message === undefined
      ? { type: 'shortcut', ...shared }
      : { type: 'message_action', ...shared, ...about(message) };
  const answer = await interact(actor, payload, { acceptsAnswer: false, channel: message?.channel ?? null });
  return answer.ok ? { shown: 'sent', failure: null } : { shown: 'failed', failure: TROUBLE };

  function about({ channel: id, ts }: Pick<Message, 'channel' | 'ts'>) {
    const channel = seenChannel(actor, id);
    const found = workspace.message(channel.id, ts);
    if (found === null) throw new Error('This message is gone.');
    const target = { user: user.id, channel: channel.id, original: null, threadTs: found.thread_ts ?? null };
    return {
      channel: { id: channel.id, name: channel.name || 'directmessage' },
      message: wireMessage(workspace, found, false),
      message_ts: found.ts,
      response_url: responses.give(target),
    };
  }
}
