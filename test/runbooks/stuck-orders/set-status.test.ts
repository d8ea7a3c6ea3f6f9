import { describe, expect, test } from 'vitest';
import { NO_IDS } from '../../../src/domain/alert.ts';
import type { Incident } from '../../../src/domain/incident.ts';
import type { OrderSummary } from '../../../src/ports/probes.ts';
import { RUNBOOK_NAMES } from '../../../src/runbooks/names.ts';
import { setStatus } from '../../../src/runbooks/stuck-orders/set-status.ts';
import { DEFAULT_THRESHOLDS } from '../../../src/runbooks/thresholds.ts';
import { anIncident, aRun } from '../../support/incidents.ts';
import {
  A_DRAFT,
  aJudging,
  anOrder,
  aProving,
  fakeProbes,
  MINUTE,
  NOW,
  seen,
  silent,
} from '../../support/runbooks.ts';
import { eventsSeen, findings, provenRun } from './support.ts';

const judging = (orders: readonly OrderSummary[], change: Partial<Incident> = {}) =>
  aJudging(findings({ oldest: seen('broken', { orders }) }), { incident: anIncident([], change) });
const TWO = [anOrder('ord_aaa111'), anOrder('ord_bbb222')];

describe('R22: what it offers', () => {
  test.each<[string, readonly OrderSummary[], Partial<Incident>, string | undefined]>([
    ['the oldest', TWO, {}, 'ord_aaa111'],
    ['none', [], {}, undefined],
    [
      'not one that has moved',
      [anOrder('ord_aaa111', { status: 'shipped' }), anOrder('ord_bbb222')],
      {},
      'ord_bbb222',
    ],
    [
      'first one that a retry did not help',
      TWO,
      { runs: [provenRun('partly helped', ['ord_aaa111', 'ord_bbb222'], ['ord_aaa111'])] },
      'ord_bbb222',
    ],
    ['not one that is only being retried', TWO, { runs: [provenRun(null, ['ord_bbb222'])] }, 'ord_aaa111'],
  ])('%s', (_what, orders, change, target) =>
    expect(setStatus.draft(judging(orders, change))[0]?.targets[0]).toBe(target),
  );

  test('what was tried in vain, and the order that was named', () => {
    const runs = [provenRun('did not help', ['ord_bbb222'])];
    const ids = { ...NO_IDS, orders: ['ord_zzz999'] };
    const offers = setStatus.draft(judging([anOrder('ord_zzz999'), ...TWO], { runs, ids }));
    expect(offers.map(({ targets }) => targets)).toEqual([['ord_bbb222'], ['ord_zzz999']]);
  });

  test('asks for status, reason and that nobody looked at the events; bound to the status shown', () => {
    const [offer] = setStatus.draft(judging(TWO));
    expect(offer?.binding).toMatchObject({ kind: 'exact', expected: 'processing' });
    expect(offer?.fields?.map(({ name }) => name)).toEqual(['status', 'reason', 'unchecked']);
  });

  test.each<[string, Parameters<typeof eventsSeen>[0], readonly string[], string | undefined]>([
    ['nothing missing', { ord_aaa111: [] }, ['status', 'reason'], 'All its expected events are in Kafka.'],
    [
      'an event missing',
      { ord_aaa111: ['fulfillment.requested'] },
      ['status', 'reason'],
      'Kafka misses fulfillment.requested of it; “Republish events” sends them.',
    ],
    ['nobody can tell', { ord_aaa111: null }, ['status', 'reason', 'unchecked'], undefined],
    ['another was looked at', { ord_bbb222: [] }, ['status', 'reason', 'unchecked'], undefined],
  ])('asks for no tick where R17 answered: %s', (_what, missing, fields, said) => {
    const events = seen('broken', eventsSeen(missing));
    const oldest = seen('broken', { orders: TWO });
    const [offer] = setStatus.draft(aJudging(findings({ oldest, events })));
    expect(offer?.fields?.map(({ name }) => name)).toEqual(fields);
    expect(offer?.preview[1]).toBe(said);
    const answers = { status: 'shipped', reason: 'warehouse confirmed' };
    const rules = { ...judging(TWO), shown: offer?.parameters ?? {} };
    expect(Object.keys(setStatus.validate(answers, rules))).toEqual(
      fields.includes('unchecked') ? ['unchecked'] : [],
    );
  });

  test('the statuses and the reason’s length come from configuration; the present status is no choice', () => {
    const names = {
      ...RUNBOOK_NAMES,
      statuses: { ...RUNBOOK_NAMES.statuses, manual: ['on_hold', 'processing'] },
    };
    const thresholds = { ...DEFAULT_THRESHOLDS, reasonCharacters: 30 };
    const rules = { ...judging(TWO), names, thresholds, shown: {} };
    const [status, reason] = setStatus.draft(rules)[0]?.fields ?? [];
    expect(status?.options?.map(({ value }) => value)).toEqual(['on_hold']);
    expect(reason?.minLength).toBe(30);
    const answers = { status: 'on_hold', reason: 'twenty characters ok', unchecked: 'yes' };
    expect(setStatus.validate(answers, rules)).toEqual({ reason: 'Write a reason of 30 to 500 characters.' });
    expect(setStatus.validate(answers, { ...judging(TWO), shown: {} })).toEqual({
      status: 'Choose the status that is true.',
    });
  });
});

