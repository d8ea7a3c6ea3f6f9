import * as z from 'zod';
import { refuseBlocks, refuseView } from './blocks.ts';
import { CONVERSATIONS } from './conversations.ts';
import {
  type Answer,
  type ApiParts,
  type Called,
  channel,
  done,
  flag,
  limited,
  type Method,
  no,
} from './method.ts';
import { BOT, type Posted } from './workspace.ts';

const words = {
  text: z.string().optional(),
  blocks: z.array(z.unknown()).optional(),
  attachments: z.array(z.unknown()).optional(),
  metadata: z
    .strictObject({ event_type: z.string().min(1), event_payload: z.record(z.string(), z.unknown()) })
    .optional(),
};

/** The methods that the bot uses. Anything else is `unknown_method`, any other argument `invalid_arguments`. */
const METHODS: Readonly<Record<string, Method>> = {
  'auth.test': {
    scope: null,
    args: z.strictObject({}),
    run: () => ({
      ok: true,
      url: 'https://sim.slack.invalid/',
      team: 'Sim',
      user: 'oms-bot',
      team_id: BOT.team,
      user_id: BOT.user,
      bot_id: BOT.bot,
    }),
  },
  'apps.connections.open': {
    scope: null,
    app: true,
    args: z.strictObject({}),
    run: (_args, { openSocket }) => ({ ok: true, url: openSocket() }),
  },
  ...CONVERSATIONS,
  'chat.postMessage': {
    scope: 'chat:write',
    args: z.strictObject({
      ...channel,
      ...words,
      thread_ts: z.string().optional(),
      unfurl_links: flag.optional(),
      unfurl_media: flag.optional(),
    }),
    run: (args, parts) => {
      const found = parts.workspace.find(String(args['channel']));
      if (found === undefined) return no('channel_not_found');
      if (!found.members.has(BOT.user)) return no('not_in_channel');
      const refused = refuseWords(args, 40_000);
      if (refused !== null) return refused;
      const thread = args['thread_ts'] as string | undefined;
      if (thread !== undefined && !found.messages.some(({ ts }) => ts === thread))
        return no('thread_not_found');
      const wait = parts.rates.take(`post ${found.id}`, parts.limits.postBurst, parts.limits.postsPerSecond);
      if (wait !== null) return limited(wait);
      const message: Posted = {
        ts: parts.workspace.nextTs(),
        channel: found.id,
        user: BOT.user,
        bot_id: BOT.bot,
        text: String(args['text'] ?? ''),
        ...kept(args),
        ...(thread === undefined ? {} : { thread_ts: thread }),
        edited: 0,
      };
      found.messages.push(message);
      parts.changed('posted', message);
      return { ok: true, channel: found.id, ts: message.ts, message };
    },
  },
  'chat.update': {
    scope: 'chat:write',
    tier3: true,
    args: z.strictObject({ ...channel, ...words, ts: z.string() }),
    run: (args, parts) => {
      const message = parts.workspace
        .find(String(args['channel']))
        ?.messages.find(({ ts }) => ts === args['ts']);
      if (message === undefined) return no('message_not_found');
      if (message.bot_id !== BOT.bot) return no('cant_update_message');
      const refused = refuseWords(args, 4_000);
      if (refused !== null) return refused;
      const before = { ...message };
      message.text = String(args['text'] ?? message.text);
      // Text without blocks takes the blocks away.
      if (args['blocks'] !== undefined) message.blocks = args['blocks'] as unknown[];
      else if (args['text'] !== undefined) delete message.blocks;
      message.edited += 1;
      parts.changed('changed', message, before);
      return { ok: true, channel: message.channel, ts: message.ts, text: message.text };
    },
  },
  'chat.delete': {
    scope: 'chat:write',
    tier3: true,
    args: z.strictObject({ ...channel, ts: z.string() }),
    run: (args, parts) => {
      const found = parts.workspace.find(String(args['channel']));
      const place = found?.messages.findIndex(({ ts }) => ts === args['ts']) ?? -1;
      const message = found?.messages[place];
      if (message === undefined) return no('message_not_found');
      if (message.bot_id !== BOT.bot) return no('cant_delete_message');
      found?.messages.splice(place, 1);
      parts.changed('deleted', message);
      return { ok: true };
    },
  },
  'chat.postEphemeral': {
    scope: 'chat:write',
    args: z.strictObject({ ...channel, ...words, user: z.string() }),
    run: (args, { workspace }) => {
      const found = workspace.find(String(args['channel']));
      if (found === undefined) return no('channel_not_found');
      if (!found.members.has(String(args['user']))) return no('user_not_in_channel');
      const refused = refuseWords(args, 40_000);
      if (refused !== null) return refused;
      workspace.ephemerals.push({
        user: String(args['user']),
        channel: found.id,
        text: String(args['text'] ?? ''),
        blocks: z.array(z.unknown()).catch([]).parse(args['blocks']),
      });
      return { ok: true, message_ts: workspace.nextTs() };
    },
  },
  'views.open': {
    scope: null,
    args: z.strictObject({ trigger_id: z.string(), view: z.record(z.string(), z.unknown()) }),
    run: (args, { workspace, useTrigger }) => {
      const used = useTrigger(String(args['trigger_id']));
      if (typeof used === 'string') return no(used);
      const refused = refuseView(args['view']);
      if (refused !== null)
        return { ...no(refused.error), response_metadata: { messages: refused.messages } };
      const opened = {
        id: `V${workspace.views.length + 1}`,
        user: used.user,
        hash: workspace.nextTs(),
        view: args['view'] as never,
      };
      workspace.views.push(opened);
      return { ok: true, view: { id: opened.id, hash: opened.hash } };
    },
  },
  'usergroups.users.list': {
    scope: 'usergroups:read',
    args: z.strictObject({ usergroup: z.string() }),
    run: ({ usergroup }, { workspace }) => {
      const users = workspace.groups.get(String(usergroup));
      return users === undefined ? no('no_such_subteam') : { ok: true, users };
    },
  },
};

