import { describe, expect, test } from 'vitest';
import type { CauseVerdict } from '../../../src/domain/finding.ts';
import type { ExportJob } from '../../../src/ports/order-service.ts';
import type { Findings } from '../../../src/runbooks/define-runbook.ts';
import type { MemoryData } from '../../../src/runbooks/memory/checks.ts';
import { memory } from '../../../src/runbooks/memory.ts';
import { aJudging, MINUTE, NOW, seen, trafficSeen } from '../../support/runbooks.ts';
import { anExport } from '../exports/support.ts';
import { findings, rise, usageOf } from './support.ts';

const usage = (...given: Parameters<typeof usageOf>) => seen('broken', usageOf(...given));
const exporting = (...running: readonly ExportJob[]) => seen('healthy', { running });
const killed = (pod: string, ago: number) => ({ pod, container: 'app', at: NOW - ago * MINUTE });
/** One route that jumped then, and another that did not. */
const route = (since: number) =>
  seen('healthy' as const, {
    ...trafficSeen(400),
    routes: [
      {
        route: '/items',
        perMinute: 100,
        usual: 100,
        is: 'usual' as const,
        since: null,
        errorPercent: 0,
        counted: null,
      },
      {
        route: '/orders',
        perMinute: 300,
        usual: 100,
        is: 'spike' as const,
        since,
        errorPercent: 0,
        counted: null,
      },
    ],
  });
/** Kills of one pod, so many minutes ago. */
const past = (...ago: readonly number[]) =>
  seen('broken' as const, {
    kills: ago.slice(0, 1).map((minutes) => killed('a', minutes)),
    past: ago.map((minutes) => killed('a', minutes)),
  });
const usual = { perMinute: 100, usual: 100, than: 'the last 24 h' } as const;

type Row = readonly [string, string, Partial<Findings<MemoryData>>, CauseVerdict, RegExp];

