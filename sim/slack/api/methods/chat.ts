import * as z from 'zod';
import { accept, edited, inThread, ownMessage } from '../../speak.ts';
import { showEphemeral } from '../../state/ephemerals.ts';
import type { Message } from '../../state/types.ts';
import { wireMessage } from '../../state/wire.ts';
import { OWN } from '../../state/workspace.ts';
import { flag, json, timestamp, words } from '../arguments.ts';
import { knownChannel, missingScope, writableChannel } from '../channels.ts';
import { type ApiContext, type Method, method } from '../method.ts';
import { Refusal } from '../refusal.ts';

const said = {
  text: words.optional(),
  blocks: json('invalid_blocks_format').optional(),
  attachments: json('invalid_attachments').optional(),
  markdown_text: words.optional(),
  parse: z.enum(['full', 'none', 'client', 'mrkdwn', 'false']).optional(),
  link_names: flag.optional(),
};
const metadata = json('invalid_metadata_format').optional();
const disguise = { username: words.optional(), icon_emoji: words.optional(), icon_url: words.optional() };

interface Said {
  readonly text?: string | undefined;
  readonly blocks?: unknown;
  readonly attachments?: unknown;
  readonly markdown_text?: string | undefined;
  readonly metadata?: unknown;
}

/** markdown_text stands alone and becomes a markdown block. */
function draftOf({ text, blocks, attachments, markdown_text, metadata: meta }: Said) {
  if (markdown_text === undefined) return { text, blocks, attachments, metadata: meta };
  if (text !== undefined || blocks !== undefined) throw new Refusal('markdown_text_conflict');
  if ([...markdown_text].length > 12_000) throw new Refusal('msg_too_long');
  return {
    text: markdown_text,
    blocks: [{ type: 'markdown', text: markdown_text }],
    attachments,
    metadata: meta,
  };
}

/** @throws Refusal when there is no such message, or not one of ours */
function ownBefore(context: ApiContext, channel: string, ts: string, error: string): Message {
  const { id, archived } = knownChannel(context, channel);
  if (archived) throw new Refusal('is_archived');
  const message = context.workspace.message(id, ts);
  if (message === null || message.subtype === 'tombstone') throw new Refusal('message_not_found');
  if (message.bot_id !== OWN.bot) throw new Refusal(error);
  return message;
}

export const CHAT: readonly Method[] = [
  method({
    name: 'chat.postMessage',
    scopes: ['chat:write'],
    tier: null,
    args: z.strictObject({
      channel: words.min(1),
      ...said,
      ...disguise,
      metadata,
      thread_ts: timestamp.optional(),
      reply_broadcast: flag.optional(),
      unfurl_links: flag.optional(),
      unfurl_media: flag.optional(),
      mrkdwn: flag.optional(),
    }),
    run: (args, context) => {
      const { workspace, app, rates } = context;
      const masked = [args.username, args.icon_emoji, args.icon_url].some((one) => one !== undefined);
      if (masked && !app.scopes.has('chat:write.customize')) {
        throw missingScope(['chat:write.customize'], app.scopes);
      }
      const channel = writableChannel(context, args.channel);
      const place = {
        channel: channel.id,
        threadTs: args.thread_ts ?? null,
        broadcast: args.reply_broadcast ?? false,
      };
      inThread(workspace, place);
      const kept = accept(draftOf(args), 'post');
      rates.post(channel.id);
      const message = workspace.post(mask(ownMessage(workspace, place, kept), args.username));
      return { channel: channel.id, ts: message.ts, message: wireMessage(workspace, message, true) };
    },
  }),
  method({
    name: 'chat.update',
    scopes: ['chat:write'],
    tier: 3,
    args: z.strictObject({
      channel: words.min(1),
      ts: timestamp,
      ...said,
      metadata,
      reply_broadcast: flag.optional(),
      file_ids: json('invalid_arguments').optional(),
    }),
    run: (args, context) => {
      const { workspace } = context;
      const before = ownBefore(context, args.channel, args.ts, 'cant_update_message');
      const draft = draftOf(args);
      if ([draft.text, draft.blocks, draft.attachments].every((one) => one === undefined))
        throw new Refusal('no_text');
      const message = workspace.change(before, edited(before, accept(draft, 'update'), workspace.nextTs()));
      return {
        channel: message.channel,
        ts: message.ts,
        text: message.text,
        message: wireMessage(workspace, message, true),
      };
    },
  }),
  method({
    name: 'chat.delete',
    scopes: ['chat:write'],
    tier: 3,
    args: z.strictObject({ channel: words.min(1), ts: timestamp }),
    run: ({ channel, ts }, context) => {
      const message = ownBefore(context, channel, ts, 'cant_delete_message');
      context.workspace.remove(message);
      return { channel: message.channel, ts };
    },
  }),
  method({
    name: 'chat.postEphemeral',
    scopes: ['chat:write'],
    tier: 4,
    args: z.strictObject({
      channel: words.min(1),
      user: words.min(1),
      ...said,
      ...disguise,
      thread_ts: timestamp.optional(),
    }),
    run: (args, context) => {
      const { workspace } = context;
      const channel = writableChannel(context, args.channel);
      if (!channel.members.has(args.user)) throw new Refusal('user_not_in_channel');
      inThread(workspace, { channel: channel.id, threadTs: args.thread_ts ?? null });
      const { text = '', blocks = [], attachments = [] } = accept(draftOf(args), 'post');
      const shown = showEphemeral(workspace, {
        user: args.user,
        channel: channel.id,
        text,
        blocks,
        attachments,
        thread_ts: args.thread_ts ?? null,
      });
      return { message_ts: shown.ts };
    },
  }),
  method({
    name: 'chat.getPermalink',
    tier: 4,
    args: z.strictObject({ channel: words.min(1), message_ts: timestamp }),
    run: ({ channel: id, message_ts }, context) => {
      const { workspace, url } = context;
      const channel = knownChannel(context, id);
      if (workspace.message(channel.id, message_ts) === null) throw new Refusal('message_not_found');
      return {
        channel: channel.id,
        permalink: `${url}/archives/${channel.id}/p${message_ts.replace('.', '')}`,
      };
    },
  }),
];

function mask(message: Message, username: string | undefined): Message {
  if (username === undefined) return message;
  const { user: _user, ...rest } = message;
  return { ...rest, subtype: 'bot_message', username };
}
