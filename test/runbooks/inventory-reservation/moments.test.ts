import { describe, expect, test } from 'vitest';
import { OrderId } from '../../../src/domain/ids.ts';
import { advice } from '../../../src/runbooks/inventory-reservation/advice.ts';
import { byHand } from '../../../src/runbooks/inventory-reservation/by-hand.ts';
import { RUNBOOK_NAMES } from '../../../src/runbooks/names.ts';
import { aJudging, MINUTE, NOW, ordersSeen, seen } from '../../support/runbooks.ts';
import { said, shown } from '../moments.ts';
import { aLag, aSync, findings, logCounts, someStock, staleFound } from './support.ts';

type Given = Parameters<typeof findings>[0];
const late = {
  lag: seen('broken', aLag({ lag: 100, trend: 'rising' })),
  sync: seen('healthy', aSync({ lastSyncAt: NOW - 2 * MINUTE })),
};
const timeouts = { logs: seen('broken', logCounts({ timeout: 9 })) };
const stale = { locks: seen('broken', staleFound()) };

describe('what the card says', () => {
  test.each<[string, Given, readonly string[]]>([
    ['all is well', {}, []],
    ['reservations run out of time', timeouts, ['2.B1']],
    ['stock comes late, and a sync is due', late, ['2.B2']],
    [
      'stock comes late, and the sync is overdue',
      { ...late, sync: seen('broken', aSync({ lastSyncAt: NOW - 20 * MINUTE })) },
      [],
    ],
    ['stale locks can be cleared', stale, ['2.B3']],
    ['a crowd of orders comes', { orders: seen('healthy', ordersSeen(120)) }, ['2.N4']],
  ])('%s', (_what, given, ids) => expect(Object.keys(said(advice, aJudging(findings(given))))).toEqual(ids));

  test('the next automatic sync has its time', () =>
    expect(said(advice, aJudging(findings(late)))['2.B2']).toBe('The next automatic sync is due in 3 min.'));
});

describe('steps by hand', () => {
  const twice = { id: OrderId.parse('ord_aaa111'), since: NOW };
  test.each<[string, Given, readonly string[]]>([
    ['all is well, and the counts are not compared', {}, []],
    ['reservations run out of time', timeouts, ['m2.1', 'm2.3']],
    ['they do, and locks are stale', { ...timeouts, ...stale }, ['m2.3']],
    [
      'orders were sold twice',
      { oversold: seen('broken', { orders: [twice], total: 1, unread: 0, source: 'orders table' as const }) },
      ['m2.2'],
    ],
    [
      'a correction was not taken over',
      { stock: seen('broken', someStock([['sku-1', 60, 0, 70]])) },
      ['m2.3'],
    ],
    [
      'reservations fail, and both sides count the same',
      { ...stale, stock: seen('healthy', someStock([['sku-1', 60, 60]])) },
      [],
    ],
  ])('%s', (_what, given, ids) => expect(Object.keys(shown(byHand, aJudging(findings(given))))).toEqual(ids));

  test.each([
    ['HOLD_FOR', 'set env deployment/order-service HOLD_FOR=<more than 30 s>'],
    [null, 'order-service <workloads.orderService.reservationTimeoutEnv>=<more than 30 s>'],
  ])('the timeout is raised by its variable, %s', (reservationTimeoutEnv, text) => {
    const orderService = { ...RUNBOOK_NAMES.orderService, reservationTimeoutEnv };
    const judging = aJudging(findings(timeouts), { names: { ...RUNBOOK_NAMES, orderService } });
    expect(byHand.find(({ id }) => id === 'm2.1')?.text?.(judging)).toContain(text);
  });
});
