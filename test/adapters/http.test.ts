import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { askJson, below } from '../../src/adapters/http.ts';
import { outcome, patient } from '../support/trouble.ts';

let server: Server | undefined;
afterEach(() => {
  server?.closeAllConnections();
  server?.close();
});

async function answering(listener: RequestListener): Promise<string> {
  server = createServer(listener);
  await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}

async function post(url: string, signal = patient()) {
  return await outcome(askJson('The thing', { method: 'POST', url, signal, body: '{}' }));
}

describe('what an answer to a change means', () => {
  test.each([
    [301, { fault: 'refused', sent: 'maybe', mayRetry: false }],
    [303, { fault: 'refused', sent: 'maybe', mayRetry: false }],
    [307, { fault: 'refused', sent: 'no', mayRetry: false }],
    [308, { fault: 'refused', sent: 'no', mayRetry: false }],
    [400, { fault: 'refused', sent: 'no', mayRetry: false }],
    [401, { fault: 'forbidden', sent: 'no', mayRetry: false }],
    [403, { fault: 'forbidden', sent: 'no', mayRetry: false }],
    [404, { fault: 'not found', sent: 'no', mayRetry: false }],
    [408, { fault: 'too slow', sent: 'maybe', mayRetry: true }],
    [409, { fault: 'refused', sent: 'no', mayRetry: false }],
    [422, { fault: 'refused', sent: 'no', mayRetry: false }],
    [429, { fault: 'rate limited', sent: 'no', mayRetry: false }],
    [500, { fault: 'failed', sent: 'maybe', mayRetry: true }],
    [502, { fault: 'failed', sent: 'maybe', mayRetry: true }],
    [503, { fault: 'failed', sent: 'maybe', mayRetry: true }],
    [504, { fault: 'failed', sent: 'maybe', mayRetry: true }],
  ])('%i', async (status, expected) => {
    const url = await answering((_request, response) => response.writeHead(status).end('{}'));
    expect(await post(url)).toMatchObject({
      ...expected,
      message: expect.stringContaining(`answered ${status}`),
    });
  });

  test('a redirect is not followed and says where it points', async () => {
    let asked = 0;
    const url = await answering((_request, response) => {
      asked += 1;
      response.writeHead(302, { location: 'https://login.example.com/' }).end();
    });
    expect(await post(url)).toMatchObject({
      message:
        'The thing answered 302. It points to https://login.example.com/; configure the address that answers itself.',
    });
    expect(asked).toBe(1);
  });

  test('a 429 says when it may be asked again', async () => {
    const url = await answering((_request, response) =>
      response.writeHead(429, { 'retry-after': '7' }).end(),
    );
    expect(await post(url)).toMatchObject({
      message: 'The thing answered 429. It may be asked again in 7 s.',
    });
  });

  test('a refusal that breaks off is still a refusal', async () => {
    const url = await answering((_request, response) => {
      response.writeHead(409, { 'content-length': '100' });
      response.write('{"error"', () => response.destroy());
    });
    expect(await post(url)).toMatchObject({ fault: 'refused', sent: 'no' });
  });

  test('a good answer that breaks off may have been done', async () => {
    const url = await answering((_request, response) => {
      response.writeHead(202, { 'content-length': '100' });
      response.write('{"accepted"', () => response.destroy());
    });
    expect(await post(url)).toMatchObject({
      fault: 'unreachable',
      sent: 'maybe',
      message: 'The thing broke off in the middle of its answer.',
    });
  });

  test('an endless answer is read up to the limit and no further', async () => {
    let ended = false;
    const url = await answering((_request, response) => {
      response.writeHead(200);
      const more = () => {
        while (!response.destroyed && response.write(Buffer.alloc(100_000, 'x')));
      };
      response.on('drain', more);
      response.on('close', () => {
        ended = true;
      });
      more();
    });
    expect(await post(url)).toMatchObject({
      fault: 'not understood',
      sent: 'maybe',
      message: 'The thing answered with more than 5 MB; the rest was not read.',
    });
    await expect.poll(() => ended).toBe(true);
  });

  test('an answer that stops in the middle ends with the caller’s deadline', async () => {
    const caller = new AbortController();
    const url = await answering((_request, response) => {
      response.writeHead(200, { 'content-length': '100' });
      response.write('{"accepted"', () => caller.abort());
    });
    expect(await post(url, caller.signal)).toMatchObject({ fault: 'too slow', sent: 'maybe' });
  });

  test('nobody there: surely not sent', async () => {
    const url = await answering(() => undefined);
    await new Promise((resolve) => server?.close(resolve));
    expect(await post(url)).toMatchObject({
      fault: 'unreachable',
      sent: 'no',
      message: 'The thing cannot be reached (ECONNREFUSED).',
    });
  });

  test('a caller that hung up before: surely not sent', async () => {
    let asked = 0;
    const url = await answering((_request, response) => {
      asked += 1;
      response.end('{}');
    });
    expect(await post(url, AbortSignal.abort())).toMatchObject({ fault: 'too slow', sent: 'no' });
    expect(asked).toBe(0);
  });

  test('the other side’s words are cleaned', async () => {
    const url = await answering((_request, response) =>
      response.writeHead(400).end('{"why":"a\\u0007\\nb"}'),
    );
    const problem = (body: unknown) => String((body as { why: string }).why);
    const said = await outcome(askJson('The thing', { method: 'GET', url, signal: patient(), problem }));
    expect(said).toMatchObject({ message: 'The thing answered 400. It says: a b' });
  });
});

test.each([
  ['http://orders:8080', 'http://orders:8080/admin/a?b=c'],
  ['http://orders:8080/', 'http://orders:8080/admin/a?b=c'],
  ['https://gateway.example/orders', 'https://gateway.example/orders/admin/a?b=c'],
  ['https://gateway.example/orders/', 'https://gateway.example/orders/admin/a?b=c'],
])('a path below %s', (address, url) => {
  expect(below(address, '/admin/a?b=c')).toBe(url);
});
