import type { HeapFacts, Workload } from '../../ports/kubernetes.ts';
import { SystemError } from '../../ports/system-error.ts';
import { clean } from '../http.ts';
import { askedBefore, refused } from './change.ts';
import { KUBERNETES, type KubernetesClient } from './client.ts';
import { type Ended, mainContainer, runInPod } from './exec.ts';
import { listPods } from './pods.ts';
import type { Pod } from './schema.ts';

/** Ours: nothing else is ever written, and nothing else is asked about. */
const DUMP = /^\/tmp\/heap-[A-Za-z0-9][A-Za-z0-9._-]{0,80}\.hprof$/;
const SECOND = 1_000;
const UNITS: Readonly<Record<string, number>> = { K: 1024, M: 1024 ** 2, G: 1024 ** 3 };

/**
 * The process is looked at before anything attaches to it: attaching sends a signal, of which only a JVM knows what it
 * means.
 * @throws SystemError
 */
export async function readHeap(
  client: KubernetesClient,
  workload: Workload,
  pod: string,
  signal: AbortSignal,
): Promise<HeapFacts> {
  const found = await podOf(client, workload, pod, signal);
  const run = inPod(client, workload, found);
  const livenessMs = livenessOf(workload, found);
  const [process, disk] = await Promise.all([
    run(['cat', '/proc/1/comm'], signal),
    run(['df', '-Pk', '/tmp'], signal),
  ]);
  const freeDisk = disk.exit === 0 ? freeOf(disk.out) : null;
  const other = process.exit === 0 && process.out.trim() !== 'java';
  if (other) return { jvm: false, heap: null, freeDisk, livenessMs };
  const info = await run(['jcmd', '1', 'GC.heap_info'], signal);
  // Without its tools a JVM cannot be told to write its heap either.
  if (info.exit !== 0) return { jvm: false, heap: null, freeDisk, livenessMs };
  return { jvm: true, heap: heapIn(info.out), freeDisk, livenessMs };
}

/** Bytes; null: it is not there. @throws SystemError */
export async function readFileSize(
  client: KubernetesClient,
  workload: Workload,
  pod: string,
  file: string,
  signal: AbortSignal,
): Promise<number | null> {
  if (!DUMP.test(file)) throw notOurs(file);
  const run = inPod(client, workload, await podOf(client, workload, pod, signal));
  const ended = await run(['stat', '-c', '%s', file], signal);
  if (ended.exit === 0 && /^\d+\s*$/.test(ended.out)) return Number(ended.out);
  if (ended.exit !== 'no tool' && /no such file/i.test(ended.err)) return null;
  throw new SystemError(KUBERNETES, 'not understood', `stat in ${pod} ended with ${ended.exit}.`, {
    sent: 'no',
    mayRetry: false,
  });
}

/** Resolves with the file's path when it is whole. @throws SystemError; given up, the JVM goes on writing */
export async function dumpHeap(
  client: KubernetesClient,
  workload: Workload,
  pod: string,
  file: string,
  signal: AbortSignal,
): Promise<string> {
  if (!DUMP.test(file)) throw notOurs(file);
  const run = inPod(
    client,
    workload,
    await askedBefore(async () => await podOf(client, workload, pod, signal)),
  );
  const ended = await run(['jmap', `-dump:live,format=b,file=${file}`, '1'], signal);
  // A refused or half-written dump ends with 0 as well (JDK 17 and 25).
  if (ended.exit === 0 && /heap dump file created/i.test(ended.out)) return file;
  if (ended.exit === 'no tool') throw refused(`There is no jmap in ${pod}.`);
  const words = lastLine(ended);
  // It never writes over a file.
  if (/file exists/i.test(words)) throw refused(`${file} is in ${pod} already.`);
  const said = `jmap in ${pod} wrote no whole dump. It says: ${words}`;
  throw new SystemError(KUBERNETES, 'failed', said, { sent: 'maybe', mayRetry: false });
}

async function podOf(
  client: KubernetesClient,
  workload: Workload,
  name: string,
  signal: AbortSignal,
): Promise<Pod> {
  const pods = await listPods(client, workload, signal);
  const pod = pods.find(({ metadata }) => metadata.name === name);
  if (pod === undefined)
    throw new SystemError(KUBERNETES, 'not found', `There is no pod ${name} any more.`, {
      sent: 'no',
      mayRetry: false,
    });
  return pod;
}

function inPod(client: KubernetesClient, workload: Workload, pod: Pod) {
  const { name } = pod.metadata;
  const where = { namespace: workload.namespace, pod: name, container: mainContainer(workload, pod) };
  return async (command: readonly string[], signal: AbortSignal): Promise<Ended> =>
    await runInPod(client, where, command, signal);
}

/** A probe that only opens a port is answered by the kernel, also while the process stands still. */
function livenessOf(workload: Workload, pod: Pod): number | null {
  const main = mainContainer(workload, pod);
  const probe = pod.spec.containers.find(({ name }) => name === main)?.livenessProbe ?? null;
  if (probe === null || probe.tcpSocket != null) return null;
  // Killed at the last failure, which is known when it timed out.
  const { failureThreshold, periodSeconds, timeoutSeconds } = probe;
  return ((failureThreshold - 1) * periodSeconds + timeoutSeconds) * SECOND;
}

/** Bytes that the JVM has taken for its heap: a dump is no larger. Each collector says it in its own words. */
function heapIn(info: string): number | null {
  const of = (pattern: RegExp) =>
    [...info.matchAll(pattern)].map(([, digits, unit = 'K']) => Number(digits) * (UNITS[unit] ?? 1));
  // Serial and parallel ones have a line for each generation.
  const totals = of(/\btotal (?:reserved \d+[KMG], committed )?(\d+)([KMG])\b/g);
  const found = totals.length > 0 ? totals : of(/(?<!max )\bcapacity (\d+)([KMG])\b/g).slice(0, 1);
  const all = found.length > 0 ? found : of(/\b(\d+)([KMG]) committed\b/g).slice(0, 1);
  return all.length === 0 ? null : all.reduce((sum, each) => sum + each, 0);
}

/** The fourth column of the last line, in the portable format. */
function freeOf(table: string): number | null {
  const columns = table.trim().split('\n').at(-1)?.split(/\s+/) ?? [];
  const free = columns[3] ?? '';
  return /^\d+$/.test(free) ? Number(free) * 1024 : null;
}

function lastLine({ out, err }: Ended): string {
  const lines = `${out}\n${err}`.split('\n').filter((line) => line.trim() !== '');
  return clean(lines.at(-1) ?? null) ?? '';
}

function notOurs(file: string): SystemError {
  return refused(`${clean(file) ?? ''} is no place for a heap dump of ours.`);
}
