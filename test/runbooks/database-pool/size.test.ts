import { describe, expect, test } from 'vitest';
import type { ServerActivity } from '../../../src/ports/orders-database.ts';
import { addPods, lowerPool, raisePool, removePods } from '../../../src/runbooks/database-pool/size.ts';
import { DEFAULT_THRESHOLDS } from '../../../src/runbooks/thresholds.ts';
import { anIncident, aRun } from '../../support/incidents.ts';
import {
  A_DRAFT,
  aDeployment,
  answers,
  aProving,
  fakeProbes,
  MINUTE,
  NOW,
  seen,
  silent,
  someSettings,
} from '../../support/runbooks.ts';
import { aDatabase, anActivity, aSession, type Given, given, judged, pools, USUAL } from './support.ts';

const replicas = (count: number, env: Record<string, string> = {}): Given => ({
  service: seen('healthy', {
    state: aDeployment({ replicas: count, ready: count }),
    settings: someSettings({
      replicas: count,
      containers: [{ name: 'order-service', env, memoryLimit: null, memoryRequest: null }],
    }),
  }),
});
const server = (most: number, others = 12): Given => ({
  database: seen(
    'healthy',
    aDatabase({
      activity: anActivity({
        maxConnections: most,
        connections: others + 30,
        byApplication: [{ application: 'order-service', connections: 30, active: 20, idleMs: [] }],
      }),
    }),
  ),
});

const away = 'the database is being serviced or fails over';
const slow = 'it would be more load on a slow database';
const full = 'the server is full: more connections would only be refused';
const unseen = 'nobody knows how many connections the server has left';
const common: readonly (readonly [string, Given, string | null])[] = [
  ['nothing speaks against it', server(500), null],
  ['a failover', { ...server(500), ...given.pods({ ready: 0 }) }, away],
  ['a long query', { ...server(500), ...given.sessions(aSession()) }, slow],
  ['the server is full', given.database({ full: true }), full],
  ['it let nobody in', given.database({ full: true, activity: null, ours: null }), full],
  ['it was not seen', { database: seen('unknown', null) }, unseen],
  ['its sessions are hidden', given.database({ activity: anActivity({ missingRight: 'G' }) }), unseen],
];

describe('R43, a larger pool', () => {
  test.each<[string, Given, string | null]>([
    ['too small', given.small, 'the pools are too small for what usually comes'],
    ['a spike', given.spike, 'more comes than usual, and the server has room'],
    ['a leak', given.leak, null],
    ['nothing', {}, null],
  ])('recommended for %s', (_what, what, because) =>
    expect(raisePool.when(judged(what), A_DRAFT)).toBe(because),
  );

  test.each<readonly [string, Given, string | null]>([
    ...common,
    ['a leak', { ...server(500), ...given.leak }, 'a leak fills any pool'],
    [
      'there is no room',
      { ...server(100), ...replicas(4) },
      'there is no room: with one more, 5 pods in a rollout × 17 connections + 15 of others > 97 that the database server gives',
    ],
    [
      'another rollout',
      {
        ...server(500),
        service: seen('healthy', { state: aDeployment({ rollout: 'under way' }), settings: someSettings() }),
      },
      'another rollout is under way',
    ],
  ])('waits: %s', (_what, what, because) => expect(raisePool.notWhile(judged(what), A_DRAFT)).toBe(because));

  test('opens with 50, says what it is now and what would fit', () => {
    const [draft] = raisePool.draft(judged({ ...server(500), ...replicas(4) }));
    expect(draft?.parameters).toMatchObject({ present: '20', most: '96' });
    expect(draft?.fields).toMatchObject([{ name: 'to', kind: 'number', least: 21, most: 96, initial: '50' }]);
    expect(draft?.preview.join(' ')).toContain('not set, which means 20 → what you fill in.');
    expect(draft?.preview.join(' ')).toContain(
      'At most 96 fit: with one more, 5 pods in a rollout × 97 connections + 15 of others > 497 that the database server gives',
    );
  });

  test('what others take may come and go a little without making it another offer', () => {
    const draft = (others: number) => raisePool.draft(judged({ ...server(500, others), ...replicas(4) }));
    expect(draft(11)).toEqual(draft(14));
  });

  const shown = {
    present: '20',
    most: '12',
    because: '7 pods in a rollout × 13 connections + 15 of others > 97 that the database server gives',
  };
  const rules = { names: judged().names, thresholds: DEFAULT_THRESHOLDS, shown };
  test.each([
    ['20', 'The pool size is 20 already.'],
    ['10', 'The pool size is 20 already, 10 would shrink it.'],
    [
      '50',
      'At most 12 fit: 7 pods in a rollout × 13 connections + 15 of others > 97 that the database server gives.',
    ],
    ['many', 'Write a whole number.'],
  ])('refuses %s', (to, because) => expect(raisePool.validate({ to }, rules)).toEqual({ to: because }));

  const run = (to: string) =>
    aRun({
      targets: ['deployment/order-service'],
      parameters: { generation: '7', container: 'order-service', to },
    });
  const proving = (activity: ServerActivity | Error, count: number) =>
    aProving(
      fakeProbes({
        kubernetes: {
          deployment: async () => aDeployment({ replicas: count, ready: count }),
          settings: async () => someSettings({ replicas: count, surge: 1, surgePercent: null }),
        },
        ordersDatabase: {
          activity: async () => {
            if (activity instanceof Error) throw activity;
            return activity;
          },
        },
        orderService: { metrics: async () => answers({ db_pool_active: 1, db_pool_size: 20 }) },
      }),
    );

  test('is summed up again just before it runs, with all that others take by then', async () => {
    const said = await raisePool.stillHolds(proving(anActivity(), 6), run('50'));
    expect(said).toEqual({
      changed: '7 pods in a rollout × 50 connections + 12 of others > 97 that the database server gives',
    });
    expect(await raisePool.stillHolds(proving(anActivity(), 6), run('12'))).toMatchObject({
      targets: ['deployment/order-service'],
      noted: { before: '' },
    });
    expect(await raisePool.stillHolds(proving(silent(), 6), run('12'))).toEqual({ changed: unseen });
  });

  test('its undo is owed, and the proof is that of a restart', () => {
    expect(raisePool.owes).toMatchObject([{ undo: 'R43-undo', owner: 'whoever asked' }]);
    expect(raisePool.proof.plan(DEFAULT_THRESHOLDS)).toMatchObject({ withinMs: 10 * MINUTE, alike: 3 });
    expect(raisePool).toMatchObject({ tier: 'disruptive', mitigates: true });
  });

  describe('taken back', () => {
    const raised = aRun({
      action: 'R43',
      outcome: 'done',
      beganAt: NOW - 60 * MINUTE,
      parameters: { generation: '6', before: '', to: '50' },
    });
    const looks = (most: number, minutes = 30) => ({
      pool: seen(
        'healthy' as const,
        pools([most], { looks: [{ at: NOW - minutes * MINUTE, most, all: most }], load: USUAL }),
      ),
    });
    const when = (what: Given, history: object = {}) => {
      const incident = anIncident([], { runs: [raised], causeHistory: { ...history } });
      const judging = judged({ ...replicas(4, { DB_POOL_SIZE: '50' }), ...what }, { incident });
      const [draft = A_DRAFT] = lowerPool.draft(judging);
      return lowerPool.when(judging, draft);
    };
    const enough = 'for 30 min what was before would have been enough';

    test.each<[string, Given, string | null]>([
      ['13 of the 20 before for 30 min', looks(13), enough],
      ['14 of the 20 before', looks(14), null],
      ['for 29 min', looks(13, 29), null],
      ['nobody said', { pool: seen('unknown', null) }, null],
    ])('%s', (_what, what, because) => expect(when(what)).toBe(because));

    test('when the spike has been over for 30 min', () => {
      const since = (minutes: number) => ({
        '6.C3': { supportedAt: NOW - 60 * MINUTE, clearSince: NOW - minutes * MINUTE },
      });
      expect(when(looks(20), since(30))).toBe('as much comes as usual again');
      expect(when(looks(20), since(29))).toBeNull();
    });
  });
});

