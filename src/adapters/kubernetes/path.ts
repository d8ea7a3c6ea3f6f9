import type { PathAnswer, PathTarget, Workload } from '../../ports/kubernetes.ts';
import { SystemError } from '../../ports/system-error.ts';
import { atOnce } from '../at-once.ts';
import { clean } from '../http.ts';
import { KUBERNETES, type KubernetesClient } from './client.ts';
import { type Ended, mainContainer, runInPod } from './exec.ts';
import { isReady, listPods } from './pods.ts';

/** Pods that try at the same time (ours). */
const AT_ONCE = 16;
/** A try may take so long in the pod, s. */
const PATIENCE = '3';

export interface PodPath {
  readonly pod: string;
  readonly value: PathAnswer | null;
  readonly problem: string | null;
}

/**
 * From inside every ready pod; one that cannot be asked is a problem of its own.
 * @throws SystemError when the pods cannot be listed, and when the role may not run anything in them
 */
export async function readPaths(
  client: KubernetesClient,
  workload: Workload,
  target: PathTarget,
  signal: AbortSignal,
): Promise<readonly PodPath[]> {
  const command = commandFor(target);
  const pods = (await listPods(client, workload, signal)).filter(isReady);
  return await atOnce(AT_ONCE, pods, async (pod): Promise<PodPath> => {
    const { name } = pod.metadata;
    const where = { namespace: workload.namespace, pod: name, container: mainContainer(workload, pod) };
    try {
      const ended = await runInPod(client, where, command, signal);
      const value = target.kind === 'http' ? ofCurl(ended) : ofNetcat(ended);
      if (value !== null) return { pod: name, value, problem: null };
      return { pod: name, value, problem: `${command[0]} ended with ${ended.exit}: ${wordsOf(ended)}` };
    } catch (err) {
      if (!(err instanceof SystemError) || err.fault === 'forbidden') throw err;
      return { pod: name, value: null, problem: err.message };
    }
  });
}

/** @throws SystemError for a target that a program could take for one of its options */
function commandFor(target: PathTarget): readonly string[] {
  if (target.kind === 'http') {
    if (!/^https?:\/\/[^\s]+$/.test(target.url)) throw noTarget(target.url);
    // HEAD, as the runbook asks; the answer's body and headers go nowhere.
    return ['curl', '-sS', '-I', '-o', '/dev/null', '--max-time', PATIENCE, '-w', '%{http_code}', target.url];
  }
  const { host, port } = target;
  if (!/^[A-Za-z0-9][A-Za-z0-9.:_-]*$/.test(host)) throw noTarget(host);
  if (!Number.isInteger(port) || port < 1 || port > 65_535) throw noTarget(`${host}:${port}`);
  return ['nc', '-zv', '-w', PATIENCE, host, String(port)];
}

function noTarget(text: string): SystemError {
  const words = `“${clean(text) ?? ''}” is no address that can be tried.`;
  return new SystemError(KUBERNETES, 'refused', words, { sent: 'no', mayRetry: false });
}

/** curl's exit codes, by its manual. A pod's proxy counts as a part of the path. */
const CURL: Readonly<Record<number, PathAnswer['result']>> = {
  5: 'dns failure',
  6: 'dns failure',
  7: 'refused',
  28: 'timed out',
  35: 'tls failure',
  51: 'tls failure',
  52: 'refused',
  53: 'tls failure',
  54: 'tls failure',
  56: 'refused',
  58: 'tls failure',
  59: 'tls failure',
  60: 'tls failure',
  64: 'tls failure',
  66: 'tls failure',
  77: 'tls failure',
  80: 'tls failure',
  82: 'tls failure',
  83: 'tls failure',
  90: 'tls failure',
  91: 'tls failure',
  97: 'refused',
};

function ofCurl(ended: Ended): PathAnswer | null {
  if (ended.exit === 'no tool') return { result: 'no tool', words: wordsOf(ended) };
  // Whatever came after it, an answer came.
  if (ended.exit === 0 || /^[1-9]\d\d$/.test(ended.out.trim())) return { result: 'open', words: null };
  const result = CURL[ended.exit];
  return result === undefined ? null : { result, words: wordsOf(ended) };
}

/** netcat has as many words as there are netcats, and one exit code for all. */
const NETCAT: readonly (readonly [PathAnswer['result'], RegExp])[] = [
  ['no tool', /invalid option|unrecognized option|unknown option|usage:/i],
  [
    'dns failure',
    /getaddrinfo|not known|no address associated|name resolution|could not resolve|unknown host|host lookup failed|bad address/i,
  ],
  ['timed out', /timed? ?out|in progress/i],
  ['refused', /refused|reset|unreachable|no route/i],
];

function ofNetcat(ended: Ended): PathAnswer | null {
  if (ended.exit === 'no tool') return { result: 'no tool', words: wordsOf(ended) };
  if (ended.exit === 0) return { result: 'open', words: null };
  const said = `${ended.err}\n${ended.out}`;
  const found = NETCAT.find(([, words]) => words.test(said));
  return found === undefined ? null : { result: found[0], words: wordsOf(ended) };
}

/** Foreign text, one line: curl says first why, netcats say it last. */
function wordsOf({ out, err }: Ended): string | null {
  const lines = (err.trim() === '' ? out : err).split('\n').filter((line) => line.trim() !== '');
  return clean(lines.find((line) => line.startsWith('curl:')) ?? lines.at(-1) ?? null);
}
