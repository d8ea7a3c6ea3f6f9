import { describe, expect, test } from 'vitest';
import type { MemoryData } from '../../../src/runbooks/memory/checks.ts';
import { memory } from '../../../src/runbooks/memory.ts';
import { aJudging, MINUTE, NOW, seen } from '../../support/runbooks.ts';
import { findings, GIB, usageOf } from './support.ts';

const usage = (...given: Parameters<typeof usageOf>) => seen('broken', usageOf(...given));
const killed = (pod: string, ago: number) => ({ pod, container: 'app', at: NOW - ago * MINUTE });

describe('8.C4, a limit that was lowered', () => {
  const lowered = (before: number | null, after: number | null, ago: number) => ({
    changes: seen('healthy', {
      changes: [
        {
          kind: 'rollout' as const,
          workload: 'order-service',
          line: 'memory limit 2 GiB → 1 GiB on order-service',
          at: NOW - ago * MINUTE,
          rollout: {
            kind: 'rollout' as const,
            at: NOW - ago * MINUTE,
            revision: 7,
            replicaSet: 'order-service-new',
            back: false,
            current: true,
            before: { revision: 6, replicaSet: 'order-service-old' },
            difference: {
              images: [],
              env: { added: [], removed: [], changed: [] },
              limits: [{ container: 'app', resource: 'memory' as const, before, after }],
              restarted: false,
              annotations: [],
              other: [],
            },
            marks: [],
          },
        },
      ],
      suspect: null,
      symptomAt: NOW,
    }),
  });
  const kills = { kills: seen('broken' as const, { kills: [killed('a', 3)], past: [] }) };

  test.each([
    ['and a pod was killed since', kills, lowered(2 * GIB, GIB, 20), 'supported'],
    [
      'where there was none, and a pod is full',
      { usage: usage([[50, 97]]) },
      lowered(null, GIB, 20),
      'supported',
    ],
    ['after the kill, and no pod is full', kills, lowered(2 * GIB, GIB, 2), 'open'],
    ['to less than before, and all is well', {}, lowered(2 * GIB, GIB, 20), 'ruled out'],
    ['to more than before', kills, lowered(GIB, 2 * GIB, 20), 'open'],
    ['to none', kills, lowered(GIB, null, 20), 'open'],
  ] as const)('%s', (_what, given, change, verdict) => {
    const said = memory.causes
      .find(({ id }) => id === '8.C4')
      ?.judge(aJudging<MemoryData>(findings(given), change));
    expect(said?.verdict).toBe(verdict);
  });
});
