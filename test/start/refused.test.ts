import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openStore, type TestStore } from '../support/store.ts';

// `npm start` where something is wrong: one sentence that names what to look at, nothing left running.

let store: TestStore;
/** What Slack answers to `auth.test` and to `apps.connections.open`. */
let answers: Record<string, object> = {};
const slack = createServer((request, response) => {
  const method = (request.url ?? '').replace('/api/', '');
  response.setHeader('content-type', 'application/json');
  response.end(JSON.stringify(answers[method] ?? { ok: true, user_id: 'U1', bot_id: 'B1', channels: [] }));
});
let apiUrl = '';

beforeAll(async () => {
  store = await openStore();
  await new Promise<void>((done) => slack.listen(0, '127.0.0.1', done));
  apiUrl = `http://127.0.0.1:${(slack.address() as AddressInfo).port}/api/`;
});
afterAll(async () => {
  slack.close();
  await store.close();
});

async function start(env: Record<string, string>): Promise<{ code: unknown; said: string }> {
  const child = spawn(process.execPath, [resolve('src/main.ts')], {
    cwd: tmpdir(),
    env: {
      PATH: '/usr/bin:/bin',
      SLACK_BOT_TOKEN: 'xoxb-1',
      SLACK_APP_TOKEN: 'xapp-1',
      SLACK_API_URL: apiUrl,
      DATABASE_URL: store.url,
      PORT: '0',
      ...env,
    },
  });
  let said = '';
  child.stderr.on('data', (text) => (said += String(text)));
  const [code] = await once(child, 'close');
  return { code, said };
}

const channels = [{ id: 'C1', name: 'orders-alerts', is_member: true }];

describe('a start that cannot succeed', () => {
  test.each([
    [
      'the bot token is wrong',
      { 'auth.test': { ok: false, error: 'invalid_auth' } },
      {},
      /Slack does not take the token in SLACK_BOT_TOKEN \(invalid_auth\)\./,
    ],
    [
      'the app token is wrong',
      {
        'conversations.list': { ok: true, channels },
        'apps.connections.open': { ok: false, error: 'invalid_auth' },
      },
      {},
      /Slack does not take the token in SLACK_APP_TOKEN \(invalid_auth\)\./,
    ],
    [
      'the app token may not connect',
      {
        'conversations.list': { ok: true, channels },
        'apps.connections.open': { ok: false, error: 'missing_scope', needed: 'connections:write' },
      },
      {},
      /The token in SLACK_APP_TOKEN lacks the scope connections:write\./,
    ],
    ['the alerts channel is not there', {}, {}, /Slack has no public channel #orders-alerts\./],
    [
      'Slack is away',
      {},
      { SLACK_API_URL: 'http://127.0.0.1:4/api/' },
      /Slack cannot be reached: .*ECONNREFUSED/,
    ],
    [
      'the database is away',
      {},
      { DATABASE_URL: 'postgres://x@127.0.0.1:1/x' },
      /own database \(DATABASE_URL\): .*ECONNREFUSED/,
    ],
  ])('%s', async (_what, given, env, sentence) => {
    answers = given;
    const { code, said } = await start(env as Record<string, string>);
    expect(said).toMatch(/^oms-bot could not start\. [^\n]+\n$/);
    expect(said).toMatch(sentence);
    expect(code).toBe(1);
  });

  test('a kubeconfig that is not there is a mistake of the configuration', async () => {
    const { code, said } = await start({ KUBECONFIG: '/nowhere/config' });
    expect(said).toMatch(
      /^The configuration is not ready\. Nothing was started\.\n {2}- KUBECONFIG names \/nowhere\/config\. The kubeconfig cannot be read\. ENOENT[^\n]*\n$/,
    );
    expect(code).toBe(1);
  });
});
