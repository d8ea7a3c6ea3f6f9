import { describe, expect, test } from 'vitest';
import type { CauseVerdict } from '../../../src/domain/finding.ts';
import type { Findings } from '../../../src/runbooks/define-runbook.ts';
import type { RefundData } from '../../../src/runbooks/refund-delays/checks.ts';
import { refundDelays } from '../../../src/runbooks/refund-delays.ts';
import { aJudging, MINUTE, NOW, reporting, seen } from '../../support/runbooks.ts';
import { aPath, gatewaySays, saysTooMany } from '../payment-failures/support.ts';
import { aPayment, aRefund, findings, logs, lost, rows } from './support.ts';

type Row = readonly [string, Partial<Findings<RefundData>>, CauseVerdict, string | RegExp];

function table(id: string, given: readonly Row[]) {
  describe(id, () => {
    test.each(given)('%s', (_what, change, verdict, because) => {
      const cause = refundDelays.causes.find((one) => one.id === id);
      const said = cause?.judge(aJudging(findings(change)));
      expect(said?.verdict).toBe(verdict);
      if (typeof because === 'string') expect(said?.because).toBe(because);
      else expect(said?.because).toMatch(because);
    });
  });
}

const down = (ago = 20_000) => seen('broken', gatewaySays(['down', 'up'], NOW - ago));
const logged = (...given: Parameters<typeof logs>) => ({ logs: seen('broken', logs(...given)) });
const NO_LOGS = { logs: seen('unknown', null) };

table('4.C1', [
  ['down twice', { gateway: down() }, 'supported', 'The health check has said down for 20 s.'],
  ['down once', { gateway: down(5_000) }, 'open', /down once/],
  [
    'down twice, and nobody could try the path',
    { gateway: down(), path: seen('unknown', null) },
    'open',
    /was not seen \(R3\)/,
  ],
  [
    'down on a pod that could not try it, while the others have a path',
    { gateway: down(), path: seen('unknown', { ...aPath(2, 0), open: 1, untried: ['pod-1'] }) },
    'open',
    /was not seen \(R3\)/,
  ],
  [
    'down on the one pod that is cut off',
    { gateway: down(), path: seen('broken', aPath(2, 1, 20_000)) },
    'ruled out',
    'Only pods without a path say down; the others get an answer.',
  ],
  [
    'down on the one pod that is cut off, and the provider names an incident',
    { gateway: down(), path: seen('broken', aPath(2, 1, 20_000)), provider: reporting('Refunds delayed') },
    'supported',
    /reports “Refunds delayed”/,
  ],
  [
    'down on the one pod that is cut off, and its page does not answer',
    { gateway: down(), path: seen('broken', aPath(2, 1, 20_000)), provider: seen('unknown', null) },
    'open',
    /not sure \(X3\)/,
  ],
  ['down, but 429 dominates', { gateway: down(), ...logged({ 'rate limit': 9 }) }, 'open', /./],
  ['down, but 401 dominates', { gateway: down(), ...logged({ credentials: 9 }) }, 'open', /./],
  [
    '5xx and timeouts dominate',
    logged({ outage: 5, method: 5 }),
    'supported',
    '5 tries of refunds met a 5xx or a timeout in 30 min.',
  ],
  ['four lines do not', logged({ outage: 4 }), 'open', /do not agree/],
  ['they have stopped', logged({ outage: 40 }, { lastAt: NOW - 6 * MINUTE }), 'ruled out', /any more\.$/],
  ['quiet', {}, 'ruled out', /any more\.$/],
  ['quiet, a pod did not answer', { gateway: seen('unknown', gatewaySays(['up', null])) }, 'open', /./],
  [
    'only slow',
    { gateway: seen('broken', gatewaySays(['degraded'])) },
    'open',
    'The gateway answers slowly.',
  ],
  ['no logs', NO_LOGS, 'open', 'The logs could not be read.'],
  [
    'the provider names an incident',
    { provider: reporting('Refunds delayed') },
    'supported',
    'The provider itself reports “Refunds delayed”.',
  ],
  ['it names nothing', { provider: reporting() }, 'ruled out', /any more\.$/],
  ['its page does not answer', { provider: seen('unknown', null) }, 'open', /not sure \(X3\)/],
]);

