import { workingSet } from './memory.ts';
import type { Pod } from './pods.ts';
import type { WorldState } from './state.ts';

const KIB = 1024;
/** A pod stands still while its heap is written, and is not ready meanwhile. */
const STANDSTILL_MS = 20_000;

/** Of a JVM: most of what its container uses is heap. Bytes, in whole KiB. */
export function heapOf(
  state: WorldState,
  pod: Pod,
  at: number,
): { readonly total: number; readonly used: number } {
  const whole = (share: number) => Math.floor((workingSet(state, pod, at) * share) / KIB) * KIB;
  return { total: whole(0.8), used: whole(0.6) };
}

/** Bytes that are free where the pod may write. */
export function freeDisk(state: WorldState, pod: Pod): number {
  let free = state.cluster.diskBytes;
  for (const [place, size] of state.cluster.files) if (place.startsWith(`${pod.name}:`)) free -= size;
  return Math.max(0, free);
}

/** Writes the live heap; returns why not. Half a file stays where the disk is full. */
export function dumpInto(state: WorldState, pod: Pod, file: string, at: number): string | null {
  const place = `${pod.name}:${file}`;
  if (state.cluster.files.has(place)) return `Unable to create ${file}: File exists`;
  const { used } = heapOf(state, pod, at);
  const free = freeDisk(state, pod);
  state.cluster.files.set(place, Math.min(used, free));
  pod.ready = false;
  const began = pod.startedAt;
  state.timeline.schedule(at + STANDSTILL_MS, () => {
    if (pod.deletedAt === null && pod.waiting === null && pod.startedAt === began) pod.ready = true;
  });
  return used <= free ? null : 'Dump file is incomplete: No space left on device';
}
