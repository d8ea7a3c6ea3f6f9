import { describe, expect, test } from 'vitest';
import type { Verdict } from '../../../src/domain/finding.ts';
import type { Incident } from '../../../src/domain/incident.ts';
import type { KubernetesProbe } from '../../../src/ports/kubernetes.ts';
import type { ServerActivity, SessionSeen } from '../../../src/ports/orders-database.ts';
import type { OrderServiceProbe, OrdersDatabaseProbe } from '../../../src/ports/probes.ts';
import { SystemError } from '../../../src/ports/system-error.ts';
import { checks } from '../../../src/runbooks/database-pool/checks.ts';
import type { DatabaseSeen } from '../../../src/runbooks/database-pool/database.ts';
import type { PoolSeen } from '../../../src/runbooks/database-pool/pool.ts';
import type { Asking } from '../../../src/runbooks/define-runbook.ts';
import { RUNBOOK_NAMES } from '../../../src/runbooks/names.ts';
import { anIncident } from '../../support/incidents.ts';
import {
  answers,
  aPod,
  aProving,
  diagnosed,
  fakeProbes,
  MINUTE,
  NOW,
  silent,
} from '../../support/runbooks.ts';
import { anActivity, aSession, blocking } from './support.ts';

const look = async (
  probes: {
    readonly orderService?: Partial<OrderServiceProbe>;
    readonly ordersDatabase?: Partial<OrdersDatabaseProbe>;
    readonly kubernetes?: Partial<KubernetesProbe>;
  },
  change: Parameters<typeof diagnosed>[2] = {},
) => await diagnosed('database-pool', fakeProbes(probes), change);

/** The look before found this. */
function lookedBefore(step: 'R37' | 'R38', data: unknown): { readonly incident: Partial<Incident> } {
  const finding = { step, verdict: 'broken', line: '', evidence: [], data, at: NOW, tookMs: 1 } as const;
  const { diagnosis } = anIncident([finding]);
  return { incident: { diagnosis } };
}

test('systems that are not configured are skipped, those that do not answer unknown, each by itself', async () => {
  const { findings, impact } = await look({});
  expect(findings.map(({ step, verdict }) => [step, verdict])).toEqual(
    ['R37', 'R38', 'R39', 'R40', 'R41', 'X11', 'X6', 'X5'].map((step) => [step, 'skipped']),
  );
  expect(impact.known).toBe(false);
  const no = async () => {
    throw silent();
  };
  const found = await look({
    orderService: { metrics: no },
    ordersDatabase: { activity: no, sessions: no, orderRate: no },
    kubernetes: { pods: no, deployment: no, settings: no, logs: no },
  });
  const asked = found.findings.filter(({ step }) => step !== 'X5');
  expect(new Set(asked.map(({ verdict }) => verdict))).toEqual(new Set(['unknown']));
  expect(found.causes.every(({ verdict }) => verdict === 'open')).toBe(true);
});

describe('R37', () => {
  const page = (active: number, size: number | null = 20) => ({
    db_pool_active: active,
    ...(size === null ? {} : { db_pool_size: size }),
  });
  const of = async (
    pages: readonly (Record<string, number> | null)[],
    change: Parameters<typeof diagnosed>[2] = {},
  ) => (await look({ orderService: { metrics: async () => answers(...pages) } }, change)).of('R37');

  test.each<[string, readonly (Record<string, number> | null)[], Verdict, string]>([
    ['sound', [page(5), page(8)], 'healthy', 'The fullest pool has 8 of 20 connections in use.'],
    ['just below', [page(17)], 'healthy', '17 of 20'],
    ['at 90 %', [page(3), page(18)], 'broken', '1 of 2 pods is at 90 % or more.'],
    ['full on all', [page(20), page(50, 50)], 'broken', '2 of 2 pods are at 90 % or more.'],
    ['a pod is silent', [page(5), null], 'unknown', '1 of 2 pods did not say.'],
    ['a pod is silent, another full', [page(20), null], 'broken', '1 of 2 pods did not say.'],
    ['no size: the runbook’s own', [page(18, null)], 'broken', '18 of 20'],
    ['more in use than that size', [page(30, null)], 'unknown', 'more than its size'],
    ['fewer than none, as a pool that is not there yet says', [page(-1)], 'unknown', '`metrics.poolActive`'],
    ['no such metric', [{}], 'unknown', '`metrics.poolActive`'],
    ['no pod', [], 'unknown', 'No pod of the order service is ready'],
  ])('%s', async (_what, pages, verdict, line) => {
    expect(await of(pages)).toMatchObject({ verdict, line: expect.stringContaining(line) });
  });

  test('is full when said twice, 15 s apart; the row of looks ends with a sound one', async () => {
    const first = await of([page(20), page(20)]);
    expect(first.data).toMatchObject({ fullSince: NOW, full: false, allFullSince: NOW });
    const second = await of([page(20), page(2)], { now: NOW + 15_000, ...lookedBefore('R37', first.data) });
    expect(second.data).toMatchObject({ fullSince: NOW, full: true, allFullSince: null });
    expect(second.line).toMatch(/ha(s|ve) been at 90 % or more for 15 s\.$/);
    const third = await of([page(2), page(2)], { now: NOW + 30_000, ...lookedBefore('R37', second.data) });
    expect(third.data).toMatchObject({ fullSince: null, full: false });
  });

  test('keeps the looks of half an hour, whole ones only', async () => {
    const first = (await of([page(3), page(4)])).data as PoolSeen;
    expect(first.looks).toEqual([{ at: NOW, most: 4, all: 7 }]);
    const half = (await of([page(9), null], { now: NOW + MINUTE, ...lookedBefore('R37', first) }))
      .data as PoolSeen;
    expect(half.looks).toEqual(first.looks);
    const later = (await of([page(9), page(1)], { now: NOW + 32 * MINUTE, ...lookedBefore('R37', first) }))
      .data;
    expect((later as PoolSeen).looks).toEqual([{ at: NOW + 32 * MINUTE, most: 9, all: 10 }]);
  });
});

