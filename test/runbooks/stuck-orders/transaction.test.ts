import { expect, test } from 'vitest';
import type { CauseVerdict } from '../../../src/domain/finding.ts';
import type { OrderSummary } from '../../../src/ports/probes.ts';
import type { Findings } from '../../../src/runbooks/define-runbook.ts';
import type { StuckData } from '../../../src/runbooks/stuck-orders/checks.ts';
import { stuckOrders } from '../../../src/runbooks/stuck-orders.ts';
import { aJudging, anOrder, MINUTE, NOW, seen } from '../../support/runbooks.ts';
import { failedWorkflows, findings, workflowLogs } from './support.ts';

/** X10 and R17 of one order: when its row was last changed and its last event published, minutes ago. */
const requested = (ago: number) => ({ type: 'fulfillment.requested', at: NOW - ago * MINUTE });
const rows = (changed: number, published: number, change: Partial<OrderSummary> = {}) => ({
  oldest: seen('broken', {
    orders: [anOrder('ord_aaa111', { updatedAt: NOW - changed * MINUTE, ...change })],
  }),
  events: seen('healthy', {
    named: 0,
    orders: [{ order: 'ord_aaa111', seen: [requested(published)], missing: [] }],
  }),
});
const well = 'Nothing runs out of time or waits in the database, and no row is older than its events.';
const blind = 'Not everything could be looked at: the rows against their events (X10, R17).';
/** X10 of that order and of one that was named, which R17 did not look at. */
const beside = (change: Partial<OrderSummary>, unread = 0) => ({
  ...rows(180, 180),
  oldest: seen('broken', { orders: [anOrder('ord_aaa111'), anOrder('ord_zzz999', change)], unread }),
});
const workflow = (...given: Parameters<typeof workflowLogs>) => ({
  workflow: seen('broken', workflowLogs(...given)),
});
const ours = (...given: Parameters<typeof failedWorkflows>) => ({
  failures: seen('broken', failedWorkflows(...given)),
});
test.each<[string, Partial<Findings<StuckData>>, CauseVerdict, string]>([
  [
    'timeouts in both logs come to five',
    { ...workflow({ database: 3 }), ...ours({ database: 2 }) },
    'supported',
    '5 statements or transactions ran out of time in 30 min.',
  ],
  [
    'a session of ours waits for another',
    { blocked: seen('broken', { sessions: [{ pid: 7, forMs: 61_000 }] }) },
    'supported',
    '1 session of the order service waits for another one (R39).',
  ],
  [
    'a row is older than its event',
    rows(180, 174),
    'supported',
    'The row of ord_aaa111 is older than its events in Kafka: its change was not committed.',
  ],
  ['an event comes some minutes after the row', rows(180, 175), 'ruled out', well],
  [
    'an event that was sent again says nothing',
    rows(180, 20, { attempts: [{ kind: 'republish-events', at: NOW - 20 * MINUTE, by: 'U1' }] }),
    'ruled out',
    well,
  ],
  ['none of the three', rows(180, 180), 'ruled out', well],
  ['none, and a named order has left processing', beside({ status: 'shipped' }), 'ruled out', well],
  ['none, and a named order is young', beside({ updatedAt: NOW - 14 * MINUTE }), 'ruled out', well],
  ['a named order’s events were not seen', beside({}), 'open', blind],
  ['a named order could not be read', beside({ status: 'shipped' }, 1), 'open', blind],
  ['no order is stuck', {}, 'ruled out', well],
  [
    'four timeouts say little',
    { ...rows(180, 180), ...ours({ database: 4 }) },
    'open',
    '4 statements or transactions ran out of time, which says little.',
  ],
  [
    'nothing could be looked at',
    {
      workflow: seen('skipped', null),
      failures: seen('unknown', null),
      blocked: seen('unknown', null),
      oldest: seen('unknown', null),
    },
    'open',
    'Not everything could be looked at: the workflow engine’s log (X9), the order service’s log (X11), the sessions of the database (R39), the rows against their events (X10, R17).',
  ],
])('3.C5: %s', (_what, given, verdict, because) => {
  const cause = stuckOrders.causes.find(({ id }) => id === '3.C5');
  expect(cause?.judge(aJudging(findings(given)))).toEqual({ verdict, because });
});
