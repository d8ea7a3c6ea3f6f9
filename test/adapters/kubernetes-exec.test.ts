import { createServer, type Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type WebSocket, WebSocketServer } from 'ws';
import { createClient, type KubernetesClient } from '../../src/adapters/kubernetes/client.ts';
import { runInPod } from '../../src/adapters/kubernetes/exec.ts';
import { readPaths } from '../../src/adapters/kubernetes/path.ts';
import { plainPolicy } from '../support/policy.ts';
import { failure, soon, WORKLOAD, within } from './support.ts';

const WHERE = { namespace: 'default', pod: 'p', container: 'c' };

let server: Server;
let client: KubernetesClient;
const sockets = new Set<Socket>();
let answer: (socket: WebSocket) => void;
let refuse: string | null;

beforeEach(async () => {
  refuse = null;
  const pods = { kind: 'PodList', metadata: {}, items: [POD] };
  server = createServer((_request, response) => response.end(JSON.stringify(pods)));
  const upgrades = new WebSocketServer({
    noServer: true,
    handleProtocols: (offered) => [...offered].at(-1) ?? false,
  });
  server.on('connection', (socket) => sockets.add(socket));
  server.on('upgrade', (request, socket, head) => {
    if (refuse !== null) socket.end(refuse);
    else upgrades.handleUpgrade(request, socket, head, (each) => answer(each));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  client = await createClient({ text: kubeconfig(port) }, plainPolicy);
});
afterEach(async () => {
  await client.close();
  for (const socket of sockets) socket.destroy();
  sockets.clear();
  await new Promise((resolve) => server.close(resolve));
});

const frame = (channel: number, text: string | Buffer) =>
  Buffer.concat([Buffer.from([channel]), typeof text === 'string' ? Buffer.from(text) : text]);
const exits = (code: number) =>
  JSON.stringify(
    code === 0
      ? { status: 'Success' }
      : {
          status: 'Failure',
          reason: 'NonZeroExitCode',
          details: { causes: [{ reason: 'ExitCode', message: String(code) }] },
        },
  );
const says = (frames: readonly Buffer[]) => (socket: WebSocket) => {
  for (const each of frames) socket.send(each);
  socket.close();
};
const run = async (signal = soon()) => await runInPod(client, WHERE, ['x'], signal);

describe('a command’s end', () => {
  test('is told in pieces, on channels, in any order', async () => {
    answer = says([
      frame(1, 'a'),
      frame(2, 'b'),
      frame(1, ''),
      frame(9, '?'),
      frame(1, 'c'),
      frame(3, exits(7)),
      frame(2, 'd'),
    ]);
    expect(await run()).toEqual({ exit: 7, out: 'ac', err: 'bd' });
  });

  test('with more than is kept is cut, with bytes of no text it is data', async () => {
    const binary = Buffer.from([0, 255, 254, 27, 91, 51, 49, 109]);
    answer = says([
      frame(2, binary),
      ...Array.from({ length: 40 }, () => frame(1, 'x'.repeat(9_999))),
      frame(3, exits(0)),
    ]);
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
    answer = how;
    const error = await failure(run());
    expect(error).toMatchObject({ fault: 'unreachable', sent: 'maybe' });
    expect(error.message).toContain('without saying how the command ended');
  });

  test.each([
    ['exec: "curl": executable file not found in $PATH: unknown', 'no tool'],
    ['exec failed: executable file `nc` not found in $PATH: No such file or directory', 'no tool'],
    ['command terminated: stat /usr/bin/curl: no such file or directory', 'no tool'],
  ])('“%s” is %s', async (message, exit) => {
    answer = says([frame(3, JSON.stringify({ status: 'Failure', reason: 'InternalError', message }))]);
    expect(await run()).toMatchObject({ exit, err: message });
  });

  test('of a runtime without words is no tool by its exit code', async () => {
    for (const code of [126, 127]) {
      answer = says([frame(3, exits(code))]);
      expect(await run()).toMatchObject({ exit: 'no tool' });
    }
  });

  test('in words that are not known is a failure', async () => {
    const message = 'container is not\u0007 running';
    answer = says([frame(3, JSON.stringify({ status: 'Failure', reason: 'InternalError', message }))]);
    const error = await failure(run());
    expect(error).toMatchObject({ fault: 'failed', sent: 'maybe' });
    expect(error.message).toContain('It says: container is not  running');
  });
});

describe('no end', () => {
  test('in time is given up, and the connection with it', async () => {
    let closed = false;
    answer = (socket) => {
      socket.on('close', () => {
        closed = true;
      });
    };
    expect(await failure(run(within(300)))).toMatchObject({ fault: 'too slow', sent: 'maybe' });
    for (let look = 0; look < 100 && !closed; look += 1)
      await new Promise((resolve) => setTimeout(resolve, 20));
    expect(closed).toBe(true);
  });

  test('before the call nothing is sent', async () => {
    expect(await failure(run(AbortSignal.abort(new Error('enough'))))).toMatchObject({ sent: 'no' });
    expect(sockets.size).toBe(0);
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
    refuse = http(status, body);
    expect(await failure(run())).toMatchObject(expected);
  });

  test('that breaks off is still what its status says', async () => {
    refuse = 'HTTP/1.1 403 Forbidden\r\nContent-Length: 5000\r\n\r\n{"kind":"Sta';
    expect(await failure(run())).toMatchObject({ fault: 'forbidden', sent: 'no' });
  });
});

describe('what programs say', () => {
  const path = async (kind: 'http' | 'tcp', code: number, err: string, out = '') => {
    answer = says([frame(1, out), frame(2, err), frame(3, exits(code))]);
    const target =
      kind === 'http'
        ? ({ kind, url: 'https://pay.example' } as const)
        : ({ kind, host: 'kafka-0', port: 9092 } as const);
    const [found] = await readPaths(client, WORKLOAD, target, soon());
    return found;
  };

  test.each([
    [0, '', '200', 'open'],
    [0, '', '000', 'open'],
    [22, 'curl: (22) The requested URL returned error: 401', '401', 'open'],
    [28, 'curl: (28) Operation timed out after 3000 milliseconds with 0 bytes received', '200', 'open'],
    [28, 'curl: (28) Resolving timed out after 3000 milliseconds', '000', 'timed out'],
    [5, 'curl: (5) Could not resolve proxy: proxy', '000', 'dns failure'],
    [6, 'curl: (6) Could not resolve host: pay.example', '000', 'dns failure'],
    [7, 'curl: (7) Failed to connect to pay.example port 443: No route to host', '000', 'refused'],
    [35, 'curl: (35) OpenSSL SSL_connect: Connection reset by peer', '000', 'tls failure'],
    [52, 'curl: (52) Empty reply from server', '000', 'refused'],
    [56, 'curl: (56) Recv failure: Connection reset by peer', '000', 'refused'],
    [
      60,
      'curl: (60) SSL certificate problem: certificate has expired\nMore details here: https://curl.se\n\nnoise',
      '000',
      'tls failure',
    ],
    [97, 'curl: (97) connection to proxy closed', '000', 'refused'],
  ])('curl’s %i', async (code, err, out, result) => {
    const found = await path('http', code, err, out);
    expect(found).toMatchObject({ value: { result }, problem: null });
    if (result !== 'open') expect(found?.value?.words).toBe(err.split('\n')[0]);
  });

  test('what curl ends with for a reason of its own is a problem, no finding', async () => {
    expect(await path('http', 2, 'curl: (2) Failed to initialize')).toEqual({
      pod: 'p',
      value: null,
      problem: 'curl ended with 2: curl: (2) Failed to initialize',
    });
  });

  test.each([
    [0, 'Connection to kafka-0 (10.0.0.7) 9092 port [tcp/*] succeeded!', 'open'],
    [0, 'kafka-0 (10.0.0.7:9092) open', 'open'],
    [1, 'nc: connect to kafka-0 port 9092 (tcp) failed: Connection refused', 'refused'],
    [1, 'nc: connect to kafka-0 port 9092 (tcp) timed out: Operation now in progress', 'timed out'],
    [1, 'nc: getaddrinfo for host "kafka-0" port 9092: Name or service not known', 'dns failure'],
    [1, 'nc: getaddrinfo: Temporary failure in name resolution', 'dns failure'],
    [1, 'nc: kafka-0 (10.0.0.7:9092): Connection refused', 'refused'],
    [1, "nc: bad address 'kafka-0'", 'dns failure'],
    [1, 'nc: timed out', 'timed out'],
    [1, 'Ncat: Version 7.93 ( https://nmap.org/ncat )\nNcat: TIMEOUT.', 'timed out'],
    [
      2,
      'Ncat: Version 7.93 ( https://nmap.org/ncat )\nNcat: Could not resolve hostname "kafka-0": Name or service not known. QUITTING.',
      'dns failure',
    ],
    [1, 'Ncat: No route to host.', 'refused'],
    [1, 'kafka-0: forward host lookup failed: Unknown host', 'dns failure'],
    [1, '(UNKNOWN) [10.0.0.7] 9092 (?) : Connection timed out', 'timed out'],
    [1, 'nc: invalid option -- z\nUsage: nc [OPTIONS] HOST PORT', 'no tool'],
  ])('netcat’s %i: %s', async (code, err, result) => {
    expect(await path('tcp', code, err)).toMatchObject({ value: { result }, problem: null });
  });

  test('what no netcat says is a problem, no finding', async () => {
    expect(await path('tcp', 1, 'something \u001b[31melse')).toMatchObject({
      value: null,
      problem: 'nc ended with 1: something  [31melse',
    });
  });
});

const POD = {
  metadata: { name: 'p', creationTimestamp: '2026-01-01T00:00:00Z' },
  spec: { containers: [{ name: 'proxy' }, { name: 'order-service' }] },
  status: { phase: 'Running', conditions: [{ type: 'Ready', status: 'True' }] },
};

function kubeconfig(port: number): string {
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'x',
    contexts: [{ name: 'x', context: { cluster: 'x', user: 'x' } }],
    clusters: [
      { name: 'x', cluster: { server: `http://127.0.0.1:${port}`, 'insecure-skip-tls-verify': true } },
    ],
    users: [{ name: 'x', user: { token: 't' } }],
  });
}
