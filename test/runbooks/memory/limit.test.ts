import { describe, expect, test } from 'vitest';
import type { CauseVerdict } from '../../../src/domain/finding.ts';
import type { Findings } from '../../../src/runbooks/define-runbook.ts';
import type { MemoryData } from '../../../src/runbooks/memory/checks.ts';
import { memory } from '../../../src/runbooks/memory.ts';
import { DEFAULT_THRESHOLDS } from '../../../src/runbooks/thresholds.ts';
import { aJudging, MINUTE, NOW, seen } from '../../support/runbooks.ts';
import { findings, GIB, rise, soonFull, usageOf } from './support.ts';

const usage = (...given: Parameters<typeof usageOf>) => seen('broken', usageOf(...given));
const usual = { perMinute: 100, usual: 100, than: 'the last 24 h' } as const;
const killed = (pod: string, ago: number) => ({ pod, container: 'app', at: NOW - ago * MINUTE });

type Row = readonly [string, Partial<Findings<MemoryData>>, CauseVerdict, RegExp];

const ROWS: readonly Row[] = [
  [
    'each pod was killed, which a leak does too',
    { kills: seen('broken', { kills: [killed('a', 3), killed('b', 9)], past: [] }) },
    'open',
    /seen to fill soon/,
  ],
  [
    'all full soon after their start, and no more since',
    { usage: seen('broken', soonFull([96, 97], 5)) },
    'supported',
    /All 2 pods reached 95 % within 30 min of their start and have stayed there/,
  ],
  [
    'all full soon after their start, for less than five minutes',
    { usage: seen('broken', soonFull([96, 97], 4)) },
    'open',
    /seen to fill soon/,
  ],
  [
    'all full soon after their start, and one was killed meanwhile',
    {
      usage: seen('broken', {
        ...soonFull([96, 97], 8),
        samples: [...rise(96, 96, 4), [50, 97], [96, 97], [96, 97]].map(([a = 0, b = 0], place) => ({
          at: NOW - (7 - place) * MINUTE,
          byPod: { a: (a / 100) * GIB, b: (b / 100) * GIB },
        })),
      }),
    },
    'open',
    /seen to fill soon/,
  ],
  [
    'all full soon after their start, and the load has doubled',
    { usage: seen('broken', soonFull([96, 97], 6, { load: { ...usual, perMinute: 250 } })) },
    'open',
    /more comes than usual: 250/,
  ],
  ['all full after ten hours', { usage: usage(rise(96, 96, 20)) }, 'open', /seen to fill soon/],
  ['kills not looked at', { kills: seen('unknown', null) }, 'open', /\(R54\) could not be looked at/],
  [
    'a pod of which nothing was told',
    { usage: usage([[40, 41]], { silent: 1 }) },
    'open',
    /Nothing was told of the memory of 1 pod/,
  ],
  ['room everywhere', {}, 'ruled out', /less than 80 %/],
  ['one full', { usage: usage([[50, 97]]) }, 'open', /seen to fill soon/],
];

test.each(ROWS)('8.C4 %s', (_what, given, verdict, because) => {
  const said = memory.causes.find(({ id }) => id === '8.C4')?.judge(aJudging<MemoryData>(findings(given)));
  expect(said).toMatchObject({ verdict, because: expect.stringMatching(because) });
});

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

test('that a load which nobody knows hinders neither cause is said where they are judged by it', () => {
  const rules = memory.causes
    .filter(({ id }) => id === '8.C1' || id === '8.C4')
    .map(({ rule }) => rule(DEFAULT_THRESHOLDS).supported);
  const known = expect.stringContaining('1.5 times the usual load, where that is known');
  expect(rules).toEqual([known, known]);
});
