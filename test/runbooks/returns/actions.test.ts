import { describe, expect, test } from 'vitest';
import { NO_IDS } from '../../../src/domain/alert.ts';
import type { Incident } from '../../../src/domain/incident.ts';
import type { Findings } from '../../../src/runbooks/define-runbook.ts';
import { approveReturn } from '../../../src/runbooks/returns/approve.ts';
import type { ReturnData } from '../../../src/runbooks/returns/checks.ts';
import { extendWindow } from '../../../src/runbooks/returns/extend.ts';
import { DEFAULT_THRESHOLDS } from '../../../src/runbooks/thresholds.ts';
import { anIncident, aRun } from '../../support/incidents.ts';
import { aJudging, aProving, fakeProbes, MINUTE, NOW } from '../../support/runbooks.ts';
import { aReturn, aScore, aWindow, findings, held, type Row, rows, service, waits } from './support.ts';

type Given = Partial<Findings<ReturnData>>;
const A = 'ret_aaa111';
const judging = (given: Given, change: Partial<Incident> = {}) =>
  aJudging(findings(given), { incident: anIncident([], change) });
const named = { ids: { ...NO_IDS, returns: [A] } };
const draft = { targets: [A], parameters: {}, preview: [], binding: { kind: 'none', words: '' } } as const;
const wrong: Row = [aReturn(A), aScore(0.1), aWindow(27, { eligible: false, words: null })];
const late = (days: number): Row => [aReturn(A), aScore(0.1), aWindow(days)];

describe.each([
  ['R66', approveReturn],
  ['R68', extendWindow],
])('the note that %s owes', (_step, action) => {
  test.each([
    ['it is among the return’s notes', true, [{ what: action.owes[0]?.what, from: 'the return’s notes' }]],
    ['it is not', false, []],
    ['nobody shows them', null, []],
  ])('%s', async (_what, noted, found) => {
    const questions: unknown[] = [];
    const probes = fakeProbes({
      orderService: {
        async returnNoted(id, note) {
          questions.push([id, note]);
          return noted;
        },
      },
    });
    const run = aRun({ targets: [A], beganAt: NOW, parameters: { reason: 'the parcel was late' } });
    expect(await action.foundDone?.(aProving(probes, { run }))).toEqual(found);
    expect(questions).toEqual([[A, { text: 'the parcel was late', since: NOW - MINUTE }]]);
    expect(await action.foundDone?.(aProving(probes, { run: { ...run, parameters: {} } }))).toEqual([]);
    expect(questions).toHaveLength(1);
  });
});

