import type { WorkloadSettings } from '../../ports/kubernetes.ts';
import { REPLICAS, type Reading, type Setting } from './setting.ts';
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

/** Most pods that may run at once while a rollout of so many goes on: each of them needs its connections, its memory. */
export function podsInRollout(settings: WorkloadSettings, replicas: number): number {
  const { surge, surgePercent } = settings;
  return replicas + (surgePercent === null ? surge : Math.ceil((replicas * surgePercent) / 100));
}

/** Why a rollout could not even begin: it may take no pod away before a new one is there, and a quota lets none be made. */
export function quotaStops(settings: WorkloadSettings): string | null {
  if (settings.surge === 0 || settings.unavailable > 0) return null;
  const most = mostByQuota(REPLICAS, settings, { raw: '', amount: null, container: '', problem: null });
  return most === null || most.amount > settings.replicas
    ? null
    : `new pods could not start: ${most.because}`;
}
