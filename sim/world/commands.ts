import { isCutOff } from './gateway.ts';
import { dumpInto, freeDisk, heapOf } from './heap.ts';
import type { Pod } from './pods.ts';
import type { WorldState } from './state.ts';

/** What a command in a container came to; `no tool`: there is no such program in its image. */
export type Command = { readonly exit: number; readonly out: string; readonly err: string } | 'no tool';

const DONE = (out: string): Command => ({ exit: 0, out, err: '' });
const failed = (exit: number, err: string): Command => ({ exit, out: '', err: `${err}\n` });

/** Runs one argument list in the pod's first container. */
export function runCommand(state: WorldState, pod: Pod, argv: readonly string[], at: number): Command {
  const [program = '', ...rest] = argv;
  if (!state.cluster.tools.has(program)) return 'no tool';
  if (program === 'curl') return curl(state, pod, rest);
  if (program === 'nc') return netcat(state, pod, rest);
  if (program === 'cat') return cat(state, pod, rest);
  if (program === 'df') return df(state, pod, rest);
  if (program === 'stat') return stat(state, pod, rest);
  if (program === 'jcmd') return jcmd(state, pod, rest, at);
  if (program === 'jmap') return jmap(state, pod, rest, at);
  return DONE(`${rest.join(' ')}\n`);
}

/** Of the gateway every answer counts; there is no other host. */
function curl(state: WorldState, pod: Pod, argv: readonly string[]): Command {
  const url = argv.at(-1) ?? '';
  const host = URL.parse(url)?.hostname ?? '';
  if (host === '') return failed(3, `curl: (3) URL rejected: ${url}`);
  if (host !== state.names.gateway.host)
    return { exit: 6, out: '000', err: `curl: (6) Could not resolve host: ${host}\n` };
  if (!isCutOff(state, pod)) return DONE(state.conditions.gateway === 'down' ? '503' : '401');
  const { code, words } = {
    dns: { code: 6, words: `Could not resolve host: ${host}` },
    refused: { code: 7, words: `Failed to connect to ${host} port 443 after 3 ms: Connection refused` },
    timeout: { code: 28, words: 'Connection timed out after 3001 milliseconds' },
    tls: { code: 60, words: 'SSL certificate problem: unable to get local issuer certificate' },
  }[state.conditions.pathTrouble];
  return { exit: code, out: '000', err: `curl: (${code}) ${words}\n` };
}

/** As OpenBSD's: everything is said on the second stream. */
function netcat(state: WorldState, pod: Pod, argv: readonly string[]): Command {
  const [host = '', port = ''] = argv.slice(-2);
  const { cutOffFrom } = state.kafka;
  if (cutOffFrom === 'all' || cutOffFrom.includes(pod.name))
    return failed(1, `nc: connect to ${host} port ${port} (tcp) timed out: Operation now in progress`);
  const broker = state.pods.find(({ name }) => name === host.split('.')[0]);
  if (broker === undefined)
    return failed(1, `nc: getaddrinfo for host "${host}" port ${port}: Name or service not known`);
  if (!broker.ready || Number(port) !== state.names.brokers.port)
    return failed(1, `nc: connect to ${host} port ${port} (tcp) failed: Connection refused`);
  return { exit: 0, out: '', err: `Connection to ${host} (10.20.1.7) ${port} port [tcp/*] succeeded!\n` };
}

function cat(state: WorldState, pod: Pod, [file = '']: readonly string[]): Command {
  if (file === '/proc/1/comm') return DONE(`${state.cluster.jvms.has(pod.app) ? 'java' : 'node'}\n`);
  return failed(1, `cat: ${file}: No such file or directory`);
}

function df(state: WorldState, pod: Pod, argv: readonly string[]): Command {
  const size = state.cluster.diskBytes / 1024;
  const free = Math.floor(freeDisk(state, pod) / 1024);
  const used = size - free;
  return DONE(
    `Filesystem     1024-blocks      Used Available Capacity Mounted on\noverlay        ${size} ${used} ${free} ${Math.ceil((used / size) * 100)}% ${argv.at(-1) === '/tmp' ? '/' : '/tmp'}\n`,
  );
}

function stat(state: WorldState, pod: Pod, argv: readonly string[]): Command {
  const file = argv.at(-1) ?? '';
  const size = state.cluster.files.get(`${pod.name}:${file}`);
  return size === undefined
    ? failed(1, `stat: cannot statx '${file}': No such file or directory`)
    : DONE(`${size}\n`);
}

function jcmd(state: WorldState, pod: Pod, [pid = '', what = '']: readonly string[], at: number): Command {
  if (pid !== '1' || !state.cluster.jvms.has(pod.app))
    return failed(1, `${pid}:\ncom.sun.tools.attach.AttachNotSupportedException: Unable to open socket file`);
  if (what !== 'GC.heap_info')
    return failed(1, `java.lang.IllegalArgumentException: Unknown diagnostic command`);
  const { total, used } = heapOf(state, pod, at);
  return DONE(
    `1:\n garbage-first heap   total ${total / 1024}K, used ${used / 1024}K [0x00000000c0000000, 0x0000000100000000)\n  region size 1024K, 12 young (12288K), 2 survivors (2048K)\n Metaspace       used 54211K, committed 54848K, reserved 1114112K\n`,
  );
}

function jmap(state: WorldState, pod: Pod, argv: readonly string[], at: number): Command {
  const file = /^-dump:live,format=b,file=(\/\S+)$/.exec(argv[0] ?? '')?.[1];
  if (file === undefined || argv[1] !== '1') return failed(1, 'Error: invalid argument');
  if (!state.cluster.jvms.has(pod.app))
    return failed(1, '1: Unable to open socket file: target process not responding or HotSpot VM not loaded');
  const refused = dumpInto(state, pod, file, at);
  // As the real one: it ends with 0 all the same.
  if (refused !== null) return DONE(`Dumping heap to ${file} ...\n${refused}\n`);
  const size = state.cluster.files.get(`${pod.name}:${file}`) ?? 0;
  return DONE(`Dumping heap to ${file} ...\nHeap dump file created [${size} bytes in 2.114 secs]\n`);
}
