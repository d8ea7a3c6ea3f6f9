import { describe, expect, test } from 'vitest';
import type { Levers } from '../../../src/ports/levers.ts';
import type { SessionKey, SessionSeen } from '../../../src/ports/orders-database.ts';
import { endQuery } from '../../../src/runbooks/database-pool/terminate.ts';
import { RUNBOOK_NAMES } from '../../../src/runbooks/names.ts';
import { DEFAULT_THRESHOLDS } from '../../../src/runbooks/thresholds.ts';
import { aRun } from '../../support/incidents.ts';
import { A_DRAFT, answers, aProving, fakeProbes, MINUTE, NOW, seen } from '../../support/runbooks.ts';
import { aSession, blocking, given, judged } from './support.ts';

const KEY = {
  pid: '4711',
  backendStart: '2026-03-10T02:00:00.000001Z',
  queryStart: '2026-03-10T03:04:05.678901Z',
};
const draftOf = (...sessions: readonly SessionSeen[]) => endQuery.draft(judged(given.sessions(...sessions)));

describe('R42', () => {
  test('shows whose query it is, since when, and what is lost; bound to that session and that query', () => {
    expect(draftOf(blocking())).toEqual([
      {
        targets: ['session/4711'],
        parameters: KEY,
        preview: [
          'Session 4711 of order-service (user orders) began its query at 03:04:05 UTC, and others wait for it.',
          'Its query: select * from orders where id = ?',
        ],
        binding: {
          kind: 'exact',
          expected: `4711 ${KEY.backendStart} ${KEY.queryStart}`,
          words: 'Only while that very session still runs that very query.',
        },
      },
    ]);
  });

  test('is the same offer while the same session runs on', () => {
    expect(draftOf(blocking({ forMs: 90_000 }))).toEqual(
      draftOf(blocking({ forMs: 200_000, blocks: 9, blocksMs: 190_000 })),
    );
  });

  test('covers the worst and a few others, and none that does no harm', () => {
    const many = [1, 2, 3, 4].map((pid) => aSession({ pid }));
    expect(draftOf(blocking(), ...many).map(({ targets }) => targets)).toEqual([
      ['session/4711'],
      ['session/1'],
      ['session/2'],
    ]);
    expect(draftOf(blocking({ blockedBy: [1] }))).toEqual([]);
    expect(draftOf(aSession({ forMs: 60_000 }), aSession({ application: 'reports' }))).toEqual([]);
    expect(endQuery.draft(judged({ sessions: seen('unknown', null) }))).toEqual([]);
  });

  test.each<[string, SessionSeen, string | null, string | null]>([
    ['one that blocks', blocking(), 'others wait for it', null],
    ['a long one', aSession(), 'it sits on a connection', null],
    [
      'another application’s',
      blocking({ application: 'reports' }),
      'others wait for it',
      'it belongs to another application (reports); ask its owners',
    ],
    [
      'one without a name',
      blocking({ application: '' }),
      'others wait for it',
      'it belongs to another application (orders); ask its owners',
    ],
    ['a replica’s', blocking({ untouchable: 'replication' }), 'others wait for it', 'it feeds a replica'],
    [
      'a superuser’s',
      blocking({ untouchable: 'superuser' }),
      'others wait for it',
      'it belongs to a superuser; ask the database’s owners',
    ],
    [
      'our own',
      blocking({ untouchable: 'own session' }),
      'others wait for it',
      'it is the bot’s own session',
    ],
    [
      'a vacuum',
      blocking({ untouchable: 'anti-wraparound vacuum' }),
      'others wait for it',
      'it is a vacuum that prevents the loss of data',
    ],
    [
      'the server’s',
      blocking({ untouchable: 'server process' }),
      'others wait for it',
      'it belongs to the server itself',
    ],
    ['a young query', blocking({ forMs: 5_000 }), 'others wait for it', 'its query began less than 60 s ago'],
  ])('%s', (_what, session, recommended, waits) => {
    const judging = judged(given.sessions(session));
    const [draft = A_DRAFT] = endQuery.draft(judging);
    expect(endQuery.when(judging, draft)).toBe(recommended);
    expect(endQuery.notWhile(judging, draft)).toBe(waits);
  });

  test('the command to type ends that session only', () => {
    expect(endQuery.equivalent(RUNBOOK_NAMES, [], KEY)).toContain(
      `WHERE pid = 4711 AND backend_start = '${KEY.backendStart}' AND query_start = '${KEY.queryStart}';`,
    );
    expect(endQuery.equivalent(RUNBOOK_NAMES, [], {})).toContain('pid = <pid> AND backend_start =');
  });
});

