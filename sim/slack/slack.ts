import { startFaultyServer } from '../lib/faulty-server.ts';
import type { ApiCall } from './api/call.ts';
import type { ApiContext } from './api/method.ts';
import { createRates } from './api/rates.ts';
import { createEvents } from './delivery/events.ts';
import { createRequestUrl } from './delivery/request-url.ts';
import { createSockets } from './delivery/sockets.ts';
import { installFromFile } from './installation.ts';
import { createResponseUrls, createTriggers } from './interactivity.ts';
import { SLACK_LIMITS, type SlackLimits } from './limits.ts';
import { createOtherBot, newBotProfile, type OtherBot } from './other-bots.ts';
import type { Desk } from './people/actor.ts';
import { createPerson, type Person } from './people/person.ts';
import { createRoutes } from './routes.ts';
import type { NewBot, NewUser, SimulatedSlack } from './simulated-slack.ts';
import { newId, newSecret } from './state/ids.ts';
import type { Channel, User } from './state/types.ts';
import { createWorkspace, isTopLevel, OWN } from './state/workspace.ts';
import { createViews } from './views.ts';

export type { SlackLimits } from './limits.ts';
export { NO_RATES } from './limits.ts';
export type { SimulatedSlack } from './simulated-slack.ts';

export interface SlackOptions {
  /** Path of manifest.yml: what is not declared there does not work. */
  readonly manifest: string;
  readonly limits?: Partial<SlackLimits>;
  readonly log?: (line: string) => void;
  /** Deliver to this URL by signed requests instead of by Socket Mode. */
  readonly http?: { readonly url: string; readonly signingSecret: string };
  readonly port?: number;
}

/** A strict Slack on 127.0.0.1 with the app installed from its manifest. All its times are real time. */
export async function startSlack(options: SlackOptions): Promise<SimulatedSlack> {
  const app = installFromFile(options.manifest);
  const limits: SlackLimits = { ...SLACK_LIMITS, ...options.limits };
  const log = options.log ?? (() => undefined);
  const workspace = createWorkspace(app.name);
  const views = createViews(workspace);
  const triggers = createTriggers(limits);
  const tokens = { bot: `xoxb-sim-${newSecret()}`, app: `xapp-1-sim-${newSecret()}` };
  const calls: ApiCall[] = [];
  const problems: string[] = [];
  const webhooks = new Map<string, { bot: OtherBot; channel: string }>();
  const otherBots = new Map<string, OtherBot>();

  function problem(what: string): void {
    problems.push(what);
    log(what);
  }

  function called(call: ApiCall): void {
    calls.push(call);
    if (call.ok || call.httpStatus === 429) return;
    problem(`${call.method}: ${call.error} ${JSON.stringify(call.answer['response_metadata'] ?? {})}`);
  }

  const routes = createRoutes(() => ({ api, tokens, responses, webhooks, called }));
  const server = await startFaultyServer({
    name: 'slack',
    app: routes,
    ...(options.port === undefined ? {} : { port: options.port }),
  });
  const responses = createResponseUrls(limits, () => server.url);
  const sockets = createSockets({ server: server.server, url: server.url, limits, log });
  const requestUrl = options.http === undefined ? null : createRequestUrl({ ...options.http, limits });
  const transport = requestUrl ?? sockets;
  const events = createEvents({ workspace, app, limits, transport, log });
  const api: ApiContext = {
    url: server.url,
    app,
    workspace,
    limits,
    views,
    triggers,
    rates: createRates(limits),
    responseUrl: (target) => responses.give(target),
    openSocket: () => (requestUrl === null && app.socketMode ? sockets.open() : null),
  };
  const desk: Desk = { workspace, app, views, triggers, responses, transport, problem };

  function addUser({ id, name, realName, email, isBot, left }: NewUser): User {
    return workspace.addUser({
      id: id ?? newId('U'),
      name,
      realName: realName ?? name,
      email: email ?? null,
      isBot: isBot ?? false,
      left: left ?? false,
    });
  }

  /** A person who was only named as a member is in the workspace too. */
  function known(id: string): User {
    return workspace.users.get(id) ?? addUser({ id, name: id.toLowerCase() });
  }

  function addChannel(
    name: string,
    members: readonly string[] | undefined,
    more: { readonly id?: string; readonly private?: boolean },
  ): Channel {
    for (const member of members ?? []) known(member);
    return workspace.addChannel({
      id: more.id ?? newId('C'),
      name,
      kind: more.private === true ? 'private' : 'public',
      members: members ?? 'everyone',
    });
  }

  function found(channel: string): Channel {
    const place = workspace.findChannel(channel);
    if (place === null) throw new Error(`There is no channel ${channel}.`);
    return place;
  }

  const thread = (channel: string, ts: string) =>
    workspace.messages(found(channel).id).filter((message) => message.thread_ts === ts && message.ts !== ts);
  const topLevel = (channel: string) => workspace.messages(found(channel).id).filter(isTopLevel);

  function otherBot(given: NewBot): OtherBot {
    const bot = createOtherBot(workspace, newBotProfile(given));
    otherBots.set(bot.name, bot);
    return bot;
  }

  return {
    url: server.url,
    apiUrl: `${server.url}/api/`,
    botToken: tokens.bot,
    appToken: tokens.app,
    signingSecret: options.http?.signingSecret ?? newSecret(),
    botUserId: OWN.user,
    botId: OWN.bot,
    appId: OWN.app,
    teamId: OWN.team,
    app,
    limits,
    requests: calls,
    problems,
    httpRequests: server.requests,
    faults: server.faults,
    addUser,
    addChannel: (given, members) =>
      typeof given === 'string'
        ? addChannel(given, members, {})
        : addChannel(given.name, given.members, given),
    addUserGroup({ id, handle, users }) {
      const group = { id: id ?? newId('S'), handle, users: [...users] };
      for (const user of users) known(user);
      workspace.groups.set(group.id, group);
      return group;
    },
    addBot: otherBot,
    webhook(bot, channel) {
      const secret = newSecret();
      webhooks.set(secret, { bot, channel: found(channel).id });
      return `${server.url}/services/${secret}`;
    },
    botSays: (channel, name, words, shape) =>
      (otherBots.get(name) ?? otherBot({ name })).post(channel, words, shape),
    as: (id): Person => createPerson(desk, known(id)),
    channel(name) {
      const place = found(name);
      return {
        id: place.id,
        name: place.name,
        channel: () => found(place.id),
        messages: () => topLevel(place.id),
        all: () => workspace.messages(place.id),
        thread: (ts) => thread(place.id, ts),
        unread: (user) => workspace.unread(place.id, user),
        invite: (user) => void workspace.join(place.id, known(user).id),
        kick: (user) => workspace.leave(place.id, user),
        archive: () => workspace.archive(place.id),
      };
    },
    channels: () => workspace.channels(),
    users: () => [...workspace.users.values()],
    messages: topLevel,
    thread,
    workspace: {
      get channels() {
        return workspace
          .channels()
          .map((channel) => ({ ...channel, messages: workspace.messages(channel.id) }));
      },
    },
    events: { subscribe: (listener) => workspace.subscribe(listener), onTheWay: events.onTheWay },
    sockets: sockets.count,
    disconnectSockets: sockets.disconnect,
    dropSockets: sockets.drop,
    verifyRequestUrl: async () => (requestUrl === null ? false : await requestUrl.verify()),
    async stop() {
      events.stop();
      transport.stop();
      sockets.stop();
      await server.stop();
    },
  };
}