describe('R44, more pods', () => {
  test.each<[string, Given, string | null]>([
    ['a spike', given.spike, 'more comes than usual'],
    ['too small', given.small, null],
  ])('recommended for %s', (_what, what, because) =>
    expect(addPods.when(judged(what), A_DRAFT)).toBe(because),
  );

  test.each(common)('waits: %s', (_what, what, because) =>
    expect(addPods.notWhile(judged(what), A_DRAFT)).toBe(because),
  );

  test('each pod takes its pool: as set, as they say, else the runbook’s 20', () => {
    const most = (what: Given) => addPods.draft(judged({ ...server(200), ...what }))[0]?.parameters['most'];
    expect(most(replicas(3, { DB_POOL_SIZE: '40' }))).toBe('3');
    expect(most({ ...replicas(3), ...given.pool([1, 1]) })).toBe('7');
    expect(most({ ...replicas(3), pool: seen('unknown', null) })).toBe('7');
    const [draft] = addPods.draft(judged({ ...server(200), ...replicas(3) }));
    expect(draft?.fields).toMatchObject([{ least: 4, most: 7, initial: '6' }]);
    expect(draft?.parameters['because']).toBe(
      'with one more, 10 pods in a rollout × 20 connections + 15 of others > 197 that the database server gives',
    );
  });

  test('an autoscaler would set it back', () => {
    const owned = {
      service: seen('healthy', {
        state: aDeployment(),
        settings: someSettings({ hpa: { name: 'order-service', min: 4, max: 9 } }),
      }),
    };
    expect(addPods.notWhile(judged({ ...server(500), ...owned }), A_DRAFT)).toContain(
      'the HPA order-service',
    );
  });

  test('all are ready in 5 min, then the pools are looked at', () => {
    expect(addPods.proof.plan(DEFAULT_THRESHOLDS)).toMatchObject({ settleMs: 5 * MINUTE, alike: 3 });
  });

  test('is taken back when fewer would have been enough for half an hour', () => {
    const runs = [
      aRun({
        action: 'R44',
        outcome: 'done',
        beganAt: NOW - 60 * MINUTE,
        parameters: { before: '3', to: '6' },
      }),
    ];
    const when = (all: number) => {
      const looks = [{ at: NOW - 30 * MINUTE, most: 10, all }];
      const what = { ...replicas(6), pool: seen('healthy', pools([10], { looks })) };
      const judging = judged(what, { incident: anIncident([], { runs }) });
      return removePods.when(judging, removePods.draft(judging)[0] ?? A_DRAFT);
    };
    expect(when(41)).toBe('for 30 min what was before would have been enough');
    expect(when(42)).toBeNull();
  });
});
