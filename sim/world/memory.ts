import { note, startContainer } from './cluster-pods.ts';
import { memoryLimitOf } from './pod-settings.ts';
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
  /** Held by all pods at once: a large export, a wasteful read. */
  extraMib: number;
  /** Epoch ms; before that nothing leaked. */
  since: number;
  /** Somebody looks already. */
  watched: boolean;
}

export function createMemoryTrouble(): MemoryTrouble {
  return { leakMibPerMinute: 0, extraMib: 0, since: 0, watched: false };
}

/** From now on; zero and zero ends it, for what starts anew. */
export function setMemoryTrouble(
  state: WorldState,
  trouble: Partial<Pick<MemoryTrouble, 'leakMibPerMinute' | 'extraMib'>>,
  at: number,
): void {
  Object.assign(state.memory, { leakMibPerMinute: 0, extraMib: 0, ...trouble, since: at });
  if (!state.memory.watched) watch(state, at);
}

/** The working set of a pod's first container, bytes; 0 while none runs. */
export function workingSet(state: WorldState, pod: Pod, at: number): number {
  if (pod.waiting !== null || pod.deletedAt !== null) return 0;
  const usual = 320 + 60 * state.chance('memory', pod.name, pod.restarts);
  const { leakMibPerMinute, extraMib, since } = state.memory;
  const ours = pod.app === 'order-service';
  const leaked = ours ? (Math.max(0, at - Math.max(since, pod.startedAt)) / MINUTE) * leakMibPerMinute : 0;
  const used = Math.round((usual + (ours ? extraMib : 0) + leaked) * MIB);
  return Math.min(used, memoryLimitOf(state, pod) ?? used);
}

/** Thousandths of a core. */
export function cpuOf(state: WorldState, pod: Pod, at: number): number {
  if (pod.waiting !== null || pod.deletedAt !== null) return 0;
  return Math.round(120 + 120 * state.chance('cpu', pod.name, Math.floor(at / LOOK_MS)));
}

function watch(state: WorldState, at: number): void {
  const { leakMibPerMinute, extraMib } = state.memory;
  state.memory.watched = leakMibPerMinute > 0 || extraMib > 0;
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
    'Pod',
    pod.name,
    'OOMKilling',
    `Memory cgroup out of memory: Killed process 1 (${pod.app})`,
  );
  startContainer(state, pod, at, () => undefined);
}