describe('R66', () => {
  test('is offered for what the fraud model holds, with the score, for a manager alone', () => {
    const [offer, ...more] = approveReturn.draft(judging(rows(held(A), waits('ret_b22'))));
    expect(more).toEqual([]);
    expect(offer).toMatchObject({
      targets: [A],
      parameters: { score: '0.91', threshold: '0.8', order: 'ord_aaa111' },
      preview: [
        'ret_aaa111 is approved past the fraud model: score 0.91, held from 0.80 on.',
        'The model holds about 2 honest returns of 100. Its window is open.',
        'Only a manager’s approval counts.',
      ],
      binding: { kind: 'exact', expected: '0.91' },
      fields: [{ name: 'reason', kind: 'long-text', minLength: 10 }],
    });
    expect(approveReturn).toMatchObject({ tier: 'guarded', approvers: 'managers' });
    expect(approveReturn.when(judging(rows(held(A))), draft)).toMatch(/only a person can say/);
  });

  test.each<[string, Given, Partial<Incident>, number]>([
    ['nothing waits', {}, {}, 0],
    ['nothing is held', rows(waits(A)), {}, 0],
    ['one that a person named, and whose score nobody saw', rows([aReturn(A), null, aWindow(3)]), named, 1],
    ['a named one that is not held', rows(waits(A)), named, 0],
  ])('%s', (_what, given, change, many) =>
    expect(approveReturn.draft(judging(given, change))).toHaveLength(many),
  );

  test.each<[string, Given, string | null]>([
    ['held and in time', rows(held(A)), null],
    ['not pending', {}, 'it is not pending'],
    ['no score', rows([aReturn(A), null, aWindow(3)]), 'its fraud score has to be seen first'],
    ['too late', rows([aReturn(A), aScore(0.9), aWindow(33)]), 'its window comes first: extend it'],
    ['a window nobody could read', rows([aReturn(A), aScore(0.9), null]), 'its window could not be read'],
    ['an order that nobody knows', rows([aReturn(A, { order: null }), aScore(0.9), null]), null],
  ])('waits: %s', (_what, given, why) => expect(approveReturn.notWhile(judging(given), draft)).toBe(why));

  const run = aRun({
    action: 'R66',
    targets: [A],
    parameters: { score: '0.91', order: 'ord_aaa111', reason: 'known customer' },
  });
  const proving = (...given: Parameters<typeof service>) =>
    aProving(fakeProbes({ orderService: service(...given) }), { run });
  const as = (score: number | 'silent' | null) => ({ scores: { [A]: score } });

  test.each<[string, ReturnType<typeof proving>, object]>([
    ['as shown', proving([aReturn(A)], as(0.91)), { targets: [A], dropped: [] }],
    ['decided', proving([]), { changed: 'the return is no longer pending' }],
    [
      'a list that is not whole',
      proving([], { unread: 1 }),
      { changed: 'the return could not be found first' },
    ],
    [
      'another score',
      proving([aReturn(A)], as(0.95)),
      { changed: 'its fraud score was 0.91 and is 0.95 now' },
    ],
    ['no score', proving([aReturn(A)], as('silent')), { changed: 'its fraud score could not be read first' }],
    [
      'too late by now',
      proving([aReturn(A)], { ...as(0.91), windows: { [A]: aWindow(33) } }),
      { changed: 'its window is over' },
    ],
    [
      'a window nobody could read',
      proving([aReturn(A)], { ...as(0.91), windows: { [A]: 'silent' } }),
      { changed: 'its window could not be read first' },
    ],
  ])('still holds: %s', async (_what, asked, still) =>
    expect(await approveReturn.stillHolds(asked, run)).toEqual(still),
  );

  test.each<[string, ReturnType<typeof proving>, string, object]>([
    ['it left the list', proving([]), 'done', { moved: [A], unknown: [] }],
    ['it is there', proving([aReturn(A)]), 'not done', { moved: [], unknown: [] }],
    ['the list is not whole', proving([], { unread: 1 }), 'unknown', { moved: [], unknown: [A] }],
  ])('read back and proof: %s', async (_what, asked, read, sample) => {
    expect(await approveReturn.readBack(A, run.parameters, asked)).toBe(read);
    expect(await approveReturn.proof.sample(asked)).toMatchObject(sample);
  });

  test('5 min, two samples of 30 s; owes the note and customer service', () => {
    expect(approveReturn.proof.plan(DEFAULT_THRESHOLDS)).toMatchObject({
      withinMs: 5 * MINUTE,
      everyMs: 30_000,
      alike: 2,
    });
    expect(approveReturn.owes.map(({ what }) => what).join()).toMatch(/Note the exception.*customer service/);
  });

  test('a reason with quotes stays one word of the command to type', () =>
    expect(approveReturn.equivalent(aJudging(findings()).names, [A], { reason: `it's; rm` })).toContain(
      `-d '{"reason":"it'\\''s; rm"}'`,
    ));
});

