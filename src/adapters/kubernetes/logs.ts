import type { ContainerLog, LogQuestion } from '../../ports/kubernetes.ts';
import { SystemError } from '../../ports/system-error.ts';
import { atOnce } from '../at-once.ts';
import { noAnswer } from '../http.ts';
import { type Call, KUBERNETES, type KubernetesClient } from './client.ts';
import { lasting, listPods } from './pods.ts';

const AT_ONCE = 16;
const MOST_LINES = 2_000;

interface Source {
  readonly pod: string;
  readonly container: string;
  /** It ran before: what it wrote then is in a log of its own. */
  readonly restarted: boolean;
}

interface Reading {
  readonly lines: string[];
  matched: number;
  truncated: boolean;
}

/**
 * Every container of every pod. One that cannot be read is a problem of its own.
 * @throws SystemError when the pods cannot be listed, and when the role may not read logs at all
 */
export async function readLogs(
  client: KubernetesClient,
  question: LogQuestion,
  signal: AbortSignal,
): Promise<readonly ContainerLog[]> {
  const sources: Source[] = [];
  for (const pod of await listPods(client, question.workload, signal)) {
    const { metadata, status } = pod;
    const statuses = [...status.initContainerStatuses, ...status.containerStatuses];
    for (const { name } of lasting(pod)) {
      const restarted = statuses.some((each) => each.name === name && each.restartCount > 0);
      sources.push({ pod: metadata.name, container: name, restarted });
    }
  }
  return await atOnce(AT_ONCE, sources, async (source): Promise<ContainerLog> => {
    const { pod, container } = source;
    const nothing = { pod, container, lines: [], matched: 0, truncated: false };
    try {
      const { lines, matched, truncated } = await readContainer(client, question, source, signal);
      return { pod, container, lines, matched, truncated, problem: null };
    } catch (err) {
      if (!(err instanceof SystemError) || err.fault === 'forbidden') throw err;
      return { ...nothing, problem: err.message };
    }
  });
}

async function readContainer(
  client: KubernetesClient,
  question: LogQuestion,
  source: Source,
  signal: AbortSignal,
): Promise<Reading> {
  const reading: Reading = { lines: [], matched: 0, truncated: false };
  if (source.restarted) {
    try {
      await readInto(reading, client, question, source, true, signal);
    } catch (err) {
      // The node keeps only one former container, and not for ever.
      const gone = err instanceof SystemError && ['refused', 'not found'].includes(err.fault);
      if (!gone) throw err;
    }
  }
  await readInto(reading, client, question, source, false, signal);
  return reading;
}

async function readInto(
  reading: Reading,
  client: KubernetesClient,
  { workload, containing, windowMinutes, bytesPerContainer }: LogQuestion,
  { pod, container }: Source,
  previous: boolean,
  signal: AbortSignal,
): Promise<void> {
  const query = new URLSearchParams({
    container,
    sinceSeconds: String(Math.max(1, Math.ceil(windowMinutes * 60))),
    limitBytes: String(bytesPerContainer),
    ...(previous ? { previous: 'true' } : {}),
  });
  const pods = `/api/v1/namespaces/${encodeURIComponent(workload.namespace)}/pods`;
  const path = `${pods}/${encodeURIComponent(pod)}/log?${query}`;
  const call: Call = { verb: 'get', resource: 'pods/log', path, signal };
  const response = await client.open(call);
  if (response.status !== 200) throw await client.refused(call, response);

  const decoder = new TextDecoder();
  let bytes = 0;
  let open = '';
  const take = (line: string) => {
    if (!containing.some((part) => line.includes(part))) return;
    reading.matched += 1;
    reading.lines.push(line);
    if (reading.lines.length > MOST_LINES) reading.lines.shift();
  };
  try {
    for await (const chunk of response.body ?? []) {
      const part: Uint8Array = chunk;
      const room = bytesPerContainer - bytes;
      bytes += part.length;
      const lines = (open + decoder.decode(part.subarray(0, room), { stream: true })).split('\n');
      open = lines.pop() ?? '';
      for (const line of lines) take(line);
      if (bytes >= bytesPerContainer) break;
    }
  } catch (err) {
    throw noAnswer(KUBERNETES, err, signal);
  }
  // The limit of a node is not exact: half a line near it is one that was cut.
  const cut = bytes >= bytesPerContainer || (open !== '' && bytes >= bytesPerContainer * 0.9);
  if (cut) reading.truncated = true;
  else if (open !== '') take(open);
}
