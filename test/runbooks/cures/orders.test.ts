import type { AnyFindings } from '../../../src/runbooks/define-runbook.ts';
import { MINUTE, NOW, reporting, seen } from '../../support/runbooks.ts';
import * as stock from '../inventory-reservation/support.ts';
import * as payments from '../payment-failures/support.ts';
import * as refunds from '../refund-delays/support.ts';
import * as shipping from '../shipping-labels/support.ts';
import * as stuck from '../stuck-orders/support.ts';
import { type Row, recommendsOnly } from './support.ts';

const ORDERS = ['ord_aaa111', 'ord_bbb222'] as const;
const WAITING = seen('broken', { total: 9, oldestAt: NOW - 60 * MINUTE });

function payment(given: Parameters<typeof payments.findings>[0]): AnyFindings {
  return { ...payments.findings({ waiting: WAITING, ...given }) };
}
const PAYMENTS: readonly Row[] = [
  [
    '1.C1',
    'the gateway is down',
    payment({ gateway: seen('broken', payments.gatewaySays(['down', 'down'], NOW - MINUTE)) }),
    [],
  ],
  ['1.C1', 'its provider says so', payment({ provider: reporting('API down') }), []],
  ['1.C2', 'some pods have no path', payment({ path: seen('broken', payments.aPath(4, 1, MINUTE)) }), ['R7']],
  ['1.C2', 'no pod has one', payment({ path: seen('broken', payments.aPath(4, 4, MINUTE)) }), []],
  [
    '1.C3',
    'our key is refused',
    payment({ logs: seen('broken', payments.logCounts({ credentials: 9 })) }),
    [],
  ],
  [
    '1.C3',
    'our key is refused, and pods are older than it',
    payment({
      logs: seen('broken', payments.logCounts({ credentials: 9 })),
      secret: seen('healthy', {
        changedAt: NOW - 60 * MINUTE,
        expiresAt: null,
        expired: false,
        olderPods: 2,
      }),
    }),
    ['R7'],
  ],
  ['1.C4', 'it throttles us', payment({ logs: seen('broken', payments.logCounts({ 'rate limit': 9 })) }), []],
  [
    '1.C5',
    'cards are declined',
    payment({
      rate: seen('healthy', payments.aRate({ window: { attempts: 100, declines: 40, minutes: 20 } })),
    }),
    [],
  ],
];

function reservation(given: Parameters<typeof stock.findings>[0]): AnyFindings {
  return { ...stock.findings(given) };
}
const RESERVATIONS: readonly Row[] = [
  ['2.C1', 'a race', reservation({ logs: seen('broken', stock.logCounts({ race: 9 })) }), []],
  [
    '2.C2',
    'a sync that was missed',
    reservation({ sync: seen('broken', stock.aSync({ lastSyncAt: NOW - 11 * MINUTE })) }),
    ['R13'],
  ],
  [
    '2.C2',
    'lag that rises',
    reservation({ lag: seen('broken', stock.aLag({ lag: 400, trend: 'rising' })) }),
    ['R13'],
  ],
  ['2.C3', 'old locks', reservation({ locks: seen('broken', stock.staleFound()) }), ['R14']],
  ['2.C3', 'failures at live locks', reservation({ logs: seen('broken', stock.logCounts({ lock: 9 })) }), []],
  ['2.C4', 'time runs out', reservation({ logs: seen('broken', stock.logCounts({ timeout: 9 })) }), []],
  [
    '2.C5',
    'counts differ',
    reservation({ stock: seen('broken', stock.someStock([['sku-1', 60, 0, 70]])) }),
    ['R13'],
  ],
];

