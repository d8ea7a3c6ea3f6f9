import { Hono } from 'hono';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import { type Fault, type FaultyServer, startFaultyServer } from '../../../sim/lib/faulty-server.ts';

let ran = 0;
let system: FaultyServer;

function app(): Hono {
  return new Hono()
    .post('/do/:what', async (c) => {
      ran += 1;
      return c.json({ what: c.req.param('what'), heard: await c.req.text(), filler: 'x'.repeat(400) });
    })
    .get('/stream', (c) => {
      const parts = ['one\n', 'two\n'];
      const stream = new ReadableStream<Uint8Array>({
        pull(controller) {
          const part = parts.shift();
          if (part !== undefined) controller.enqueue(new TextEncoder().encode(part));
          else controller.close();
        },
      });
      return c.body(stream);
    });
}

beforeEach(async () => {
  ran = 0;
  system = await startFaultyServer({ name: 'thing', app: app() });
});
afterEach(async () => await system.stop());

async function post(signal?: AbortSignal): Promise<string> {
  const response = await fetch(`${system.url}/do/it?a=1`, {
    method: 'POST',
    body: 'hello',
    headers: { 'X-Who': 'me' },
    ...(signal === undefined ? {} : { signal }),
  });
  return `${response.status} ${(await response.text()).slice(0, 12)}`;
}

describe('a pretend server', () => {
  test('answers, and logs what it was asked', async () => {
    expect(await post()).toBe('200 {"what":"it"');
    expect(system.requests).toMatchObject([
      { method: 'POST', path: '/do/it', query: { a: '1' }, body: 'hello', status: 200, fault: null },
    ]);
    expect(system.requests[0]?.headers['x-who']).toBe('me');
  });

  test('passes a stream on', async () => {
    expect(await (await fetch(`${system.url}/stream`)).text()).toBe('one\ntwo\n');
  });

  const broken: [string, Fault, { ran: number; says: string | RegExp | null }][] = [
    ['is down: nothing runs, nothing comes back', { mode: 'down' }, { ran: 0, says: null }],
    ['answers another status without running', { mode: 'status', status: 503 }, { ran: 0, says: /^503 / }],
    ['says garbage without running', { mode: 'garbage' }, { ran: 0, says: /^200 <!doctype/ }],
    ['breaks off in the middle of its answer', { mode: 'cut' }, { ran: 1, says: null }],
    ['does it and loses the answer', { mode: 'lost' }, { ran: 1, says: null }],
    ['asks to come back later', { mode: 'rate-limited', retryAfterS: 7 }, { ran: 0, says: /^429 / }],
    ['is slow and still answers', { mode: 'slow', ms: 30 }, { ran: 1, says: /^200 / }],
  ];
  test.each(broken)('%s', async (_rule, fault, expected) => {
    system.faults.add({ match: { method: 'post', path: /^\/do/ }, fault, times: 1 });
    const said = await post().catch(() => null);
    if (expected.says === null) expect(said).toBeNull();
    else expect(said).toMatch(expected.says);
    expect(ran).toBe(expected.ran);
    expect(system.requests[0]?.fault).toEqual(fault);
    expect(await post()).toMatch(/^200 /);
  });

  test('a late one is done after the caller hung up', async () => {
    system.faults.add({ fault: { mode: 'late', ms: 120 } });
    await expect(post(AbortSignal.timeout(20))).rejects.toThrow();
    expect(ran).toBe(0);
    await vi.waitFor(() => expect(ran).toBe(1));
  });

  test('a slow one is not done for a caller that hung up', async () => {
    system.faults.add({ fault: { mode: 'slow', ms: 60 }, times: 1 });
    await expect(post(AbortSignal.timeout(20))).rejects.toThrow();
    system.faults.add({ fault: { mode: 'slow', ms: 120 }, times: 1 });
    expect(await post()).toMatch(/^200/);
    expect(ran).toBe(1);
  });

  test('a fault that is taken back hits nobody, nor does one for another path', async () => {
    system.faults.add({ match: { path: /elsewhere/ }, fault: { mode: 'down' } });
    const takeBack = system.faults.add({ fault: { mode: 'down' } });
    takeBack();
    expect(await post()).toMatch(/^200/);
  });

  test('an upgrade goes through, unless the server is down', async () => {
    const sockets = new WebSocketServer({ noServer: true });
    system.server.on('upgrade', (request, socket, head) => {
      sockets.handleUpgrade(request, socket, head, (ws) => ws.send('hi'));
    });
    expect(await firstWord()).toBe('hi');
    system.faults.add({ fault: { mode: 'down' } });
    expect(await firstWord()).toBe('error');
    expect(system.requests.map((request) => request.status)).toEqual([101, null]);
  });
});

async function firstWord(): Promise<string> {
  const ws = new WebSocket(system.url.replace('http', 'ws'));
  return await new Promise((resolve) => {
    ws.on('message', (data) => resolve(String(data)));
    ws.on('error', () => resolve('error'));
  });
}
