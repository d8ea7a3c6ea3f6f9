import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { NO_IDS } from '../../../src/domain/alert.ts';
import type { Incident } from '../../../src/domain/incident.ts';
import type { Run } from '../../../src/domain/run.ts';
import type { Findings } from '../../../src/runbooks/define-runbook.ts';
import type { RefundData } from '../../../src/runbooks/refund-delays/checks.ts';
import { storeCredit } from '../../../src/runbooks/refund-delays/credit.ts';
import { retryRefund } from '../../../src/runbooks/refund-delays/retry.ts';
import { DEFAULT_THRESHOLDS } from '../../../src/runbooks/thresholds.ts';
import { anIncident, aRun } from '../../support/incidents.ts';
import { aJudging, aProving, fakeProbes, MINUTE, NOW } from '../../support/runbooks.ts';
import { aPayment, aRefund, findings, lost, type Row, rows, service } from './support.ts';

type Given = Partial<Findings<RefundData>>;
const A = 'ref_aaa111';
const judging = (given: Given, change: Partial<Incident> = {}) =>
  aJudging(findings(given), { incident: anIncident([], change) });
const gone: Row = [aRefund(A), 'failed', aPayment(A, { methodValid: false })];
const named = { ids: { ...NO_IDS, refunds: [A] } };
const draft = { targets: [A], parameters: {}, preview: [], binding: { kind: 'none', words: '' } } as const;

function retried(verdict: NonNullable<Run['proof']>['verdict'], change: Partial<Run> = {}): Run {
  const sample = { at: NOW, moved: [], unknown: [], line: '', value: null, worse: false };
  return aRun(
    { action: 'R27', targets: [A], beganAt: NOW - 20 * MINUTE, ...change },
    { verdict, samples: [sample] },
  );
}

describe('R29: what it offers', () => {
  test('nothing while nothing wants it', () => {
    expect(storeCredit.draft(judging({}))).toEqual([]);
    expect(storeCredit.draft(judging(rows(lost(A))))).toEqual([]);
  });

  test('one refund whose method is gone, with the sum, a reason and what must still be so', () => {
    const [offer, ...more] = storeCredit.draft(judging(rows(gone)));
    expect(more).toEqual([]);
    expect(offer).toMatchObject({
      targets: [A],
      parameters: { gateway: 'failed', amount: '4550', currency: 'USD' },
      preview: [
        'ref_aaa111: 45.50 USD as store credit, at once, instead of the refund.',
        'The gateway says failed of it.',
      ],
      binding: {
        kind: 'exact',
        words: 'Only while it is pending with 45.50 USD and the gateway still says failed.',
      },
      fields: [{ name: 'reason', kind: 'long-text', minLength: 10 }],
    });
    expect(storeCredit.when(judging(rows(gone)), draft)).toBe('its payment method is gone');
  });

  test.each([
    ['itself', { refunds: [A] }],
    ['its payment', { payments: ['pay_aaa111'] }],
    ['its order', { orders: ['ord_aaa111'] }],
  ])('one of which a person named %s', (_what, ids) => {
    const asked = judging(rows(lost(A), lost('ref_bbb222')), { ids: { ...NO_IDS, ...ids } });
    expect(storeCredit.draft(asked).map(({ targets }) => targets)).toEqual([[A]]);
    expect(storeCredit.when(asked, draft)).toBeNull();
  });

  test('one that a retry did not help', () => {
    const helped = judging(rows(lost(A)), { runs: [retried('did not help')] });
    expect(storeCredit.draft(helped)).toHaveLength(1);
    expect(storeCredit.when(helped, draft)).toBe('a retry did not help it');
  });
});

describe('R29: when it waits', () => {
  test.each<[string, Given, Partial<Incident>, string | null]>([
    ['the method is gone', rows(gone), {}, null],
    ['the payment is not known any more', rows([aRefund(A), 'not found', 'gone']), {}, null],
    ['not pending', {}, {}, 'it is not pending'],
    [
      'the gateway has it',
      rows([aRefund(A), 'pending', aPayment(A)]),
      {},
      'the gateway has it, and the customer would be paid twice',
    ],
    [
      'the gateway paid it',
      rows([aRefund(A), 'succeeded', aPayment(A)]),
      {},
      'the gateway has it, and the customer would be paid twice',
    ],
    ['nobody can see', rows([aRefund(A), null, aPayment(A)]), {}, 'nobody can see whether it was paid'],
    [
      'a retry runs',
      rows(gone),
      { runs: [aRun({ action: 'R27', targets: [A], state: 'running', outcome: null })] },
      'a retry of it is not proven yet, and would pay twice',
    ],
    [
      'a retry is not proven',
      rows(gone),
      { runs: [retried(null)] },
      'a retry of it is not proven yet, and would pay twice',
    ],
    ['a retry of another is not proven', rows(gone), { runs: [retried(null, { targets: ['ref_x'] })] }, null],
    [
      'it was given',
      rows(gone),
      { runs: [aRun({ action: 'R29', targets: [A] })] },
      'store credit was given for it, or may have been',
    ],
    [
      'above the charge',
      rows([aRefund(A, { amount: 5_050 }), 'failed', aPayment(A)]),
      {},
      'settle the amount first: it is 5.00 USD above the charge',
    ],
    [
      'a payment that could not be read',
      rows([aRefund(A), 'failed', 'unknown']),
      {},
      'its payment could not be read, so nobody compared the amounts',
    ],
  ])('%s', (_what, given, change, why) =>
    expect(storeCredit.notWhile(judging(given, change), draft)).toBe(why),
  );

  test('whatever else is so: never both ways, and never what the gateway may have', () => {
    const status = fc.constantFrom('pending', 'succeeded', 'failed', 'not found', null);
    const runs = fc.array(
      fc.record({
        action: fc.constantFrom<Run['action']>('R27', 'R29'),
        outcome: fc.constantFrom<Run['outcome']>('done', 'unknown', 'partly', 'failed', null),
        verdict: fc.constantFrom(null, 'helped' as const, 'did not help' as const, 'could not tell' as const),
      }),
      { maxLength: 3 },
    );
    fc.assert(
      fc.property(status, runs, fc.boolean(), (said, made, methodValid) => {
        const judged = judging(rows([aRefund(A), said, aPayment(A, { methodValid })]), {
          ...named,
          runs: made.map(({ action, outcome, verdict }) => ({
            ...retried(verdict),
            action,
            outcome,
            state: outcome === null ? ('running' as const) : ('ended' as const),
          })),
        });
        const credit = storeCredit.notWhile(judged, draft) === null;
        const retry = retryRefund.notWhile(judged, draft) === null;
        const maybeCredited = made.some(({ action, outcome }) => action === 'R29' && outcome !== 'failed');
        const unproven = made.some(
          ({ action, verdict, outcome }) => action === 'R27' && (verdict === null || outcome === null),
        );
        if (said !== 'failed' && said !== 'not found') expect([credit, retry]).toEqual([false, false]);
        if (maybeCredited) expect([credit, retry]).toEqual([false, false]);
        if (unproven) expect(credit).toBe(false);
      }),
    );
  });
});

