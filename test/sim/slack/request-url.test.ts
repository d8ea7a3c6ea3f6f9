import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { App, HTTPReceiver } from '@slack/bolt';
import { expect, onTestFinished, test } from 'vitest';
import { type SimulatedSlack, startSlack } from '../../../sim/slack/slack.ts';
import { MANIFEST, silent, slackForTest } from './support.ts';

const SECRET = 'a-signing-secret';

/** A port that is free now; Bolt cannot tell which one it took. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = addressOf(server.address());
  await new Promise((resolve) => server.close(resolve));
  return port;
}

function addressOf(address: string | AddressInfo | null): AddressInfo {
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address;
}

async function httpApp(
  slack: SimulatedSlack,
  port: number,
  listen: (app: App) => void,
  signingSecret = SECRET,
) {
  const receiver = new HTTPReceiver({ signingSecret, logger: silent });
  const app = new App({
    token: slack.botToken,
    receiver,
    clientOptions: { slackApiUrl: slack.apiUrl },
    convoStore: false,
    deferInitialization: true,
    logger: silent,
  });
  listen(app);
  await app.init();
  await app.start({ port, host: '127.0.0.1' });
  onTestFinished(async () => void (await app.stop()));
}

test('Bolt’s HTTP receiver takes signed commands, clicks, submissions and events', async () => {
  const port = await freePort();
  const { slack, ann, client } = await slackForTest({
    http: { url: `http://127.0.0.1:${port}/slack/events`, signingSecret: SECRET },
  });
  const heard: string[] = [];
  const plain = (text: string) => ({ type: 'plain_text' as const, text });
  await httpApp(slack, port, (app) => {
    app.command('/do', async ({ ack, command }) => await ack(`did ${command.text}`));
    app.action('go', async ({ ack, body, client: web }) => {
      await ack();
      const view = {
        type: 'modal' as const,
        callback_id: 'form',
        title: plain('x'),
        submit: plain('x'),
        blocks: [],
      };
      if ('trigger_id' in body) await web.views.open({ trigger_id: body.trigger_id, view });
    });
    app.view('form', async ({ ack }) => await ack({ response_action: 'clear' }));
    app.event('message', async ({ event }) => void heard.push('text' in event ? (event.text ?? '') : ''));
  });
  expect(await slack.verifyRequestUrl()).toBe(true);
  expect(await ann.command('#alerts', '/do it & more')).toBe('ok');
  expect(ann.ephemerals()[0]?.text).toBe('did it &amp; more');
  ann.say('#alerts', 'hello');
  await expect.poll(() => heard).toEqual(['hello']);
  const button = { type: 'button' as const, text: plain('Go'), action_id: 'go' };
  const { ts = '' } = await client.chat.postMessage({
    channel: 'CALERTS',
    text: 'x',
    blocks: [{ type: 'actions', elements: [button] }],
  });
  await ann.click({ channel: 'CALERTS', ts }, 'Go');
  await expect.poll(() => ann.modals().length).toBe(1);
  expect(await ann.submit()).toBe('cleared');
});

test('an app with another secret refuses, and the person is told that it failed', async () => {
  const port = await freePort();
  const { slack, ann } = await slackForTest({
    http: { url: `http://127.0.0.1:${port}/slack/events`, signingSecret: SECRET },
  });
  await httpApp(slack, port, (app) => app.command('/do', async ({ ack }) => await ack()), 'another-secret');
  expect(await ann.command('#alerts', '/do it')).toBe('dispatch_failed');
});

test('an event that is answered with an error comes again with its number and reason', async () => {
  const seen: (string | undefined)[] = [];
  const server = createServer((request: IncomingMessage, response) => {
    const { headers } = request;
    seen.push(
      `${String(headers['x-slack-retry-num'] ?? 0)} ${String(headers['x-slack-retry-reason'] ?? '')}`.trim(),
    );
    response.writeHead(seen.length < 3 ? 500 : 200).end();
  }).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  onTestFinished(() => void server.close());
  const { port } = addressOf(server.address());
  const { slack, ann } = await slackForTest({
    http: { url: `http://127.0.0.1:${port}`, signingSecret: SECRET },
  });
  ann.say('#alerts', 'x');
  await expect.poll(() => slack.events.onTheWay()).toBe(0);
  expect(seen).toEqual(['0', '1 http_error', '2 http_error']);
});

test('no socket is opened for an app that takes requests', async () => {
  const slack = await startSlack({
    manifest: MANIFEST,
    http: { url: 'http://127.0.0.1:1', signingSecret: SECRET },
  });
  onTestFinished(async () => await slack.stop());
  const answer = await fetch(`${slack.apiUrl}apps.connections.open`, {
    method: 'POST',
    headers: { authorization: `Bearer ${slack.appToken}` },
  });
  expect(await answer.json()).toMatchObject({ ok: false });
});
