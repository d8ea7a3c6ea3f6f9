import { expect, test } from 'vitest';
import type { Findings } from '../../../src/runbooks/define-runbook.ts';
import { RUNBOOK_NAMES } from '../../../src/runbooks/names.ts';
import { advice } from '../../../src/runbooks/payment-failures/advice.ts';
import type { PaymentData } from '../../../src/runbooks/payment-failures/checks.ts';
import { aJudging, MINUTE, NOW, seen } from '../../support/runbooks.ts';
import { said } from '../moments.ts';
import { findings, gatewaySays, logCounts } from './support.ts';

const waiting = { waiting: seen('broken', { total: 4, oldestAt: null }) };
const down = { gateway: seen('broken', gatewaySays(['down'], NOW - MINUTE)) };

test.each<[string, Partial<Findings<PaymentData>>, string | null, readonly string[]]>([
  ['all is well', {}, null, []],
  ['orders wait, and the gateway is well', waiting, null, ['1.B2']],
  ['orders wait, and nobody knows', { ...waiting, gateway: seen('unknown', null) }, null, ['1.B2', '1.B1']],
  ['the gateway is down', { ...waiting, ...down }, null, ['1.B2', '1.B1', '1.B3', '1.N4']],
  ['it is down, and there is a second processor', { ...waiting, ...down }, 'adyen', ['1.B2', '1.B1', '1.B3']],
  ['our key is refused', { logs: seen('broken', logCounts({ credentials: 9 })) }, null, ['1.B3']],
])('%s', (_what, given, backup, ids) => {
  const names = { ...RUNBOOK_NAMES, gateway: { ...RUNBOOK_NAMES.gateway, backup } };
  expect(Object.keys(said(advice, aJudging(findings(given), { names })))).toEqual(ids);
});
