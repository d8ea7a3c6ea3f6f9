import { describe, expect, test } from 'vitest';
import type { Levers } from '../../../src/ports/levers.ts';
import type { LocksSeen } from '../../../src/ports/redis.ts';
import { clearLocks } from '../../../src/runbooks/inventory-reservation/clear-locks.ts';
import { RUNBOOK_NAMES } from '../../../src/runbooks/names.ts';
import { DEFAULT_THRESHOLDS } from '../../../src/runbooks/thresholds.ts';
import { anIncident, anOffer, aRun } from '../../support/incidents.ts';
import { aJudging, answers, aProving, fakeProbes, MINUTE, seen } from '../../support/runbooks.ts';
import { aLock, findings, locksFound, staleFound } from './support.ts';

const A = 'lock:inventory:a';
const B = 'lock:inventory:b';
const HOLDERS = JSON.stringify({ [A]: 'holder-of-a', [B]: 'holder-of-b' });
const judging = (found: ReturnType<typeof locksFound> | null, offers = anIncident([]).offers) =>
  aJudging(findings({ locks: found === null ? seen('unknown', null) : seen('broken', found) }), {
    incident: { ...anIncident([]), offers },
  });
const drafted = (found: ReturnType<typeof locksFound> | null) => clearLocks.draft(judging(found));

describe('what is offered', () => {
  test('exactly the old ones, bound to whose they are, with how many go and how many stay', () => {
    const [draft] = drafted(staleFound());
    expect(draft).toMatchObject({
      targets: [A, B],
      parameters: { holders: HOLDERS },
      preview: ['2 locks older than 5 min go.', '3 younger ones stay.'],
      binding: { kind: 'subset' },
      fields: [{ name: 'minutes', kind: 'number', least: 5, initial: '5' }],
    });
  });

  test('more than one offer’s worth is said to be a part', () => {
    const [draft] = drafted(staleFound({ stale: 900, untold: 1 }));
    expect(draft?.preview).toEqual([
      '2 of 900 locks older than 5 min go, the oldest first.',
      '3 younger ones stay; 1 whose age cannot be told stays too.',
    ]);
  });

  test('nothing where nobody could look or nothing is held', () => {
    expect(drafted(null)).toEqual([]);
    expect(drafted(locksFound())).toEqual([]);
  });

  test('the number of live ones changes no offer for the same locks', () => {
    const standing = anOffer({ action: 'R14', parameters: { holders: HOLDERS }, preview: ['2 go, 3 stay.'] });
    const [draft] = clearLocks.draft(judging(staleFound({ live: 30, total: 32 }), [standing]));
    expect(draft?.preview).toEqual(['2 go, 3 stay.']);
    const other = staleFound({ oldest: [aLock('a', 41)], stale: 1 });
    expect(clearLocks.draft(judging(other, [standing]))[0]?.preview[0]).toBe('1 lock older than 5 min goes.');
  });
});

describe('when and when not', () => {
  test.each<[string, ReturnType<typeof locksFound>, string | null, string | null]>([
    ['old ones', staleFound(), 'locks have outlived their owners', null],
    ['all live', locksFound({ total: 14, live: 14 }), null, 'all 14 are live'],
    ['one live', locksFound({ total: 1, live: 1 }), null, 'the only one is live'],
    ['ages unknown', locksFound({ total: 4, live: 1, untold: 3 }), null, 'the age of 3 of 4 cannot be told'],
    [
      'a replica',
      staleFound({ replica: true }),
      'locks have outlived their owners',
      'a replica answered, and nothing can be deleted there',
    ],
    [
      'only odd keys',
      staleFound({ oldest: [] }),
      null,
      'the keys of the old ones cannot be written in a line',
    ],
  ])('%s', (_what, found, when, notWhile) => {
    const here = judging(found);
    const [draft] = clearLocks.draft(here);
    if (draft === undefined) throw new Error('nothing was drafted');
    expect([clearLocks.when(here, draft), clearLocks.notWhile(here, draft)]).toEqual([when, notWhile]);
  });

  test.each([
    ['5', true],
    ['30', true],
    ['1440', true],
    ['4', false],
    ['0', false],
    ['-9', false],
    ['5.5', false],
    ['1441', false],
    ['', false],
    ['soon', false],
  ])('an age of %s min: %s', (minutes, fits) => {
    const wrong = clearLocks.validate(
      { minutes },
      { names: RUNBOOK_NAMES, thresholds: DEFAULT_THRESHOLDS, shown: {} },
    );
    expect(Object.keys(wrong)).toEqual(fits ? [] : ['minutes']);
  });
});

