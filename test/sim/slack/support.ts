import { fileURLToPath } from 'node:url';
import { App, type Logger, LogLevel } from '@slack/bolt';
import { WebClient } from '@slack/web-api';
import { onTestFinished } from 'vitest';
import { NO_RATES, type SimulatedSlack, type SlackLimits, startSlack } from '../../../sim/slack/slack.ts';

export const MANIFEST = fileURLToPath(new URL('fixtures/manifest.yml', import.meta.url));

export const silent: Logger = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
  setLevel: () => undefined,
  getLevel: () => LogLevel.ERROR,
  setName: () => undefined,
};

/** A Slack with the channel #alerts, in which the bot and two people are, and one bot call away: a plain client. */
export async function slackForTest(
  options: {
    limits?: Partial<SlackLimits>;
    manifest?: string;
    http?: { url: string; signingSecret: string };
  } = {},
) {
  const slack = await startSlack({
    manifest: options.manifest ?? MANIFEST,
    limits: { ...NO_RATES, eventRetryMs: [10, 20, 40], ...options.limits },
    ...(options.http === undefined ? {} : { http: options.http }),
  });
  onTestFinished(async () => await slack.stop());
  slack.addUser({ id: 'UANN', name: 'ann', email: 'ann@example.com' });
  slack.addUser({ id: 'UBOB', name: 'bob' });
  const alerts = slack.addChannel({
    id: 'CALERTS',
    name: 'alerts',
    members: [slack.botUserId, 'UANN', 'UBOB'],
  });
  slack.addChannel({ id: 'COTHER', name: 'other', members: ['UANN'] });
  slack.addChannel({ id: 'CSECRET', name: 'secret', members: ['UANN'], private: true });
  return { slack, alerts, ann: slack.as('UANN'), bob: slack.as('UBOB'), client: clientOf(slack) };
}

export function clientOf(slack: SimulatedSlack, token = slack.botToken): WebClient {
  return new WebClient(token, {
    slackApiUrl: slack.apiUrl,
    retryConfig: { retries: 0 },
    rejectRateLimitedCalls: true,
    logger: silent,
  });
}

/** A started Bolt app in Socket Mode; it is stopped when the test ends. */
export async function boltApp(slack: SimulatedSlack, listen: (app: App) => void): Promise<App> {
  const app = new App({
    token: slack.botToken,
    appToken: slack.appToken,
    socketMode: true,
    clientOptions: { slackApiUrl: slack.apiUrl, retryConfig: { retries: 0 } },
    convoStore: false,
    ignoreSelf: false,
    deferInitialization: true,
    logger: silent,
  });
  listen(app);
  await app.init();
  await app.start();
  onTestFinished(async () => void (await app.stop()));
  return app;
}

/** Slack's error for a call that it refuses; null when it does it. */
export async function errorOf(call: Promise<unknown>): Promise<string | null> {
  try {
    await call;
    return null;
  } catch (error) {
    const data = typeof error === 'object' && error !== null && 'data' in error ? error.data : null;
    return typeof data === 'object' && data !== null && 'error' in data ? String(data.error) : String(error);
  }
}
