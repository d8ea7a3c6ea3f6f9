import { describe, expect, test } from 'vitest';
import type { Findings } from '../../../src/runbooks/define-runbook.ts';
import { addReplicas, raiseMemory, restartPods } from '../../../src/runbooks/memory/actions.ts';
import type { MemoryData } from '../../../src/runbooks/memory/checks.ts';
import { dumpHeap } from '../../../src/runbooks/memory/dump.ts';
import { memory } from '../../../src/runbooks/memory.ts';
import { aRun } from '../../support/incidents.ts';
import {
  A_DRAFT,
  aDeployment,
  aJudging,
  aPod,
  aProving,
  fakeProbes,
  MINUTE,
  NOW,
  seen,
  someSettings,
} from '../../support/runbooks.ts';
import { aDatabase, anActivity } from '../database-pool/support.ts';
import { anExport } from '../exports/support.ts';
import { aHeap, findings, GIB, rise, soonFull, usageOf } from './support.ts';

const judging = (given: Partial<Findings<MemoryData>>, change = {}) => aJudging(findings(given), change);
const LEAK = { usage: seen('broken', usageOf(rise(40, 96, 60))) };
const HEAP = { heap: seen('healthy', aHeap()) };
const ready = (count: number) =>
  seen('healthy', { state: aDeployment({ ready: count }), settings: someSettings(), server: aDatabase() });

test('what takes a bad version back is offered before what buys time', () => {
  const steps = memory.actions.map(({ step }) => step);
  expect(steps.indexOf('X2')).toBeLessThan(steps.indexOf('R58'));
});

describe('R60, restart', () => {
  test.each([
    ['a leak', LEAK, 'it empties the pods until the leak fills them again', null],
    [
      'an export runs',
      { ...LEAK, exports: seen('healthy', { running: [anExport()] }) },
      null,
      'it would kill the export exp_abc123',
    ],
    [
      'the limit is too low',
      {
        usage: seen('broken', soonFull([97, 98], 6)),
      },
      null,
      'the pods would be full again within minutes',
    ],
    [
      'one ready pod',
      { ...LEAK, service: ready(1) },
      'it empties the pods until the leak fills them again',
      'only 1 of 4 pods are ready, a restart would leave nobody',
    ],
  ] as const)('%s', (_what, given, when, notWhile) => {
    expect(restartPods.when(judging(given), A_DRAFT)).toBe(when);
    expect(restartPods.notWhile(judging(given), A_DRAFT)).toBe(notWhile);
  });

  test('the limit was just changed', () => {
    const runs = [aRun({ action: 'R58', endedAt: NOW - 5 * MINUTE })];
    const { incident } = judging(LEAK);
    const given = judging(LEAK, { incident: { ...incident, runs } });
    expect(restartPods.notWhile(given, A_DRAFT)).toBe('the change of the limit replaces the pods already');
  });
});

