import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import * as z from 'zod';
import { BOT_EVENTS, BOT_SCOPES } from './scopes.ts';

const url = z.string().regex(/^https?:\/\//);
const ShortcutEntry = z.strictObject({
  name: z.string().min(1).max(24),
  type: z.enum(['message', 'global']),
  callback_id: z.string().min(1).max(255),
  description: z.string().min(1).max(150),
});
const CommandEntry = z.strictObject({
  command: z
    .string()
    .min(2)
    .max(32)
    .regex(/^\/[^\s/]+$/),
  url: url.max(3_000).optional(),
  description: z.string().min(1).max(2_000),
  usage_hint: z.string().min(1).max(1_000).optional(),
  should_escape: z.boolean().default(false),
});
const AppHome = z.strictObject({
  home_tab_enabled: z.boolean().default(false),
  messages_tab_enabled: z.boolean().default(false),
  messages_tab_read_only_enabled: z.boolean().default(false),
});

/** The classic manifest (major version 1) with Slack's limits. A key that we do not know is refused. */
const Manifest = z
  .strictObject({
    _metadata: z.strictObject({ major_version: z.literal(1), minor_version: z.number().int().optional() }),
    display_information: z.strictObject({
      name: z.string().min(1).max(35),
      description: z.string().min(1).max(140).optional(),
      long_description: z.string().min(175).max(4_000).optional(),
      background_color: z
        .string()
        .regex(/^#[0-9a-fA-F]{3}([0-9a-fA-F]{3})?$/)
        .optional(),
    }),
    features: z.strictObject({
      app_home: AppHome.prefault({}),
      bot_user: z.strictObject({
        display_name: z.string().min(1).max(80),
        always_online: z.boolean().optional(),
      }),
      shortcuts: z.array(ShortcutEntry).min(1).max(10).default([]),
      slash_commands: z.array(CommandEntry).min(1).max(50).default([]),
    }),
    oauth_config: z.strictObject({
      scopes: z.strictObject({ bot: z.array(z.enum(BOT_SCOPES)).max(255) }),
    }),
    settings: z.strictObject({
      event_subscriptions: z
        .strictObject({
          request_url: url.max(3_500).optional(),
          bot_events: z.array(z.enum(Object.keys(BOT_EVENTS))).max(100),
        })
        .optional(),
      interactivity: z
        .strictObject({
          is_enabled: z.boolean(),
          request_url: url.max(3_500).optional(),
          message_menu_options_url: url.max(3_500).optional(),
        })
        .optional(),
      org_deploy_enabled: z.boolean().optional(),
      socket_mode_enabled: z.boolean().default(false),
      token_rotation_enabled: z.boolean().optional(),
    }),
  })
  .superRefine(({ features, oauth_config, settings }, { addIssue }) => {
    const { bot: scopes } = oauth_config.scopes;
    const needs = (scope: string, because: string) => {
      if (!scopes.includes(scope)) addIssue(`the scope ${scope} is missing: ${because}`);
    };
    if (features.slash_commands.length > 0) needs('commands', 'there are slash commands');
    if (features.shortcuts.length > 0) needs('commands', 'there are shortcuts');
    for (const event of settings.event_subscriptions?.bot_events ?? []) {
      const scope = BOT_EVENTS[event];
      if (scope != null) needs(scope, `the event ${event} needs it`);
    }
    if (new Set(scopes).size < scopes.length) addIssue('a scope stands there twice');
  });

/** The app as it is installed. */
export interface InstalledApp {
  readonly name: string;
  readonly scopes: ReadonlySet<string>;
  readonly events: ReadonlySet<string>;
  readonly commands: readonly SlashCommand[];
  readonly shortcuts: readonly ShortcutItem[];
  readonly interactive: boolean;
  readonly socketMode: boolean;
  readonly homeTab: boolean;
  readonly messagesTab: boolean;
  /** People cannot write there. */
  readonly messagesTabReadOnly: boolean;
}

export interface SlashCommand {
  readonly command: string;
  readonly description: string;
  /** What the composer shows behind the command. */
  readonly hint: string;
  /** People, channels and addresses arrive encoded. */
  readonly escapes: boolean;
}

export interface ShortcutItem {
  readonly name: string;
  readonly type: 'message' | 'global';
  readonly callbackId: string;
}

/** @throws Error with everything that Slack would refuse */
export function installFromFile(path: string): InstalledApp {
  return install(parse(readFileSync(path, 'utf8')));
}

/** @throws Error with everything that Slack would refuse */
export function install(manifest: unknown): InstalledApp {
  const read = Manifest.safeParse(manifest);
  if (!read.success) {
    throw new Error(`Slack would not install this manifest:\n${z.prettifyError(read.error)}`);
  }
  const { features, oauth_config, settings } = read.data;
  return {
    name: features.bot_user.display_name,
    scopes: new Set(oauth_config.scopes.bot),
    events: new Set(settings.event_subscriptions?.bot_events ?? []),
    commands: features.slash_commands.map(({ command, description, usage_hint, should_escape }) => ({
      command,
      description,
      hint: usage_hint ?? '',
      escapes: should_escape,
    })),
    shortcuts: features.shortcuts.map(({ name, type, callback_id }) => ({
      name,
      type,
      callbackId: callback_id,
    })),
    interactive: settings.interactivity?.is_enabled ?? false,
    socketMode: settings.socket_mode_enabled,
    homeTab: features.app_home.home_tab_enabled,
    messagesTab: features.app_home.messages_tab_enabled,
    messagesTabReadOnly: features.app_home.messages_tab_read_only_enabled,
  };
}
