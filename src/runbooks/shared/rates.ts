import type { PodAnswer } from '../../ports/probes.ts';

/** A counter's value by pod. */
export type ByPod = Readonly<Record<string, number>>;

/** One name of the metrics pages by pod; null where no pod's page has it. */
export function byPod(
  answers: readonly PodAnswer<Readonly<Record<string, number>>>[],
  name: string | null,
): ByPod | null {
  if (name === null) return null;
  const found = answers.flatMap(({ pod, value }) => {
    const number = value?.[name];
    return number === undefined ? [] : [[pod, number] as const];
  });
  return found.length === 0 ? null : Object.fromEntries(found);
}

/**
 * How much a counter has risen over all pods. A pod that is new, or whose counter fell (its process began anew), counts
 * from zero; one that is gone counts no more, so the result is a lower bound.
 */
export function risen(before: ByPod, after: ByPod): number {
  return Object.entries(after).reduce((sum, [pod, value]) => {
    const base = before[pod] ?? 0;
    return sum + (value >= base ? value - base : value);
  }, 0);
}

/**
 * The same of pods that were seen before alone, wherever new ones cannot be told from one that comes back from being unready
 * and brings along all that it ever counted.
 */
export function risenOnKnown(before: ByPod, after: ByPod): number {
  return risen(
    before,
    only(after, (pod) => Object.hasOwn(before, pod)),
  );
}

export function only(counts: ByPod, wanted: (pod: string) => boolean): ByPod {
  return Object.fromEntries(Object.entries(counts).filter(([pod]) => wanted(pod)));
}

/** Numbers by name, as a run's parameters keep them; anything else reads as nothing known. */
export function readNumbers(text: string | undefined): Readonly<Record<string, number>> | null {
  if (text === undefined || text === '') return null;
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return null;
    return Object.fromEntries(
      Object.entries(value).filter((entry): entry is [string, number] => typeof entry[1] === 'number'),
    );
  } catch {
    return null;
  }
}