describe('R58, the memory limit', () => {
  const [change, undo] = raiseMemory;
  const kill = { pod: 'a', container: 'app', at: NOW - MINUTE };
  const export1 = {
    exports: seen('healthy', { running: [anExport()] }),
    kills: seen('broken', { kills: [kill], past: [] }),
  };

  test('waits for an export that eats the memory, and says where it is cancelled', () => {
    expect(change.notWhile(judging(export1), A_DRAFT)).toBe(
      'cancel or split the export first, /oms diagnose exports exp_abc123 offers it',
    );
  });

  test.each([
    ['that of before the run', NOW - 10 * MINUTE, 1, 'No container was killed since'],
    ['another one, though its node is six minutes behind', NOW - 5 * MINUTE, 1, '1 container was killed'],
    ['two others', NOW - 5 * MINUTE, 2, '2 containers were killed since'],
  ])('is no cure when a container was killed since: %s', async (_what, at, many, said) => {
    const probes = fakeProbes({
      kubernetes: {
        containers: async () =>
          ['app', 'beside'].slice(0, many).map((name) => ({
            pod: 'a',
            name,
            restarts: 1,
            startedAt: at,
            lastTermination: { reason: 'OOMKilled', exitCode: 137, at },
            memoryLimit: 4 * GIB,
          })),
        usage: async () => [{ pod: 'a', container: 'app', memory: GIB, cpu: 1 }],
        deployment: async () => aDeployment(),
      },
    });
    const parameters = { killed: `a/app@${NOW - 10 * MINUTE}` };
    const run = aRun({ action: 'R60', targets: ['deployment/order-service'], parameters });
    const { moved, line } = await restartPods.proof.sample(aProving(probes, { run }));
    expect(moved).toEqual(said.startsWith('No') ? run.targets : []);
    expect(line).toContain(said);
  });

  const over = { '8.C4': { supportedAt: NOW - 90 * MINUTE, clearSince: NOW - 60 * MINUTE } };
  const back = { ...A_DRAFT, parameters: { to: String(GIB) } };

  test.each([
    ['it would do now', 60, 600, over, 'the cause is over, and the pods would use at most 60 %'],
    ['it would be full again', 85, 600, over, null],
    ['the pods are too young to tell', 60, 20, over, null],
    ['the cause still stands', 60, 600, {}, null],
  ] as const)('is taken back when %s', (_what, percent, ago, causeHistory, because) => {
    const pods = usageOf([[percent, percent]]).pods.map((pod) => ({
      ...pod,
      startedAt: NOW - ago * MINUTE,
      limit: 4 * GIB,
    }));
    const given = judging({ usage: seen('healthy', usageOf([[percent, percent]], { pods })) });
    const incident = { ...given.incident, causeHistory };
    expect(undo.when({ ...given, incident }, back)).toBe(because);
  });
});

describe('R59, more pods', () => {
  const [change] = addReplicas;
  const server = (given: Parameters<typeof aDatabase>[0] | null) => ({
    service: seen('healthy', {
      state: aDeployment(),
      settings: someSettings(),
      server: given === null ? null : aDatabase(given),
    }),
  });
  const long = { queries: seen('broken', { long: [{ pid: 7, beganAt: NOW - 2 * MINUTE }] }) };
  const roomy = { maxConnections: 500, byApplication: [] };
  const away = 'the database is being serviced or fails over';
  test.each<[string, Partial<Findings<MemoryData>>, string | null]>([
    ['nothing speaks against it', server({ activity: anActivity(roomy) }), null],
    ['the code leaks', LEAK, 'a leak fills more pods as well'],
    ['the database starts', server({ moving: true, activity: null }), away],
    ['it started lately', server({ activity: anActivity({ ...roomy, upMs: 29 * MINUTE }) }), away],
    ['a query of ours runs for long', long, 'it would be more load on a slow database'],
    ['it is full', server({ full: true }), 'the server is full: more connections would only be refused'],
    ['it was not seen', server(null), 'nobody knows how many connections the server has left'],
  ])('when %s', (_what, given, why) => {
    expect(change.notWhile(judging(given), A_DRAFT)).toBe(why);
  });

  test('the form says how many fit into the database server', () => {
    const activity = anActivity({ maxConnections: 150, reserved: 3, connections: 12, byApplication: [] });
    const [draft] = change.draft(judging(server({ activity })));
    // A fifth pod is 5 and 2 more in a rollout, 20 each, beside others’ 12, counted in fives.
    expect(draft?.parameters).toMatchObject({
      most: '4',
      because:
        'with one more, 7 pods in a rollout × 20 connections + 15 of others > 147 that the database server gives',
    });
  });
});

