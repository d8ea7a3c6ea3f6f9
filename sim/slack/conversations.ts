import * as z from 'zod';
import { type Answer, type ApiParts, channel, count, flag, type Method, no } from './method.ts';
import { BOT, type Posted } from './workspace.ts';

/** Channels: which there are, joining, reading. */
export const CONVERSATIONS: Readonly<Record<string, Method>> = {
  'conversations.list': {
    scope: 'channels:read',
    args: z.strictObject({
      types: z.string().optional(),
      exclude_archived: flag.optional(),
      limit: count.optional(),
      cursor: z.string().optional(),
    }),
    run: (_args, { workspace }) => ({
      ok: true,
      channels: workspace.channels.map(({ id, name, members }) => ({
        id,
        name,
        is_channel: true,
        is_member: members.has(BOT.user),
      })),
      response_metadata: { next_cursor: '' },
    }),
  },
  'conversations.join': {
    scope: 'channels:join',
    args: z.strictObject(channel),
    tier3: true,
    run: ({ channel: id }, { workspace }) => {
      const found = workspace.find(String(id));
      if (found === undefined) return no('channel_not_found');
      found.members.add(BOT.user);
      return { ok: true, channel: { id: found.id, name: found.name } };
    },
  },
  'conversations.history': {
    scope: 'channels:history',
    tier3: true,
    args: z.strictObject({
      ...channel,
      limit: count.optional(),
      oldest: z.string().optional(),
      inclusive: flag.optional(),
      include_all_metadata: flag.optional(),
    }),
    run: (args, parts) =>
      history(args, parts, (message) => message.thread_ts === undefined || message.thread_ts === message.ts),
  },
  'conversations.replies': {
    scope: 'channels:history',
    tier3: true,
    args: z.strictObject({
      ...channel,
      ts: z.string(),
      limit: count.optional(),
      oldest: z.string().optional(),
      inclusive: flag.optional(),
      include_all_metadata: flag.optional(),
    }),
    run: (args, parts) =>
      history(args, parts, (message) => message.thread_ts === args['ts'] || message.ts === args['ts']),
  },
};

function history(
  args: Record<string, unknown>,
  { workspace }: ApiParts,
  belongs: (message: Posted) => boolean,
): Answer {
  const found = workspace.find(String(args['channel']));
  if (found === undefined) return no('channel_not_found');
  if (!found.members.has(BOT.user)) return no('not_in_channel');
  const oldest = String(args['oldest'] ?? '0');
  const messages = found.messages
    .filter(
      (message) =>
        belongs(message) &&
        (Number(message.ts) > Number(oldest) || (args['inclusive'] === true && message.ts === oldest)),
    )
    .toReversed()
    .slice(0, Number(args['limit'] ?? 100))
    .map(({ metadata, ...message }) =>
      args['include_all_metadata'] === true ? { ...message, metadata } : message,
    );
  return { ok: true, messages, has_more: false };
}
