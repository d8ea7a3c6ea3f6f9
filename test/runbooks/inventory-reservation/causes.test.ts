import { expect, test } from 'vitest';
import { causes } from '../../../src/runbooks/inventory-reservation/causes.ts';
import { aJudging, MINUTE, NOW, seen } from '../../support/runbooks.ts';
import { aLag, aRate, aSync, findings, locksFound, logCounts, staleFound } from './support.ts';

type Given = Parameters<typeof findings>[0];
const ago = (minutes: number) => NOW - minutes * MINUTE;
const logs = (...given: Parameters<typeof logCounts>) => ({ logs: seen('broken', logCounts(...given)) });
const noLogs = { logs: seen('unknown', null) };
const rising = { lag: seen('broken', aLag({ lag: 100, trend: 'rising' })) };

test.each<[string, string, Given, 'supported' | 'ruled out' | 'open', string]>([
  ['2.C1', 'races dominate', logs({ race: 6, lock: 5 }), 'supported', '6 reservations lost a race'],
  ['2.C1', 'absent and most succeed', {}, 'ruled out', 'nearly all'],
  [
    '2.C1',
    'absent, and many fail',
    { rate: seen('broken', aRate({ percent: 89 })) },
    'open',
    'still many fail',
  ],
  ['2.C1', 'five of twenty', logs({ race: 5, lock: 15 }), 'open', '(X6) could not be looked at'],
  ['2.C1', 'stopped ten minutes ago', logs({ race: 9 }, { lastAt: ago(10) }), 'ruled out', 'No reservation'],
  ['2.C1', 'no logs', noLogs, 'open', 'The logs could not be read.'],
  [
    '2.C2',
    'synced 11 min ago',
    { sync: seen('broken', aSync({ lastSyncAt: ago(11) })) },
    'supported',
    'ended 11 min ago; one is due every 5 min',
  ],
  ['2.C2', '100 behind and rising', rising, 'supported', '100 messages behind, rising'],
  ['2.C2', '5 min and 3 behind', {}, 'ruled out', 'no stock event lags'],
  ['2.C2', '7 min: neither', { sync: seen('healthy', aSync({ lastSyncAt: ago(7) })) }, 'open', 'overdue'],
  [
    '2.C2',
    '100 behind, falling',
    { lag: seen('healthy', aLag({ lag: 100, trend: 'falling' })) },
    'open',
    '100',
  ],
  ['2.C2', 'Kafka not asked', { lag: seen('skipped', null) }, 'open', '(R11)'],
  ['2.C2', 'no sync known', { sync: seen('unknown', aSync({ lastSyncAt: null })) }, 'open', 'last sync'],
  ['2.C2', 'no sync known, lag rises', { sync: seen('unknown', null), ...rising }, 'supported', 'rising'],
  [
    '2.C3',
    'one past 5 min',
    { locks: seen('broken', locksFound({ total: 9, stale: 1, live: 8 })) },
    'supported',
    '1 lock is older than 5 min; a reservation has 30 s.',
  ],
  [
    '2.C3',
    'lock lines dominate',
    logs({ lock: 5, timeout: 5 }),
    'supported',
    '5 reservations failed at a lock',
  ],
  ['2.C3', 'none old, none fails at one', {}, 'ruled out', 'No lock is older than 5 min'],
  [
    '2.C3',
    'Redis silent while lines come',
    { locks: seen('unknown', null), ...logs({ lock: 1, 'sold out': 9 }) },
    'supported',
    'Redis does not answer',
  ],
  ['2.C3', 'Redis silent, no lines', { locks: seen('unknown', null) }, 'open', '(R12)'],
  [
    '2.C3',
    'not configured is not silent',
    { locks: seen('skipped', null), ...logs({ lock: 1, 'sold out': 9 }) },
    'open',
    '(R12)',
  ],
  [
    '2.C3',
    'one whose age nobody knows',
    { locks: seen('unknown', locksFound({ total: 4, live: 3, untold: 1 })) },
    'open',
    'How old 1 of 4 locks',
  ],
  ['2.C3', 'none old, logs half read', logs({}, { whole: false }), 'open', 'do not say it clearly'],
  ['2.C4', 'timeouts dominate', logs({ timeout: 7, lock: 7 }), 'supported', 'each frees itself'],
  ['2.C4', 'timeouts only at locks', logs({ lock: 20 }), 'ruled out', 'without waiting for a lock'],
  ['2.C4', 'some', logs({ timeout: 4, lock: 9 }), 'open', 'do not say it clearly'],
  ['2.C4', 'no logs', noLogs, 'open', 'The logs could not be read.'],
  ['2.C5', 'needs both counts', {}, 'open', '(X7)'],
])('%s: %s', (id, _what, given, verdict, words) => {
  const judged = causes.find((cause) => cause.id === id)?.judge(aJudging(findings(given)));
  expect(judged).toEqual({ verdict, because: expect.stringContaining(words) });
});

test('several may stand at once', () => {
  const judging = aJudging(findings({ locks: seen('broken', staleFound()), ...rising }));
  const standing = causes.filter((cause) => cause.judge(judging).verdict === 'supported');
  expect(standing.map(({ id }) => id)).toEqual(['2.C2', '2.C3']);
});