describe('R22: when', () => {
  const draft = { ...A_DRAFT, targets: ['ord_aaa111'] };
  test.each<[string, Partial<Incident>, string | null]>([
    ['nothing was tried', {}, null],
    [
      'a retry did not help',
      { runs: [provenRun('did not help', ['ord_aaa111'])] },
      'what was tried did not help it',
    ],
    [
      'republishing did not help',
      { runs: [provenRun('did not help', ['ord_aaa111'], [], { action: 'R21' })] },
      'what was tried did not help it',
    ],
    [
      'it helped this one',
      { runs: [provenRun('partly helped', ['ord_aaa111', 'ord_bbb222'], ['ord_aaa111'])] },
      null,
    ],
    ['nobody could tell', { runs: [provenRun('could not tell', ['ord_aaa111'])] }, null],
    [
      'another status did not help',
      { runs: [provenRun('did not help', ['ord_aaa111'], [], { action: 'R22' })] },
      null,
    ],
  ])('%s', (_what, change, why) => expect(setStatus.when(judging(TWO, change), draft)).toBe(why));

  test.each<[string, OrderSummary, Partial<Incident>, string | null]>([
    ['nothing speaks against it', anOrder('ord_aaa111'), {}, null],
    [
      '119 min',
      anOrder('ord_aaa111', { updatedAt: NOW - 119 * MINUTE }),
      {},
      'the order has been in processing for less than 2 h',
    ],
    ['120 min', anOrder('ord_aaa111', { updatedAt: NOW - 120 * MINUTE }), {}, null],
    [
      'a run on it is unproven',
      anOrder('ord_aaa111'),
      { runs: [provenRun(null, ['ord_aaa111'])] },
      'a run on this order is not proven yet',
    ],
    [
      'a run on another is unproven',
      anOrder('ord_aaa111'),
      { runs: [provenRun(null, ['ord_bbb222'])] },
      null,
    ],
  ])('waits: %s', (_what, order, change, why) =>
    expect(setStatus.notWhile(judging([order], change), draft)).toBe(why),
  );
});

describe('R22: the form', () => {
  const good = { status: 'shipped', reason: 'warehouse confirmed', unchecked: 'yes' };
  const tooShort = 'Write a reason of 10 to 500 characters.';
  test.each<[string, Record<string, string>, Record<string, string>]>([
    ['good', good, {}],
    [
      'empty',
      {},
      {
        status: 'Choose the status that is true.',
        reason: tooShort,
        unchecked: 'Tick that the events were not checked.',
      },
    ],
    [
      'a status that is no choice',
      { ...good, status: 'processing' },
      { status: 'Choose the status that is true.' },
    ],
    ['spaces are no reason', { ...good, reason: `a${' '.repeat(20)}` }, { reason: tooShort }],
    ['too long', { ...good, reason: 'x'.repeat(501) }, { reason: tooShort }],
    ['no tick', { ...good, unchecked: 'no' }, { unchecked: 'Tick that the events were not checked.' }],
  ])('%s', (_what, answers, wrong) =>
    expect(setStatus.validate(answers, { ...judging(TWO), shown: {} })).toEqual(wrong),
  );

  test('a reason with quotes stays one word of the command to type', () => {
    const typed = setStatus.equivalent(RUNBOOK_NAMES, ['ord_aaa111'], {
      status: 'shipped',
      reason: `it's; rm -rf /`,
    });
    expect(typed).toContain(`-d '{"status":"shipped","reason":"it'\\''s; rm -rf /"}'`);
  });
});

