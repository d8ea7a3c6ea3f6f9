import { randomUUID } from 'node:crypto';
import { Hono } from 'hono';
import { type FaultyServer, startFaultyServer } from '../lib/faulty-server.ts';
import { refuseBlocks } from './blocks.ts';
import { readManifest } from './manifest.ts';
import { createPerson, type Person } from './person.ts';
import { createRates } from './rates.ts';
import { createSockets } from './sockets.ts';
import { callMethod } from './web-api.ts';
import {
  BOT,
  type Channel,
  createWorkspace,
  type Posted,
  SLACK_LIMITS,
  type SlackLimits,
  type Workspace,
} from './workspace.ts';

export interface SimulatedSlack {
  readonly apiUrl: string;
  readonly botToken: string;
  readonly appToken: string;
  readonly limits: SlackLimits;
  readonly workspace: Workspace;
  readonly faults: FaultyServer['faults'];
  /** Each Web API call with its answer. */
  readonly calls: readonly { readonly method: string; readonly error: string | null }[];
  addChannel(name: string, members?: readonly string[]): Channel;
  /** Top-level messages, in order. */
  messages(channel: string): readonly Posted[];
  thread(channel: string, ts: string): readonly Posted[];
  as(user: string): Person;
  /** Another app's bot posts, in the shape of an incoming webhook. */
  botSays(channel: string, username: string, message: { text?: string; attachments?: unknown[] }): Posted;
  sockets(): number;
  disconnect(reason: string): void;
  stop(): Promise<void>;
}