describe('R68', () => {
  test('is offered where verdict and dates contradict each other, and for what a person named', () => {
    const [offer] = extendWindow.draft(judging(rows(wrong)));
    expect(offer).toMatchObject({
      targets: [A],
      parameters: { windowDays: '30', lacks: '', order: 'ord_aaa111' },
      preview: [
        'ret_aaa111 gets a longer window, 30 days now.',
        'By its own dates it is in time; the service says that it is not.',
      ],
      fields: [{ name: 'days', kind: 'number', least: 1, most: 30, initial: '7' }, { name: 'reason' }],
    });
    expect(extendWindow.when(judging(rows(wrong)), draft)).toBe('the service counts its days wrongly');
    expect(extendWindow.draft(judging(rows(late(40))))).toEqual([]);
    const goodwill = judging(rows(late(40)), named);
    expect(extendWindow.draft(goodwill)).toMatchObject([
      { parameters: { lacks: '10' }, fields: [{ initial: '10' }, {}] },
    ]);
    expect(extendWindow.draft(goodwill)[0]?.preview[1]).toBe('It was asked for 10 days too late.');
    expect(extendWindow.when(goodwill, draft)).toBeNull();
  });

  test.each<[string, Given, string | null]>([
    ['called too late', rows(wrong), null],
    ['ten days too late', rows(late(40)), null],
    ['in time', rows(waits(A)), 'its window is open, there is nothing to extend'],
    ['decided', {}, 'it is not pending'],
    ['a window nobody could read', rows([aReturn(A), aScore(0.1), null]), 'its window could not be read'],
    ['far too late', rows(late(61)), 'it lacks 31 days, more than the 30 that may be given'],
  ])('waits: %s', (_what, given, why) => expect(extendWindow.notWhile(judging(given), draft)).toBe(why));

  const goodReason = 'the parcel was late';
  test.each<[string, Record<string, string>, Record<string, string>, Record<string, string>]>([
    ['good', { days: '7', reason: goodReason }, {}, {}],
    ['none', { days: '0', reason: goodReason }, {}, { days: 'Write a number of days from 1 to 30.' }],
    ['too many', { days: '31', reason: goodReason }, {}, { days: 'Write a number of days from 1 to 30.' }],
    [
      'a part of one',
      { days: '1.5', reason: goodReason },
      {},
      { days: 'Write a number of days from 1 to 30.' },
    ],
    [
      'fewer than it lacks',
      { days: '7', reason: goodReason },
      { lacks: '10' },
      { days: '7 are too few: it was asked for 10 days too late.' },
    ],
    ['as many as it lacks', { days: '10', reason: goodReason }, { lacks: '10' }, {}],
    ['no reason', { days: '7' }, {}, { reason: 'Write a reason of 10 to 500 characters.' }],
  ])('the form: %s', (_what, answers, shown, says) =>
    expect(extendWindow.validate(answers, { ...judging({}), shown })).toEqual(says),
  );

  const run = aRun({
    action: 'R68',
    targets: [A],
    parameters: { order: 'ord_aaa111', windowDays: '30', days: '7', reason: goodReason },
  });
  const proving = (...given: Parameters<typeof service>) =>
    aProving(fakeProbes({ orderService: service(...given) }), { run });
  const as = (window: ReturnType<typeof aWindow> | 'silent') => ({ windows: { [A]: window } });

  test.each<[string, ReturnType<typeof proving>, object]>([
    ['as shown', proving([aReturn(A)], as(aWindow(33))), { targets: [A], dropped: [] }],
    ['decided', proving([], as(aWindow(33))), { changed: 'the return is no longer pending' }],
    ['in time by now', proving([aReturn(A)], as(aWindow(10))), { changed: 'its window is open by now' }],
    [
      'somebody was faster',
      proving([aReturn(A)], as(aWindow(40, { windowDays: 37 }))),
      { changed: 'its window was 30 days and is 37 now' },
    ],
    ['silent', proving([aReturn(A)], as('silent')), { changed: 'its window could not be read first' }],
  ])('still holds: %s', async (_what, asked, still) =>
    expect(await extendWindow.stillHolds(asked, run)).toEqual(still),
  );

  test.each<[string, ReturnType<typeof proving>, string, object]>([
    [
      'longer, and in time',
      proving([aReturn(A)], as(aWindow(33, { eligible: true, windowDays: 37 }))),
      'done',
      { moved: [A], unknown: [], line: 'The service calls it eligible, window 37 days.' },
    ],
    ['as before', proving([aReturn(A)], as(aWindow(33))), 'not done', { moved: [], unknown: [] }],
    ['silent', proving([aReturn(A)], as('silent')), 'unknown', { moved: [], unknown: [A] }],
  ])('read back and proof: %s', async (_what, asked, read, sample) => {
    expect(await extendWindow.readBack(A, run.parameters, asked)).toBe(read);
    expect(await extendWindow.proof.sample(asked)).toMatchObject(sample);
  });

  test('guarded; 2 min, two samples of 30 s; owes the note and customer service', () => {
    expect(extendWindow.tier).toBe('guarded');
    expect(extendWindow.proof.plan(DEFAULT_THRESHOLDS)).toMatchObject({
      withinMs: 2 * MINUTE,
      everyMs: 30_000,
    });
    expect(extendWindow.owes).toHaveLength(2);
  });
});
