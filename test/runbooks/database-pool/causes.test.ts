import { describe, expect, test } from 'vitest';
import type { CauseVerdict } from '../../../src/domain/finding.ts';
import { causes } from '../../../src/runbooks/database-pool/causes.ts';
import { RUNBOOK_NAMES } from '../../../src/runbooks/names.ts';
import { MINUTE, NOW, seen } from '../../support/runbooks.ts';
import {
  anActivity,
  aSession,
  blocking,
  type Given,
  given,
  judged,
  MORE,
  pools,
  SPIKE,
  USUAL,
} from './support.ts';

function says(id: string, what: Given, names = RUNBOOK_NAMES): { verdict: CauseVerdict; because: string } {
  const cause = causes.find((one) => one.id === id);
  if (cause === undefined) throw new Error(`No cause ${id}.`);
  return cause.judge(judged(what, { names }));
}
const ours = (active: number, left = 0): Given => given.database({ ours: { connections: 40, active, left } });

type Row = readonly [string, Given, CauseVerdict, string];

describe('6.C1, a leak', () => {
  test.each<Row>([
    [
      '5 were left idle',
      ours(0, 5),
      'supported',
      '5 sessions of ours have idled in a transaction for over 5 min.',
    ],
    ['4 were left idle, pools are sound', ours(9, 4), 'ruled out', 'No pool is nearly full'],
    [
      'half are at work',
      { ...given.pool([20, 20]), ...ours(20) },
      'ruled out',
      '20 of 40 connections in use are at work in the database, and none was left',
    ],
    [
      'under half are at work, at usual load',
      { ...given.pool([20, 20], { load: USUAL }), ...ours(19) },
      'supported',
      '19 of 40 connections in use are at work in the database, at usual load.',
    ],
    [
      'under half are at work, minutes after the database was restarted',
      {
        ...given.pool([20, 20], { load: USUAL }),
        ...ours(19),
        ...given.pods({ restartedAt: NOW - 6 * MINUTE }),
      },
      'open',
      'the database was restarted, and the others may be cut off',
    ],
    [
      'under half are at work, the load is not known',
      { ...given.pool([20, 20]), ...ours(19) },
      'open',
      'whether more comes than usual is not known',
    ],
    [
      'under half are at work in a spike',
      { ...given.pool([20, 20], { load: SPIKE }), ...ours(1) },
      'open',
      'more',
    ],
    [
      'full for less than 15 s',
      { ...given.pool([20, 20], { load: USUAL }, 14_000), ...ours(1) },
      'open',
      'full',
    ],
    ['a pod is silent', { ...given.pool([20], { pods: 2 }), ...ours(1) }, 'open', 'Not every pod'],
    ['sessions are hidden', given.database({ ours: null }), 'open', '(R38) were not seen'],
    ['the database is silent', { database: seen('unknown', null) }, 'open', '(R38) were not seen'],
  ])('%s', (_what, what, verdict, because) => {
    expect(says('6.C1', what)).toEqual({ verdict, because: expect.stringContaining(because) });
  });
});

describe('6.C2, long queries', () => {
  test.each<Row>([
    [
      'one of ours',
      given.sessions(aSession()),
      'supported',
      'Session 4711 of order-service began its query 2 min ago.',
    ],
    ['one of ours for 60 s', given.sessions(aSession({ forMs: 60_000 })), 'ruled out', 'over 60 s'],
    [
      'one of another application',
      given.sessions(aSession({ application: 'reports' })),
      'ruled out',
      'over 60 s',
    ],
    [
      'one that idles and blocks nobody',
      given.sessions(aSession({ state: 'idle in transaction' })),
      'ruled out',
      '',
    ],
    ['one that blocks', given.sessions(blocking()), 'supported', 'and blocks 3 others.'],
    [
      'another’s that blocks',
      given.sessions(blocking({ application: '' })),
      'supported',
      'Session 4711 of orders',
    ],
    ['one that waits itself', given.sessions(blocking({ blockedBy: [1] })), 'ruled out', ''],
    ['one that blocks for 60 s', given.sessions(blocking({ blocksMs: 60_000 })), 'ruled out', ''],
    ['not seen', { sessions: seen('unknown', null) }, 'open', '(R39) were not seen'],
  ])('%s', (_what, what, verdict, because) => {
    expect(says('6.C2', what)).toEqual({ verdict, because: expect.stringContaining(because) });
  });
});