const stuckOrder = (given: Parameters<typeof stuck.findings>[0]): AnyFindings => ({
  ...stuck.findings({ ...stuck.stuck(...ORDERS), ...given }),
});
const events = (missing: readonly string[]) => ({
  events: seen('broken', stuck.eventsSeen(Object.fromEntries(ORDERS.map((id) => [id, missing])))),
});
const STUCK: readonly Row[] = [
  ['3.C1', 'events are missing', stuckOrder(events(['fulfillment.requested'])), ['R21']],
  [
    '3.C2',
    'the engine is away',
    stuckOrder({ ...events([]), engine: seen('broken', stuck.engine({ ready: 0 })) }),
    [],
  ],
  [
    '3.C3',
    'transitions are refused',
    stuckOrder({ ...events([]), workflow: seen('broken', stuck.workflowLogs({ transition: 9 })) }),
    ['R20'],
  ],
  [
    '3.C4',
    'the warehouse refuses',
    stuckOrder({ ...events([]), webhooks: seen('broken', stuck.deliveries(2, 38)) }),
    [],
  ],
  [
    '3.C5',
    'transactions run out of time',
    stuckOrder({ ...events([]), failures: seen('broken', stuck.failedWorkflows({ database: 9 })) }),
    [],
  ],
];

const refunding = (given: Parameters<typeof refunds.findings>[0]): AnyFindings => ({
  ...refunds.findings({ ...refunds.rows(refunds.lost('ref_aaa111')), ...given }),
});
const REFUNDS: readonly Row[] = [
  [
    '4.C1',
    'the gateway is down',
    refunding({ gateway: seen('broken', payments.gatewaySays(['down', 'down'], NOW - MINUTE)) }),
    [],
  ],
  [
    '4.C2',
    'the method is gone',
    refunding(
      refunds.rows([
        refunds.aRefund('ref_aaa111'),
        'failed',
        refunds.aPayment('ref_aaa111', { methodValid: false }),
      ]),
    ),
    ['R29'],
  ],
  [
    '4.C3',
    'it is above the charge',
    refunding(
      refunds.rows([
        refunds.aRefund('ref_aaa111', { amount: 5_050 }),
        'failed',
        refunds.aPayment('ref_aaa111'),
      ]),
    ),
    [],
  ],
  ['4.C4', 'it throttles us', refunding({ logs: seen('broken', refunds.logs({ 'rate limit': 9 })) }), []],
  ['4.C5', 'some pods have no path', refunding({ path: seen('broken', payments.aPath(4, 1, MINUTE)) }), []],
];

const packed = (given: Parameters<typeof shipping.findings>[0]): AnyFindings => ({
  ...shipping.findings({
    ...shipping.waiting({ ord_aaa111: null, ord_bbb222: null }),
    ...shipping.parcels(shipping.aParcel('ord_aaa111'), shipping.aParcel('ord_bbb222')),
    ...given,
  }),
});
const KEY = { changedAt: NOW - 60 * MINUTE, expiresAt: null, expired: false, olderPods: 0 };
const STAGED = {
  secret: '101',
  staged: '202',
  stagedKeys: ['api-key'],
  stagedEmpty: false,
  same: false,
  promotedBy: null,
  revertable: false,
};
const SHIPPING: readonly Row[] = [
  ['5.C1', 'the carrier is down', packed({ carriers: seen('broken', shipping.carrier('down')) }), []],
  [
    '5.C2',
    'addresses are refused',
    packed(shipping.waiting({ ord_aaa111: 'INVALID_ADDRESS', ord_bbb222: null })),
    [],
  ],
  ['5.C3', 'our key is refused', packed({ carriers: seen('broken', shipping.carrier('unauthorised')) }), []],
  [
    '5.C3',
    'our key is refused, and pods are older than it',
    packed({
      carriers: seen('broken', shipping.carrier('unauthorised')),
      secret: seen('healthy', { ...KEY, olderPods: 2 }),
    }),
    ['R36'],
  ],
  [
    '5.C3',
    'our key is refused, and a new one is staged',
    packed({
      carriers: seen('broken', shipping.carrier('unauthorised')),
      staged: seen('healthy', STAGED),
    }),
    ['R35'],
  ],
  [
    '5.C4',
    'a parcel has no weight',
    packed(shipping.parcels(shipping.aParcel('ord_aaa111', { weight: false }))),
    [],
  ],
  [
    '5.C5',
    'no carrier goes there',
    packed(shipping.parcels(shipping.aParcel('ord_aaa111', { country: 'NZ' }))),
    [],
  ],
];

recommendsOnly('payment-failures', PAYMENTS);
recommendsOnly('inventory-reservation', RESERVATIONS);
recommendsOnly('stuck-orders', STUCK);
recommendsOnly('refund-delays', REFUNDS);
recommendsOnly('shipping-labels', SHIPPING);