describe('R22: the run', () => {
  const run = aRun({
    action: 'R22',
    targets: ['ord_aaa111'],
    parameters: { from: 'processing', status: 'shipped' },
  });
  const proving = (order: OrderSummary | null | 'silent') =>
    aProving(
      fakeProbes({
        orderService: {
          order: async () => {
            if (order === 'silent') throw silent();
            return order;
          },
        },
      }),
      { run },
    );
  const as = (status: string) => anOrder('ord_aaa111', { status });

  test.each([
    ['as shown', as('processing'), { targets: ['ord_aaa111'], dropped: [] }],
    ['it moved', as('cancelled'), { changed: 'the order was processing and is cancelled now' }],
    ['silent', 'silent' as const, { changed: 'the present status could not be read first' }],
    ['not known', null, { changed: 'the present status could not be read first' }],
  ])('still holds: %s', async (_what, order, still) =>
    expect(await setStatus.stillHolds(proving(order), run)).toEqual(still),
  );

  test.each([
    ['it reads so', as('shipped'), 'done'],
    ['it reads as before', as('processing'), 'not done'],
    ['it went on since, from wherever it stood', as('delivered'), 'unknown'],
    ['not known', null, 'unknown'],
  ])('read back: %s', async (_what, order, said) =>
    expect(await setStatus.readBack('ord_aaa111', run.parameters, proving(order))).toBe(said),
  );

  test('read back: silence is an error of its own, so that it can be asked again', async () => {
    await expect(setStatus.readBack('ord_aaa111', run.parameters, proving('silent'))).rejects.toThrow(
      'did not answer',
    );
  });

  test.each([
    ['it reads so', as('shipped'), { moved: ['ord_aaa111'], unknown: [], line: 'The order reads shipped.' }],
    ['it reads otherwise', as('processing'), { moved: [], unknown: [], line: 'The order reads processing.' }],
    [
      'silent',
      'silent' as const,
      { moved: [], unknown: ['ord_aaa111'], line: 'The order could not be read.' },
    ],
  ])('proof: %s', async (_what, order, sample) =>
    expect(await setStatus.proof.sample(proving(order))).toMatchObject(sample),
  );

  test.each([
    ['it is among them', true, [{ what: setStatus.owes[0]?.what, from: 'X10' }]],
    ['it is not', false, []],
    ['the service shows no notes', null, []],
  ])('the note that it owes is found done from the order’s notes: %s', async (_what, noted, found) => {
    const questions: unknown[] = [];
    const probes = fakeProbes({
      orderService: {
        async orderNoted(id, question) {
          questions.push([id, question]);
          return noted;
        },
      },
    });
    const shown = { ...run, beganAt: NOW, parameters: { reason: 'warehouse confirmed it' } };
    expect(await setStatus.foundDone?.(aProving(probes, { run: shown }))).toEqual(found);
    expect(questions).toEqual([['ord_aaa111', { text: 'warehouse confirmed it', since: NOW - MINUTE }]]);
  });

  test('guarded; 1 min, two samples of 15 s; owes the note and the warehouse', () => {
    expect(setStatus.tier).toBe('guarded');
    expect(setStatus.proof.plan(DEFAULT_THRESHOLDS)).toMatchObject({
      withinMs: MINUTE,
      everyMs: 15_000,
      alike: 2,
    });
    expect(setStatus.owes.map(({ what }) => what).join()).toMatch(/order note.*warehouse/i);
  });
});
