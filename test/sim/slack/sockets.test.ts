import { once } from 'node:events';
import { expect, onTestFinished, test } from 'vitest';
import { WebSocket } from 'ws';
import type { SimulatedSlack } from '../../../sim/slack/slack.ts';
import { boltApp, clientOf, slackForTest } from './support.ts';

interface Frame {
  readonly type: string;
  readonly reason?: string;
  readonly envelope_id?: string;
  readonly accepts_response_payload?: boolean;
  readonly retry_attempt?: number;
  readonly retry_reason?: string;
  readonly num_connections?: number;
  readonly payload?: { readonly event_id?: string; readonly event?: { readonly text?: string } };
}

async function ticket(slack: SimulatedSlack): Promise<string> {
  const { url = '' } = await clientOf(slack, slack.appToken).apps.connections.open({});
  return url;
}

/** A bare socket that acknowledges what `answers` says; its frames as they come. */
async function socket(slack: SimulatedSlack, answers: (frame: Frame) => object | null) {
  const frames: Frame[] = [];
  const ws = new WebSocket(await ticket(slack));
  onTestFinished(() => ws.terminate());
  ws.on('message', (data) => {
    const frame: Frame = JSON.parse(String(data));
    frames.push(frame);
    const payload = frame.envelope_id === undefined ? null : answers(frame);
    if (payload !== null) ws.send(JSON.stringify({ envelope_id: frame.envelope_id, payload }));
  });
  await expect.poll(() => frames.length).toBeGreaterThan(0);
  return { ws, frames, delivered: () => frames.filter(({ envelope_id }) => envelope_id !== undefined) };
}

test('a ticket opens one socket, which is greeted', async () => {
  const { slack } = await slackForTest();
  const url = await ticket(slack);
  const first = new WebSocket(url);
  onTestFinished(() => first.terminate());
  const [greeting] = await once(first, 'message');
  expect(JSON.parse(String(greeting))).toMatchObject({ type: 'hello', num_connections: 1 });
  const second = new WebSocket(url);
  const [error] = await once(second, 'error');
  expect(String(error)).toContain('408');
});

test('a ticket grows old', async () => {
  const { slack } = await slackForTest({ limits: { ticketMs: -1 } });
  const [error] = await once(new WebSocket(await ticket(slack)), 'error');
  expect(String(error)).toContain('408');
});

test('each payload goes to exactly one of several sockets', async () => {
  const { slack, ann } = await slackForTest();
  const one = await socket(slack, () => ({}));
  const two = await socket(slack, () => ({}));
  for (const text of ['a', 'b', 'c', 'd']) ann.say('#alerts', text);
  await expect.poll(() => slack.events.onTheWay()).toBe(0);
  expect([one.delivered().length, two.delivered().length]).toEqual([2, 2]);
  const texts = [...one.delivered(), ...two.delivered()].map(({ payload }) => payload?.event?.text);
  expect(texts.sort()).toEqual(['a', 'b', 'c', 'd']);
});

test('an eleventh socket is sent away', async () => {
  const { slack } = await slackForTest();
  for (let place = 0; place < 10; place += 1) await socket(slack, () => ({}));
  const late = await socket(slack, () => ({}));
  expect(late.frames[0]).toMatchObject({ type: 'disconnect', reason: 'too_many_websockets' });
  expect(slack.sockets()).toBe(10);
});

test('an event that nobody acknowledges comes again with the same id, three times, then it is lost', async () => {
  const { slack, ann } = await slackForTest({ limits: { ackMs: 20, eventRetryMs: [1, 1, 1] } });
  const { delivered } = await socket(slack, () => null);
  ann.say('#alerts', 'x');
  await expect.poll(() => slack.events.onTheWay()).toBe(0);
  expect(delivered().map(({ retry_attempt, retry_reason }) => [retry_attempt, retry_reason])).toEqual([
    [0, ''],
    [1, 'timeout'],
    [2, 'timeout'],
    [3, 'timeout'],
  ]);
  expect(new Set(delivered().map(({ payload }) => payload?.event_id)).size).toBe(1);
  expect(new Set(delivered().map(({ envelope_id }) => envelope_id)).size).toBe(4);
});

