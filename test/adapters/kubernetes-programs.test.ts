import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { readHeap } from '../../src/adapters/kubernetes/heap.ts';
import { readPaths } from '../../src/adapters/kubernetes/path.ts';
import { type ExecServer, exits, frame, says, startExecServer } from './exec-server.ts';
import { soon, WORKLOAD } from './support.ts';

let server: ExecServer;
beforeEach(async () => {
  server = await startExecServer();
});
afterEach(async () => {
  await server.stop();
});

const DF = `Filesystem           1024-blocks    Used Available Capacity Mounted on
overlay                  9999999  100000   1048576      91% /
`;
describe('what programs say', () => {
  const path = async (kind: 'http' | 'tcp', code: number, err: string, out = '') => {
    server.answer(says([frame(1, out), frame(2, err), frame(3, exits(code))]));
    const target =
      kind === 'http'
        ? ({ kind, url: 'https://pay.example' } as const)
        : ({ kind, host: 'kafka-0', port: 9092 } as const);
    const [found] = await readPaths(server.client, WORKLOAD, target, soon());
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

describe('what a JVM says of its heap', () => {
  const K = 1024;
  test.each([
    [
      'G1',
      ' garbage-first heap   total 262144K, used 53412K [0x0000000700000000, 0x0000000800000000)\n Metaspace used 54211K, committed 54848K, reserved 1114112K',
      262_144 * K,
    ],
    [
      'G1 of 25',
      'garbage-first heap   total reserved 65536K, committed 14336K, used 2929K [0x00000000fc000000, 0x0000000100000000)\n region size 1024K, 0 young (0K), 0 survivors (0K)',
      14_336 * K,
    ],
    [
      'serial',
      ' def new generation   total 78656K, used 12K [0x0)\n tenured generation   total 174784K, used 0K\n Metaspace used 5K, committed 8K',
      (78_656 + 174_784) * K,
    ],
    [
      'parallel',
      ' PSYoungGen      total 76288K, used 5K\n ParOldGen       total 175104K, used 0K',
      (76_288 + 175_104) * K,
    ],
    [
      'ZGC',
      ' ZHeap           used 94M, capacity 512M, max capacity 1024M\n Metaspace used 5K, committed 8K',
      512 * K * K,
    ],
    ['Shenandoah', 'Shenandoah Heap\n 4096M max, 4096M soft max, 2048M committed, 12M used', 2_048 * K * K],
    ['another', 'nothing that we know', null],
  ])('%s', async (_what, info, heap) => {
    server.answer((socket, command) => {
      const out = command[0] === 'cat' ? 'java\n' : command[0] === 'df' ? DF : `1:\n${info}\n`;
      says([frame(1, out), frame(3, exits(0))])(socket, command);
    });
    expect(await readHeap(server.client, WORKLOAD, 'p', soon())).toEqual({
      jvm: true,
      heap,
      freeDisk: 1_048_576 * K,
      livenessMs: null,
    });
  });
});
