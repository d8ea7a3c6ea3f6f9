import { compareTs, createTimestamps, newId } from './ids.ts';
import type {
  BotProfile,
  Change,
  Channel,
  Ephemeral,
  Failure,
  Message,
  OpenView,
  User,
  UserGroup,
} from './types.ts';
import type { Directory } from './words.ts';

/** Fixed ids of the workspace and of the installed app. */
export const OWN = { team: 'T0TEAM', domain: 'sim', app: 'A0BOT', bot: 'B0BOT', user: 'U0BOT' } as const;

interface Room {
  channel: Channel;
  /** Everybody who is or comes into the workspace is a member. */
  readonly everyone: boolean;
  messages: readonly Message[];
}

/** What the workspace remembers, and the one place where it changes. Every change is told to the listeners. */
export function createWorkspace(botName: string) {
  const timestamps = createTimestamps();
  const rooms = new Map<string, Room>();
  const users = new Map<string, User>();
  const groups = new Map<string, UserGroup>();
  const bots = new Map<string, BotProfile>();
  const readMarks = new Map<string, string>();
  const listeners = new Set<(change: Change) => void>();
  const views: OpenView[] = [];
  const ephemerals: Ephemeral[] = [];
  const failures: Failure[] = [];

  function tell(change: Change): void {
    for (const listener of [...listeners]) listener(change);
  }

  function room(id: string): Room {
    const found = rooms.get(id);
    if (found === undefined) throw new Error(`There is no channel ${id}.`);
    return found;
  }

  function replaceMembers(id: string, members: ReadonlySet<string>): Channel {
    const place = room(id);
    place.channel = { ...place.channel, members };
    return place.channel;
  }

  function addUser(user: User): User {
    if (users.has(user.id)) throw new Error(`There is a user ${user.id} already.`);
    users.set(user.id, user);
    tell({ kind: 'user added', user });
    if (user.isBot) return user;
    for (const { channel, everyone } of rooms.values()) {
      if (everyone) replaceMembers(channel.id, new Set([...channel.members, user.id]));
    }
    return user;
  }

  bots.set(OWN.bot, { id: OWN.bot, name: botName, appId: OWN.app, userId: OWN.user });
  addUser({ id: OWN.user, name: botName, realName: botName, email: null, isBot: true });

  return {
    users,
    groups,
    bots,
    views,
    ephemerals,
    failures,
    nextTs: () => timestamps.next(),
    tell,
    addUser,
    subscribe(listener: (change: Change) => void): () => void {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },

    addChannel(options: {
      id: string;
      name: string;
      kind: Channel['kind'];
      members: readonly string[] | 'everyone';
    }): Channel {
      const { id, name, kind } = options;
      if (rooms.has(id)) throw new Error(`There is a channel ${id} already.`);
      const humans = [...users.values()].filter(({ isBot }) => !isBot).map((user) => user.id);
      const members = new Set(options.members === 'everyone' ? humans : options.members);
      const channel: Channel = {
        id,
        name,
        kind,
        members,
        archived: false,
        created: Math.floor(Date.now() / 1_000),
      };
      rooms.set(id, { channel, everyone: options.members === 'everyone', messages: [] });
      tell({ kind: 'channel added', channel });
      return channel;
    },
    channels: (): readonly Channel[] => [...rooms.values()].map(({ channel }) => channel),
    channel: (id: string): Channel | null => rooms.get(id)?.channel ?? null,
    /** By id, `#name` or name. */
    findChannel(idOrName: string): Channel | null {
      const name = idOrName.replace(/^#/, '');
      const named = [...rooms.values()].find(({ channel }) => channel.name !== '' && channel.name === name);
      return rooms.get(idOrName)?.channel ?? named?.channel ?? null;
    },
    /** The direct messages between the app's bot and this person; opened when there are none yet. */
    directMessages(user: string): Channel {
      const known = [...rooms.values()].find(
        ({ channel }) => channel.kind === 'im' && channel.members.has(user),
      );
      return (
        known?.channel ?? this.addChannel({ id: newId('D'), name: '', kind: 'im', members: [OWN.user, user] })
      );
    },
    /** False when the person is in there already. */
    join(id: string, user: string): boolean {
      const { members } = room(id).channel;
      if (members.has(user)) return false;
      tell({ kind: 'member joined', channel: replaceMembers(id, new Set([...members, user])), user });
      return true;
    },
    leave(id: string, user: string): void {
      const members = new Set(room(id).channel.members);
      if (members.delete(user)) tell({ kind: 'member left', channel: replaceMembers(id, members), user });
    },
    archive(id: string): void {
      room(id).channel = { ...room(id).channel, archived: true };
    },

    messages: (id: string): readonly Message[] => rooms.get(id)?.messages ?? [],
    message: (id: string, ts: string): Message | null =>
      rooms.get(id)?.messages.find((message) => message.ts === ts) ?? null,
    post(message: Message): Message {
      const place = room(message.channel);
      place.messages = [...place.messages, message];
      tell({ kind: 'message posted', message });
      return message;
    },
    change(before: Message, message: Message): Message {
      const place = room(before.channel);
      place.messages = place.messages.map((one) => (one.ts === before.ts ? message : one));
      tell({ kind: 'message changed', message, before });
      return message;
    },
    /** Reactions are no edit: no message_changed follows. */
    react(message: Message, reactions: NonNullable<Message['reactions']>): void {
      const place = room(message.channel);
      place.messages = place.messages.map((one) => (one.ts === message.ts ? { ...one, reactions } : one));
    },
    remove(message: Message): void {
      const place = room(message.channel);
      const replies = place.messages.some(
        ({ thread_ts, ts }) => thread_ts === message.ts && ts !== message.ts,
      );
      // The head of a thread leaves a gravestone, so that its replies can still be found.
      const stone: Message = {
        type: 'message',
        subtype: 'tombstone',
        channel: message.channel,
        ts: message.ts,
        thread_ts: message.ts,
        user: 'USLACKBOT',
        text: 'This message was deleted.',
      };
      place.messages = place.messages.flatMap((one) =>
        one.ts !== message.ts ? [one] : replies ? [stone] : [],
      );
      tell({ kind: 'message deleted', message });
    },

    markRead(channel: string, user: string): void {
      readMarks.set(`${channel} ${user}`, timestamps.next());
      tell({ kind: 'channel read', channel, user });
    },
    /** Top-level messages of others that this person has not read. */
    unread(channel: string, user: string): number {
      const mark = readMarks.get(`${channel} ${user}`) ?? '0';
      return (rooms.get(channel)?.messages ?? []).filter(
        (message) => isTopLevel(message) && message.user !== user && compareTs(message.ts, mark) > 0,
      ).length;
    },

    showFailure(failure: Failure): Failure {
      failures.push(failure);
      tell({ kind: 'failure shown', failure });
      return failure;
    },
    directory(): Directory {
      return {
        userByName: (name) => [...users.values()].find((user) => user.name === name)?.id ?? null,
        channelByName: (name) => {
          const found = [...rooms.values()].find(({ channel }) => channel.name === name)?.channel;
          return found === undefined ? null : { id: found.id, label: found.kind === 'private' ? '' : name };
        },
      };
    },
  };
}

export type Workspace = ReturnType<typeof createWorkspace>;

/** Stands in the channel itself: no reply, or a reply that was sent to the channel too. */
export function isTopLevel({ ts, thread_ts, subtype }: Message): boolean {
  return thread_ts === undefined || thread_ts === ts || subtype === 'thread_broadcast';
}
