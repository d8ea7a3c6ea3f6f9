import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type SimulatedSlack, type SlackLimits, startSlack } from '../../sim/slack/slack.ts';
import type { BotDatabase } from './databases.ts';
import { type Process, startProcess } from './processes.ts';

export const ALERTS = '#orders-alerts';
export const ADMIN_TOKEN = 'admin-token';
export const ALERT_TOKEN = 'alert-token';
export const RESPONDER = 'URESPONDER';

const YAML = `
environment: prod
approvals:
  responders: [${RESPONDER}]
alerts:
  scopeLabels: [region]
`;

/** A pretend Slack with the channels of `oms.yaml`'s defaults. It runs in the measuring process, the same for both sides. */
export async function openSlack(
  stack: AsyncDisposableStack,
  limits: Partial<SlackLimits>,
): Promise<SimulatedSlack> {
  const slack = await startSlack({
    manifest: fileURLToPath(new URL('../../manifest.yml', import.meta.url)),
    limits,
  });
  stack.defer(slack.stop);
  for (const name of ['orders-alerts', 'orders-team', 'payments', 'catalog-team', 'platform-eng'])
    slack.addChannel(name, [RESPONDER]);
  return slack;
}

export interface BotProcess extends Process {
  /** Of its webhooks. */
  readonly port: number;
}

/**
 * The bot as `npm start` runs it, against a pretend Slack and a real database.
 * @param more further environment: addresses of the systems it looks at; those left out are not configured
 */
export async function startBot(
  stack: AsyncDisposableStack,
  slack: SimulatedSlack,
  database: BotDatabase,
  more: Readonly<Record<string, string>> = {},
): Promise<BotProcess> {
  const folder = mkdtempSync(join(tmpdir(), 'oms-bench-bot-'));
  stack.defer(() => rmSync(folder, { recursive: true, force: true }));
  const file = (name: string, text: string) => {
    writeFileSync(join(folder, name), text, { mode: 0o600 });
    return join(folder, name);
  };
  const { KUBECONFIG, ...rest } = more;
  const bot = startProcess(stack, new URL('../../src/main.ts', import.meta.url), {
    ...slackSettings(slack),
    DATABASE_URL: database.bot,
    DATABASE_OWNER_URL: database.owner,
    CONFIG_FILE: file('oms.yaml', YAML),
    PORT: '0',
    LOG_LEVEL: 'info',
    ALERT_WEBHOOK_TOKEN: ALERT_TOKEN,
    ORDER_SERVICE_TOKEN_FILE: file('admin-token', ADMIN_TOKEN),
    ...(KUBECONFIG === undefined ? {} : { KUBECONFIG: file('kubeconfig', KUBECONFIG) }),
    ...rest,
  });
  const up = await bot.said(/"port":(\d+).*oms-bot is up/);
  return { ...bot, port: Number(up[1]) };
}

/** The peer of `peers/bare-bolt.ts`; with a database it stores before it acknowledges. */
export async function startBareBolt(
  stack: AsyncDisposableStack,
  slack: SimulatedSlack,
  database: string | null,
): Promise<Process> {
  slack.channel(ALERTS).invite(slack.botUserId);
  const bare = startProcess(stack, new URL('../peers/bare-bolt.ts', import.meta.url), {
    ...slackSettings(slack),
    CHANNEL: slack.channel(ALERTS).id,
    ...(database === null ? {} : { DATABASE_URL: database }),
  });
  await bare.said(/^up$/m);
  return bare;
}

function slackSettings(slack: SimulatedSlack): Record<string, string> {
  return { SLACK_BOT_TOKEN: slack.botToken, SLACK_APP_TOKEN: slack.appToken, SLACK_API_URL: slack.apiUrl };
}
