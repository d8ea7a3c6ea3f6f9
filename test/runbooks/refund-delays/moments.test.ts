import { describe, expect, test } from 'vitest';
import type { Duty } from '../../../src/domain/duty.ts';
import type { Incident } from '../../../src/domain/incident.ts';
import type { Findings } from '../../../src/runbooks/define-runbook.ts';
import { advice } from '../../../src/runbooks/refund-delays/advice.ts';
import { byHand } from '../../../src/runbooks/refund-delays/by-hand.ts';
import type { RefundData } from '../../../src/runbooks/refund-delays/checks.ts';
import { storeCredit } from '../../../src/runbooks/refund-delays/credit.ts';
import { retryRefund } from '../../../src/runbooks/refund-delays/retry.ts';
import { anIncident, aRun } from '../../support/incidents.ts';
import { A_DRAFT, aJudging, NOW, seen } from '../../support/runbooks.ts';
import { said, shown } from '../moments.ts';
import { aPayment, aRefund, findings, lost, rows } from './support.ts';

type Given = Partial<Findings<RefundData>>;
const judging = (given: Given, incident: Partial<Incident> = {}) =>
  aJudging(findings(given), { incident: anIncident([], incident) });
const gone = rows([aRefund('ref_aaa111'), 'failed', aPayment('ref_aaa111', { methodValid: false })]);
const settling = rows([aRefund('ref_aaa111'), 'pending', aPayment('ref_aaa111')]);
const overdue = {
  ...settling,
  atGateway: seen('broken', {
    answers: [{ id: 'ref_aaa111', status: 'pending' as const, acceptedAt: null, askedAt: NOW }],
    overdue: ['ref_aaa111'],
  }),
};
const vain = aRun(
  { action: 'R27', targets: ['ref_bbb222'], beganAt: NOW },
  {
    verdict: 'did not help',
    samples: [{ at: NOW, moved: [], unknown: [], line: '', value: null, worse: false }],
  },
);
const ticked = (answer: string): Partial<Incident> => ({
  ticks: [{ step: 'm4.1', answer, by: 'UANNA', at: NOW }],
});

/** A retry that went through. */
const SENT = /^ref_bbb222, 45\.50 USD: it is on its way to the bank, expected within 10 business days\.$/;

describe('what the card says', () => {
  test.each<[string, Given, readonly string[]]>([
    ['nothing waits', {}, []],
    ['a refund settles', settling, ['4.N1']],
    ['the gateway lacks one', rows(lost('ref_bbb222')), ['4.B1']],
    ['a method is gone', gone, ['4.B2', '4.N3']],
  ])('%s', (_what, given, ids) => expect(Object.keys(said(advice, judging(given)))).toEqual(ids));
});

