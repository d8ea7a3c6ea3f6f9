import type { Findings } from '../../../src/runbooks/define-runbook.ts';
import type { MemoryData } from '../../../src/runbooks/memory/checks.ts';
import type { UsageSeen } from '../../../src/runbooks/memory/usage.ts';
import { aDeployment, MINUTE, NOW, seen, someSettings, trafficSeen } from '../../support/runbooks.ts';
import { aDatabase } from '../database-pool/support.ts';

export const GIB = 1024 ** 3;

/** Two pods, of which each look saw so many percent of 1 GiB; the newest look last, a minute apart. */
export function usageOf(
  percents: readonly (readonly [number, number])[],
  change: Partial<UsageSeen> = {},
): UsageSeen {
  const last = percents.at(-1) ?? [0, 0];
  const bytes = (percent: number) => (percent / 100) * GIB;
  return {
    pods: ['a', 'b'].map((pod, place) => ({
      pod,
      memory: bytes(last[place] ?? 0),
      limit: GIB,
      startedAt: NOW - 600 * MINUTE,
    })),
    silent: 0,
    percent: Math.max(...last),
    fullest: last[0] >= last[1] ? 'a' : 'b',
    load: null,
    samples: percents.map(([a, b], place) => ({
      at: NOW - (percents.length - 1 - place) * MINUTE,
      byPod: { a: bytes(a), b: bytes(b) },
    })),
    ...change,
  };
}

/** From so many percent to so many within so many minutes, on both pods. */
export function rise(from: number, to: number, minutes: number): readonly (readonly [number, number])[] {
  return Array.from({ length: minutes + 1 }, (_, place) => {
    const percent = from + ((to - from) * place) / minutes;
    return [percent, percent] as const;
  });
}

/** Started 20 minutes ago, and at so many percent in each look of the last minutes; a minute apart. */
export function soonFull(
  percents: readonly [number, number],
  minutes: number,
  change: Partial<UsageSeen> = {},
): UsageSeen {
  const usage = usageOf(Array.from({ length: minutes + 1 }, () => percents));
  return {
    ...usage,
    pods: usage.pods.map((pod) => ({ ...pod, startedAt: NOW - 20 * MINUTE })),
    ...change,
  };
}

/** All is well, but for what is given. */
export function findings(change: Partial<Findings<MemoryData>> = {}): Findings<MemoryData> {
  return {
    kills: seen('healthy', { kills: [], past: [] }),
    usage: seen('healthy', usageOf([[40, 41]])),
    restarts: seen('healthy', { restarts: 0, newestAt: null }),
    heap: seen('skipped', null),
    exports: seen('healthy', { running: [] }),
    queries: seen('healthy', { long: [] }),
    service: seen('healthy', { state: aDeployment(), settings: someSettings(), server: aDatabase() }),
    traffic: seen('healthy', trafficSeen(100)),
    ...change,
  };
}

export const aHeap = (change: object = {}) => ({
  pod: 'a',
  jvm: true,
  heap: GIB,
  freeDisk: 10 * GIB,
  livenessMs: null,
  ...change,
});