describe('R38', () => {
  const of = async (activity: () => Promise<ServerActivity>, change: Parameters<typeof diagnosed>[2] = {}) =>
    (await look({ ordersDatabase: { activity } }, change)).of('R38');
  const idle = (...minutes: readonly number[]) => ({ idleMs: minutes.map((each) => each * MINUTE) });

  test.each<[string, ServerActivity, Verdict, string]>([
    [
      'as usual',
      anActivity(),
      'healthy',
      '42 of 100 connections are in use, 20 active, 1 idle in transaction.',
    ],
    ['full', anActivity({ connections: 90 }), 'broken', 'The server is full: 90 of 100'],
    ['4 left idle', anActivity({}, idle(9, 8, 7, 6, 5)), 'healthy', '4 of ours have idled in a transaction'],
    ['5 left idle', anActivity({}, idle(9, 8, 7, 6, 5.1)), 'broken', '5 of ours have idled'],
    [
      'states are hidden',
      anActivity({ missingRight: 'GRANT x TO y' }),
      'unknown',
      '`GRANT x TO y` would show it',
    ],
    ['hidden, and full', anActivity({ missingRight: 'G', connections: 95 }), 'broken', 'The server is full'],
    ['a standby', anActivity({ standby: true }), 'unknown', 'A standby answered'],
    ['none of ours', anActivity({ byApplication: [] }), 'unknown', '`database.application` in oms.yaml'],
  ])('%s', async (_what, activity, verdict, line) => {
    expect(await of(async () => activity)).toMatchObject({ verdict, line: expect.stringContaining(line) });
  });

  test.each([
    ['exhausted', 'broken', { full: true, moving: false }],
    ['starting or stopping', 'broken', { full: false, moving: true }],
    ['unreachable', 'unknown', null],
  ] as const)('a database that is %s reads %s', async (fault, verdict, data) => {
    const found = await of(async () => {
      throw new SystemError('The orders database', fault, 'It says so.', { sent: 'no', mayRetry: false });
    });
    expect(found.verdict).toBe(verdict);
    if (data !== null) expect(found.data).toMatchObject(data);
    expect(found.line).toContain('It says so.');
  });

  test('remembers when another server took over', async () => {
    const before = (await of(async () => anActivity({ standby: true }))).data;
    const found = await of(async () => anActivity(), { now: NOW + MINUTE, ...lookedBefore('R38', before) });
    expect((found.data as DatabaseSeen).roleChangedAt).toBe(NOW + MINUTE);
    const later = await of(async () => anActivity(), {
      now: NOW + 2 * MINUTE,
      ...lookedBefore('R38', found.data),
    });
    expect((later.data as DatabaseSeen).roleChangedAt).toBe(NOW + MINUTE);
  });
});

describe('R39', () => {
  const of = async (...sessions: readonly SessionSeen[]) =>
    (await look({ ordersDatabase: { sessions: async () => sessions } })).of('R39');

  test.each<[string, readonly SessionSeen[], Verdict, string]>([
    [
      'nothing',
      [],
      'healthy',
      'No query of ours has run for over 60 s, and none blocks others for that long.',
    ],
    [
      'a long one of ours',
      [aSession()],
      'broken',
      'Session 4711 of order-service has run its query for 2 min.',
    ],
    [
      'a long one of others',
      [aSession({ application: 'reports' })],
      'healthy',
      '1 of other applications has.',
    ],
    [
      'one that others wait for',
      [blocking(), aSession({ pid: 2 })],
      'broken',
      'is idle in transaction, and 3 others wait for it, the longest for 1 min. 1 more run long or block others.',
    ],
  ])('%s', async (_what, sessions, verdict, line) => {
    expect(await of(...sessions)).toMatchObject({ verdict, line: expect.stringContaining(line) });
  });

  test('who waits for whom stands in the evidence, with the masked query', async () => {
    const found = await of(blocking(), aSession({ pid: 5, blockedBy: [4711] }));
    expect(found.evidence).toEqual([
      '4711  order-service  idle in transaction  2 min  blocks 3  select * from orders where id = ?',
      '5  order-service  active  2 min  waits for 4711  select * from orders where id = ?',
    ]);
  });
});

test('R40 counts the pods of the database', async () => {
  const found = await look({ kubernetes: { pods: async () => [aPod(), aPod({ ready: false })] } });
  expect(found.of('R40')).toMatchObject({ verdict: 'broken', line: 'The database: 1 of 2 pods are ready.' });
});

test('R40 does not apply where somebody else runs the database', async () => {
  const names = { ...RUNBOOK_NAMES, postgres: { ...RUNBOOK_NAMES.postgres, managed: true } };
  const ask = { ...aProving(fakeProbes({})), names } as unknown as Asking;
  expect(await checks.pods.look(ask)).toMatchObject({
    verdict: 'skipped',
    line: expect.stringContaining('Not applicable'),
  });
  expect(checks.database.equivalent(names)).toMatch(/^psql "\$ORDERS_DATABASE_URL" -c "/);
});
