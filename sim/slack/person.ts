import type { Acknowledged } from './sockets.ts';
import {
  BOT,
  type Channel,
  type Ephemeral,
  type OpenView,
  type Posted,
  type Workspace,
} from './workspace.ts';

export interface PersonParts {
  readonly workspace: Workspace;
  readonly manifest: {
    readonly features: { readonly slash_commands: readonly { readonly command: string }[] };
    readonly settings: { readonly interactivity?: { readonly is_enabled: boolean } | undefined };
  };
  readonly newTrigger: (user: string) => string;
  readonly newResponseUrl: (user: string, channel: string, original: Posted | null) => string;
  readonly send: (type: string, payload: unknown) => Promise<Acknowledged>;
  readonly posted: (message: Posted) => void;
}

interface FoundButton {
  readonly element: Record<string, unknown>;
  readonly blockId: string;
}

export type Submitted = 'closed' | { readonly errors: Readonly<Record<string, string>> } | 'failed';

/** Somebody at the keyboard: sees what Slack would show, and can only do what Slack would let them. */
export function createPerson(user: string, parts: PersonParts) {
  const { workspace } = parts;

  function channelOf(name: string): Channel {
    const channel = workspace.find(name);
    if (channel === undefined) throw new Error(`${user} sees no channel ${name}.`);
    return channel;
  }

  async function interact(payload: object): Promise<Acknowledged> {
    const acknowledged = await parts.send('interactive', payload);
    if (!acknowledged.ok) workspace.failures.push({ user, error: 'operation_timeout' });
    return acknowledged;
  }

  const base = {
    team: { id: BOT.team, domain: 'sim' },
    user: { id: user, username: user, name: user, team_id: BOT.team },
    api_app_id: BOT.app,
    token: 'deprecated',
    enterprise: null,
    is_enterprise_install: false,
  };

  return {
    user,
    ephemerals: (): readonly Ephemeral[] => workspace.ephemerals.filter((one) => one.user === user),
    failures: (): readonly string[] =>
      workspace.failures.filter((one) => one.user === user).map(({ error }) => error),
    modal: (): OpenView | null => workspace.views.findLast((view) => view.user === user) ?? null,

    say(channel: string, text: string): Posted {
      const place = channelOf(channel);
      const message: Posted = {
        ts: workspace.nextTs(),
        channel: place.id,
        user,
        text: text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;'),
        edited: 0,
      };
      place.messages.push(message);
      parts.posted(message);
      return message;
    },

    /** Types a command; resolves when Slack has the acknowledgement or shows that there was none. */
    async command(channel: string, line: string): Promise<'ok' | 'operation_timeout' | 'no such command'> {
      const place = channelOf(channel);
      const [command = '', ...rest] = line.split(' ');
      if (!parts.manifest.features.slash_commands.some((one) => one.command === command))
        return 'no such command';
      const payload = {
        command,
        text: rest.join(' '),
        user_id: user,
        user_name: user,
        channel_id: place.id,
        channel_name: place.name,
        team_id: BOT.team,
        team_domain: 'sim',
        api_app_id: BOT.app,
        is_enterprise_install: 'false',
        token: 'deprecated',
        response_url: parts.newResponseUrl(user, place.id, null),
        trigger_id: parts.newTrigger(user),
      };
      const acknowledged = await parts.send('slash_commands', payload);
      if (!acknowledged.ok) {
        workspace.failures.push({ user, error: 'operation_timeout' });
        return 'operation_timeout';
      }
      const { text } = acknowledged.payload;
      if (typeof text === 'string') workspace.ephemerals.push({ user, channel: place.id, text, blocks: [] });
      return 'ok';
    },

    /**
     * Presses a button by its text or action_id. `confirm: false` answers its dialog with no; a button with a dialog
     * needs an answer. `again` sends the very same delivery twice, as after a lost acknowledgement.
     */
    async click(
      message: Posted | Ephemeral,
      which: string,
      options: { readonly confirm?: boolean; readonly again?: boolean } = {},
    ): Promise<void> {
      if (parts.manifest.settings.interactivity?.is_enabled !== true)
        throw new Error('Interactivity is off in the manifest.');
      const { element, blockId } = findButton(message.blocks ?? [], which);
      if (element['confirm'] !== undefined && options.confirm === undefined)
        throw new Error(`“${which}” asks first; say yes or no.`);
      if (element['confirm'] !== undefined && options.confirm === false) return;
      const original = 'ts' in message ? message : null;
      const payload = {
        ...base,
        type: 'block_actions',
        container:
          original === null
            ? { type: 'message', is_ephemeral: true, channel_id: message.channel, message_ts: '0' }
            : { type: 'message', message_ts: original.ts, channel_id: message.channel, is_ephemeral: false },
        trigger_id: parts.newTrigger(user),
        channel: { id: message.channel, name: workspace.find(message.channel)?.name ?? '' },
        ...(original === null ? {} : { message: { ...original, type: 'message' } }),
        state: { values: {} },
        response_url: parts.newResponseUrl(user, message.channel, original),
        actions: [
          {
            type: 'button',
            action_id: element['action_id'],
            block_id: blockId,
            text: element['text'],
            value: element['value'],
            action_ts: workspace.nextTs(),
          },
        ],
      };
      await Promise.all([interact(payload), ...(options.again ? [interact(payload)] : [])]);
    },

    /** Fills in and submits the modal that is open. Values by the input's block_id. */
    async submit(values: Readonly<Record<string, string>>): Promise<Submitted> {
      const opened = workspace.views.findLast((view) => view.user === user);
      if (opened === undefined) throw new Error(`${user} has no modal open.`);
      const state = Object.fromEntries(
        opened.view.blocks
          .filter((block) => 'element' in block)
          .map((block) => [block.block_id ?? '', inputState(block, values[block.block_id ?? ''])]),
      );
      const payload = {
        ...base,
        type: 'view_submission',
        trigger_id: parts.newTrigger(user),
        response_urls: [],
        view: {
          ...opened.view,
          id: opened.id,
          hash: opened.hash,
          team_id: BOT.team,
          app_id: BOT.app,
          bot_id: BOT.bot,
          root_view_id: opened.id,
          previous_view_id: null,
          state: { values: state },
        },
      };
      const acknowledged = await interact(payload);
      if (!acknowledged.ok) return 'failed';
      if (acknowledged.payload['response_action'] === 'errors')
        return { errors: acknowledged.payload['errors'] as Record<string, string> };
      workspace.views.splice(workspace.views.indexOf(opened), 1);
      return 'closed';
    },
  };
}
export type Person = ReturnType<typeof createPerson>;

