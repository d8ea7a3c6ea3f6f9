import { note, startContainer } from './cluster-pods.ts';
import { rowsIn } from './exports.ts';
import { imageOf, memoryLimitOf } from './pod-settings.ts';
import type { Pod } from './pods.ts';
import type { WorldState } from './state.ts';

const MIB = 1024 ** 2;
const MINUTE = 60_000;
/** The node looks so often whether a container is over its limit. */
const LOOK_MS = 15_000;

/** What the order service's pods use beyond the usual. Scenarios set it; whatever is over its limit is killed. */
export interface MemoryTrouble {
  /** Never given back until the container ends. */
  leakMibPerMinute: number;
  /** The container never uses more in all: caches that fill; infinite for a leak. */
  fullAtMib: number;
  /** Held by all pods at once: a wasteful read. */
  extraMib: number;
  /** The one pod that leaks; null: all do. */
  only: string | null;
  /** The one image that leaks, so that another version cures it; null: all do. */
  image: string | null;
  /** What the pod of an export holds of each order until the file is written; 0: it streams them. */
  exportKibPerRow: number;
  /** Epoch ms; before that nothing leaked. */
  since: number;
  /** Somebody looks already. */
  watched: boolean;
}

export function createMemoryTrouble(): MemoryTrouble {
  return { ...NONE, since: 0, watched: false };
}

const NONE = {
  leakMibPerMinute: 0,
  fullAtMib: Number.POSITIVE_INFINITY,
  extraMib: 0,
  only: null,
  image: null,
  exportKibPerRow: 0,
} as const;

/** From now on; with nothing given it ends. */
export function setMemoryTrouble(
  state: WorldState,
  trouble: Partial<Omit<MemoryTrouble, 'since' | 'watched'>>,
  at: number,
): void {
  Object.assign(state.memory, { ...NONE, ...trouble, since: at });
  if (!state.memory.watched) watch(state, at);
}

/** The working set of a pod's first container, bytes; 0 while none runs. */
export function workingSet(state: WorldState, pod: Pod, at: number): number {
  if (pod.waiting !== null || pod.deletedAt !== null) return 0;
  const usual = 320 + 60 * state.chance('memory', pod.name, pod.restarts);
  const all = pod.app === 'order-service' ? usual + beyond(state, pod, at) : usual;
  const used = Math.round(Math.min(all, state.memory.fullAtMib) * MIB);
  return Math.min(used, memoryLimitOf(state, pod) ?? used);
}

/** MiB. */
function beyond(state: WorldState, pod: Pod, at: number): number {
  const { leakMibPerMinute, extraMib, only, image, exportKibPerRow, since } = state.memory;
  const minutes = Math.max(0, at - Math.max(since, pod.startedAt)) / MINUTE;
  const held = exportKibPerRow === 0 ? 0 : rowsIn(state, pod) * exportKibPerRow;
  const leaks = (only === null || only === pod.name) && (image === null || image === imageOf(state, pod));
  const leaked = leaks ? minutes * leakMibPerMinute : 0;
  return extraMib + leaked + held / 1_024;
}

/** The pod of the order service that is nearest to its limit; null: none runs, or none has a limit. */
export function fullestPod(
  state: WorldState,
  at: number,
): { readonly pod: string; readonly percent: number; readonly limitMib: number } | null {
  const all = state.pods.flatMap((pod) => {
    const limit = memoryLimitOf(state, pod);
    if (pod.app !== 'order-service' || limit === null) return [];
    const percent = Math.round((workingSet(state, pod, at) / limit) * 100);
    return [{ pod: pod.name, percent, limitMib: Math.round(limit / MIB) }];
  });
  return all.sort((one, other) => other.percent - one.percent)[0] ?? null;
}

/** Thousandths of a core. */
export function cpuOf(state: WorldState, pod: Pod, at: number): number {
  if (pod.waiting !== null || pod.deletedAt !== null) return 0;
  return Math.round(120 + 120 * state.chance('cpu', pod.name, Math.floor(at / LOOK_MS)));
}

function watch(state: WorldState, at: number): void {
  const { leakMibPerMinute, extraMib, exportKibPerRow } = state.memory;
  state.memory.watched = leakMibPerMinute > 0 || extraMib > 0 || exportKibPerRow > 0;
  if (!state.memory.watched) return;
  for (const pod of state.pods) {
    const limit = memoryLimitOf(state, pod);
    if (limit !== null && pod.deletedAt === null && workingSet(state, pod, at) >= limit) kill(state, pod, at);
  }
  state.timeline.schedule(at + LOOK_MS, (due) => watch(state, due));
}

/** The container ends and begins anew at once; what it wrote is the log of the one before. */
function kill(state: WorldState, pod: Pod, at: number): void {
  pod.restarts += 1;
  pod.lastTermination = { reason: 'OOMKilled', exitCode: 137, at };
  note(
    state,
    at,
    pod.app,
    'Pod',
    pod.name,
    'OOMKilling',
    `Memory cgroup out of memory: Killed process 1 (${state.names.apps[pod.app].container})`,
  );
  startContainer(state, pod, at, () => undefined);
}
