import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import * as z from 'zod';

/** The limits of the classic manifest (Slack's reference, app manifest). Unknown keys are refused as Slack does. */
const Manifest = z.strictObject({
  _metadata: z.strictObject({ major_version: z.literal(1), minor_version: z.number().int() }),
  display_information: z.strictObject({
    name: z.string().min(1).max(35),
    description: z.string().max(140).optional(),
    long_description: z.string().min(175).max(4000).optional(),
    background_color: z.string().min(4).max(7).optional(),
  }),
  features: z.strictObject({
    bot_user: z.strictObject({
      display_name: z.string().min(1).max(80),
      always_online: z.boolean().optional(),
    }),
    shortcuts: z
      .array(
        z.strictObject({
          name: z.string().min(1).max(24),
          type: z.enum(['message', 'global']),
          callback_id: z.string().min(1).max(255),
          description: z.string().min(1).max(150),
        }),
      )
      .max(10)
      .default([]),
    slash_commands: z
      .array(
        z.strictObject({
          command: z.string().startsWith('/').max(32),
          description: z.string().min(1).max(2000),
          usage_hint: z.string().max(1000).optional(),
          should_escape: z.boolean().default(false),
        }),
      )
      .max(50)
      .default([]),
  }),
  oauth_config: z.strictObject({ scopes: z.strictObject({ bot: z.array(z.string().min(1)).max(255) }) }),
  settings: z.strictObject({
    event_subscriptions: z.strictObject({ bot_events: z.array(z.string()).max(100) }).optional(),
    interactivity: z.strictObject({ is_enabled: z.boolean() }).optional(),
    org_deploy_enabled: z.boolean().optional(),
    socket_mode_enabled: z.boolean(),
    token_rotation_enabled: z.boolean().optional(),
  }),
});
export type Manifest = z.infer<typeof Manifest>;

/** @throws Error with every key that Slack would refuse */
export function readManifest(path: string): Manifest {
  const read = Manifest.safeParse(parse(readFileSync(path, 'utf8')));
  if (read.success) return read.data;
  throw new Error(`Slack would not install this manifest:\n${z.prettifyError(read.error)}`);
}