const gone = (id: string) => [aRefund(id), 'failed', aPayment(id, { methodValid: false })] as const;
table('4.C2', [
  [
    'a method that is gone',
    rows(gone('ref_aaa111'), lost('ref_bbb222')),
    'supported',
    '1 of 2 refunds that the gateway lacks, ref_aaa111 first: its payment method is gone.',
  ],
  [
    'a payment that is not known any more',
    rows([aRefund('ref_aaa111'), 'failed', 'gone']),
    'supported',
    /its payment is not known any more/,
  ],
  [
    'the log says so',
    logged({ method: 6 }),
    'supported',
    '6 tries of refunds were refused for their method.',
  ],
  [
    'one that the gateway has is no matter',
    rows([aRefund('ref_aaa111'), 'pending', aPayment('ref_aaa111', { methodValid: false })]),
    'ruled out',
    /^The payments are there/,
  ],
  ['valid', rows(lost('ref_aaa111')), 'ruled out', /^The payments are there/],
  [
    'a payment that could not be read',
    rows([aRefund('ref_aaa111'), 'failed', 'unknown']),
    'open',
    'Not every payment could be looked at (R28).',
  ],
  [
    'nobody could see what the gateway has',
    rows([aRefund('ref_aaa111'), null, aPayment('ref_aaa111')]),
    'open',
    'Of 1 refund nobody could see what the gateway has (R25).',
  ],
  ['nobody asked the gateway', { atGateway: seen('unknown', null) }, 'open', /R28/],
  ['no logs', { ...rows(lost('ref_aaa111')), ...NO_LOGS }, 'open', 'The logs could not be read.'],
]);

table('4.C3', [
  [
    'five above the charge',
    rows([aRefund('ref_aaa111', { amount: 5_050 }), 'failed', aPayment('ref_aaa111')]),
    'supported',
    '1 of 1 refunds that the gateway lacks, ref_aaa111 first: it is 5.00 USD above the charge.',
  ],
  [
    'above it together with an earlier refund',
    rows([aRefund('ref_aaa111'), 'not found', aPayment('ref_aaa111', { refunded: 1 })]),
    'supported',
    /it is 0\.01 USD above/,
  ],
  [
    'yen have no hundredths',
    rows([
      aRefund('ref_aaa111', { amount: 900, currency: 'JPY' }),
      'failed',
      aPayment('ref_aaa111', { amount: 400, currency: 'JPY' }),
    ]),
    'supported',
    /it is 500 JPY above/,
  ],
  [
    'one that the gateway has counts against itself, and is not compared',
    rows([aRefund('ref_aaa111'), 'pending', aPayment('ref_aaa111', { refunded: 4_550 })]),
    'ruled out',
    'No refund that the gateway lacks is above its charge.',
  ],
  [
    'another currency says nothing',
    rows([aRefund('ref_aaa111'), 'failed', aPayment('ref_aaa111', { currency: 'EUR' })]),
    'open',
    'Not every amount could be compared (R28).',
  ],
  ['as much as the charge', rows(lost('ref_aaa111')), 'ruled out', /./],
  ['no payments', { ...rows(lost('ref_aaa111')), payments: seen('unknown', null) }, 'open', /./],
]);

table('4.C4', [
  ['429 dominates', logged({ 'rate limit': 5 }), 'supported', '5 tries of refunds were answered with 429.'],
  [
    'a daily limit that was told of this morning, long before the log window',
    { logs: seen('healthy', logs({}, { dailyLimitAt: Date.parse('2026-01-01T00:10:00Z') })) },
    'supported',
    'The gateway’s daily limit is reached, until 2026-01-02T00:00Z.',
  ],
  [
    'yesterday’s limit is over',
    { logs: seen('healthy', logs({}, { dailyLimitAt: NOW - 24 * 60 * MINUTE })) },
    'ruled out',
    /./,
  ],
  ['absent', {}, 'ruled out', 'No refund is answered with 429 or a daily limit.'],
  [
    'cut logs',
    { logs: seen('unknown', logs({}, { whole: false })) },
    'open',
    'The logs do not say it clearly.',
  ],
  ['no logs', NO_LOGS, 'open', 'The logs could not be read.'],
  [
    'nothing was tried of late, and the health check is throttled',
    { gateway: seen('broken', saysTooMany()) },
    'open',
    'The gateway answers its health check with 429, and the logs show few such tries.',
  ],
]);

table('4.C5', [['R3 was not asked', {}, 'open', /R3/]]);
