import { writerOf } from '../world/names.ts';
import type { Pod } from '../world/pods.ts';
import type { WorldState } from '../world/state.ts';
import type { World } from '../world/world.ts';
import { containerNames, logKey } from './show-pod.ts';
import { badRequest, notFound, Refusal } from './status.ts';

interface Options {
  readonly sinceSeconds: number | null;
  readonly sinceTime: number | null;
  readonly tailLines: number | null;
  readonly limitBytes: number | null;
  readonly timestamps: boolean;
  readonly previous: boolean;
  readonly follow: boolean;
}

/** `pods/<name>/log`. Seconds count back from story time. @throws Refusal */
export async function podLog(world: World, name: string, request: Request): Promise<Response> {
  const query = new URL(request.url).searchParams;
  const options = readOptions(name, query);
  const read = (since: number | null) =>
    world.read((state, now) => {
      const pod = state.pods.find((each) => each.name === name);
      if (pod === undefined) return null;
      const container = chosenContainer(state, pod, query.get('container'));
      const from = (at: number) => linesOf(state, pod, container, options, at);
      // Those of this very moment: a follower must not get them twice.
      return { now, lines: from(since ?? start(options, now)), already: from(now).length };
    });
  const first = await read(null);
  if (first === null) throw notFound('', 'pods', name);
  const { tailLines, limitBytes } = options;
  const lines =
    tailLines === null ? first.lines : tailLines === 0 ? [] : first.lines.slice(-Math.floor(tailLines));
  const whole = Buffer.from(lines.join(''));
  const bytes = limitBytes === null ? whole : whole.subarray(0, limitBytes);
  const headers = { 'content-type': 'text/plain' };
  if (!options.follow) return new Response(new Uint8Array(bytes), { headers });
  return new Response(followed(bytes, first.now, first.already, read, request.signal), { headers });
}

type Read = (since: number) => Promise<{ readonly lines: readonly string[] } | null>;

/** What is new, as it comes, until the reader hangs up or the pod is gone. */
function followed(
  first: Buffer,
  since: number,
  already: number,
  read: Read,
  signal: AbortSignal,
): ReadableStream<Uint8Array> {
  // By number and not by time: more lines can come of a moment that has been looked at.
  let seen = already;
  let begun = false;
  return new ReadableStream({
    async pull(controller) {
      if (!begun) {
        begun = true;
        controller.enqueue(new Uint8Array(first));
        return;
      }
      while (!signal.aborted) {
        const all = await read(since).catch(() => null);
        if (all === null) break;
        const more = all.lines.slice(seen);
        seen = all.lines.length;
        if (more.length > 0) {
          controller.enqueue(new TextEncoder().encode(more.join('')));
          return;
        }
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
      controller.close();
    },
  });
}

function chosenContainer(state: WorldState, pod: Pod, asked: string | null): string {
  const names = containerNames(state, pod);
  if (asked === null || asked === '') {
    const [only] = names;
    if (only !== undefined && names.length === 1) return only;
    throw badRequest(
      `a container name must be specified for pod ${pod.name}, choose one of: [${names.join(' ')}]`,
    );
  }
  if (!names.includes(asked)) throw badRequest(`container ${asked} is not valid for pod ${pod.name}`);
  return asked;
}

function linesOf(
  state: WorldState,
  pod: Pod,
  container: string,
  options: Options,
  since: number,
): readonly string[] {
  if (options.previous && pod.restarts === 0)
    throw badRequest(`previous terminated container "${container}" in pod "${pod.name}" not found`);
  if (pod.waiting !== null && !options.previous) {
    const why = /ImagePull/.test(pod.waiting.reason)
      ? 'trying and failing to pull image'
      : pod.waiting.reason;
    throw badRequest(`container "${container}" in pod "${pod.name}" is waiting to start: ${why}`);
  }
  const own = state.logs.read(logKey(state, pod, container), since).filter((line) => {
    if (options.previous) return line.at < pod.startedAt;
    // A container that was started anew has a log of its own.
    return pod.restarts === 0 || line.at >= pod.startedAt;
  });
  const write = writerOf(state.names);
  return own.map(
    (line) => `${options.timestamps ? `${new Date(line.at).toISOString()} ` : ''}${write(line.text)}\n`,
  );
}

function start(options: Options, now: number): number {
  if (options.sinceSeconds !== null) return now - options.sinceSeconds * 1_000;
  return options.sinceTime ?? 0;
}

function readOptions(pod: string, query: URLSearchParams): Options {
  const bad = (field: string, said: string) =>
    new Refusal(422, 'Invalid', `PodLogOptions "${pod}" is invalid: ${field}: ${said}`, {
      name: pod,
      kind: 'PodLogOptions',
    });
  const number = (field: string, least: number) => {
    const text = query.get(field);
    if (text === null) return null;
    if (!/^-?\d+$/.test(text))
      throw badRequest(`strconv.ParseInt: parsing ${JSON.stringify(text)}: invalid syntax`);
    if (Number(text) >= least) return Number(text);
    const bound = least === 0 ? 'must be greater than or equal to 0' : 'must be greater than 0';
    throw bad(field, `Invalid value: ${text}: ${bound}`);
  };
  // Whatever is not said to be false is true, nothing behind the `=` too.
  const flag = (field: string) => !['false', '0'].includes(query.get(field)?.toLowerCase() ?? 'false');
  const sinceTime = query.get('sinceTime');
  if (sinceTime !== null && Number.isNaN(Date.parse(sinceTime))) {
    const text = JSON.stringify(sinceTime);
    throw badRequest(`parsing time ${text} as "2006-01-02T15:04:05Z07:00": cannot parse ${text} as "2006"`);
  }
  const sinceSeconds = number('sinceSeconds', 1);
  if (sinceSeconds !== null && sinceTime !== null) {
    throw bad('[]', 'Forbidden: at most one of `sinceTime` or `sinceSeconds` may be specified');
  }
  return {
    sinceSeconds,
    sinceTime: sinceTime === null ? null : Date.parse(sinceTime),
    tailLines: number('tailLines', 0),
    limitBytes: number('limitBytes', 1),
    timestamps: flag('timestamps'),
    previous: flag('previous'),
    follow: flag('follow'),
  };
}
