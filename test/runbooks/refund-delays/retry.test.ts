import { describe, expect, test } from 'vitest';
import { NO_IDS } from '../../../src/domain/alert.ts';
import type { CauseHistory } from '../../../src/domain/cause-history.ts';
import type { Incident } from '../../../src/domain/incident.ts';
import type { Findings } from '../../../src/runbooks/define-runbook.ts';
import type { RefundData } from '../../../src/runbooks/refund-delays/checks.ts';
import { retryRefund } from '../../../src/runbooks/refund-delays/retry.ts';
import { testRefund } from '../../../src/runbooks/refund-delays/test-refund.ts';
import { DEFAULT_THRESHOLDS } from '../../../src/runbooks/thresholds.ts';
import { anIncident, aRun } from '../../support/incidents.ts';
import { A_DRAFT, aJudging, aProving, fakeProbes, MINUTE, NOW, seen } from '../../support/runbooks.ts';
import { gatewaySays } from '../payment-failures/support.ts';
import { aPayment, aRefund, findings, logs, lost, type Row, rows, service } from './support.ts';

type Given = Partial<Findings<RefundData>>;
const judging = (given: Given, change: Partial<Incident> = {}) =>
  aJudging(findings(given), { incident: anIncident([], change) });
const A = 'ref_aaa111';
const B = 'ref_bbb222';
const named = (...refunds: readonly string[]) => ({ ids: { ...NO_IDS, refunds } });
const drafts = (given: Given, change: Partial<Incident> = {}) => {
  const judged = judging(given, change);
  return retryRefund.draft(judged).map((draft) => ({
    targets: draft.targets,
    waits: retryRefund.notWhile(judged, draft),
    says: draft.preview.join(' '),
  }));
};
const gone: Row = [aRefund(B), 'failed', aPayment(B, { methodValid: false })];
const above: Row = [aRefund(B, { amount: 5_050 }), 'failed', aPayment(B)];
const creditRun = (change: Partial<Parameters<typeof aRun>[0]> = {}) =>
  aRun({ action: 'R29', targets: [A], ...change }, { verdict: 'helped' });

describe('R27: what it offers', () => {
  test.each<[string, Given, Partial<Incident>, object[]]>([
    ['nothing waits', {}, {}, []],
    ['the gateway has all of it', rows([aRefund(A), 'pending', aPayment(A)]), {}, []],
    [
      'all that it lacks',
      rows(lost(A), lost(B)),
      {},
      [{ targets: [A, B], waits: null, says: 'The gateway is asked again for 2 refunds.' }],
    ],
    [
      'one above the charge is left out, and why',
      rows(lost(A), lost('ref_ccc333'), above),
      {},
      [
        {
          targets: [A, 'ref_ccc333'],
          waits: null,
          says: 'The gateway is asked again for 2 refunds. 1 more that it lacks is left out, the first one because it is 5.00 USD above the charge; somebody settles the amount first.',
        },
      ],
    ],
    [
      'alone, it says by how much',
      rows(above),
      {},
      [{ targets: [B], waits: 'it is 5.00 USD above the charge; somebody settles the amount first' }],
    ],
    ['a method that is gone', rows(gone), {}, [{ targets: [B], waits: 'its payment method is gone' }]],
    [
      'a payment that could not be read',
      rows([aRefund(A), 'failed', 'unknown']),
      {},
      [{ targets: [A], waits: 'its payment could not be read, so nobody compared the amounts' }],
    ],
    [
      'nobody can see what the gateway has',
      rows([aRefund(A), null, aPayment(A)], [aRefund(B), null, aPayment(B)]),
      {},
      [{ targets: [A, B], waits: 'nobody can see whether it was paid' }],
    ],
    [
      'one that a person named and the gateway has',
      rows([aRefund(A), 'succeeded', aPayment(A)], lost(B)),
      named(A),
      [
        { targets: [B], waits: null },
        { targets: [A], waits: 'the gateway has it' },
      ],
    ],
    [
      'store credit was given',
      rows(lost(A), lost(B)),
      { runs: [creditRun()] },
      [{ targets: [B], waits: null }],
    ],
    [
      'store credit may have been given: nobody knows',
      rows(lost(A)),
      { runs: [creditRun({ outcome: 'unknown' })] },
      [{ targets: [A], waits: 'store credit was given for it, or may have been' }],
    ],
    [
      'store credit that was surely not given',
      rows(lost(A)),
      { runs: [creditRun({ outcome: 'failed' })] },
      [{ targets: [A], waits: null }],
    ],
    [
      'not again what is not proven yet',
      rows(lost(A), lost(B)),
      { runs: [aRun({ action: 'R27', targets: [A] }, {})] },
      [{ targets: [B], waits: null }],
    ],
  ])('%s', (_what, given, change, offers) => expect(drafts(given, change)).toMatchObject(offers));

  test.each<[string, Given, string]>([
    [
      'the gateway is down',
      { gateway: seen('broken', gatewaySays(['down'], NOW - MINUTE)) },
      'the gateway is not well, and a try now would fail again',
    ],
    [
      'a daily limit stands',
      { logs: seen('broken', logs({ 'daily limit': 9 }, { dailyLimitAt: NOW - MINUTE })) },
      'the gateway’s daily limit is reached, until 2026-01-02T00:00Z',
    ],
  ])('waits while %s', (_what, given, waits) =>
    expect(drafts({ ...rows(lost(A)), ...given })).toMatchObject([{ waits }]),
  );
});