describe('6.C3, traffic', () => {
  const counted = { ...RUNBOOK_NAMES, metrics: { ...RUNBOOK_NAMES.metrics, requests: 'requests_total' } };
  test.each<Row>([
    ['twice as much', given.pool([20], { load: SPIKE }), 'supported', '300 requests a minute, 100 last week'],
    ['usual', given.pool([20], { load: USUAL }), 'ruled out', '100 requests a minute'],
    ['between', given.pool([20], { load: MORE }), 'open', '170 requests a minute'],
    ['too few samples', given.pool([20]), 'open', 'Too few figures'],
  ])('%s', (_what, what, verdict, because) => {
    expect(says('6.C3', what, counted)).toEqual({ verdict, because: expect.stringContaining(because) });
  });

  test('not configured stays open and names the setting', () => {
    expect(says('6.C3', given.pool([20]))).toEqual({
      verdict: 'open',
      because: 'How much comes is not counted (`metrics.requests` is not configured).',
    });
  });
});

describe('6.C4, maintenance or failover', () => {
  const managed = { ...RUNBOOK_NAMES, postgres: { ...RUNBOOK_NAMES.postgres, managed: true } };
  const up = (minutes: number) => given.database({ activity: anActivity({ upMs: minutes * MINUTE }) });
  const dark = { database: seen('unknown', null) };
  test.each<Row>([
    ['it starts', given.database({ moving: true, activity: null }), 'supported', 'starts, stops or recovers'],
    ['it started 30 min ago', up(30), 'supported', 'It started 30 min ago.'],
    ['it started 31 min ago', up(31), 'ruled out', 'It has run for 31 min'],
    ['another took over', given.database({ roleChangedAt: NOW - 5 * MINUTE }), 'supported', 'took over'],
    ['another took over long ago', given.database({ roleChangedAt: NOW - 31 * MINUTE }), 'ruled out', ''],
    ['a pod is not ready', given.pods({ ready: 1, total: 2 }), 'supported', '1 of 2 pods of the database'],
    ['a pod ended', given.pods({ restartedAt: NOW - 30 * MINUTE }), 'supported', 'ended 30 min ago'],
    ['a pod ended long ago', given.pods({ restartedAt: NOW - 31 * MINUTE }), 'ruled out', ''],
    ['nobody answers', dark, 'open', '(R38) did not say'],
    ['it is full', given.database({ full: true, activity: null }), 'open', '(R38) did not say'],
    ['the pods were not seen', { pods: seen('skipped', null) }, 'open', '(R40) could not be looked at'],
  ])('%s', (_what, what, verdict, because) => {
    expect(says('6.C4', what)).toEqual({ verdict, because: expect.stringContaining(because) });
  });

  test('where somebody else runs it, the server alone is asked', () => {
    expect(says('6.C4', { pods: seen('skipped', null) }, managed).verdict).toBe('ruled out');
    expect(says('6.C4', { ...dark, pods: seen('skipped', null) }, managed).verdict).toBe('open');
  });
});

describe('6.C5, a small pool', () => {
  const tooSmall = { pool: seen('broken' as const, pools([19, 20], { load: USUAL }, 10 * MINUTE)) };
  test.each<Row>([
    [
      'full everywhere for 10 min',
      tooSmall,
      'supported',
      'nearly full for 10 min at usual load, and 20 of 39',
    ],
    ['for less', given.pool([19, 20], { load: USUAL }, 9 * MINUTE), 'open', '10 min would tell'],
    ['one pod is easy', given.pool([20, 13], { load: USUAL }), 'ruled out', 'pod-2 uses 13 of 20'],
    ['one pod is not full', given.pool([20, 14], { load: USUAL }), 'open', 'Not every pool'],
    ['under half are at work', { ...tooSmall, ...ours(19) }, 'open', 'Only 19 of 39'],
    ['sessions are hidden', { ...tooSmall, ...given.database({ ours: null }) }, 'open', 'was not seen'],
    [
      'a query is long',
      { ...tooSmall, ...given.sessions(aSession()) },
      'open',
      'long queries sit on connections',
    ],
    [
      'the load is not known',
      given.pool([19, 20], {}, 10 * MINUTE),
      'open',
      'traffic jumped is not ruled out',
    ],
    [
      'a spike',
      given.pool([19, 20], { load: SPIKE }, 10 * MINUTE),
      'open',
      'traffic jumped is not ruled out',
    ],
    ['nobody said', { pool: seen('unknown', null) }, 'open', 'No pod said'],
  ])('%s', (_what, what, verdict, because) => {
    expect(says('6.C5', what)).toEqual({ verdict, because: expect.stringContaining(because) });
  });
});
