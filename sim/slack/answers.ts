import * as z from 'zod';
import { Refusal, refuseWith } from './api/refusal.ts';
import type { ResponseTarget } from './interactivity.ts';
import { accept, edited, ownMessage } from './speak.ts';
import { changeEphemeral, removeEphemeral, showEphemeral } from './state/ephemerals.ts';
import type { Ephemeral, Json, Message } from './state/types.ts';
import type { Workspace } from './state/workspace.ts';

/** A message as the acknowledgement of a command or as a post to a response_url. */
const AnswerMessage = z.strictObject({
  text: z.string().optional(),
  blocks: z.array(z.unknown()).optional(),
  attachments: z.array(z.unknown()).optional(),
  metadata: z.unknown().optional(),
  response_type: z.enum(['ephemeral', 'in_channel']).optional(),
  replace_original: z.boolean().optional(),
  delete_original: z.boolean().optional(),
  thread_ts: z.string().optional(),
  mrkdwn: z.boolean().optional(),
  unfurl_links: z.boolean().optional(),
  unfurl_media: z.boolean().optional(),
  parse: z.string().optional(),
  link_names: z.boolean().optional(),
});

export type Shown =
  | { readonly kind: 'ephemeral'; readonly ephemeral: Ephemeral }
  | { readonly kind: 'message'; readonly message: Message }
  | { readonly kind: 'deleted' };

/**
 * Shows an answer where it belongs: to the person alone unless `in_channel`, in place of the original when asked.
 * It needs no membership of the app's bot.
 * @throws Refusal
 */
export function showAnswer(workspace: Workspace, target: ResponseTarget, raw: Json): Shown {
  const read = AnswerMessage.safeParse(raw);
  if (!read.success) throw refuseWith('invalid_arguments', [z.prettifyError(read.error)]);
  const answer = read.data;
  if (answer.delete_original === true) return deleteOriginal(workspace, target);
  const words = accept(answer, 'answer');
  const { original } = target;
  if (answer.replace_original === true && original !== null) {
    if (original.ephemeralId !== null) {
      const before = workspace.ephemerals.find(({ id }) => id === original.ephemeralId);
      if (before === undefined) throw new Refusal('message_not_found');
      const { text = '', blocks = [], attachments = [] } = words;
      return {
        kind: 'ephemeral',
        ephemeral: changeEphemeral(workspace, before, { text, blocks, attachments }),
      };
    }
    const before = workspace.message(target.channel, original.ts);
    if (before === null) throw new Refusal('message_not_found');
    return { kind: 'message', message: workspace.change(before, edited(before, words, workspace.nextTs())) };
  }
  const threadTs = answer.thread_ts ?? null;
  if (answer.response_type === 'in_channel') {
    const message = ownMessage(workspace, { channel: target.channel, threadTs }, words);
    return { kind: 'message', message: workspace.post(message) };
  }
  const { text = '', blocks = [], attachments = [] } = words;
  const ephemeral = showEphemeral(workspace, {
    user: target.user,
    channel: target.channel,
    text,
    blocks,
    attachments,
    thread_ts: threadTs ?? target.threadTs,
  });
  return { kind: 'ephemeral', ephemeral };
}

function deleteOriginal(workspace: Workspace, { original, channel }: ResponseTarget): Shown {
  if (original === null) throw new Refusal('message_not_found');
  if (original.ephemeralId !== null) {
    removeEphemeral(workspace, original.ephemeralId);
    return { kind: 'deleted' };
  }
  const message = workspace.message(channel, original.ts);
  if (message === null) throw new Refusal('message_not_found');
  workspace.remove(message);
  return { kind: 'deleted' };
}