/** One call of the Web API. */
export function callMethod(
  name: string,
  token: string,
  raw: Record<string, unknown>,
  parts: ApiParts,
): Called {
  const method = METHODS[name];
  if (method === undefined) return done(no('unknown_method'));
  if (token === '') return done(no('not_authed'));
  if (token !== parts.tokens.bot && token !== parts.tokens.app) return done(no('invalid_auth'));
  if ((token === parts.tokens.app) !== (method.app === true)) return done(no('not_allowed_token_type'));
  const provided = parts.manifest.oauth_config.scopes.bot;
  if (method.scope !== null && !provided.includes(method.scope))
    return done({ ...no('missing_scope'), needed: method.scope, provided: provided.join(',') });
  // Bolt names the team with every call of a listener; every method takes that.
  const { token: _token, team_id: _team, ...given } = raw;
  const read = method.args.safeParse(given);
  if (!read.success)
    return done({
      ...no('invalid_arguments'),
      response_metadata: {
        messages: read.error.issues.map(
          ({ path, message }) => `[ERROR] ${message} [json-pointer:/${path.join('/')}]`,
        ),
      },
    });
  const wait = method.tier3
    ? parts.rates.take(name, parts.limits.tier3PerMinute, parts.limits.tier3PerMinute / 60)
    : null;
  if (wait !== null) return limited(wait);
  const answer = method.run(read.data as never, parts);
  return 'status' in answer && 'answer' in answer ? (answer as Called) : done(answer as Answer);
}

function refuseWords(args: Record<string, unknown>, mostText: number): Answer | null {
  const text = args['text'];
  if (
    (text === undefined || text === '') &&
    args['blocks'] === undefined &&
    args['attachments'] === undefined
  )
    return no('no_text');
  if (typeof text === 'string' && text.length > mostText) return no('msg_too_long');
  const refused = args['blocks'] === undefined ? null : refuseBlocks(args['blocks']);
  return refused === null
    ? null
    : { ...no(refused.error), response_metadata: { messages: refused.messages } };
}

function kept(args: Record<string, unknown>): Pick<Posted, 'blocks' | 'attachments' | 'metadata'> {
  return {
    ...(args['blocks'] === undefined ? {} : { blocks: args['blocks'] as unknown[] }),
    ...(args['attachments'] === undefined ? {} : { attachments: args['attachments'] as unknown[] }),
    ...(args['metadata'] === undefined ? {} : { metadata: args['metadata'] }),
  };
}
