import { describe, expect, test } from 'vitest';
import type { CauseHistory } from '../../../src/domain/cause-history.ts';
import type { Findings } from '../../../src/runbooks/define-runbook.ts';
import { RUNBOOK_NAMES } from '../../../src/runbooks/names.ts';
import { retryPayments } from '../../../src/runbooks/payment-failures/actions.ts';
import type { PaymentData } from '../../../src/runbooks/payment-failures/checks.ts';
import { DEFAULT_THRESHOLDS } from '../../../src/runbooks/thresholds.ts';
import { anIncident, aRun } from '../../support/incidents.ts';
import {
  A_DRAFT,
  aJudging,
  answers,
  aProving,
  fakeProbes,
  MINUTE,
  NOW,
  seen,
} from '../../support/runbooks.ts';
import { aRate, findings, gatewaySays, logCounts } from './support.ts';

type Given = Partial<Findings<PaymentData>>;
const judging = (given: Given, causeHistory: CauseHistory = {}) =>
  aJudging(findings(given), { incident: anIncident([], { causeHistory }) });
const over = (id: string, minutes = 1): CauseHistory => ({
  [id]: { supportedAt: NOW - 60 * MINUTE, clearSince: NOW - minutes * MINUTE },
});
const waiting = (total: number) => ({ waiting: seen('broken', { total, oldestAt: null }) });
const logs = (lines: Parameters<typeof logCounts>[0]) => ({ logs: seen('broken', logCounts(lines)) });
const wave = { rate: seen('healthy', aRate({ window: { attempts: 100, declines: 40, minutes: 20 } })) };
const expired = {
  secret: seen('broken', { changedAt: NOW - MINUTE, expiresAt: NOW - MINUTE, expired: true, olderPods: 2 }),
};

describe('R5', () => {
  test('says how many wait, and is not offered where nobody knows', () => {
    expect(retryPayments.draft(judging(waiting(40)))).toMatchObject([
      {
        targets: ['payments'],
        preview: ['All orders that wait for payment then are tried again, now 40.'],
        binding: { kind: 'none' },
      },
    ]);
    expect(retryPayments.draft(judging({ waiting: seen('unknown', null) }))).toEqual([]);
  });

  test.each<[string, Given, CauseHistory, string | null]>([
    [
      'one of C1–C4 is over and orders wait',
      waiting(4),
      over('1.C1'),
      'the trouble is over, and orders still wait',
    ],
    ['C2', waiting(4), over('1.C2'), 'the trouble is over, and orders still wait'],
    ['only C5 is over', waiting(4), over('1.C5'), null],
    ['over for less than a minute', waiting(4), over('1.C1', 0.9), null],
    ['nothing waits', waiting(0), over('1.C1'), null],
    ['nothing was ever supported', waiting(4), {}, null],
    ['another of them stands', { ...waiting(4), ...logs({ 'rate limit': 9 }) }, over('1.C1'), null],
  ])('recommended when %s', (_what, given, history, why) =>
    expect(retryPayments.when(judging(given, history), A_DRAFT)).toBe(why),
  );

  const limit = 'it would feed the limit; it unlocks 5 min after the last 429';
  test.each<[string, Given, CauseHistory, string | null]>([
    ['nothing speaks against it', waiting(4), {}, null],
    [
      '401 dominates',
      { ...waiting(4), ...logs({ credentials: 9 }) },
      {},
      'the same key would be refused again',
    ],
    ['the key has expired', { ...waiting(4), ...expired }, {}, 'the same key would be refused again'],
    ['429 dominates', { ...waiting(4), ...logs({ 'rate limit': 9 }) }, {}, limit],
    ['429 is over for 4 min', waiting(4), over('1.C4', 4), limit],
    ['429 is over for 5 min', waiting(4), over('1.C4', 5), null],
    ['429 was, and nobody knows now', waiting(4), { '1.C4': { supportedAt: NOW, clearSince: null } }, limit],
    [
      'the gateway is broken',
      { ...waiting(4), gateway: seen('broken', gatewaySays(['down'], NOW)) },
      {},
      'the gateway is not well, and a try now would burn one of 3 automatic ones',
    ],
    [
      'the gateway is unknown',
      { ...waiting(4), gateway: seen('unknown', gatewaySays(['up', null])) },
      {},
      'nobody knows yet whether the gateway answers',
    ],
    [
      'the gateway was not asked',
      { ...waiting(4), gateway: seen('skipped', null) },
      {},
      'nobody knows yet whether the gateway answers',
    ],
    ['only cards are declined', { ...waiting(4), ...wave }, {}, 'a declined card stays declined'],
    ['cards are declined after an outage', { ...waiting(4), ...wave }, over('1.C1'), null],
    ['nothing waits', waiting(0), {}, 'nothing waits for payment'],
  ])('waits when %s', (_what, given, history, why) =>
    expect(retryPayments.notWhile(judging(given, history), A_DRAFT)).toBe(why),
  );

  const probesOf = (
    total: number,
    page: Record<string, number> | null = { payment_success_rate: 1, tries: 500 },
  ) =>
    fakeProbes({
      orderService: {
        stuckOrders: async () => ({ orders: [], total, next: null, unread: 0 }),
        metrics: async () => answers(page),
      },
    });
  const names = { ...RUNBOOK_NAMES, metrics: { ...RUNBOOK_NAMES.metrics, paymentAttempts: 'tries' } };

  test('notes what waits and what was tried, and starts nothing where nothing waits any more', async () => {
    const run = aRun({ targets: ['payments'] });
    expect(await retryPayments.stillHolds(aProving(probesOf(7), { names }), run)).toEqual({
      targets: ['payments'],
      dropped: [],
      noted: { waiting: '7', attempts: '{"pod-1":500}' },
    });
    expect(await retryPayments.stillHolds(aProving(probesOf(0), { names }), run)).toEqual({
      changed: 'nothing waits for payment any more',
    });
    expect(await retryPayments.stillHolds(aProving(probesOf(7, null), { names }), run)).toMatchObject({
      noted: { waiting: '7' },
    });
  });

  test.each([
    ['fewer wait and the rate is good', 39, 'moved'],
    ['as many wait', 40, 'neither'],
  ])('proof: %s', async (_what, total, outcome) => {
    const run = aRun({ targets: ['payments'], parameters: { waiting: '40', attempts: '{"pod-1":400}' } });
    const sample = await retryPayments.proof.sample(aProving(probesOf(total), { names, run }));
    expect(sample.moved.length > 0 ? 'moved' : 'neither').toBe(outcome);
    expect(sample.line).toContain(`${total} orders wait, 40 did.`);
  });

  test('proof: without a count from before nobody can tell', async () => {
    const run = aRun({ targets: ['payments'], parameters: { attempts: '{"pod-1":400}' } });
    expect(await retryPayments.proof.sample(aProving(probesOf(0), { names, run }))).toMatchObject({
      moved: [],
      unknown: ['payments'],
    });
  });

  test('its proof gets 10 min and three samples a minute apart; a lost answer cannot be read back', async () => {
    expect(retryPayments.proof.plan(DEFAULT_THRESHOLDS)).toMatchObject({
      withinMs: 10 * MINUTE,
      everyMs: MINUTE,
      alike: 3,
    });
    expect(await retryPayments.readBack('payments', {}, aProving(fakeProbes({})))).toBe('unknown');
    expect(retryPayments.tier).toBe('safe');
  });
});
