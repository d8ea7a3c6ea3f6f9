import * as z from 'zod';
import type { Reading, Unmatched } from '../domain/alert.ts';
import { environmentIn, labelsIn, textOf } from './message-text.ts';
import { alertsOf, type IntakeRules, matches, ofAnother, ofNoRunbook, safeUrl } from './rules.ts';

const Message = z.looseObject({
  ts: z.string(),
  text: z.string().nullish(),
  user: z.string().optional(),
  bot_id: z.string().optional(),
  app_id: z.string().optional(),
  username: z.string().optional(),
  bot_profile: z.looseObject({ name: z.string().optional() }).nullish(),
  attachments: z.array(z.looseObject({ title_link: z.unknown().optional() })).nullish(),
  blocks: z.array(z.unknown()).nullish(),
  thread_ts: z.string().optional(),
});

const Event = z.looseObject({
  channel: z.string(),
  subtype: z.string().optional(),
  message: z.unknown().optional(),
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
      /** What its sender should read below it: once, when it first fires and nobody can take it. */
      readonly answer: string | null;
    }
  | { readonly kind: 'ignored'; readonly because: string };

/** Alertmanager's default title: `[FIRING:2] NAME (label values)` or `[RESOLVED] …`. */
const TITLE = /^\s*\*?\[(FIRING|RESOLVED)(?::\d+)?[^\]]*\]\s*([^\s(*]*)/m;

/** Whether an event tells us what we said or edited ourselves: Slack sends that back too, and nothing of it is for us. */
export function isOurs(event: unknown, own: IntakeRules['own']): boolean {
  const message = messageOf(event);
  return message?.bot_id === own.botId || message?.user === own.userId;
}

/** The message that an event is about; of an edit, as it is now. */
function messageOf(event: unknown): z.infer<typeof Message> | undefined {
  const edit = Event.safeParse(event).data;
  return Message.safeParse(edit?.subtype === 'message_changed' ? edit.message : event).data;
}

/** A message of the alerts channel: an alert of a trusted bot, words that look like one, or nothing for us. */
export function readSlackMessage(event: unknown, rules: IntakeRules): HeardMessage {
  const outer = Event.safeParse(event);
  if (!outer.success) return ignored('not a message that can be read');
  const edited = outer.data.subtype === 'message_changed';
  const message = messageOf(event);
  if (message === undefined) return ignored('not a message that can be read');
  if (isOurs(event, rules.own)) return ignored('our own message');
  if (message.thread_ts !== undefined && message.thread_ts !== message.ts)
    return ignored('a reply in a thread');
  const text = textOf(message);
  const title = TITLE.exec(text);
  const labels = labelsIn(text, rules);
  const found = matches(text, labels, rules);
  const names = [message.bot_id, message.app_id, message.username, message.bot_profile?.name];
  const trusted =
    message.bot_id !== undefined &&
    names.some((name) => name !== undefined && rules.trustedSenders.includes(name));
  // Words alone are ordinary talk; a title of Alertmanager's is an alert even where no runbook knows its code.
  const known = found.length > 0 && (title !== null || found.some(({ code }) => code !== null));
  if (!known && !(trusted && title !== null)) return ignored('no alert that a runbook knows');
  const { channel } = outer.data;
  const status = title?.[1] === 'RESOLVED' ? ('resolved' as const) : ('firing' as const);
  const common = {
    source: 'slack' as const,
    key: `${channel}:${message.ts}`,
    status,
    scope: '',
    startsAt: null,
    url: linkOf(message),
    // Alertmanager edits its message only when it is told to; a resolution by another message has another key.
    tellsResolved: false,
    by: null,
  };
  const not = notTaken(text, title?.[2], labels, found.length, rules);
  const unmatched = not === null ? [] : [{ source: 'slack' as const, key: common.key, ...not }];
  return {
    kind: 'alert',
    reading: { alerts: not === null ? alertsOf(common, text, labels, found) : [], unmatched, remarks: [] },
    trusted,
    channel,
    ts: message.ts,
    person: message.bot_id === undefined ? (message.user ?? null) : null,
    answer: not?.reason === 'unknown code' && status === 'firing' && !edited ? not.because : null,
  };
}

/** Why no incident takes it, as for an alert that came by the webhook; null when one does. */
function notTaken(
  text: string,
  name: string | undefined,
  labels: Readonly<Record<string, string>>,
  found: number,
  rules: IntakeRules,
): Pick<Unmatched, 'reason' | 'because'> | null {
  const environment = environmentIn(text, rules);
  if (environment !== null && environment !== rules.environment) {
    return { reason: 'other environment', because: ofAnother(environment, rules) };
  }
  if (found > 0) return null;
  return { reason: 'unknown code', because: ofNoRunbook(name || '(without a name)', text, labels, rules) };
}

function linkOf(message: z.infer<typeof Message>): string | null {
  const link = (message.attachments ?? []).map(({ title_link }) => title_link).find((one) => one != null);
  return safeUrl(typeof link === 'string' ? link : undefined);
}

function ignored(because: string): HeardMessage {
  return { kind: 'ignored', because };
}
