import { App, type Logger, LogLevel, SocketModeReceiver } from '@slack/bolt';
import { WebClient } from '@slack/web-api';
import type { IntakeRules } from '../intake/rules.ts';
import type { Clock } from '../ports/clock.ts';
import type { Journal } from '../ports/journal.ts';
import type { Log } from '../ports/log.ts';
import { storingReceiver } from './receiver.ts';
import { signIn } from './sign-in.ts';
import { keepConnected } from './socket.ts';

export interface SlackSettings {
  readonly botToken: string;
  readonly appToken: string;
  /** Another Slack-compatible server; undefined: Slack itself. */
  readonly apiUrl: string | undefined;
}

/** Answers to people fail fast: they can press again. Never left to the library, which would retry for half an hour. */
const INTERACTIVE = { timeout: 5_000, retryConfig: { retries: 1 }, rejectRateLimitedCalls: true } as const;
/** The background voice tries again by itself, so its client never does: after a lost answer it looks first. */
const BACKGROUND = { retryConfig: { retries: 0 }, rejectRateLimitedCalls: true } as const;

/** A pong must have come by then, ms: the library's own 5 s are too long for a click into a dead socket. */
const PING_MS = 2_000;

/**
 * The Bolt app in Socket Mode, with our store in front of every acknowledgement.
 * @throws SystemError, here and from `start`, when Slack does not take a token
 */
export async function createBot(parts: {
  settings: SlackSettings;
  /** One call of the background voice may take this long, ms. */
  callMs: number;
  journal: Journal;
  clock: Clock;
  log: Log;
  stored: () => void;
  gone: () => Promise<boolean>;
}) {
  const { settings, callMs, journal, clock, log, stored, gone } = parts;
  const logger = boltLogger(log);
  const slackApiUrl = settings.apiUrl === undefined ? {} : { slackApiUrl: settings.apiUrl };
  const inner = new SocketModeReceiver({
    appToken: settings.appToken,
    clientPingTimeout: PING_MS,
    logger,
    autoReconnectEnabled: false,
    installerOptions: { clientOptions: { ...slackApiUrl, retryConfig: { retries: 1 } } },
  });
  const socket = keepConnected(inner.client, clock, log);
  const app = new App({
    token: settings.botToken,
    receiver: storingReceiver({
      inner,
      own: (): IntakeRules['own'] => own,
      journal,
      clock,
      log,
      stored,
      gone,
    }),
    // A copy each: the library writes into the object that it is given.
    clientOptions: { ...slackApiUrl, ...INTERACTIVE },
    convoStore: false,
    ignoreSelf: false,
    deferInitialization: true,
    logger,
  });
  const identity = await signIn('SLACK_BOT_TOKEN', async () => {
    await app.init();
    return await app.client.auth.test();
  });
  const own = { userId: identity.user_id ?? '', botId: identity.bot_id ?? '' };
  const background = new WebClient(settings.botToken, {
    ...slackApiUrl,
    ...BACKGROUND,
    timeout: callMs,
    logger,
  });
  return {
    app,
    background,
    own,
    connected: socket.connected,
    start: async () => await signIn('SLACK_APP_TOKEN', socket.start),
    stop: socket.stop,
  };
}

/** Bolt's words go to our log; its debug level would print whole payloads, so it is cut off. */
function boltLogger(log: Log): Logger {
  const words = (parts: unknown[]) =>
    parts
      .map((part) => (part instanceof Error ? part.message : String(part)))
      .join(' ')
      .slice(0, 300);
  return {
    debug: () => undefined,
    info: (...said) => log.debug({ said: words(said) }, 'bolt'),
    warn: (...said) => log.warn({ said: words(said) }, 'bolt'),
    error: (...said) => log.warn({ said: words(said) }, 'bolt reports an error'),
    setLevel: () => undefined,
    getLevel: () => LogLevel.INFO,
    setName: () => undefined,
  };
}
