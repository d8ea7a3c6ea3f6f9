import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { WebSocket } from 'ws';
import { runInPod } from '../../src/adapters/kubernetes/exec.ts';
import { type ExecServer, exits, frame, says, startExecServer } from './exec-server.ts';
import { failure, soon, within } from './support.ts';

const WHERE = { namespace: 'default', pod: 'p', container: 'c' };

let server: ExecServer;
beforeEach(async () => {
  server = await startExecServer();
});
afterEach(async () => {
  await server.stop();
});

const run = async (signal = soon()) => await runInPod(server.client, WHERE, ['x'], signal);

describe('a command’s end', () => {
  test('is told in pieces, on channels, in any order', async () => {
    server.answer(
      says([
        frame(1, 'a'),
        frame(2, 'b'),
        frame(1, ''),
        frame(9, '?'),
        frame(1, 'c'),
        frame(3, exits(7)),
        frame(2, 'd'),
      ]),
    );
    expect(await run()).toEqual({ exit: 7, out: 'ac', err: 'bd' });
  });

  test('with more than is kept is cut, with bytes of no text it is data', async () => {
    const binary = Buffer.from([0, 255, 254, 27, 91, 51, 49, 109]);
    server.answer(
      says([
        frame(2, binary),
        ...Array.from({ length: 40 }, () => frame(1, 'x'.repeat(9_999))),
        frame(3, exits(0)),
      ]),
    );
    const ended = await run();
    expect(ended).toMatchObject({ exit: 0 });
    expect(ended.out).toHaveLength(64_000);
    expect(ended.err).toHaveLength(binary.length);
  });

  test.each([
    ['nothing at all', (socket: WebSocket) => socket.close()],
    ['a status cut off', says([frame(3, '{"status":"Succ')])],
    ['a torn connection', (socket: WebSocket) => socket.terminate()],
    ['another shape', says([frame(3, '[]')])],
  ])('that says %s is unknown', async (_what, how) => {
    server.answer(how);
    const error = await failure(run());
    expect(error).toMatchObject({ fault: 'unreachable', sent: 'maybe' });
    expect(error.message).toContain('without saying how the command ended');
  });

  test.each([
    ['exec: "curl": executable file not found in $PATH: unknown', 'no tool'],
    ['exec failed: executable file `nc` not found in $PATH: No such file or directory', 'no tool'],
    ['command terminated: stat /usr/bin/curl: no such file or directory', 'no tool'],
  ])('“%s” is %s', async (message, exit) => {
    server.answer(says([frame(3, JSON.stringify({ status: 'Failure', reason: 'InternalError', message }))]));
    expect(await run()).toMatchObject({ exit, err: message });
  });

  test('of a runtime without words is no tool by its exit code', async () => {
    for (const code of [126, 127]) {
      server.answer(says([frame(3, exits(code))]));
      expect(await run()).toMatchObject({ exit: 'no tool' });
    }
  });

  test('in words that are not known is a failure', async () => {
    const message = 'container is not\u0007 running';
    server.answer(says([frame(3, JSON.stringify({ status: 'Failure', reason: 'InternalError', message }))]));
    const error = await failure(run());
    expect(error).toMatchObject({ fault: 'failed', sent: 'maybe' });
    expect(error.message).toContain('It says: container is not  running');
  });
});

describe('no end', () => {
  test('in time is given up, and the connection with it', async () => {
    let closed = false;
    server.answer((socket) => {
      socket.on('close', () => {
        closed = true;
      });
    });
    expect(await failure(run(within(300)))).toMatchObject({ fault: 'too slow', sent: 'maybe' });
    for (let look = 0; look < 100 && !closed; look += 1)
      await new Promise((resolve) => setTimeout(resolve, 20));
    expect(closed).toBe(true);
  });

  test('before the call nothing is sent', async () => {
    expect(await failure(run(AbortSignal.abort(new Error('enough'))))).toMatchObject({ sent: 'no' });
    expect(server.connections()).toBe(0);
  });
});

describe('a refusal', () => {
  const http = (status: string, body: string) =>
    `HTTP/1.1 ${status}\r\nContent-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`;

  test.each([
    ['503 Unavailable', 'no JSON', { fault: 'failed', sent: 'maybe' }],
    [
      '404 Not Found',
      JSON.stringify({ kind: 'Status', message: 'pods "p" not found' }),
      { fault: 'not found', sent: 'no' },
    ],
    ['302 Found', '', { fault: 'refused' }],
    ['429 Too Many Requests', '', { fault: 'rate limited', sent: 'no' }],
  ])('%s', async (status, body, expected) => {
    server.answer(http(status, body));
    expect(await failure(run())).toMatchObject(expected);
  });

  test('that breaks off is still what its status says', async () => {
    server.answer('HTTP/1.1 403 Forbidden\r\nContent-Length: 5000\r\n\r\n{"kind":"Sta');
    expect(await failure(run())).toMatchObject({ fault: 'forbidden', sent: 'no' });
  });
});
