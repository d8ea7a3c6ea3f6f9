import type { InstalledApp } from '../installation.ts';
import type { SlackLimits } from '../limits.ts';
import { newId } from '../state/ids.ts';
import type { Change, Channel, Json, Message } from '../state/types.ts';
import { channelType, wireMessage } from '../state/wire.ts';
import { OWN, type Workspace } from '../state/workspace.ts';
import type { Transport } from './transport.ts';

const MESSAGE_EVENT = { channel: 'message.channels', group: 'message.groups', im: 'message.im' } as const;

/**
 * The Events API: whatever happens in a channel of the app's bot is told to the app, when the manifest subscribes to
 * it. An event that nobody acknowledges comes again with the same event_id, three times, then it is lost.
 */
export function createEvents(parts: {
  readonly workspace: Workspace;
  readonly app: InstalledApp;
  readonly limits: SlackLimits;
  readonly transport: Transport;
  readonly log: (line: string) => void;
}) {
  const { workspace, app, limits, transport, log } = parts;
  const timers = new Set<NodeJS.Timeout>();
  let onTheWay = 0;
  let stopped = false;

  const unsubscribe = workspace.subscribe((change) => {
    const told = eventOf(change);
    if (told !== null) void deliver(told);
  });

  function eventOf(change: Change): Json | null {
    if (change.kind === 'message posted')
      return inChannel(change.message.channel, () => posted(change.message));
    if (change.kind === 'message changed') {
      return inChannel(change.message.channel, () => changed(change.message, change.before));
    }
    if (change.kind === 'message deleted')
      return inChannel(change.message.channel, () => deleted(change.message));
    if (change.kind === 'member joined' && app.events.has('member_joined_channel')) {
      return member('member_joined_channel', change.channel, change.user);
    }
    if (change.kind === 'member left' && app.events.has('member_left_channel')) {
      return member('member_left_channel', change.channel, change.user);
    }
    if (change.kind === 'home opened' && app.events.has('app_home_opened')) {
      const { id } = workspace.directMessages(change.user);
      return {
        type: 'app_home_opened',
        user: change.user,
        channel: id,
        tab: change.tab,
        event_ts: workspace.nextTs(),
      };
    }
    return null;
  }

  /** The event, should the app's bot be a member there and the app have subscribed to that kind of channel. */
  function inChannel(id: string, event: () => Json): Json | null {
    const channel = workspace.channel(id);
    if (channel === null || !channel.members.has(OWN.user)) return null;
    const type = channelType(channel);
    if (!app.events.has(MESSAGE_EVENT[type])) return null;
    return { type: 'message', channel: id, channel_type: type, ...event() };
  }

  function posted(message: Message): Json {
    const { type: _type, ...wire } = wireMessage(workspace, message, false);
    return { ...wire, event_ts: message.ts };
  }

  function changed(message: Message, before: Message): Json {
    const ts = workspace.nextTs();
    return {
      subtype: 'message_changed',
      hidden: true,
      ts,
      event_ts: ts,
      message: wireMessage(workspace, message, false),
      previous_message: wireMessage(workspace, before, false),
    };
  }

  function deleted(message: Message): Json {
    const ts = workspace.nextTs();
    return {
      subtype: 'message_deleted',
      hidden: true,
      ts,
      event_ts: ts,
      deleted_ts: message.ts,
      previous_message: wireMessage(workspace, message, false),
    };
  }

  function member(type: string, channel: Channel, user: string): Json | null {
    if (!channel.members.has(OWN.user) && user !== OWN.user) return null;
    const event_ts = workspace.nextTs();
    return { type, user, channel: channel.id, channel_type: 'C', team: OWN.team, event_ts };
  }

  async function deliver(event: Json): Promise<void> {
    onTheWay += 1;
    const payload = envelope(event);
    let reason = '';
    for (let attempt = 0; attempt <= limits.eventRetryMs.length && !stopped; attempt += 1) {
      if (attempt > 0) await pause(limits.eventRetryMs[attempt - 1] ?? 0);
      const answer = await transport.send({
        type: 'events_api',
        payload,
        acceptsAnswer: false,
        retry: { attempt, reason },
      });
      if (answer.ok || answer.noRetry === true) {
        onTheWay -= 1;
        return;
      }
      reason = answer.reason;
    }
    onTheWay -= 1;
    if (!stopped) log(`event ${String(payload['event_id'])} is lost: nobody acknowledged it (${reason})`);
  }

  async function pause(ms: number): Promise<void> {
    await new Promise<void>((resolve) => {
      const timer = setTimeout(() => {
        timers.delete(timer);
        resolve();
      }, ms);
      timers.add(timer);
    });
  }

  return {
    /** Events that are not acknowledged yet and not lost either. */
    onTheWay: () => onTheWay,
    stop() {
      stopped = true;
      unsubscribe();
      for (const timer of timers) clearTimeout(timer);
    },
  };
}

function envelope(event: Json): Json {
  return {
    token: 'deprecated',
    team_id: OWN.team,
    api_app_id: OWN.app,
    type: 'event_callback',
    event,
    event_id: newId('Ev'),
    event_time: Math.floor(Date.now() / 1_000),
    authorizations: [
      {
        enterprise_id: null,
        team_id: OWN.team,
        user_id: OWN.user,
        is_bot: true,
        is_enterprise_install: false,
      },
    ],
    is_ext_shared_channel: false,
    event_context: newId('4-'),
  };
}
