import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { workflowEngineCrash } from '../../sim/world/scenarios/workflow-engine-crash.ts';
import { TOKEN } from '../support/bot.ts';
import { startPretendWorld } from '../support/rig.ts';
import { startPlainSlack } from './plain-slack.ts';

// `npm start`, as a process of its own, against a server that knows nothing of ours.

let world: Awaited<ReturnType<typeof startPretendWorld>>;
let slack: Awaited<ReturnType<typeof startPlainSlack>>;
let bot: ChildProcess;
let folder: string;
let log = '';

const person = { id: 'URESPONDER', username: 'mara', name: 'mara', team_id: 'T1' };
const interactive = { team: { id: 'T1', domain: 'x' }, user: person, api_app_id: 'A1', token: 'x' };

function card() {
  const posted = slack.said.findLast(
    ({ method, args }) =>
      ['chat.postMessage', 'chat.update'].includes(method) && String(args['text']).includes('OMS-1 ·'),
  );
  return (posted?.args['blocks'] ?? []) as { elements?: Record<string, unknown>[] }[];
}

/** The button with these words on the newest card, as Slack would send it back. */
function press(id: string, words: string): void {
  const button = card()
    .flatMap(({ elements }) => elements ?? [])
    .find(({ text }) => String((text as { text?: string })?.text).startsWith(words));
  expect(button, `a button “${words}”`).toBeDefined();
  slack.push({
    envelope_id: id,
    type: 'interactive',
    payload: {
      ...interactive,
      type: 'block_actions',
      trigger_id: `1.2.${id}`,
      response_url: slack.responseUrl,
      container: { type: 'message', message_ts: '1.1', channel_id: 'C1', is_ephemeral: false },
      channel: { id: 'C1', name: 'orders-alerts' },
      message: { type: 'message', ts: '1.1', text: '' },
      state: { values: {} },
      actions: [{ ...button, block_id: 'b', action_ts: '1.1' }],
    },
  });
}

beforeAll(async () => {
  world = await startPretendWorld({ realTime: true });
  await world.world.start(workflowEngineCrash);
  slack = await startPlainSlack();
  folder = mkdtempSync(join(tmpdir(), 'oms-start-'));
  writeFileSync(join(folder, 'oms.yaml'), world.address.yaml);
  writeFileSync(join(folder, 'token'), TOKEN);
  const env = {
    PATH: process.env['PATH'] ?? '',
    HOME: folder,
    SLACK_BOT_TOKEN: 'xoxb-plain',
    SLACK_APP_TOKEN: 'xapp-plain',
    SLACK_API_URL: slack.apiUrl,
    CONFIG_FILE: join(folder, 'oms.yaml'),
    DATABASE_URL: world.address.database,
    DATABASE_OWNER_URL: world.store.url,
    ORDERS_DATABASE_URL: world.address.orders,
    ORDER_SERVICE_URL: world.address.service,
    ORDER_SERVICE_TOKEN_FILE: join(folder, 'token'),
    PORT: '0',
  };
  bot = spawn(process.execPath, ['scripts/run.mjs', 'src/main.ts'], {
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  for (const stream of [bot.stdout, bot.stderr])
    stream?.on('data', (data) => {
      log += data;
    });
});
afterAll(async () => {
  bot.kill('SIGKILL');
  await slack.stop();
  await world.stop();
  rmSync(folder, { recursive: true, force: true });
});

test('it comes up and says so in its log', async () => {
  await expect.poll(() => log, { timeout: 25_000 }).toContain('oms-bot is up');
  await expect.poll(() => slack.connected()).toBe(true);
});

test('/oms help is acknowledged and answered', async () => {
  slack.push({
    envelope_id: 'e-help',
    type: 'slash_commands',
    payload: {
      command: '/oms',
      text: 'help',
      user_id: 'URESPONDER',
      user_name: 'mara',
      channel_id: 'C1',
      channel_name: 'orders-alerts',
      team_id: 'T1',
      team_domain: 'x',
      api_app_id: 'A1',
      token: 'x',
      trigger_id: '1.1.a',
      response_url: slack.responseUrl,
    },
  });
  await expect.poll(() => slack.acknowledged.has('e-help')).toBe(true);
  await expect
    .poll(() => slack.said.filter(({ method }) => method === 'response_url').at(-1)?.args['text'])
    .toContain('/oms');
});

test('a trusted bot’s alert message becomes a card', async () => {
  slack.push({
    envelope_id: 'e-alert',
    type: 'events_api',
    payload: {
      type: 'event_callback',
      event_id: 'Ev1',
      event_time: 1,
      team_id: 'T1',
      api_app_id: 'A1',
      token: 'x',
      authorizations: [{ team_id: 'T1', user_id: 'U0PLAIN', is_bot: true }],
      event: {
        type: 'message',
        subtype: 'bot_message',
        bot_id: 'B9',
        username: 'Alertmanager',
        channel: 'C1',
        channel_type: 'channel',
        ts: '1700000000.000200',
        event_ts: '1700000000.000200',
        text: '[FIRING:1] WORKFLOW_STUCK (prod)',
      },
    },
  });
  await expect.poll(() => slack.acknowledged.has('e-alert')).toBe(true);
  await expect
    .poll(() => JSON.stringify(card()), { timeout: 10_000 })
    .toContain('37 orders have been in processing');
});

test('a form opens, is sent and is taken', async () => {
  press('e-form', 'Set status by hand');
  await expect.poll(() => slack.said.some(({ method }) => method === 'views.open')).toBe(true);
  const view = slack.said.findLast(({ method }) => method === 'views.open')?.args['view'] as {
    blocks: { type: string; block_id: string; element: { action_id: string } }[];
  };
  const entries: Record<string, Record<string, unknown>> = {
    status: {
      type: 'static_select',
      selected_option: { text: { type: 'plain_text', text: 'shipped' }, value: 'shipped' },
    },
    reason: { type: 'plain_text_input', value: 'the warehouse confirmed it' },
    unchecked: {
      type: 'checkboxes',
      selected_options: [{ text: { type: 'plain_text', text: 'x' }, value: 'yes' }],
    },
  };
  const inputs = view.blocks.filter(({ type }) => type === 'input');
  const values = Object.fromEntries(
    inputs.map(({ block_id, element }) => [block_id, { [element.action_id]: entries[block_id] }]),
  );
  slack.push({
    envelope_id: 'e-submit',
    type: 'interactive',
    payload: {
      ...interactive,
      type: 'view_submission',
      trigger_id: '1.3.a',
      response_urls: [],
      view: {
        ...view,
        id: 'V1',
        hash: '1.a',
        team_id: 'T1',
        app_id: 'A1',
        bot_id: 'B0PLAIN',
        state: { values },
      },
    },
  });
  await expect.poll(() => slack.acknowledged.has('e-submit')).toBe(true);
  expect(slack.acknowledged.get('e-submit')).not.toHaveProperty('response_action', 'errors');
  await expect.poll(() => JSON.stringify(card()), { timeout: 10_000 }).toContain('a second person approves');
});

test('a button runs what it says', async () => {
  press('e-button', 'Retry workflow');
  await expect.poll(() => slack.acknowledged.has('e-button')).toBe(true);
  await expect.poll(() => world.service.count('POST', /retry-workflow/), { timeout: 15_000 }).toBe(37);
});

test('SIGTERM ends it in order', async () => {
  const ended = once(bot, 'exit');
  bot.kill('SIGTERM');
  expect(await ended).toEqual([0, null]);
  expect(log).toContain('finishes what is in hand');
});
