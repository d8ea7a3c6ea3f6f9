import { containersOf, isObject, type JsonObject, objectIn } from './cluster.ts';
import type { Pod } from './pods.ts';
import { quantityOf } from './quantity.ts';
import type { WorldState } from './state.ts';

/** The template that a pod was made from: what it runs with until it is replaced. */
export function templateOf(state: WorldState, pod: Pick<Pod, 'app' | 'hash'>): JsonObject | undefined {
  const own = state.cluster.statefulSets.get(pod.app);
  // Nobody deletes the pods of a StatefulSet here, so each is still of the first.
  if (own !== undefined) return own.revisions[0]?.template;
  const sets = state.cluster.deployments.get(pod.app)?.sets;
  return sets?.find((set) => set.hash === pod.hash)?.template;
}

/** What the pod's first container runs. */
export function imageOf(state: WorldState, pod: Pick<Pod, 'app' | 'hash'>): string {
  return String(containersOf(templateOf(state, pod))[0]?.['image']);
}

/** The value of a variable in the pod's first container; null: it is not set. */
export function variableOf(state: WorldState, pod: Pick<Pod, 'app' | 'hash'>, name: string): string | null {
  const list = containersOf(templateOf(state, pod))[0]?.['env'];
  const found = Array.isArray(list)
    ? list.filter(isObject).findLast((each) => each['name'] === name)
    : undefined;
  return found === undefined ? null : String(found['value'] ?? '');
}

/** Bytes, of the pod's first container; null: it has no limit. */
export function memoryLimitOf(state: WorldState, pod: Pick<Pod, 'app' | 'hash'>): number | null {
  const [first] = containersOf(templateOf(state, pod));
  return memoryOf(first, 'limits');
}

/** What a pod of this template counts for in a quota, bytes. Where nothing is requested, the limit is. */
export function countedMemory(template: JsonObject | undefined, kind: 'limits' | 'requests'): number {
  return containersOf(template).reduce((sum, container) => {
    const limit = memoryOf(container, 'limits') ?? 0;
    return sum + (kind === 'limits' ? limit : (memoryOf(container, 'requests') ?? limit));
  }, 0);
}

export function memoryOf(container: JsonObject | undefined, kind: 'limits' | 'requests'): number | null {
  const text = objectIn(objectIn(container, 'resources'), kind)?.['memory'];
  return typeof text === 'string' ? quantityOf(text) : null;
}
