import { type RawData, WebSocket } from 'ws';
import * as z from 'zod';
import type { Workload } from '../../ports/kubernetes.ts';
import { SystemError } from '../../ports/system-error.ts';
import { clean, noAnswer } from '../http.ts';
import { type Call, KUBERNETES, type KubernetesClient, parse } from './client.ts';
import { lasting } from './pods.ts';
import { type Pod, statusMessage } from './schema.ts';

/** What came of a command in a container. */
export interface Ended {
  /** `no tool`: there is nothing of that name in the container. */
  readonly exit: number | 'no tool';
  /** Foreign text. */
  readonly out: string;
  readonly err: string;
}

/** The newer one first; servers before 1.30 know only the other. Without stdin they are the same. */
const PROTOCOLS = ['v5.channel.k8s.io', 'v4.channel.k8s.io'];
/** Bytes that are kept of each stream. */
const KEEP = 64_000;
/** Of one message of the WebSocket, bytes (ours); a longer one ends it. */
const LARGEST = 1_000_000;
/** Of a refusal's body, bytes: its words are cut anyway. */
const REFUSAL = 20_000;

const STDOUT = 1;
const STDERR = 2;
const STATUS = 3;

const Status = z.object({
  status: z.string(),
  message: z.string().optional(),
  details: z
    .object({ causes: z.array(z.object({ reason: z.string().optional(), message: z.string().optional() })) })
    .partial()
    .nullish(),
});

/** How runtimes say that there is no such program; each has its own words. */
const NO_TOOL = /executable file .{0,200}not found|not found in \$PATH|no such file or directory/i;

/** The container that a command is run in: the configured one, else the one that is named like the workload, else the first. */
export function mainContainer({ name, container }: Workload, pod: Pod): string {
  const containers = lasting(pod).map((each) => each.name);
  const wanted = container ?? name;
  return containers.includes(wanted) ? wanted : (pod.spec.containers[0]?.name ?? '');
}

/**
 * Runs one fixed argument list, without a shell, a terminal or input. Never repeated from here.
 * @param command the program and its arguments; nothing of them is interpreted on the way
 * @throws SystemError; `sent` is `no` where nothing was begun. Given up, the command may go on in the pod.
 */
export async function runInPod(
  client: KubernetesClient,
  where: { readonly namespace: string; readonly pod: string; readonly container: string },
  command: readonly string[],
  signal: AbortSignal,
): Promise<Ended> {
  const query = new URLSearchParams({ container: where.container, stdout: 'true', stderr: 'true' });
  for (const part of command) query.append('command', part);
  const pods = `/api/v1/namespaces/${encodeURIComponent(where.namespace)}/pods`;
  const path = `${pods}/${encodeURIComponent(where.pod)}/exec?${query}`;
  const call: Call = { verb: 'create', resource: 'pods/exec', path, signal };
  const { url, options } = await client.upgrade(call);
  if (signal.aborted) throw gaveUp('no');
  return await new Promise<Ended>((resolve, reject) => {
    const socket = new WebSocket(url, PROTOCOLS, {
      ...options,
      followRedirects: false,
      perMessageDeflate: false,
      maxPayload: LARGEST,
    });
    const streams = { [STDOUT]: new Kept(), [STDERR]: new Kept(), [STATUS]: new Kept() };
    const settle = (end: () => void) => {
      signal.removeEventListener('abort', abort);
      socket.removeAllListeners();
      // A connection that is torn down while it opens says so once more.
      socket.on('error', () => undefined);
      socket.terminate();
      end();
    };
    const abort = () => settle(() => reject(gaveUp('maybe')));
    signal.addEventListener('abort', abort);

    socket.on('message', (data: RawData) => {
      const bytes = bufferOf(data);
      const channel = bytes[0];
      if (channel === STDOUT || channel === STDERR || channel === STATUS)
        streams[channel].add(bytes.subarray(1));
    });
    socket.on('close', () =>
      settle(() => {
        const status = Status.safeParse(parse(streams[STATUS].text())).data;
        const ended = endedOf(status, streams[STDOUT].text(), streams[STDERR].text());
        if (ended instanceof SystemError) reject(ended);
        else resolve(ended);
      }),
    );
    socket.on('error', (err) => settle(() => reject(noAnswer(KUBERNETES, err, signal))));
    socket.on('unexpected-response', (_request, response) => {
      const said = new Kept(REFUSAL);
      const refuse = () =>
        settle(() => {
          const body = statusMessage(parse(said.text()));
          // Since 1.35 it asks for two verbs, and says which one was lacking.
          const verb = /cannot (get|create) /.exec(body ?? '')?.[1] ?? call.verb;
          reject(client.refusedWith({ ...call, verb }, response.statusCode ?? 0, body ?? ''));
        });
      response.on('data', (part: Buffer) => said.add(part));
      // Also where it broke off: its status says all that matters.
      for (const event of ['end', 'close', 'error']) response.on(event, refuse);
    });
  });
}

/** The beginning of a stream. */
class Kept {
  readonly #most: number;
  #parts: Buffer[] = [];
  #size = 0;

  constructor(most = KEEP) {
    this.#most = most;
  }

  add(part: Buffer): void {
    if (this.#size >= this.#most) return;
    this.#parts.push(part.subarray(0, this.#most - this.#size));
    this.#size += part.length;
  }

  text(): string {
    return Buffer.concat(this.#parts).toString('utf8');
  }
}

function bufferOf(data: RawData): Buffer {
  if (Array.isArray(data)) return Buffer.concat(data);
  return Buffer.isBuffer(data) ? data : Buffer.from(data);
}

function endedOf(status: z.infer<typeof Status> | undefined, out: string, err: string): Ended | SystemError {
  // The node was lost, or the pod: whatever the command did, nobody will say.
  if (status === undefined)
    return failed('unreachable', 'ended the connection without saying how the command ended.', true);
  if (status.status === 'Success') return { exit: 0, out, err };
  const cause = status.details?.causes?.find(({ reason }) => reason === 'ExitCode')?.message;
  const exit = Number(cause ?? Number.NaN);
  // 126 and 127 are what a runtime answers that has no words of its own.
  if (exit === 126 || exit === 127) return { exit: 'no tool', out, err };
  if (Number.isInteger(exit)) return { exit, out, err };
  const words = status.message ?? '';
  // What stands before it are the layers that passed it on.
  if (NO_TOOL.test(words)) return { exit: 'no tool', out, err: words.replace(/^.*(?=exec: )/s, '') };
  return failed('failed', `could not run the command. It says: ${clean(words) ?? ''}`, true);
}

function failed(fault: 'unreachable' | 'failed', words: string, mayRetry: boolean): SystemError {
  return new SystemError(KUBERNETES, fault, `${KUBERNETES} ${words}`, { sent: 'maybe', mayRetry });
}

function gaveUp(sent: 'no' | 'maybe'): SystemError {
  return new SystemError(KUBERNETES, 'too slow', `${KUBERNETES} did not answer in time.`, {
    sent,
    mayRetry: true,
  });
}