/** A strict Slack on 127.0.0.1, with the app installed from its manifest. All its times are real time. */
export async function startSlack(options: {
  readonly manifest: string;
  readonly limits?: Partial<SlackLimits>;
}): Promise<SimulatedSlack> {
  const manifest = readManifest(options.manifest);
  const limits: SlackLimits = { ...SLACK_LIMITS, ...options.limits };
  const workspace = createWorkspace();
  const rates = createRates();
  const tokens = { bot: `xoxb-${randomUUID()}`, app: `xapp-1-${randomUUID()}` };
  const triggers = new Map<string, { user: string; until: number; used: boolean }>();
  const responses = new Map<
    string,
    { user: string; channel: string; original: Posted | null; uses: number }
  >();
  const calls: { method: string; error: string | null }[] = [];
  const app = new Hono();
  const server = await startFaultyServer({ name: 'slack', app });
  const sockets = createSockets(server.server, server.url, limits);

  function event(message: Posted, more: object = {}): void {
    const subscribed = manifest.settings.event_subscriptions?.bot_events.includes('message.channels');
    if (!subscribed || !workspace.find(message.channel)?.members.has(BOT.user)) return;
    const { channel, edited: _edited, ...rest } = message;
    const inner = {
      type: 'message',
      channel,
      channel_type: 'channel',
      event_ts: message.ts,
      ...rest,
      ...more,
    };
    void sockets.sendEvent({
      token: 'deprecated',
      team_id: BOT.team,
      api_app_id: BOT.app,
      type: 'event_callback',
      event_id: `Ev${randomUUID()}`,
      event_time: 1,
      event: inner,
      authorizations: [{ team_id: BOT.team, user_id: BOT.user, is_bot: true }],
    });
  }

  const api = {
    manifest,
    workspace,
    limits,
    rates,
    tokens,
    openSocket: () => sockets.ticket(),
    useTrigger: (id: string) => {
      const trigger = triggers.get(id);
      if (trigger === undefined) return 'invalid_trigger' as const;
      if (trigger.used) return 'exchanged_trigger_id' as const;
      if (Date.now() > trigger.until) return 'expired_trigger_id' as const;
      trigger.used = true;
      return { user: trigger.user };
    },
    changed: (what: 'posted' | 'changed' | 'deleted', message: Posted, before?: Posted) => {
      if (what === 'posted') event(message);
      if (what === 'changed')
        event(
          { ts: workspace.nextTs(), channel: message.channel, text: '', edited: 0 },
          { subtype: 'message_changed', hidden: true, message, previous_message: before },
        );
    },
  };

  app.post('/api/:method', async (c) => {
    const token = (c.req.header('authorization') ?? '').replace(/^Bearer /, '');
    const form = await c.req.parseBody();
    const args = Object.fromEntries(
      Object.entries(form).map(([key, value]) => [
        key,
        ['blocks', 'attachments', 'metadata', 'view'].includes(key) ? json(String(value)) : String(value),
      ]),
    );
    const { status, answer, retryAfter } = callMethod(c.req.param('method'), token, args, api);
    calls.push({ method: c.req.param('method'), error: answer.ok ? null : String(answer['error']) });
    if (retryAfter !== undefined) c.header('retry-after', String(retryAfter));
    return c.json(answer, status);
  });

  app.post('/response/:id', async (c) => {
    const place = responses.get(c.req.param('id'));
    if (place === undefined) return c.json({ ok: false, error: 'expired_url' }, 404);
    place.uses += 1;
    if (place.uses > limits.responseUrlUses) return c.json({ ok: false, error: 'used_url' }, 404);
    const body = await c.req.json();
    const refused = body.blocks === undefined ? null : refuseBlocks(body.blocks);
    if (refused !== null) {
      calls.push({ method: 'response_url', error: refused.error });
      return c.json({ ok: false, error: refused.error, messages: refused.messages }, 400);
    }
    if (body.response_type === 'in_channel') {
      const message: Posted = {
        ts: workspace.nextTs(),
        channel: place.channel,
        user: BOT.user,
        bot_id: BOT.bot,
        text: body.text ?? '',
        blocks: body.blocks,
        edited: 0,
      };
      workspace.find(place.channel)?.messages.push(message);
      event(message);
    } else {
      workspace.ephemerals.push({
        user: place.user,
        channel: place.channel,
        text: body.text ?? '',
        blocks: body.blocks ?? [],
      });
    }
    return c.json({ ok: true });
  });

  const personParts = {
    workspace,
    manifest,
    newTrigger: (user: string) => {
      const id = `${Date.now()}.${randomUUID()}`;
      triggers.set(id, { user, until: Date.now() + limits.triggerIdMs, used: false });
      return id;
    },
    newResponseUrl: (user: string, channel: string, original: Posted | null) => {
      const id = randomUUID();
      responses.set(id, { user, channel, original, uses: 0 });
      return `${server.url}/response/${id}`;
    },
    send: sockets.send,
    posted: (message: Posted) => event(message),
  };

  return {
    apiUrl: `${server.url}/api/`,
    botToken: tokens.bot,
    appToken: tokens.app,
    limits,
    workspace,
    faults: server.faults,
    calls,
    addChannel: (name, members = []) => workspace.addChannel(name, members),
    messages: (channel) =>
      (workspace.find(channel)?.messages ?? []).filter(
        ({ thread_ts, ts }) => thread_ts === undefined || thread_ts === ts,
      ),
    thread: (channel, ts) =>
      (workspace.find(channel)?.messages ?? []).filter(
        (message) => message.thread_ts === ts && message.ts !== ts,
      ),
    as: (user) => createPerson(user, personParts),
    botSays(channel, username, { text = '', attachments }) {
      const place = workspace.find(channel);
      if (place === undefined) throw new Error(`There is no channel ${channel}.`);
      const message: Posted = {
        ts: workspace.nextTs(),
        channel: place.id,
        subtype: 'bot_message',
        bot_id: 'B9OTHER',
        username,
        text,
        ...(attachments === undefined ? {} : { attachments }),
        edited: 0,
      };
      place.messages.push(message);
      event(message);
      return message;
    },
    sockets: sockets.count,
    disconnect: sockets.disconnect,
    async stop() {
      sockets.stop();
      await server.stop();
    },
  };
}

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