describe('R29: the run', () => {
  const parameters = { gateway: 'failed', amount: '4550', currency: 'USD', reason: 'closed card, agreed' };
  const run = aRun({ action: 'R29', targets: [A], parameters });
  const proving = (...given: Parameters<typeof service>) =>
    aProving(fakeProbes({ orderService: service(...given).probe }), { run });
  const failed = { gateway: { [A]: 'failed' as const } };

  test.each<[string, ReturnType<typeof proving>, object]>([
    ['as shown', proving([aRefund(A)], failed), { targets: [A], dropped: [] }],
    [
      'the gateway has it by now',
      proving([aRefund(A)], { gateway: { [A]: 'pending' } }),
      { changed: 'the gateway has it by now (pending)' },
    ],
    [
      'the gateway says something else',
      proving([aRefund(A)]),
      { changed: 'the gateway said failed and says not found now' },
    ],
    [
      'nobody can see',
      proving([aRefund(A)], { gateway: { [A]: 'silent' } }),
      { changed: 'nobody can see whether the gateway paid it' },
    ],
    ['no longer pending', proving([], failed), { changed: 'the refund is no longer pending' }],
    [
      'a list that could not be read to its end',
      proving([], { ...failed, unread: 1 }),
      { changed: 'the refund could not be found first' },
    ],
    [
      'another amount',
      proving([aRefund(A, { amount: 4_000 })], failed),
      { changed: 'the amount is 40.00 USD now' },
    ],
    [
      'above the charge by now',
      proving([aRefund(A)], { ...failed, payments: { pay_aaa111: aPayment(A, { refunded: 500 }) } }),
      { changed: 'it is 5.00 USD above the charge' },
    ],
  ])('still holds: %s', async (_what, asked, still) =>
    expect(await storeCredit.stillHolds(asked, run)).toEqual(still),
  );

  test.each<[string, ReturnType<typeof proving>, string]>([
    ['it left the list', proving([]), 'done'],
    ['still there may mean not yet', proving([aRefund(A)]), 'unknown'],
    ['a list that could not be read to its end', proving([], { unread: 1 }), 'unknown'],
  ])('read back: %s', async (_what, asked, read) =>
    expect(await storeCredit.readBack(A, parameters, asked)).toBe(read),
  );

  test.each<[string, ReturnType<typeof proving>, object]>([
    ['it left the list', proving([]), { moved: [A], unknown: [], line: 'The refund is no longer pending.' }],
    ['it is there', proving([aRefund(A)]), { moved: [], unknown: [], line: 'The refund is still pending.' }],
    ['the list is not whole', proving([], { unread: 2 }), { moved: [], unknown: [A] }],
  ])('proof: %s', async (_what, asked, sample) =>
    expect(await storeCredit.proof.sample(asked)).toMatchObject(sample),
  );

  test('guarded, after every proof, 2 min; owes the customer and the note', () => {
    expect(storeCredit).toMatchObject({ tier: 'guarded', afterProof: true, mitigates: false });
    expect(storeCredit.proof.plan(DEFAULT_THRESHOLDS)).toMatchObject({
      withinMs: 2 * MINUTE,
      everyMs: 30_000,
      alike: 2,
    });
    expect(storeCredit.owes.map(({ what }) => what).join()).toMatch(/customer.*order note/);
  });

  test.each([
    ['closed card, agreed', {}],
    ['short', { reason: 'Write a reason of 10 to 500 characters.' }],
    [`a${' '.repeat(20)}`, { reason: 'Write a reason of 10 to 500 characters.' }],
    ['x'.repeat(501), { reason: 'Write a reason of 10 to 500 characters.' }],
  ])('the form: %s', (reason, wrong) =>
    expect(storeCredit.validate({ reason }, { ...judging({}), shown: {} })).toEqual(wrong),
  );
});
