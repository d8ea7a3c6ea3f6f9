import { describe, expect, test } from 'vitest';
import type { CauseVerdict } from '../../../src/domain/finding.ts';
import type { Findings } from '../../../src/runbooks/define-runbook.ts';
import type { StuckData } from '../../../src/runbooks/stuck-orders/checks.ts';
import { stuckOrders } from '../../../src/runbooks/stuck-orders.ts';
import { aJudging, MINUTE, NOW, seen } from '../../support/runbooks.ts';
import {
  deliveries,
  engine,
  eventsSeen,
  failedWorkflows,
  findings,
  publishLogs,
  stuck,
  workflowLogs,
} from './support.ts';

type Row = readonly [string, Partial<Findings<StuckData>>, CauseVerdict, string];
function table(id: string, rows: readonly Row[]) {
  describe(id, () => {
    test.each(rows)('%s', (_what, given, verdict, because) => {
      const cause = stuckOrders.causes.find((one) => one.id === id);
      expect(cause?.judge(aJudging(findings(given)))).toEqual({ verdict, because });
    });
  });
}

const pods = (change: Parameters<typeof engine>[0]) => ({ engine: seen('broken', engine(change)) });
const calls = (...given: Parameters<typeof deliveries>) => ({
  webhooks: seen('healthy', deliveries(...given)),
});

const REQUEST = ['fulfillment.requested'];
const kafka = (missing: Parameters<typeof eventsSeen>[0]) => ({
  events: seen('broken', eventsSeen(missing)),
});
const publishing = (...given: Parameters<typeof publishLogs>) => ({
  publishing: seen('broken', publishLogs(...given)),
});
table('3.C1', [
  ['no Kafka', {}, 'open', 'The events of the orders (R17) could not be looked at.'],
  [
    'half of them miss one',
    kafka({ a: REQUEST, b: REQUEST, c: [], d: null }),
    'supported',
    'fulfillment.requested of 2 of the 4 oldest stuck orders never reached Kafka.',
  ],
  [
    'the first of several that are missing is named',
    kafka({ a: ['payment.authorized', 'fulfillment.requested'] }),
    'supported',
    'payment.authorized of the oldest stuck order never reached Kafka.',
  ],
  [
    'fewer than half',
    kafka({ a: REQUEST, b: [], c: [] }),
    'open',
    'An event of only 1 of the 3 oldest stuck orders is missing.',
  ],
  [
    'some cannot be told',
    kafka({ a: [], b: null, c: null }),
    'open',
    'Of 2 of the 3 oldest stuck orders it cannot be told.',
  ],
  [
    'none misses one, and every event is published',
    kafka({ a: [], b: [] }),
    'ruled out',
    'No event of 2 of the 2 oldest stuck orders is missing, and every event is published.',
  ],
  [
    'none misses one, and an order that was named could not be read',
    { ...kafka({ a: [] }), oldest: seen('unknown', { orders: [], unread: 1 }) },
    'open',
    'No event of the oldest stuck order is missing; not every order could be read (X10).',
  ],
  [
    'five were not published',
    { ...kafka({ a: [] }), ...publishing({ unreachable: 5 }) },
    'supported',
    '5 events were not published in 30 min (R47).',
  ],
  [
    'so were lines of no known kind, and nobody saw the events of the orders',
    publishing({}, { unclassed: 5 }),
    'supported',
    '5 events were not published in 30 min (R47).',
  ],
  [
    'four say little',
    { ...kafka({ a: [] }), ...publishing({ buffer: 4 }) },
    'open',
    'No event of the oldest stuck order is missing; 4 events were not published lately (R47).',
  ],
  [
    'that has stopped',
    { ...kafka({ a: [] }), ...publishing({ buffer: 40 }, { newestAt: NOW - 6 * MINUTE }) },
    'ruled out',
    'No event of the oldest stuck order is missing, and every event is published.',
  ],
  [
    'whether events are published could not be read',
    { ...kafka({ a: [] }), publishing: seen('unknown', null) },
    'open',
    'No event of the oldest stuck order is missing; whether publishing fails now (R47) is not sure.',
  ],
]);

