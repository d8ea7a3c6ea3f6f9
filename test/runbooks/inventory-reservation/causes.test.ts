import { expect, test } from 'vitest';
import { causes } from '../../../src/runbooks/inventory-reservation/causes.ts';
import { DEFAULT_THRESHOLDS } from '../../../src/runbooks/thresholds.ts';
import { aJudging, MINUTE, NOW, ordersSeen, seen } from '../../support/runbooks.ts';
import { aLag, aRate, aSync, findings, locksFound, logCounts, someStock, staleFound } from './support.ts';

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
  [
    '2.C1',
    'five of twenty in a crowd of orders',
    { ...logs({ race: 5, lock: 15 }), orders: seen('healthy', ordersSeen(120)) },
    'supported',
    '5 reservations lost a race in 30 min, in a crowd of orders (X6).',
  ],
  [
    '2.C1',
    'five of twenty, and no crowd came',
    logs({ race: 5, lock: 15 }),
    'open',
    'no crowd of orders came',
  ],
  [
    '2.C1',
    'five of twenty, and nobody counted the orders',
    { ...logs({ race: 5, lock: 15 }), orders: seen('unknown', null) },
    'open',
    '(X6) could not be told',
  ],
  [
    '2.C1',
    'four in a crowd say little',
    { ...logs({ race: 4, lock: 15 }), orders: seen('healthy', ordersSeen(120)) },
    'open',
    'The logs do not say it clearly.',
  ],
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
    'The age of 1 of 4 locks',
  ],
  ['2.C3', 'none old, logs half read', logs({}, { whole: false }), 'open', 'do not say it clearly'],
  [
    '2.C4',
    'timeouts dominate',
    logs({ timeout: 7, lock: 7 }),
    'supported',
    '7 reservations ran out of their 30 s in 30 min.',
  ],
  ['2.C4', 'timeouts only at locks', logs({ lock: 20 }), 'ruled out', 'without waiting for a lock'],
  ['2.C4', 'some', logs({ timeout: 4, lock: 9 }), 'open', 'do not say it clearly'],
  ['2.C4', 'no logs', noLogs, 'open', 'The logs could not be read.'],
  ['2.C5', 'not compared', {}, 'open', 'The two counts of stock (X7) could not be held side by side.'],
  [
    '2.C5',
    'they differ while sync and events are on time',
    { stock: seen('broken', someStock([['sku-1', 60, 0, 70]])) },
    'supported',
    'The two counts of 1 products differ (sku-1)',
  ],
  [
    '2.C5',
    'they differ, and the sync is late',
    { stock: seen('broken', someStock([['sku-1', 60, 0, 70]])), sync: seen('broken', aSync()) },
    'open',
    'whether sync and stock events are on time is not sure',
  ],
  [
    '2.C5',
    'they differ, and Kafka was not asked',
    { stock: seen('broken', someStock([['sku-1', 60, 0, 70]])), lag: seen('skipped', null) },
    'open',
    'is not sure',
  ],
  [
    '2.C5',
    'they differ, seen once',
    { stock: seen('unknown', someStock([['sku-1', 60, 0, 0]])) },
    'open',
    'Not every product’s two counts agree for sure',
  ],
  [
    '2.C5',
    'they agree after a sync',
    { stock: seen('healthy', someStock([['sku-1', 60, 60]])) },
    'ruled out',
    'Both sides count the same of all 1 failing products.',
  ],
  [
    '2.C5',
    'they agree while one runs',
    {
      stock: seen('healthy', someStock([['sku-1', 60, 60]])),
      sync: seen('healthy', aSync({ running: true })),
    },
    'open',
    'no sync is known to have ended',
  ],
  [
    '2.C5',
    'nothing to compare',
    { stock: seen('healthy', someStock([])) },
    'open',
    'No failed reservation names a product',
  ],
])('%s: %s', (id, _what, given, verdict, words) => {
  const judged = causes.find((cause) => cause.id === id)?.judge(aJudging(findings(given)));
  expect(judged).toEqual({ verdict, because: expect.stringContaining(words) });
});

test('2.C3 says how long a reservation has here', () => {
  const thresholds = { ...DEFAULT_THRESHOLDS, reservationSeconds: 45 };
  const judging = { ...aJudging(findings({ locks: seen('broken', staleFound()) })), thresholds };
  expect(causes.find(({ id }) => id === '2.C3')?.judge(judging).because).toContain('a reservation has 45 s.');
});

test('several may stand at once', () => {
  const judging = aJudging(findings({ locks: seen('broken', staleFound()), ...rising }));
  const standing = causes.filter((cause) => cause.judge(judging).verdict === 'supported');
  expect(standing.map(({ id }) => id)).toEqual(['2.C2', '2.C3']);
});
