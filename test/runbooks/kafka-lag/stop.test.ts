import { describe, expect, test } from 'vitest';
import type { Duty } from '../../../src/domain/duty.ts';
import type { Run } from '../../../src/domain/run.ts';
import type { DeploymentState } from '../../../src/ports/kubernetes.ts';
import { startConsumers, stopConsumers } from '../../../src/runbooks/kafka-lag/stop.ts';
import { RUNBOOK_NAMES } from '../../../src/runbooks/names.ts';
import { aRun } from '../../support/incidents.ts';
import { aDeployment, NOW, seen } from '../../support/runbooks.ts';
import { first, type Given, hand, judging, NOBODY, poisoned, proving } from './acting.ts';
import { aStuck, GROUP, groupNow, NAMES, runs, stuckAt } from './support.ts';

const running = aDeployment({ generation: 4, replicas: 2, ready: 2 });
const pods = (state: DeploymentState | null) => ({
  consumers: seen('healthy', { byGroup: { [GROUP]: state } }),
});
const live = { ...poisoned({ members: 2 }), ...pods(running) };
const told = { group: GROUP, generation: '4', before: '2' };
const stopRun = (change: Partial<Run> = {}, verdict: 'helped' | 'did not help' | null = 'helped') =>
  aRun(
    {
      id: 'stop',
      action: 'R51-stop',
      parameters: told,
      approvedAt: NOW - 300_000,
      beganAt: NOW - 300_000,
      ...change,
    },
    { verdict },
  );
const kubernetes = (state: DeploymentState | null) => ({ deployment: async () => state });

describe('stopping the consumers', () => {
  const draft = first(stopConsumers.draft(judging(live)));

  test('says what ends and what stays owed', () => {
    expect(draft).toMatchObject({
      targets: ['deployment/notifier'],
      parameters: told,
      preview: [
        'Pods of notifier: 2 → 0. Nobody reads for notification-consumer until they are started again.',
        'It is for now: starting them again stays owed until it is done.',
      ],
      binding: { kind: 'exact', expected: '4' },
    });
    expect(stopConsumers.owes).toMatchObject([{ undo: 'R51-start' }]);
  });

  test('names what else these pods run', () => {
    const { kafka } = NAMES;
    const both = { ...kafka.consumers, mailer: runs('notifier') };
    const names = { ...NAMES, kafka: { ...kafka, consumers: both } };
    expect(first(stopConsumers.draft(judging(live, [], names))).preview[1]).toBe('It also runs mailer.');
  });

  test.each<[string, Given, typeof NAMES]>([
    ['has no member', { ...poisoned({ members: 0 }), ...pods(running) }, NAMES],
    ['moves', { ...stuckAt(aStuck({ members: 2, all: false })), ...pods(running) }, NAMES],
    [
      'is of a kind that cannot be told',
      { ...poisoned({ members: 2, kind: 'unknown' }), ...pods(running) },
      NAMES,
    ],
    ['is run by nobody that we know', live, NOBODY],
    ['could not be looked at', { ...poisoned({ members: 2 }), ...pods(null) }, NAMES],
    ['is scaled to 0', { ...poisoned({ members: 2 }), ...pods(aDeployment({ replicas: 0 })) }, NAMES],
  ])('nothing is drafted for a group that %s', (_what, given, names) => {
    expect(stopConsumers.draft(judging(given, [], names))).toEqual([]);
  });

  test('recommended only where one message could be skipped then', () => {
    expect(stopConsumers.when(judging(live), draft)).toMatch(/the one message .* can be skipped/);
    expect(stopConsumers.when(judging(live, [], RUNBOOK_NAMES), draft)).toBeNull();
    expect(
      stopConsumers.when(judging({ ...stuckAt(aStuck({ members: 2 })), ...pods(running) }), draft),
    ).toBeNull();
  });

  test.each([
    ['calm', running, null],
    ['replacing its pods', { ...running, rollout: 'under way' } as const, 'another rollout is under way'],
    ['paused', { ...running, paused: true }, 'its rollout is paused'],
  ])('when the deployment is %s', (_what, state, why) => {
    expect(stopConsumers.notWhile(judging({ ...live, ...pods(state) }), draft)).toBe(why);
  });

  test.each([
    ['as shown', running, { targets: expect.any(Array) }],
    ['changed', { ...running, generation: 5 }, { changed: expect.stringContaining('generation 4 is 5 now') }],
    ['gone', null, { changed: 'the deployment is gone' }],
  ])('begins only when it is %s', async (_what, state, holds) => {
    const proof = proving({}, told, kubernetes(state));
    expect(await stopConsumers.stillHolds(proof, proof.run)).toMatchObject(holds);
  });

  test('scales to 0, bound to the generation', async () => {
    const { asked, acting } = hand();
    await stopConsumers.apply('x', told, acting);
    expect(asked).toEqual(['scale notifier of generation 4 to 0']);
  });

  test.each([
    ['0 pods', { ...running, generation: 5, replicas: 0 }, 'done'],
    ['the generation of before', running, 'not done'],
    ['another number', { ...running, generation: 6, replicas: 3 }, 'unknown'],
    ['no deployment', null, 'unknown'],
  ] as const)('reads back %s', async (_what, state, read) => {
    expect(await stopConsumers.readBack('x', told, proving({}, told, kubernetes(state)))).toBe(read);
  });

  test.each([
    ['empty', groupNow([1], { members: 0 }), { moved: [`group/${GROUP}`] }],
    ['still there', groupNow([1], { members: 1 }), { moved: [], unknown: [] }],
    ['not told of', { groups: async () => ({ groups: [], problems: [] }) }, { unknown: [`group/${GROUP}`] }],
  ])('proof: the group is %s', async (_what, kafka, sample) => {
    expect(await stopConsumers.proof.sample(proving(kafka, told))).toMatchObject(sample);
  });
});