const workflow = (...given: Parameters<typeof workflowLogs>) => ({
  workflow: seen('broken', workflowLogs(...given)),
});
const ours = (...given: Parameters<typeof failedWorkflows>) => ({
  failures: seen('broken', failedWorkflows(...given)),
});
table('3.C3', [
  [
    'transitions dominate',
    workflow({ transition: 5, return: 5 }),
    'supported',
    'The workflow engine refused 5 transitions in 30 min.',
  ],
  [
    'one names a stuck order',
    {
      ...stuck('ord_aaa111', 'ord_bbb222'),
      ...workflow({ transition: 1, return: 9 }, { transitionOrders: ['ord_bbb222'] }),
    },
    'supported',
    'The workflow engine refused a transition of ord_bbb222.',
  ],
  [
    'one names two stuck orders',
    {
      ...stuck('ord_aaa111', 'ord_bbb222'),
      ...workflow({ transition: 2, return: 9 }, { transitionOrders: ['ord_bbb222', 'ord_aaa111'] }),
    },
    'supported',
    'The workflow engine refused a transition of ord_bbb222 and 1 more stuck order.',
  ],
  [
    'one names an order that is not stuck',
    {
      ...stuck('ord_aaa111'),
      ...workflow({ transition: 2, return: 9 }, { transitionOrders: ['ord_zzz999'] }),
    },
    'open',
    'The workflow engine’s log (X9) does not say it clearly.',
  ],
  [
    'the order service’s log is full of them',
    { workflow: seen('skipped', null), ...ours({ transition: 6 }) },
    'supported',
    '6 workflows ended at a transition that is not allowed, in 30 min.',
  ],
  ['absent', {}, 'ruled out', 'The workflow engine refuses no transition.'],
  [
    'cut logs rule nothing out',
    workflow({}, { whole: false }),
    'open',
    'The workflow engine’s log (X9) does not say it clearly.',
  ],
  [
    'no log',
    { workflow: seen('unknown', null) },
    'open',
    'The workflow engine’s log (X9) could not be looked at.',
  ],
  [
    'a log that is not configured',
    { workflow: { ...seen('skipped', null), line: 'Not configured: its log.' } },
    'open',
    'Not configured: its log.',
  ],
]);

table('3.C2', [
  ['none ready', pods({ ready: 0 }), 'supported', '0 of 2 pods of the workflow engine are ready.'],
  [
    'fewer than half',
    pods({ ready: 1, total: 3 }),
    'supported',
    '1 of 3 pods of the workflow engine are ready.',
  ],
  ['half', pods({ ready: 1 }), 'open', '1 of 2 pods are ready.'],
  [
    'a crash loop',
    pods({ ready: 1, waiting: ['CrashLoopBackOff'] }),
    'supported',
    'A pod of the workflow engine crashes again and again.',
  ],
  [
    'a pod that waits for room is no crash',
    pods({ ready: 2, total: 3, waiting: ['Unschedulable'] }),
    'open',
    '2 of 3 pods are ready, waiting: Unschedulable.',
  ],
  [
    'a restart after the first order got stuck',
    { ...stuck('ord_aaa111'), engine: seen('healthy', engine({ restartedAt: NOW - 170 * MINUTE })) },
    'supported',
    'A pod of the workflow engine ended 2 h 50 min ago, when the oldest of these already waited.',
  ],
  [
    'a restart after the alert, the orders unknown',
    {
      stuck: seen('unknown', null),
      engine: seen('healthy', engine({ restartedAt: NOW - 10 * MINUTE })),
    },
    'supported',
    'A pod of the workflow engine ended 10 min ago, after the trouble began.',
  ],
  [
    'a restart before the trouble, within 2 h',
    { engine: seen('healthy', engine({ restartedAt: NOW - 119 * MINUTE })) },
    'open',
    'A pod ended 1 h 59 min ago, before the trouble began.',
  ],
  [
    'a restart before that',
    { engine: seen('healthy', engine({ restartedAt: NOW - 121 * MINUTE })) },
    'ruled out',
    'All its pods are ready, and none ended in 2 h.',
  ],
  ['all ready', {}, 'ruled out', 'All its pods are ready, and none ended in 2 h.'],
  [
    'not seen',
    { engine: seen('unknown', null) },
    'open',
    'The workflow engine’s pods (R18) could not be looked at.',
  ],
]);

table('3.C4', [
  ['failures dominate', calls(5, 5), 'supported', '5 of 10 calls in 30 min were not taken.'],
  ['four do not', calls(0, 4), 'open', '4 of 4 calls failed, which says little.'],
  ['fewer than half do not', calls(6, 5), 'open', '5 of 11 calls failed, which says little.'],
  ['20 calls, none failed', calls(20, 0), 'ruled out', '20 of 20 calls in 30 min were taken.'],
  ['19 calls are too few', calls(19, 0), 'open', '0 of 19 calls failed, which says little.'],
  ['under 5 % failed', calls(96, 4), 'ruled out', '96 of 100 calls in 30 min were taken.'],
  ['5 % failed', calls(95, 5), 'open', '5 of 100 calls failed, which says little.'],
  [
    'cut logs rule nothing out',
    calls(40, 0, { whole: false }),
    'open',
    '0 of 40 calls failed, which says little.',
  ],
  ['nothing was sent', calls(0, 0), 'open', 'Nothing was sent to it.'],
  [
    'failures that stopped',
    calls(0, 0, {
      classes: { taken: { lines: 3, lastAt: NOW }, failed: { lines: 9, lastAt: NOW - 6 * MINUTE } },
    }),
    'open',
    '9 of 12 calls failed, which says little.',
  ],
  [
    'no logs',
    { webhooks: seen('unknown', null) },
    'open',
    'The deliveries to the warehouse (R19) could not be looked at.',
  ],
]);
