import { describe, expect, test } from 'vitest';
import type { CauseVerdict } from '../../../src/domain/finding.ts';
import type { Findings } from '../../../src/runbooks/define-runbook.ts';
import type { MemoryData } from '../../../src/runbooks/memory/checks.ts';
import { memory } from '../../../src/runbooks/memory.ts';
import { aJudging, MINUTE, NOW, seen } from '../../support/runbooks.ts';
import { findings, GIB, rise, soonFull, usageOf } from './support.ts';

const usage = (...given: Parameters<typeof usageOf>) => seen('broken', usageOf(...given));
const killed = (pod: string, ago: number) => ({ pod, container: 'app', at: NOW - ago * MINUTE });
const usual = { perMinute: 100, usual: 100, than: 'the last 24 h' } as const;
const ROWS: readonly [string, string, Partial<Findings<MemoryData>>, CauseVerdict, RegExp][] = [
  [
    '8.C4',
    'each pod was killed, which a leak does too',
    { kills: seen('broken', { kills: [killed('a', 3), killed('b', 9)], past: [] }) },
    'open',
    /seen to fill soon/,
  ],
  [
    '8.C4',
    'all full soon after their start, and no more since',
    { usage: seen('broken', soonFull([96, 97], 5)) },
    'supported',
    /All 2 pods reached 95 % within 30 min of their start and have stayed there/,
  ],
  [
    '8.C4',
    'all full soon after their start, for less than five minutes',
    { usage: seen('broken', soonFull([96, 97], 4)) },
    'open',
    /seen to fill soon/,
  ],
  [
    '8.C4',
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
    '8.C4',
    'all full soon after their start, and the load has doubled',
    { usage: seen('broken', soonFull([96, 97], 6, { load: { ...usual, perMinute: 250 } })) },
    'open',
    /more comes than usual: 250/,
  ],
  ['8.C4', 'all full after ten hours', { usage: usage(rise(96, 96, 20)) }, 'open', /seen to fill soon/],
  ['8.C4', 'kills not looked at', { kills: seen('unknown', null) }, 'open', /\(R54\) could not be looked at/],
  [
    '8.C4',
    'a pod of which nothing was told',
    { usage: usage([[40, 41]], { silent: 1 }) },
    'open',
    /Nothing was told of the memory of 1 pods/,
  ],
  ['8.C4', 'room everywhere', {}, 'ruled out', /less than 80 %/],
  ['8.C4', 'one full', { usage: usage([[50, 97]]) }, 'open', /seen to fill soon/],
  [
    '8.C5',
    'a query just before the rise',
    {
      usage: usage(rise(40, 90, 20)),
      queries: seen('healthy', { long: [{ pid: 7, beganAt: NOW - 22 * MINUTE }] }),
    },
    'supported',
    /pid 7/,
  ],
  [
    '8.C5',
    'a query, and nobody knows since when memory rises',
    { queries: seen('healthy', { long: [{ pid: 7, beganAt: NOW - 22 * MINUTE }] }) },
    'open',
    /not known/,
  ],
  ['8.C5', 'no long query', {}, 'ruled out', /No query/],
  ['8.C5', 'no database', { queries: seen('skipped', null) }, 'open', /R39/],
];

describe('a limit that is too low, a query that runs for long', () => {
  test.each(ROWS)('%s %s', (cause, _what, given, verdict, because) => {
    const said = memory.causes.find(({ id }) => id === cause)?.judge(aJudging(findings(given)));
    expect(said).toMatchObject({ verdict, because: expect.stringMatching(because) });
  });
});