describe('steps by hand', () => {
  const owed = (change: object): Partial<Incident> => ({
    runs: [vain],
    owed: [
      {
        id: 'd1',
        what: 'Tell the customer: state, amount, expected day.',
        owner: 'customer service',
        targets: ['ref_bbb222'],
        run: vain.id,
        undo: null,
        at: NOW,
        done: null,
        ...change,
      },
    ] as Incident['owed'],
  });
  test.each<[string, Given, Partial<Incident>, readonly string[]]>([
    ['nothing waits', {}, {}, []],
    ['the gateway lacks one', rows(lost('ref_bbb222')), {}, []],
    ['a retry did not help it', rows(lost('ref_bbb222')), { runs: [vain] }, ['m4.1']],
    ['a method is gone', gone, {}, ['m4.1']],
    ['one was accepted too long ago', overdue, {}, ['m4.2']],
    ['a customer waits to hear', settling, owed({}), ['m4.3']],
    ['the customer was told', settling, owed({ done: { by: 'UANNA', at: NOW } }), []],
    ['a refund was made by hand', settling, owed({ run: null, step: 'm4.1' }), ['m4.3']],
  ])('%s', (_what, given, incident, ids) =>
    expect(Object.keys(shown(byHand, judging(given, incident)))).toEqual(ids),
  );

  test('what was refunded by hand asks for no more of it, a later refund does', () => {
    const why = (change: object) =>
      byHand
        .find(({ id }) => id === 'm4.1')
        ?.when(judging(rows(lost('ref_bbb222', change)), { runs: [vain], ...ticked('refunded') }));
    expect(why({})).toBe('No other refund needs it.');
    expect(why({ createdAt: NOW + 1 })).toBe('A retry will not bring ref_bbb222.');
  });

  test.each<[string, Given, RegExp]>([
    ['has it', rows([aRefund('ref_bbb222'), 'pending', aPayment('ref_bbb222')]), SENT],
    ['lacks it still', rows(lost('ref_bbb222')), /^ref_bbb222, 45\.50 USD: it has not gone through yet\.$/],
    [
      'was not seen',
      rows([aRefund('ref_bbb222'), null, aPayment('ref_bbb222')]),
      /^ref_bbb222, 45\.50 USD: it was sent to the bank again, which has not said yet that it has it\.$/,
    ],
    [
      'was not asked, nor which refunds wait',
      { pending: seen('unknown', null) },
      /^ref_bbb222: it .* not said yet/,
    ],
    ['has it, and nothing waits any more', {}, /^ref_bbb222: it .* within 10 business days\.$/],
  ])(
    'customer service is told what the gateway has, and nothing about anybody: it %s',
    (_what, given, words) => {
      const text = byHand.find(({ id }) => id === 'm4.3')?.text?.(judging(given, owed({})));
      expect(text).toMatch(words);
    },
  );
});

test.each([
  ['failed', SENT],
  ['done', /^ref_bbb222, 45\.50 USD: store credit was given instead, at once\.$/],
] as const)('what a customer is told after store credit that %s', (outcome, words) => {
  const retried = aRun({ action: 'R27', targets: ['ref_bbb222'], beganAt: NOW });
  const owed = {
    id: 'd1',
    what: 'Tell the customer: state, amount, expected day.',
    owner: 'customer service',
    targets: ['ref_bbb222'],
    run: retried.id,
    undo: null,
    at: NOW,
    done: null,
  };
  const credit = aRun({ action: 'R29', targets: ['ref_bbb222'], outcome });
  const has = rows([aRefund('ref_bbb222'), 'pending', aPayment('ref_bbb222')]);
  const after = judging(has, { runs: [credit, retried], owed: [owed] });
  expect(byHand.find(({ id }) => id === 'm4.3')?.text?.(after)).toMatch(words);
});

describe('what was refunded by hand is not paid by another way', () => {
  const because = 'it may have been refunded by hand (m4.1), and would be paid twice';
  const draft = { ...A_DRAFT, targets: ['ref_aaa111'] };
  test.each([
    ['a tick says so', ticked('refunded'), {}, because],
    ['a later tick takes it back', ticked('not refunded'), {}, null],
    ['a refund that came later', ticked('refunded'), { createdAt: NOW + 1 }, null],
  ])('%s', (_what, incident, change, why) => {
    const lacking = rows(lost('ref_aaa111', change));
    expect(retryRefund.notWhile(judging(lacking, incident), draft)).toBe(why);
    expect(storeCredit.notWhile(judging(lacking, incident), draft)).toBe(why);
  });

  test.each([
    ['of another incident', [], {}, because],
    ['of another incident, and a refund that came later', [], { createdAt: NOW + 1 }, null],
    ['of this incident, which its own tick has taken back', ['duty'], {}, null],
  ])('what such a step left to do, %s', (_what, own, change, why) => {
    const duty: Duty = {
      id: 'duty',
      what: 'Update the order that was refunded by hand.',
      owner: 'payments',
      targets: [],
      run: null,
      step: 'm4.1',
      undo: null,
      at: NOW,
      done: null,
    };
    const incident = { ...ticked('not refunded'), owed: own.length === 0 ? [] : [duty] };
    const seen = { ...judging(rows(lost('ref_aaa111', change)), incident), owed: [duty] };
    expect(retryRefund.notWhile(seen, draft)).toBe(why);
    expect(storeCredit.notWhile(seen, draft)).toBe(why);
  });
});