test('an event on a socket that dies comes again on another one', async () => {
  const { slack, ann } = await slackForTest({ limits: { eventRetryMs: [1, 1, 1] } });
  const dying = await socket(slack, () => {
    dying.ws.terminate();
    return null;
  });
  ann.say('#alerts', 'x');
  await expect.poll(() => slack.sockets()).toBe(0);
  const next = await socket(slack, () => ({}));
  ann.say('#alerts', 'y');
  await expect.poll(() => next.delivered().map(({ payload }) => payload?.event?.text)).toContain('y');
});

test('somebody whose command nobody acknowledges is shown operation_timeout', async () => {
  const { slack, ann } = await slackForTest({ limits: { ackMs: 20 } });
  await socket(slack, () => null);
  expect(await ann.command('#alerts', '/do it')).toBe('operation_timeout');
  expect(ann.failures().map(({ error, text }) => [error, text])).toEqual([
    ['operation_timeout', '/do failed with the error "operation_timeout"'],
  ]);
});

test('somebody who presses while no socket is open is told that it failed', async () => {
  const { slack, ann, client } = await slackForTest();
  const element = {
    type: 'button' as const,
    text: { type: 'plain_text' as const, text: 'Go' },
    action_id: 'go',
  };
  const { ts = '' } = await client.chat.postMessage({
    channel: 'CALERTS',
    text: 'x',
    blocks: [{ type: 'actions', elements: [element] }],
  });
  expect(await ann.click({ channel: 'CALERTS', ts }, 'Go')).toMatchObject({ shown: 'failed' });
  expect(await ann.command('#alerts', '/do it')).toBe('dispatch_failed');
  expect(ann.failures().map(({ error }) => error)).toEqual(['dispatch_failed', 'dispatch_failed']);
  expect(slack.sockets()).toBe(0);
});

test('only commands and submissions have their answer looked at', async () => {
  const { slack, ann, client } = await slackForTest();
  const { delivered } = await socket(slack, () => ({ text: 'answered' }));
  const element = {
    type: 'button' as const,
    text: { type: 'plain_text' as const, text: 'Go' },
    action_id: 'go',
  };
  const { ts = '' } = await client.chat.postMessage({
    channel: 'CALERTS',
    text: 'x',
    blocks: [{ type: 'actions', elements: [element] }],
  });
  await ann.click({ channel: 'CALERTS', ts }, 'Go');
  expect(ann.ephemerals()).toEqual([]);
  await ann.command('#alerts', '/do it');
  expect(ann.ephemerals().map(({ text }) => text)).toEqual(['answered']);
  expect(delivered().map(({ type, accepts_response_payload }) => [type, accepts_response_payload])).toEqual([
    ['events_api', false],
    ['interactive', false],
    ['slash_commands', true],
  ]);
});

test('a socket that was told to go gets nothing more, and Bolt comes back by itself', async () => {
  const { slack, ann } = await slackForTest();
  const first = await socket(slack, () => ({}));
  slack.disconnectSockets('warning');
  await expect.poll(() => first.frames.at(-1)).toMatchObject({ type: 'disconnect', reason: 'warning' });
  const next = await socket(slack, () => ({}));
  ann.say('#alerts', 'x');
  await expect.poll(() => next.delivered().length).toBe(1);
  expect(first.delivered()).toEqual([]);
});

test('a dropped socket is gone at once', async () => {
  const { slack } = await slackForTest();
  await boltApp(slack, () => undefined);
  expect(slack.sockets()).toBe(1);
  slack.dropSockets();
  await expect.poll(() => slack.sockets()).toBe(0);
});
