import type { ContainerLog, LogQuestion } from '../../ports/kubernetes.ts';
import { SystemError } from '../../ports/system-error.ts';
import { atOnce } from '../at-once.ts';
import { clean, noAnswer } from '../http.ts';
import { type Call, KUBERNETES, type KubernetesClient } from './client.ts';
import { lineSearch, NEWLINE } from './line-search.ts';
import { lasting, listPods } from './pods.ts';

/** Containers that are read at the same time (ours). */
const AT_ONCE = 16;
/** Of one container (port). */
const MOST_LINES = 2_000;
/** Characters of all containers' lines together, however many containers there are; each has its part of them. */
const MOST_KEPT = 32_000_000;
/** Of one container, characters (port). */
const MOST_OF_ONE = 1_000_000;

interface Source {
  readonly pod: string;
  readonly container: string;
  readonly podSince: number;
  /** It ran before: what it wrote then is in a log of its own. */
  readonly restarted: boolean;
}

interface Reading {
  readonly lines: string[];
  /** Characters in them. */
  kept: number;
  matched: number;
  truncated: boolean;
}

/**
 * Every container of every pod. One that cannot be read is a problem of its own.
 * @throws SystemError when the pods cannot be listed or there is none, and when the role may not read logs at all
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
      sources.push({ pod: metadata.name, container: name, podSince: metadata.creationTimestamp, restarted });
    }
  }
  // Nothing was read, and nothing may pass for a log in which nothing went wrong.
  if (sources.length === 0) {
    const words = `${KUBERNETES} has no pod with ${question.workload.selector}, so there was no log to read; \`workloads\` in oms.yaml names it.`;
    throw new SystemError(KUBERNETES, 'not found', words, { sent: 'no', mayRetry: false });
  }
  const most = Math.min(MOST_OF_ONE, Math.floor(MOST_KEPT / Math.max(1, sources.length)));
  return await atOnce(AT_ONCE, sources, async (source): Promise<ContainerLog> => {
    const { pod, container, podSince } = source;
    let log: ContainerLog = {
      pod,
      container,
      podSince,
      lines: [],
      matched: 0,
      recent: [],
      truncated: false,
      problem: null,
    };
    try {
      const { lines, matched, truncated } = await readContainer(client, question, source, most, signal);
      const { recentMinutes: windowMinutes } = question;
      if (windowMinutes === undefined) return { ...log, lines, matched, truncated };
      // Any of them may be recent until the node has said which.
      log = { ...log, lines, matched, truncated, recent: lines };
      // The node counts the minutes back from its own time; asked again only where there may be something.
      if (matched === 0 && !truncated) return log;
      const { lines: recent } = await readContainer(
        client,
        { ...question, windowMinutes },
        source,
        most,
        signal,
      );
      return { ...log, recent };
    } catch (err) {
      if (!(err instanceof SystemError) || err.fault === 'forbidden') throw err;
      return { ...log, problem: err.message };
    }
  });
}

async function readContainer(
  client: KubernetesClient,
  question: LogQuestion,
  source: Source,
  most: number,
  signal: AbortSignal,
): Promise<Reading> {
  const reading: Reading = { lines: [], kept: 0, matched: 0, truncated: false };
  if (source.restarted) {
    try {
      await readInto(reading, client, question, source, { most, previous: true }, signal);
    } catch (err) {
      // The node keeps only one former container, and not for ever.
      const gone = err instanceof SystemError && ['refused', 'not found'].includes(err.fault);
      if (!gone) throw err;
    }
  }
  if (question.previous !== true)
    await readInto(reading, client, question, source, { most, previous: false }, signal);
  return reading;
}

async function readInto(
  reading: Reading,
  client: KubernetesClient,
  { workload, containing, windowMinutes, bytesPerContainer }: LogQuestion,
  { pod, container }: Source,
  { most, previous }: { readonly most: number; readonly previous: boolean },
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
  // A log is plain text; a page of a proxy in between would be one in which nothing went wrong.
  const type = response.headers.get('content-type') ?? 'no type';
  if (!type.startsWith('text/plain')) {
    await response.body?.cancel();
    const words = `${KUBERNETES} answered with ${clean(type)} in place of a log.`;
    throw new SystemError(KUBERNETES, 'not understood', words, { sent: 'maybe', mayRetry: true });
  }

  const search = lineSearch(containing, (line) => take(reading, line, most));
  let bytes = 0;
  let ended = true;
  try {
    for await (const chunk of response.body ?? []) {
      const part: Uint8Array = chunk;
      const room = bytesPerContainer - bytes;
      bytes += part.length;
      const piece = part.subarray(0, room);
      search.add(piece);
      if (piece.length > 0) ended = piece.at(-1) === NEWLINE;
      if (bytes >= bytesPerContainer) break;
    }
  } catch (err) {
    throw noAnswer(KUBERNETES, err, signal);
  }
  // The limit of a node is not exact: half a line near it is one that was cut.
  if (bytes >= bytesPerContainer || (!ended && bytes >= bytesPerContainer * 0.9)) reading.truncated = true;
  else search.end();
}

/** The newest ones are kept; what there is no room for is still counted. */
function take(reading: Reading, line: string, most: number): void {
  const { lines } = reading;
  reading.matched += 1;
  reading.kept += line.length;
  lines.push(line);
  while (lines.length > MOST_LINES || (reading.kept > most && lines.length > 1))
    reading.kept -= lines.shift()?.length ?? 0;
}