function findButton(blocks: readonly unknown[], which: string): FoundButton {
  const seen: string[] = [];
  for (const [place, block] of blocks.entries()) {
    const {
      elements = [],
      accessory,
      block_id,
    } = block as {
      elements?: Record<string, unknown>[];
      accessory?: Record<string, unknown>;
      block_id?: string;
    };
    for (const element of [
      ...(Array.isArray(elements) ? elements : []),
      ...(accessory === undefined ? [] : [accessory]),
    ]) {
      if (element['type'] !== 'button') continue;
      const text = (element['text'] as { text: string }).text;
      seen.push(text);
      if (text === which || element['action_id'] === which || text.startsWith(which))
        return { element, blockId: block_id ?? `b${place}` };
    }
  }
  throw new Error(`There is no button “${which}”; there are: ${seen.join(', ') || 'none'}.`);
}

function inputState(block: object, value: string | undefined): object {
  const { element } = block as { element: { type: string; action_id: string } };
  const { type, action_id } = element;
  if (type === 'static_select')
    return {
      [action_id]: {
        type,
        selected_option: value === undefined ? null : { text: { type: 'plain_text', text: value }, value },
      },
    };
  if (type === 'checkboxes')
    return {
      [action_id]: {
        type,
        selected_options: value === undefined ? [] : [{ text: { type: 'plain_text', text: value }, value }],
      },
    };
  return { [action_id]: { type, value: value ?? null } };
}
