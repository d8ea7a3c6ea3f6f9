import * as z from 'zod';
import type { Reading } from '../domain/alert.ts';
import { alertsOf, type IntakeRules, matches, safeUrl } from './rules.ts';

const Attachment = z.looseObject({
  title: z.string().optional(),
  title_link: z.string().optional(),
  text: z.string().optional(),
  pretext: z.string().optional(),
  fallback: z.string().optional(),
  fields: z.array(z.looseObject({ title: z.string().optional(), value: z.string().optional() })).optional(),
});

const Message = z.looseObject({
  ts: z.string(),
  text: z.string().optional(),
  user: z.string().optional(),
  bot_id: z.string().optional(),
  app_id: z.string().optional(),
  username: z.string().optional(),
  bot_profile: z.looseObject({ name: z.string().optional() }).optional(),
  attachments: z.array(Attachment).optional(),
  thread_ts: z.string().optional(),
});

const Event = z.looseObject({
  channel: z.string(),
  subtype: z.string().optional(),
  message: Message.optional(),
});

export type HeardMessage =
  | {
      readonly kind: 'alert';
      readonly reading: Reading;
      readonly trusted: boolean;
      readonly channel: string;
      readonly ts: string;
      /** Who wrote it, when a person did. */
      readonly person: string | null;
    }
  | { readonly kind: 'ignored'; readonly because: string };

/** Alertmanager's default title: `[FIRING:2] …` or `[RESOLVED] …`. */
const TITLE = /^\s*\[(FIRING|RESOLVED)(?::\d+)?[^\]]*\]/m;

/** A message of the alerts channel: an alert of a trusted bot, words that look like one, or nothing for us. */
export function readSlackMessage(event: unknown, rules: IntakeRules): HeardMessage {
  const outer = Event.safeParse(event);
  if (!outer.success) return ignored('not a message that can be read');
  const edited = outer.data.subtype === 'message_changed';
  const inner = Message.safeParse(edited ? outer.data.message : event);
  if (!inner.success) return ignored('not a message that can be read');
  const message = inner.data;
  if (message.bot_id === rules.own.botId || message.user === rules.own.userId)
    return ignored('our own message');
  if (message.thread_ts !== undefined && message.thread_ts !== message.ts)
    return ignored('a reply in a thread');
  const text = plain(collect(message));
  const title = TITLE.exec(text);
  const found = matches(text, {}, rules);
  const looksLikeOne = title !== null || found.some(({ code }) => code !== null);
  if (!looksLikeOne || found.length === 0) return ignored('no alert that a runbook knows');
  const { channel } = outer.data;
  const names = [message.bot_id, message.app_id, message.username, message.bot_profile?.name];
  const trusted =
    message.bot_id !== undefined &&
    names.some((name) => name !== undefined && rules.trustedSenders.includes(name));
  const common = {
    source: 'slack' as const,
    key: `${channel}:${message.ts}`,
    status: title?.[1] === 'RESOLVED' ? ('resolved' as const) : ('firing' as const),
    scope: '',
    startsAt: null,
    url: safeUrl(message.attachments?.find(({ title_link }) => title_link !== undefined)?.title_link),
    // Alertmanager edits its message only when it is told to; a resolution by another message has another key.
    tellsResolved: false,
    by: null,
  };
  const reading: Reading = { alerts: alertsOf(common, text, found), unmatched: [], remarks: [] };
  return {
    kind: 'alert',
    reading,
    trusted,
    channel,
    ts: message.ts,
    person: message.bot_id === undefined ? (message.user ?? null) : null,
  };
}

function ignored(because: string): HeardMessage {
  return { kind: 'ignored', because };
}

function collect(message: z.infer<typeof Message>): string {
  const parts = (message.attachments ?? []).flatMap((one) => [
    one.pretext,
    one.title,
    one.text,
    one.title === undefined && one.text === undefined ? one.fallback : undefined,
    ...(one.fields ?? []).flatMap((field) => [field.title, field.value]),
  ]);
  return [message.text, ...parts].filter((part) => part !== undefined && part !== '').join('\n');
}

/** Slack escapes and wraps; the words themselves are what counts. */
function plain(text: string): string {
  return text
    .replace(/<(https?:[^|>]+)\|([^>]*)>/g, '$2')
    .replace(/<(https?:[^>]+)>/g, '$1')
    .replace(/&lt;/g, '<')
    .replace(/&gt;/g, '>')
    .replace(/&amp;/g, '&');
}