const ROWS: readonly Row[] = [
  [
    '8.C1',
    'an hour of rise, no export',
    { usage: usage(rise(40, 96, 60)) },
    'supported',
    /risen for 1 h on 2 of 2 pods, and no export runs\. The load was not compared/,
  ],
  [
    '8.C1',
    'an hour of rise at the usual load',
    { usage: usage(rise(40, 96, 60), { load: usual }) },
    'supported',
    /at the usual load/,
  ],
  [
    '8.C1',
    'an hour of rise, and the load has doubled',
    { usage: usage(rise(40, 96, 60), { load: { ...usual, perMinute: 250 } }) },
    'open',
    /and so has the load: 250 requests a minute, 100/,
  ],
  [
    '8.C1',
    'an hour of rise while an export runs',
    { usage: usage(rise(40, 96, 60)), exports: exporting(anExport()) },
    'open',
    /while an export runs/,
  ],
  [
    '8.C1',
    'an hour of rise, exports not known',
    { usage: usage(rise(40, 96, 60)), exports: seen('skipped', null) },
    'open',
    /whether exports run is not known/,
  ],
  ['8.C1', 'flat for an hour', { usage: usage(rise(90, 90, 61)) }, 'ruled out', /flat for 1 h 1 min/],
  [
    '8.C1',
    'an hour, and a pod was killed meanwhile',
    {
      usage: usage(rise(90, 90, 61), {
        pods: usageOf([[90, 90]]).pods.map((pod) => ({ ...pod, startedAt: NOW - 20 * MINUTE })),
      }),
    },
    'open',
    /began anew within 1 h/,
  ],
  [
    '8.C1',
    'an hour, of which it rose for a part',
    { usage: usage([...rise(50, 50, 40), ...rise(40, 80, 25)]) },
    'open',
    /risen for 25 min on 2 of 2 pods; 60 min would tell/,
  ],
  [
    '8.C1',
    'a short look',
    { usage: usage(rise(40, 60, 10)) },
    'open',
    /watched for 10 min; 60 min would tell/,
  ],
  [
    '8.C1',
    'three kills at even gaps',
    { kills: past(5, 45, 86) },
    'supported',
    /^a was killed 3 times, each 41 min after the one before, and no export runs/,
  ],
  [
    '8.C1',
    'three kills at even gaps of a pod that was replaced meanwhile',
    { kills: past(5, 45, 86), usage: usage([[40, 41]], { pods: usageOf([[40, 41]]).pods.slice(1) }) },
    'open',
    /watched for/,
  ],
  [
    '8.C1',
    'three kills at even gaps of a pod that tells nothing now',
    {
      kills: past(5, 45, 86),
      usage: usage([[40, 41]], { pods: usageOf([[40, 41]]).pods.slice(1), silent: 1 }),
    },
    'supported',
    /^a was killed 3 times/,
  ],
  ['8.C1', 'three kills at uneven gaps', { kills: past(5, 15, 86) }, 'open', /watched for/],
  [
    '8.C1',
    'three kills at even gaps, and none when the next was due',
    { kills: past(60, 100, 141) },
    'open',
    /watched for/,
  ],
  ['8.C1', 'two kills', { kills: past(5, 45) }, 'open', /watched for/],
  [
    '8.C1',
    'even gaps while an export runs',
    { kills: past(5, 45, 85), exports: exporting(anExport()) },
    'open',
    /while an export runs/,
  ],
  [
    '8.C1',
    'even gaps, exports not known',
    { kills: past(5, 45, 85), exports: seen('skipped', null) },
    'open',
    /whether exports run is not known/,
  ],
  [
    '8.C1',
    'even gaps, and the load has doubled',
    { kills: past(5, 45, 85), usage: usage([[40, 41]], { load: { ...usual, perMinute: 250 } }) },
    'open',
    /more comes than usual: 250/,
  ],
  ['8.C1', 'not looked at', { usage: seen('unknown', null) }, 'open', /could not be looked at/],
  [
    '8.C2',
    'an export before the kill',
    {
      kills: seen('broken', { kills: [killed('a', 2)], past: [] }),
      exports: exporting(anExport({ startedAt: NOW - 20 * MINUTE })),
    },
    'supported',
    /exp_abc123 of 130000 orders has run for 20 min/,
  ],
  [
    '8.C2',
    'an export long before',
    {
      kills: seen('broken', { kills: [killed('a', 2)], past: [] }),
      exports: exporting(anExport({ startedAt: NOW - 60 * MINUTE })),
    },
    'open',
    /began at another time/,
  ],
  [
    '8.C2',
    'an export before the first of several kills',
    {
      kills: seen('broken', { kills: [killed('a', 2), killed('b', 12)], past: [] }),
      exports: exporting(anExport({ startedAt: NOW - 40 * MINUTE })),
    },
    'supported',
    /has run for 40 min/,
  ],
  [
    '8.C2',
    'an export while memory rises, and a kill of yesterday',
    {
      usage: usage(rise(40, 90, 20)),
      kills: seen('healthy', { kills: [killed('a', 1_440)], past: [] }),
      exports: exporting(anExport({ startedAt: NOW - 25 * MINUTE })),
    },
    'supported',
    /has run for 25 min/,
  ],
  [
    '8.C2',
    'an export, and neither a kill nor a rise is known',
    { exports: exporting(anExport({ startedAt: NOW - 20 * MINUTE })) },
    'open',
    /when memory began to rise is not known/,
  ],
  ['8.C2', 'no export', {}, 'ruled out', /No export is in progress/],
  ['8.C2', 'not configured', { exports: seen('skipped', null) }, 'open', /X14/],
  [
    '8.C3',
    'a route jumped when memory began to rise',
    { usage: usage(rise(40, 90, 20)), traffic: route(NOW - 23 * MINUTE) },
    'supported',
    /Requests to \/orders jumped to 300 a minute when memory rose, and no export runs/,
  ],
  [
    '8.C3',
    'a route jumped long before',
    { usage: usage(rise(40, 90, 20)), traffic: route(NOW - 40 * MINUTE) },
    'open',
    /not when memory began to rise/,
  ],
  [
    '8.C3',
    'a route jumped, and an export runs',
    {
      usage: usage(rise(40, 90, 20)),
      traffic: route(NOW - 23 * MINUTE),
      exports: exporting(anExport()),
    },
    'open',
    /while an export runs/,
  ],
  [
    '8.C3',
    'no route jumped, and an export explains it',
    {
      kills: seen('broken', { kills: [killed('a', 2)], past: [] }),
      exports: exporting(anExport({ startedAt: NOW - 20 * MINUTE })),
    },
    'ruled out',
    /an export explains it/,
  ],
  ['8.C3', 'memory rises', { usage: usage(rise(40, 96, 60)) }, 'open', /no route’s requests jumped/],
  [
    '8.C3',
    'routes not seen',
    { usage: usage(rise(40, 96, 60)), traffic: seen('skipped', null) },
    'open',
    /\(X5\) was not seen/,
  ],
  ['8.C3', 'flat for an hour', { usage: usage(rise(90, 90, 61)) }, 'ruled out', /flat for 1 h/],
  [
    '8.C3',
    'flat, but a pod was killed',
    {
      usage: usage(rise(90, 90, 61)),
      kills: seen('broken', { kills: [killed('a', 2)], past: [] }),
    },
    'open',
    /no route’s requests jumped/,
  ],
  ['8.C3', 'not looked at', { usage: seen('unknown', null) }, 'open', /no route’s requests jumped/],
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

describe('the causes of runbook 8', () => {
  test.each(ROWS)('%s %s', (id, _what, given, verdict, because) => {
    const said = memory.causes.find((one) => one.id === id)?.judge(aJudging(findings(given)));
    expect(said).toMatchObject({ verdict, because: expect.stringMatching(because) });
  });
});