describe('R57, the heap dump', () => {
  test.each([
    ['all is well', HEAP, null],
    ['no JVM', { heap: seen('healthy', aHeap({ jvm: false })) }, 'it runs no JVM'],
    [
      'no room',
      { heap: seen('healthy', aHeap({ freeDisk: GIB })) },
      'the dump would not fit: 1 GiB are free, 1.2 GiB are needed',
    ],
    ['a liveness probe that waits longer', { heap: seen('healthy', aHeap({ livenessMs: 10_001 })) }, null],
    [
      'a liveness probe that does not',
      { heap: seen('healthy', aHeap({ heap: 4 * GIB, livenessMs: 31_000 })) },
      'its liveness probe kills it after 31 s without an answer, and the dump takes about 40 s',
    ],
    [
      'room not known',
      { heap: seen('healthy', aHeap({ freeDisk: null })) },
      'nobody knows whether the dump would fit on its disk',
    ],
    [
      'the only pod',
      { ...HEAP, service: ready(1) },
      'it is the only pod that is ready, and it stands still meanwhile',
    ],
    ['not looked at', {}, 'the pod could not be looked into'],
  ] as const)('%s', (_what, given, because) => {
    expect(dumpHeap.notWhile(judging(given), A_DRAFT)).toBe(because);
  });

  test('is offered for a JVM only, of the fullest pod, with a reason', () => {
    expect(dumpHeap.draft(judging({ heap: seen('healthy', aHeap({ jvm: false })) }))).toEqual([]);
    const [draft] = dumpHeap.draft(judging(HEAP));
    expect(draft?.targets).toEqual(['pod/a']);
    const rules = { ...judging(HEAP), shown: {} };
    expect(dumpHeap.validate({ reason: 'short' }, rules)).toHaveProperty('reason');
    expect(dumpHeap.validate({ reason: 'The leak is to be found.' }, rules)).toEqual({});
  });

  const run = aRun({ action: 'R57', targets: ['pod/a'], parameters: { file: '/tmp/heap-1.hprof' } });

  test.each([
    ['gone', [], { changed: 'that pod is gone' }],
    [
      'not ready',
      [aPod({ name: 'a', ready: false }), aPod({ name: 'b' })],
      { changed: 'that pod is not ready now' },
    ],
    ['alone', [aPod({ name: 'a' })], { changed: 'it is the only pod that is ready' }],
    [
      'there',
      [aPod({ name: 'a' }), aPod({ name: 'b' })],
      { targets: ['pod/a'], noted: { file: `/tmp/heap-${NOW}.hprof` } },
    ],
  ] as const)('binding: the pod is %s', async (_what, pods, still) => {
    const probes = fakeProbes({ kubernetes: { pods: async () => pods } });
    expect(await dumpHeap.stillHolds(aProving(probes), run)).toMatchObject(still);
  });

  test('whose answer was lost may still begin: no file yet is no licence for a second one', async () => {
    const probes = fakeProbes({ kubernetes: { fileSize: async () => null } });
    expect(await dumpHeap.readBack('pod/a', run.parameters, aProving(probes))).toBe('unknown');
  });

  test.each([
    ['not there yet', null, null, { moved: [], line: '/tmp/heap-1.hprof is not there yet.' }],
    ['growing', GIB, GIB / 2, { moved: [], line: '/tmp/heap-1.hprof in a has 1 GiB so far.' }],
    ['whole', GIB, GIB, { moved: ['pod/a'], line: '/tmp/heap-1.hprof in a has 1 GiB.' }],
  ] as const)('proof: the file is %s', async (_what, size, before, said) => {
    const probes = fakeProbes({
      kubernetes: { pods: async () => [aPod({ name: 'a' })], fileSize: async () => size },
    });
    const samples = [{ at: NOW, moved: [], unknown: [], line: '', value: before, worse: false }];
    const proven = aRun({ targets: run.targets, parameters: run.parameters }, { samples });
    expect(await dumpHeap.proof.sample(aProving(probes, { run: proven }))).toMatchObject(said);
  });
});

test('each temporary change has its undo among the actions, and owes it', () => {
  for (const step of ['R58', 'R59'] as const) {
    const action = memory.actions.find((one) => one.step === step);
    expect(action?.owes).toContainEqual(expect.objectContaining({ undo: `${step}-undo` }));
    expect(memory.actions.map((one) => one.step)).toContain(`${step}-undo`);
  }
});
