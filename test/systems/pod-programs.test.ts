import { spawn, spawnSync } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { createServer as createHttp, type RequestListener } from 'node:http';
import { type AddressInfo, createServer as createTcp, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { dumpHeap, readFileSize, readHeap } from '../../src/adapters/kubernetes/heap.ts';
import { readPaths } from '../../src/adapters/kubernetes/path.ts';
import {
  type Answer,
  type ExecServer,
  exits,
  frame,
  says,
  startExecServer,
} from '../adapters/exec-server.ts';
import { soon, WORKLOAD } from '../adapters/support.ts';
import { temporaryFolder } from '../support/folder.ts';
import { NETCAT } from './catalogue.ts';
import { onPath } from './install.ts';
import { locate } from './locate.ts';
import { noteLeftOut, noteRan } from './notes.ts';

// The argument lists that run in a pod, run on this machine: what their programs really say is read as it will be there.

/** Its first line about itself is noted; where it is not here, that is. */
function here(program: string, ...ask: readonly string[]): boolean {
  if (onPath(program) === null) {
    noteLeftOut(
      { name: program },
      'it is not on this machine, so what it says in a pod is tested by copies alone',
    );
    return false;
  }
  const { stdout, stderr } = spawnSync(program, ask, { encoding: 'utf8' });
  noteRan(program, /\d+(\.\d+)+/.exec(`${stdout}${stderr}`)?.[0] ?? '');
  return true;
}

let server: ExecServer;
const closers: (() => unknown)[] = [];
beforeAll(async () => {
  server = await startExecServer();
  server.answer(running());
});
afterAll(async () => {
  for (const close of closers.reverse()) await close();
  await server.stop();
});

/** @param inside what a command looks like here instead of in the pod */
function running(inside = (part: string) => part): Answer {
  return (socket, command) => {
    const [program = '', ...parts] = command.map(inside);
    // Nothing of this machine's own settings: a proxy would be asked.
    const child = spawn(program, parts, { env: { PATH: process.env['PATH'], LC_ALL: 'C' } });
    const said = { out: '', err: '' };
    child.stdout.on('data', (bytes) => {
      said.out += bytes;
    });
    child.stderr.on('data', (bytes) => {
      said.err += bytes;
    });
    child.on('error', () => says([frame(3, exits(127))])(socket, command));
    child.on('close', (code) =>
      says([frame(1, said.out), frame(2, said.err), frame(3, exits(code ?? 137))])(socket, command),
    );
  };
}

async function listening(one: Server): Promise<number> {
  await new Promise<void>((resolve) => one.listen(0, '127.0.0.1', resolve));
  closers.push(() => one.close());
  return (one.address() as AddressInfo).port;
}
const speaking = async (answer: RequestListener) => await listening(createHttp(answer));
const listeningTo = async (met: (socket: Socket) => void) =>
  await listening(createTcp((socket) => met(socket.on('error', () => undefined))));
/** Nobody listens there any more. */
async function nobody(): Promise<number> {
  const one = createTcp();
  await new Promise<void>((resolve) => one.listen(0, '127.0.0.1', resolve));
  const { port } = one.address() as AddressInfo;
  await new Promise((resolve) => one.close(resolve));
  return port;
}

describe.skipIf(!here('curl', '--version'))('curl', () => {
  const path = async (url: string) =>
    (await readPaths(server.client, WORKLOAD, { kind: 'http', url }, soon()))[0];

  test.each([200, 401, 404, 503])('%i is an answer, so the path is open', async (status) => {
    const asked: (string | undefined)[] = [];
    const port = await speaking((request, response) => {
      asked.push(request.method);
      response.writeHead(status).end();
    });
    const found = await path(`http://127.0.0.1:${port}/v1/charges?x=$HOME`);
    expect(found).toMatchObject({ value: { result: 'open', words: null }, problem: null });
    expect(asked).toEqual(['HEAD']);
  });

  const failures: readonly (readonly [string, () => Promise<string>, string, RegExp])[] = [
    ['nobody listens', async () => `http://127.0.0.1:${await nobody()}/`, 'refused', /^curl: \(7\) /],
    [
      'no such name',
      async () => 'https://nobody.invalid/',
      'dns failure',
      /^curl: \(6\) Could not resolve host/,
    ],
    [
      'no TLS there',
      async () => `https://127.0.0.1:${await speaking((_request, response) => response.end())}/`,
      'tls failure',
      /^curl: \(35\) /,
    ],
    [
      'it hangs up without an answer',
      async () =>
        `http://127.0.0.1:${await listeningTo((socket) => socket.once('data', () => socket.end()))}/`,
      'refused',
      /^curl: \((52|56)\) /,
    ],
    [
      'it never answers',
      async () => `http://127.0.0.1:${await listeningTo(() => undefined)}/`,
      'timed out',
      /^curl: \(28\) /,
    ],
  ];
  test.each(failures)('%s', async (_what, where, result, words) => {
    expect(await path(await where())).toMatchObject({
      value: { result, words: expect.stringMatching(words) },
      problem: null,
    });
  });
});

await locate(NETCAT);
describe.skipIf(!here('nc', '-h'))('netcat', () => {
  const path = async (host: string, port: number) =>
    (await readPaths(server.client, WORKLOAD, { kind: 'tcp', host, port }, soon()))[0];

  test('a port that somebody listens at is open', async () => {
    const port = await listeningTo(() => undefined);
    expect(await path('127.0.0.1', port)).toMatchObject({ value: { result: 'open' }, problem: null });
  });

  test('nobody listens', async () => {
    expect(await path('127.0.0.1', await nobody())).toMatchObject({ value: { result: 'refused' } });
  });

  test('no such name', async () => {
    expect(await path('nobody.invalid', 9092)).toMatchObject({ value: { result: 'dns failure' } });
  });
});

const JVM = here('java', '-version') && here('jcmd', '-h') && here('jmap', '-h');
describe.skipIf(!JVM)('a JVM', () => {
  const folder = temporaryFolder();
  const source = join(folder.path, 'Waits.java');
  writeFileSync(
    source,
    'class Waits { public static void main(String[] a) throws Exception { System.out.println("up"); Thread.sleep(600000); } }',
  );
  afterAll(() => folder.remove());
  const HEAP = 64 * 1024 ** 2;

  /** In its pod it is process 1. */
  async function started(collector: string): Promise<number> {
    const child = spawn(onPath('java') ?? '', [`-XX:+Use${collector}GC`, '-Xms64m', '-Xmx64m', source], {
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    closers.push(() => child.kill('SIGKILL'));
    await new Promise<void>((resolve, reject) => {
      child.stdout.once('data', () => resolve());
      child.once('exit', (code) => reject(new Error(`java with ${collector} ended with ${code}.`)));
    });
    const { pid = 0 } = child;
    server.answer(running((part) => part.replace(/^1$|(?<=^\/proc\/)1(?=\/)/, String(pid))));
    return pid;
  }

  test.each(['Serial', 'Parallel', 'G1', 'Z', 'Shenandoah'])(
    'says how large its heap is: %s',
    async (collector) => {
      await started(collector);
      const facts = await readHeap(server.client, WORKLOAD, 'p', soon());
      expect(facts).toMatchObject({ jvm: true, livenessMs: null });
      expect(facts.freeDisk).toBeGreaterThan(0);
      // The collectors that copy leave out the part that they copy to.
      expect(facts.heap).toBeGreaterThan(HEAP * 0.8);
      expect(facts.heap).toBeLessThanOrEqual(HEAP);
    },
  );

  test('writes its heap once, and never over what is there', async () => {
    const pid = await started('Serial');
    const file = `/tmp/heap-oms-test-${pid}.hprof`;
    closers.push(() => rmSync(file, { force: true }));
    expect(await readFileSize(server.client, WORKLOAD, 'p', file, soon())).toBeNull();
    expect(await dumpHeap(server.client, WORKLOAD, 'p', file, soon())).toBe(file);
    expect(await readFileSize(server.client, WORKLOAD, 'p', file, soon())).toBeGreaterThan(100_000);
    await expect(dumpHeap(server.client, WORKLOAD, 'p', file, soon())).rejects.toMatchObject({
      fault: 'refused',
      message: expect.stringContaining('is in p already'),
    });
  });

  test('what is no JVM is said to be none', async () => {
    server.answer(running((part) => part.replace(/^1$|(?<=^\/proc\/)1(?=\/)/, String(process.pid))));
    expect(await readHeap(server.client, WORKLOAD, 'p', soon())).toMatchObject({ jvm: false, heap: null });
  });
});