describe('R42, approved', () => {
  const run = aRun({ targets: ['session/4711'], parameters: KEY, endedAt: NOW - 10_000 });
  const proving = (session: SessionSeen | null, active = 4, change: object = {}) =>
    aProving(
      fakeProbes({
        ordersDatabase: { session: async (key) => (key.pid === 4711 ? session : null) },
        orderService: { metrics: async () => answers({ db_pool_active: active, db_pool_size: 20 }) },
      }),
      { run, ...change },
    );

  test.each<[string, SessionSeen | null, object]>([
    ['as shown', aSession(), { targets: run.targets, dropped: [] }],
    ['gone', null, { changed: 'session 4711 no longer runs that query' }],
    [
      'another’s',
      aSession({ application: 'x' }),
      { changed: expect.stringContaining('another application') },
    ],
    [
      'a superuser’s',
      aSession({ untouchable: 'superuser' }),
      { changed: expect.stringContaining('superuser') },
    ],
  ])('still holds: %s', async (_what, session, said) => {
    expect(await endQuery.stillHolds(proving(session), run)).toEqual(said);
  });

  test('asks the database for exactly that session', async () => {
    const asked: SessionKey[] = [];
    const levers = {
      ordersDatabase: {
        terminate: async (key: SessionKey) => {
          asked.push(key);
          return 'Told.';
        },
      },
    } as unknown as Levers;
    const acting = { ...proving(null), levers, licence: { key: 'k', by: 'U1' } };
    expect(await endQuery.apply('session/4711', KEY, acting)).toBe('Told.');
    expect(asked).toEqual([{ ...KEY, pid: 4711 }]);
  });

  test('a lost answer: gone is done, and one that is still there may be about to go', async () => {
    expect(await endQuery.readBack('session/4711', KEY, proving(null))).toBe('done');
    expect(await endQuery.readBack('session/4711', KEY, proving(aSession()))).toBe('unknown');
  });

  test.each<[string, SessionSeen | null, number, number, object]>([
    [
      'gone, pools below 90 %',
      null,
      17,
      10,
      { moved: run.targets, line: expect.stringContaining('is gone.') },
    ],
    ['gone, a pool at 90 %', null, 18, 10, { moved: [], unknown: [], value: 90 }],
    ['still there after 29 s', aSession(), 2, 29, { moved: [], line: 'Session 4711 is still there.' }],
    ['still there after 30 s', aSession(), 2, 30, { moved: [], stuck: true }],
  ])('proof: %s', async (_what, session, active, seconds, sample) => {
    const change = { run: { ...run, endedAt: NOW - seconds * 1_000 } };
    expect(await endQuery.proof.sample(proving(session, active, change))).toMatchObject(sample);
  });

  test('its proof gets 5 min, three samples 30 s apart; nothing is owed and nothing is watched', () => {
    expect(endQuery.proof.plan(DEFAULT_THRESHOLDS)).toMatchObject({
      everyMs: MINUTE / 2,
      withinMs: 5 * MINUTE,
      alike: 3,
    });
    expect(endQuery).toMatchObject({ tier: 'disruptive', mitigates: false, owes: [] });
  });
});
