import type { WorkloadSettings } from '../../ports/kubernetes.ts';
import { podsInRollout } from './adjustable.ts';
import type { Reading, Setting } from './setting.ts';
import { spellBytes } from './spell.ts';

const GIB = 1024 ** 3;

/**
 * The most that fits, in the unit of the form, and why, as a clause for a person: *the database takes 97 connections*.
 * An offer that reads differently is a new one, and an open form of the old one is refused: keep it steady between looks.
 */
export interface Most {
  readonly amount: number;
  readonly because: string;
}

/** The smaller one; null: nothing limits it. */
export function tighter(one: Most | null, other: Most | null): Most | null {
  if (one === null || other === null) return one ?? other;
  return other.amount < one.amount ? other : one;
}

/** What the namespace's quotas leave, during a rollout too; null: they limit nothing, or may not be asked. */
export function mostByQuota(setting: Setting, settings: WorkloadSettings, now: Reading): Most | null {
  const { quotas, replicas, containers } = settings;
  if (quotas === 'unknown') return null;
  let most: Most | null = null;
  for (const { name, resource, used, hard } of quotas) {
    const amount = (value: number) => (resource === 'pods' ? `${value} pods` : spellBytes(value));
    const because = `quota ${name} has ${amount(used)} of ${amount(hard)} in use`;
    if (setting.kind === 'replicas') {
      const each = resource === 'pods' ? 1 : ofOnePod(containers, resource);
      if (each > 0)
        most = tighter(most, { amount: replicas + Math.floor(Math.max(0, hard - used) / each), because });
    }
    if (setting.kind === 'memory limit' && resource !== 'pods') {
      const container = containers.find((one) => one.name === now.container);
      // Where nothing is requested, Kubernetes requests the limit.
      if (resource === 'requests.memory' && container?.memoryRequest !== null) continue;
      const own = container?.memoryLimit ?? 0;
      const others = ofOnePod(containers, resource) - own;
      const pods = podsInRollout(settings, replicas);
      const left = hard - (used - replicas * (own + others)) - pods * others;
      most = tighter(most, { amount: Math.floor(left / pods / GIB), because });
    }
  }
  return most;
}

function ofOnePod(
  containers: WorkloadSettings['containers'],
  resource: 'limits.memory' | 'requests.memory',
): number {
  return containers.reduce((sum, { memoryLimit, memoryRequest }) => {
    const limit = memoryLimit ?? 0;
    return sum + (resource === 'limits.memory' ? limit : (memoryRequest ?? limit));
  }, 0);
}