describe('R27: when it is recommended', () => {
  const over = (id: string): CauseHistory => ({
    [id]: { supportedAt: NOW - 60 * MINUTE, clearSince: NOW - 5 * MINUTE },
  });
  const harmless =
    'the gateway lacks them, nothing that could be looked at speaks against it, and a failed refund may be tried again';
  const inVain = aRun(
    { action: 'R27', targets: [A], beganAt: NOW - 10 * MINUTE },
    {
      verdict: 'did not help',
      samples: [{ at: NOW, moved: [], unknown: [], line: '', value: null, worse: false }],
    },
  );
  test.each<[string, Given, Partial<Incident>, string | null]>([
    ['nothing speaks against it', {}, {}, harmless],
    [
      'the outage is over',
      {},
      { causeHistory: over('4.C1') },
      '“Payment gateway in trouble” is over, and the gateway still lacks refunds',
    ],
    ['the outage stands', { logs: seen('broken', logs({ outage: 9 })) }, {}, null],
    ['the gateway throttles', { logs: seen('broken', logs({ 'rate limit': 9 })) }, {}, null],
    ['the gateway is slow', { gateway: seen('broken', gatewaySays(['degraded'])) }, {}, null],
    ['it did not help', {}, { runs: [inVain] }, null],
    [
      'it did not help, and since then the outage has ended',
      {},
      { runs: [inVain], causeHistory: over('4.C1') },
      '“Payment gateway in trouble” is over, and the gateway still lacks refunds',
    ],
  ])('%s', (_what, given, change, why) => {
    const judged = judging({ ...rows(lost(A)), ...given }, change);
    const [draft] = retryRefund.draft(judged);
    expect(retryRefund.when(judged, draft ?? A_DRAFT)).toBe(why);
  });
});