describe('starting them again', () => {
  const stopped = { ...poisoned(), ...pods(aDeployment({ generation: 5, replicas: 0, ready: 0 })) };
  const set = (action: Run['action'], change: Partial<Run> = {}) =>
    aRun({ id: 'set', action, parameters: { group: GROUP }, approvedAt: NOW, ...change });
  const draft = first(startConsumers.draft(judging(stopped, [stopRun()])));

  test('to as many as there were', () => {
    expect(draft).toMatchObject({ parameters: { before: '2', generation: '5' } });
    expect(draft.preview).toEqual([
      'Pods of notifier: 0 → 2, as before. They read for notification-consumer again.',
    ]);
  });

  test.each<[string, readonly Run[], number]>([
    ['a stop', [stopRun()], 1],
    ['a stop whose answer was lost', [stopRun({ outcome: 'unknown' })], 1],
    ['a stop that surely failed', [stopRun({ outcome: 'failed' })], 0],
    ['a stop and a start', [stopRun(), aRun({ action: 'R51-start', parameters: told, beganAt: NOW })], 0],
    ['nothing', [], 0],
  ])('after %s', (_what, runs, count) => {
    expect(startConsumers.draft(judging(stopped, runs))).toHaveLength(count);
  });

  test('not once somebody has ticked off that they run again', () => {
    const stood = judging(stopped, [stopRun()]);
    const duty = {
      id: 'duty',
      what: `Start the consumers of ${GROUP} again.`,
      owner: 'URESPONDER',
      targets: ['deployment/notifier'],
      run: 'stop',
      undo: 'R51-start',
      at: NOW - 290_000,
      done: { by: 'URESPONDER', at: NOW - 60_000 },
    } as const;
    const offered = (owed: readonly Duty[]) =>
      startConsumers.draft({ ...stood, incident: { ...stood.incident, owed } });
    expect(offered([{ ...duty, done: null }])).toHaveLength(1);
    expect(offered([duty])).toEqual([]);
  });

  test.each<[string, readonly Run[], string | null]>([
    ['a message was skipped', [stopRun(), set('R51-skip')], 'the offsets are set, and nobody reads'],
    ['the group was reset', [stopRun(), set('R51')], 'the offsets are set, and nobody reads'],
    ['that failed', [stopRun(), set('R51', { outcome: 'failed' })], null],
    ['it was before the stop', [stopRun(), set('R51', { approvedAt: NOW - 600_000 })], null],
    [
      'the group did not become empty',
      [stopRun({}, 'did not help')],
      'the group did not become empty, so no offset can be set',
    ],
    ['nothing came of it yet', [stopRun({}, null)], null],
  ])('recommended when %s', (_what, runs, why) => {
    expect(startConsumers.when(judging(stopped, runs), draft)).toBe(why);
  });

  test.each<[string, Given, readonly Run[], string | RegExp | null]>([
    ['nothing runs', stopped, [stopRun()], null],
    [
      'somebody has started them',
      { ...poisoned(), ...pods(running) },
      [stopRun()],
      /it has 2 pods already; tick it off/,
    ],
    [
      'a skip is under way',
      stopped,
      [stopRun(), set('R51-skip', { state: 'running', outcome: null })],
      /being set/,
    ],
    ['they could not be looked at', { ...poisoned(), ...pods(null) }, [stopRun()], /could not be looked at/],
  ])('when %s', (_what, given, runs, why) => {
    const said = startConsumers.notWhile(judging(given, runs), draft);
    if (why instanceof RegExp) expect(said).toMatch(why);
    else expect(said).toBe(why);
  });

  test('scales to what it was', async () => {
    const { asked, acting } = hand();
    await startConsumers.apply('x', draft.parameters, acting);
    expect(asked).toEqual(['scale notifier of generation 5 to 2']);
  });

  test.each([
    ['both are ready and read', { ready: 2, members: 2 }, true],
    ['one is not ready', { ready: 1, members: 1 }, false],
    ['nobody has joined', { ready: 2, members: 0 }, false],
  ])('proof: %s', async (_what, { ready, members }, moved) => {
    const state = aDeployment({ replicas: 2, ready });
    const sample = await startConsumers.proof.sample(
      proving(groupNow([1], { members }), draft.parameters, kubernetes(state)),
    );
    expect(sample.moved.length > 0).toBe(moved);
  });
});
