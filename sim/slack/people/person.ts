import type { Ephemeral, Failure, Message, OpenView, User } from '../state/types.ts';
import { OWN } from '../state/workspace.ts';
import { type Actor, type Desk, seenChannel } from './actor.ts';
import type { Entry } from './choices.ts';
import { close, fill, type Submitted, submit } from './modals.ts';
import { type ClickOptions, type ClickResult, click, suggest } from './pressing.ts';
import { shortcut } from './shortcuts.ts';
import { findElement, type Selector, surfaceOf, type Target } from './targets.ts';
import { type CommandResult, command, edit, erase, type SayOptions, say } from './typing.ts';

/** Somebody at the keyboard: sees what Slack would show them, and can only do what Slack would let them. */
export interface Person {
  readonly user: User;
  /** Types a message in a channel, by id or `#name`. */
  say(channel: string, text: string, options?: SayOptions): Message;
  edit(message: Message, text: string): Message;
  erase(message: Message): void;
  /** Types a whole line: `/oms help`. */
  command(channel: string, line: string, options?: { readonly threadTs?: string }): Promise<CommandResult>;
  /** Uses an element of a message, of an ephemeral answer or of an open view. @throws Error when it is not there */
  click(target: Target, selector: Selector, options?: ClickOptions): Promise<ClickResult>;
  /** The lines that an external menu offers for these letters. */
  suggestions(target: Target, selector: Selector, query: string): Promise<readonly string[]>;
  /** Enters values in a modal without submitting: by label, block_id or action_id. */
  fill(entries: Readonly<Record<string, Entry>>, view?: OpenView): OpenView;
  /** Enters the values and submits the modal on top, or the given one. */
  submit(
    entries?: Readonly<Record<string, Entry>>,
    options?: { readonly view?: OpenView; readonly again?: boolean },
  ): Promise<Submitted>;
  /** Closes the modal on top (*Cancel*); `all`: the whole stack (the cross). */
  close(options?: { readonly view?: OpenView; readonly all?: boolean }): Promise<void>;
  shortcut(callbackId: string, message?: Pick<Message, 'channel' | 'ts'>): Promise<ClickResult>;
  /** Opens the app's home; the app hears app_home_opened when it subscribes to it. */
  openHome(tab?: 'home' | 'messages'): void;
  join(channel: string): void;
  read(channel: string): void;
  /** What only this person sees, oldest first. */
  ephemerals(): readonly Ephemeral[];
  /** The app's direct messages to this person, oldest first. */
  dms(): readonly Message[];
  /** Open modals, the one on top last. */
  modals(): readonly OpenView[];
  /** The modal on top. */
  modal(): OpenView | null;
  home(): OpenView | null;
  /** What Slack showed this person as not working. */
  failures(): readonly Failure[];
}

export function createPerson(desk: Desk, user: User): Person {
  const { workspace, views } = desk;
  const actor: Actor = { ...desk, user };
  return {
    user,
    say: (channel, text, options) => say(actor, channel, text, options),
    edit: (message, text) => edit(actor, message, text),
    erase: (message) => erase(actor, message),
    command: async (channel, line, options) => await command(actor, channel, line, options),
    click: async (target, selector, options) => await click(actor, target, selector, options),
    async suggestions(target, selector, query) {
      const surface = surfaceOf(actor, target);
      const options = await suggest(actor, surface, findElement(surface, selector), query);
      return options.map(({ value }) => String(value));
    },
    fill(entries, view = views.stack(user.id).at(-1)) {
      if (view === undefined) throw new Error(`${user.name} has no modal open.`);
      return fill(actor, view, entries);
    },
    submit: async (entries = {}, options) => await submit(actor, entries, options),
    close: async (options) => await close(actor, options),
    shortcut: async (callbackId, message) => await shortcut(actor, callbackId, message),
    openHome: (tab = 'home') => workspace.tell({ kind: 'home opened', user: user.id, tab }),
    join: (channel) => void workspace.join(seenChannel(actor, channel).id, user.id),
    read: (channel) => workspace.markRead(seenChannel(actor, channel).id, user.id),
    ephemerals: () => workspace.ephemerals.filter((one) => one.user === user.id),
    dms: () =>
      workspace
        .channels()
        .filter(({ kind, members }) => kind === 'im' && members.has(user.id))
        .flatMap(({ id }) => workspace.messages(id))
        .filter((message) => message.bot_id === OWN.bot),
    modals: () => views.stack(user.id),
    modal: () => views.stack(user.id).at(-1) ?? null,
    home: () => views.home(user.id),
    failures: () => workspace.failures.filter((one) => one.user === user.id),
  };
}