describe('R27: the run', () => {
  const run = aRun({ action: 'R27', targets: [A, B] }, { since: NOW - 4 * MINUTE });
  const proving = (...given: Parameters<typeof service>) =>
    aProving(fakeProbes({ orderService: service(...given).probe }), { run });
  const both = [aRefund(A), aRefund(B)];

  test.each<[string, ReturnType<typeof proving>, object]>([
    ['both', proving(both), { targets: [A, B], dropped: [] }],
    [
      'the gateway has one by now',
      proving(both, { gateway: { [B]: 'pending' } }),
      { targets: [A], dropped: [{ target: B, because: 'the gateway has it by now (pending)' }] },
    ],
    [
      'one is no longer pending',
      proving([aRefund(A)]),
      { targets: [A], dropped: [{ target: B, because: 'it is no longer pending' }] },
    ],
    [
      'one is above its charge by now',
      proving(both, { payments: { pay_bbb222: aPayment(B, { refunded: 500 }) } }),
      { targets: [A], dropped: [{ target: B, because: 'it is 5.00 USD above the charge' }] },
    ],
    [
      'nobody can see what the gateway has',
      proving(both, { gateway: { [B]: 'silent' } }),
      { changed: 'the status of 1 of 2 refunds could not be read first' },
    ],
    [
      'a payment is silent',
      proving(both, { payments: { pay_aaa111: 'silent' } }),
      { changed: 'the status of 1 of 2 refunds could not be read first' },
    ],
    [
      'a list that could not be read to its end says nothing of what it does not show',
      proving([aRefund(A)], { unread: 1 }),
      { changed: 'the status of 1 of 2 refunds could not be read first' },
    ],
  ])('still holds: %s', async (_what, asked, still) =>
    expect(await retryRefund.stillHolds(asked, run)).toEqual(still),
  );

  test('looks through the pages of the list', async () => {
    const list = [...Array.from({ length: 9 }, (_, place) => aRefund(`ref_old${100 + place}`)), ...both];
    expect(await retryRefund.stillHolds(proving(list, { page: 4 }), run)).toMatchObject({ targets: [A, B] });
  });

  test.each([
    ['pending', 'done'],
    ['succeeded', 'done'],
    ['failed', 'unknown'],
    ['not found', 'unknown'],
  ] as const)('read back: the gateway says %s: %s', async (status, read) =>
    expect(await retryRefund.readBack(A, {}, proving(both, { gateway: { [A]: status } }))).toBe(read),
  );

  test('proof: what the gateway has; what it does not say is unknown', async () => {
    expect(
      await retryRefund.proof.sample(proving(both, { gateway: { [A]: 'pending', [B]: 'silent' } })),
    ).toMatchObject({
      moved: [A],
      unknown: [B],
      line: 'The gateway was asked after 4 min. Of 1 it could not be seen.',
    });
  });

  test('10 min, two samples of a minute; the customer is told; nothing unproven is on it', () => {
    expect(retryRefund.proof.plan(DEFAULT_THRESHOLDS)).toMatchObject({
      withinMs: 10 * MINUTE,
      everyMs: MINUTE,
      alike: 2,
    });
    expect(retryRefund).toMatchObject({ tier: 'safe', afterProof: true, mitigates: false });
    expect(retryRefund.owes.map(({ what }) => what).join()).toMatch(/Tell the customer/);
  });
});

describe('R26', () => {
  test('waits while the gateway throttles us', () => {
    expect(testRefund.notWhile(judging({}))).toBeNull();
    expect(testRefund.notWhile(judging({ logs: seen('broken', logs({ 'rate limit': 9 })) }))).toBe(
      'the gateway throttles us, and a test costs quota',
    );
    expect(testRefund.fields(judging({}))).toEqual([]);
  });

  test.each([
    [true, null, { verdict: 'healthy', line: 'A test refund went through.' }],
    [
      false,
      '429 Too Many Requests',
      { verdict: 'broken', line: 'A test refund failed: 429 Too Many Requests.' },
    ],
  ])('went: %s', async (went, words, says) => {
    const levers = { orderService: { testRefund: async () => ({ went, words }) } };
    const acting = { levers, licence: { key: 'k', by: 'U' } } as unknown as Parameters<
      typeof testRefund.ask
    >[1];
    expect(await testRefund.ask({}, acting)).toMatchObject(says);
  });
});
