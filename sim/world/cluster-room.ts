import type { Deployment, Quota } from './cluster.ts';
import { countedMemory, templateOf } from './pod-settings.ts';
import type { Pod } from './pods.ts';
import { quantityOf } from './quantity.ts';
import type { WorldState } from './state.ts';

type Counted = keyof Quota['hard'];

/** What a quota of the namespace counts now: all pods that exist, also those that end or wait. */
export function usedOf(state: WorldState, counted: Counted): number {
  return state.pods.reduce((sum, pod) => sum + weight(state, pod, counted), 0);
}

function weight(state: WorldState, pod: Pick<Pod, 'app' | 'hash'>, counted: Counted): number {
  if (counted === 'pods') return 1;
  return countedMemory(templateOf(state, pod), counted === 'limits.memory' ? 'limits' : 'requests');
}

/** Why no further pod of this template is admitted, in the API server's own words; null: it is. */
export function whyOverQuota(state: WorldState, { app }: Deployment, hash: string): string | null {
  for (const { name, hard } of state.cluster.quotas.values()) {
    for (const [key, text] of Object.entries(hard)) {
      const counted = key as Counted;
      const most = quantityOf(text) ?? 0;
      const more = weight(state, { app, hash }, counted);
      const used = usedOf(state, counted);
      if (used + more <= most) continue;
      return `exceeded quota: ${name}, requested: ${key}=${more}, used: ${key}=${used}, limited: ${key}=${text}`;
    }
  }
  return null;
}

/** Why no node takes the pod, in the scheduler's own words; null: one does. */
export function whyNoRoom(state: WorldState, pod: Pod): string | null {
  const { memoryRoom } = state.cluster;
  if (memoryRoom === null) return null;
  const placed = state.pods.filter((each) => each !== pod && each.waiting?.reason !== 'Unschedulable');
  const taken = placed.reduce((sum, each) => sum + weight(state, each, 'requests.memory'), 0);
  return taken + weight(state, pod, 'requests.memory') <= memoryRoom
    ? null
    : '0/3 nodes are available: 3 Insufficient memory. preemption: not eligible due to preemptionPolicy=Never.';
}