describe('just before', () => {
  const still = async (now: Partial<LocksSeen>, minutes = '5') => {
    const locks = now.locks ?? [];
    const run = aRun({ action: 'R14', targets: [A, B], parameters: { holders: HOLDERS, minutes } });
    const redis = { locks: async () => ({ total: locks.length, replica: false, ...now, locks }) };
    const orderService = {
      metrics: async () => answers({ inventory_reservation_success: 0.7 }),
    };
    return await clearLocks.stillHolds(aProving(fakeProbes({ redis, orderService }), { run }), run);
  };

  test('those that are still the same and old enough', async () => {
    expect(await still({ locks: [aLock('a', 41), aLock('b', 13)] })).toMatchObject({
      targets: [A, B],
      dropped: [],
      noted: { rate: '70' },
    });
  });

  test.each<[string, Partial<LocksSeen>, string, string]>([
    [
      'taken again',
      { locks: [aLock('a', 41), aLock('b', 9, 'another')] },
      '5',
      'somebody has taken it again',
    ],
    ['renewed', { locks: [aLock('a', 41), aLock('b', 1)] }, '5', 'it is only 1 min old'],
    ['younger than asked for', { locks: [aLock('a', 41), aLock('b', 13)] }, '30', 'it is only 13 min old'],
    ['gone', { locks: [aLock('a', 41)] }, '5', 'it is gone by now'],
    ['not looked at', { locks: [aLock('a', 41)], total: 20_000 }, '5', 'it could not be looked at again'],
    ['ageless', { locks: [aLock('a', 41), aLock('b', null)] }, '5', 'how old it is cannot be told any more'],
    ['an age below the least counts as the least', { locks: [aLock('a', 41), aLock('b', 4)] }, '1', 'only 4'],
  ])('%s is left alone', async (_what, now, minutes, because) => {
    expect(await still(now, minutes)).toMatchObject({
      targets: [A],
      dropped: [{ target: B, because: expect.stringContaining(because) }],
    });
  });

  test('a replica: nothing', async () => {
    expect(await still({ locks: [aLock('a', 41)], replica: true })).toEqual({
      changed: 'a replica answers now, and nothing can be deleted there',
    });
  });
});

describe('at Redis', () => {
  const parameters = { holders: HOLDERS };

  test('each goes only if it is still that holder’s', async () => {
    const asked: unknown[] = [];
    const redis = {
      deleteLock: async (key: string, holder: string) => {
        asked.push([key, holder]);
        return 'Deleted.';
      },
    };
    const acting = {
      levers: { redis } as unknown as Levers,
      names: RUNBOOK_NAMES,
      thresholds: DEFAULT_THRESHOLDS,
      licence: { key: 'k', by: 'U1' },
      signal: new AbortController().signal,
    };
    await clearLocks.apply(A, parameters, acting);
    expect(asked).toEqual([[A, 'holder-of-a']]);
    await expect(clearLocks.apply(A, {}, acting)).rejects.toMatchObject({ fault: 'refused', sent: 'no' });
    await expect(clearLocks.apply(A, { holders: '[1]' }, acting)).rejects.toMatchObject({ sent: 'no' });
    expect(asked).toHaveLength(1);
  });

  test.each([
    ['gone', {}, 'done'],
    ['another’s', { [A]: 'another' }, 'done'],
    ['still the same', { [A]: 'holder-of-a' }, 'not done'],
  ])('read back: %s', async (_what, now: Record<string, string>, read) => {
    const probes = fakeProbes({ redis: { holders: async () => now } });
    expect(await clearLocks.readBack(A, parameters, aProving(probes))).toBe(read);
  });
});

describe('the proof', () => {
  const sample = async (
    now: Record<string, string>,
    page: Readonly<Record<string, number>> | null,
    noted: Readonly<Record<string, string>> = { rate: '70' },
  ) => {
    const run = aRun({ action: 'R14', targets: [A, B], parameters: { holders: HOLDERS, ...noted } });
    const probes = fakeProbes({
      redis: { holders: async () => now },
      orderService: { metrics: async () => answers(page) },
    });
    const names = { ...RUNBOOK_NAMES, metrics: { ...RUNBOOK_NAMES.metrics, reservationAttempts: 'tries' } };
    return await clearLocks.proof.sample(aProving(probes, { run, names, now: 40 * MINUTE }));
  };
  const rate = (value: number, tries = 100) => ({ inventory_reservation_success: value, tries });
  const counted = { rate: '70', attempts: '{"pod-1":80}' };

  test.each<[string, Awaited<ReturnType<typeof sample>> | ReturnType<typeof sample>, object]>([
    ['all gone, as many succeed', sample({}, rate(0.7)), { moved: [A, B], unknown: [], worse: false }],
    ['one left', sample({ [B]: 'holder-of-b' }, rate(0.9)), { moved: [A], unknown: [] }],
    ['one taken again counts as gone', sample({ [B]: 'another' }, rate(0.9)), { moved: [A, B] }],
    ['fewer succeed', sample({}, rate(0.6), counted), { moved: [], worse: true }],
    ['fewer of too few succeed', sample({}, rate(0.6, 99), counted), { moved: [A, B], worse: false }],
    ['fewer, uncounted', sample({}, rate(0.6)), { moved: [], worse: true }],
    ['no metrics', sample({}, null), { moved: [], unknown: [A, B] }],
    ['no rate before', sample({}, rate(0.9), {}), { moved: [], unknown: [A, B] }],
    ['no metrics, one left', sample({ [B]: 'holder-of-b' }, null), { moved: [], unknown: [A] }],
  ])('%s', async (_what, given, expected) => {
    expect(await given).toMatchObject(expected);
  });
});
