import { describe, expect, test } from 'vitest';
import type { CauseHistory } from '../../../src/domain/cause-history.ts';
import type { ContainerLog } from '../../../src/ports/kubernetes.ts';
import { replayLetters } from '../../../src/runbooks/kafka-lag/replay.ts';
import { restartGroup, restartService } from '../../../src/runbooks/kafka-lag/restart.ts';
import { anIncident, aRun } from '../../support/incidents.ts';
import {
  A_DRAFT,
  aDeployment,
  aJudging,
  aLog,
  answers,
  aProving,
  fakeProbes,
  MINUTE,
  NOW,
  seen,
} from '../../support/runbooks.ts';
import { first, type Given, hand, judging, NOBODY } from './acting.ts';
import {
  aGroup,
  aPath,
  aProducer,
  aTopic,
  behind,
  findings,
  GROUP,
  groupNow,
  letters,
  NAMES,
  partitions,
} from './support.ts';

const away = { brokers: seen('broken', { ready: 2, total: 3, restartedAt: null, waiting: [] }) };
const split = { topic: seen('broken', aTopic({ offline: [1], troubleSince: NOW - MINUTE })) };
const shut = (pods: number, change = {}) => ({ path: seen('broken', aPath(pods, change)) });
const full = { producer: seen('broken', aProducer(2)) };

/** What the last minute's log, the producers and the dead letters say at the proof. */
const saying = (
  lines: number,
  free: number | null,
  dead: Record<string, number> = {},
  change: Partial<ContainerLog> = {},
) =>
  fakeProbes({
    kubernetes: {
      deployment: async () => aDeployment(),
      logs: async () => [aLog(Array(lines).fill('KAFKA_PUBLISH_FAILED x'), change)],
    },
    orderService: {
      metrics: async () => answers(free === null ? {} : { free, total: 100, failed: 0 }),
      failedEvents: async () => ({
        total: Object.values(dead).reduce((sum, one) => sum + one, 0),
        oldestAt: null,
        byClass: dead,
        orders: null,
      }),
    },
  });
const sampled = async (action: typeof restartService, probes: ReturnType<typeof saying>) =>
  await action.proof.sample(aProving(probes, { names: NAMES, run: aRun({ targets: ['x'] }, {}) }));

describe('R50', () => {
  test.each<[string, Given, string | null]>([
    ['some pods do not reach Kafka', shut(1), '1 of 3 pods does not reach Kafka, the others do'],
    ['one look alone says so', shut(1, { shutSince: NOW }), null],
    ['none does', shut(3), null],
    ['a buffer is full and Kafka is well', full, 'a producer’s buffer is full, and Kafka is well'],
    ['a buffer is full and a broker away', { ...full, ...away }, null],
    ['a buffer is full and nobody knows the brokers', { ...full, brokers: seen('unknown', null) }, null],
    ['all is well', {}, null],
  ])('recommended when %s', (_what, given, why) => {
    expect(restartService.when(judging(given), A_DRAFT)).toBe(why);
  });

  const lost = 'unsent events in the buffers would be lost, and nothing gained';
  test.each<[string, Given, string | null]>([
    ['a broker is away', away, lost],
    ['partitions are in trouble', split, lost],
    ['no pod reaches Kafka', shut(3), lost],
    ['one does not', shut(1), null],
    ['events cannot be serialized', letters(5, 5), 'the same events would fail again'],
    [
      'nobody knows how the brokers are',
      { brokers: seen('unknown', null), topic: seen('unknown', null) },
      'the brokers come first, and nobody knows how they are',
    ],
    [
      'the pods are too few',
      { service: seen('broken', aDeployment({ ready: 1 })) },
      'only 1 of 4 pods are ready, a restart would leave nobody',
    ],
  ])('when %s', (_what, given, why) => {
    expect(restartService.notWhile(judging(given), A_DRAFT)).toBe(why);
  });

  test.each([
    ['nothing fails and there is room', saying(0, 50), true, false],
    ['nothing fails and there is no room', saying(0, 5), false, false],
    ['events still fail', saying(2, 50), false, false],
    ['the room is not known', saying(0, null), false, true],
    ['the log could not be read', saying(0, 50, {}, { problem: 'gone' }), false, true],
  ])('proof: %s', async (_what, probes, moved, dark) => {
    const sample = await sampled(restartService, probes);
    expect([sample.moved.length > 0, sample.unknown.length > 0]).toEqual([moved, dark]);
  });
});

describe('X16', () => {
  const still = behind(aGroup(partitions('still', 'still')));
  const draft = first(restartGroup.draft(judging(still)));

  test('is bound to the deployment that runs the group', () => {
    expect(draft).toMatchObject({
      targets: ['deployment/notifier'],
      parameters: { group: GROUP, generation: '7' },
      binding: { kind: 'exact', expected: '7' },
    });
    expect(restartGroup.draft(judging(behind(aGroup(partitions('moving'), { trend: 'falling' }))))).toEqual(
      [],
    );
  });

  test.each<[string, Given, string | null]>([
    ['nothing moves', still, 'nothing of the group moves'],
    ['its only partition stands still', behind(aGroup(partitions('still'))), 'nothing of the group moves'],
    ['one stands still', behind(aGroup(partitions('still', 'moving'))), null],
    [
      'it rebalances for 6 min',
      behind(
        aGroup(partitions('moving'), {
          state: 'PreparingRebalance',
          inState: { since: NOW - 6 * MINUTE, looks: 6 },
        }),
      ),
      'the group has been rebalancing for over 5 min',
    ],
    [
      'it rebalances for 5 min',
      behind(
        aGroup(partitions('moving'), {
          state: 'PreparingRebalance',
          inState: { since: NOW - 5 * MINUTE, looks: 5 },
        }),
      ),
      null,
    ],
  ])('recommended when %s', (_what, given, why) => {
    expect(restartGroup.when(judging(given), draft)).toBe(why);
  });

  const zero = {
    consumers: seen('broken', { byGroup: { [GROUP]: aDeployment({ replicas: 0, ready: 0 }) } }),
  };
  const alone = {
    consumers: seen('healthy', { byGroup: { [GROUP]: aDeployment({ replicas: 1, ready: 1 }) } }),
  };
  test.each<[string, Given, typeof NAMES, string | RegExp | null]>([
    ['nothing moves', still, NAMES, null],
    [
      'only one partition stands still',
      behind(aGroup(partitions('still', 'moving'))),
      NAMES,
      /read the same message again/,
    ],
    ['a broker is away', { ...still, ...away }, NAMES, 'a restart cannot cure an outage outside'],
    ['partitions are in trouble', { ...still, ...split }, NAMES, 'a restart cannot cure an outage outside'],
    ['nobody knows what runs it', still, NOBODY, /`kafka.consumers`/],
    ['one pod is all there is', { ...still, ...alone }, NAMES, null],
    ['it is scaled to 0', { ...still, ...zero }, NAMES, /nothing to restart/],
    ['it catches up', {}, NAMES, 'the group catches up by itself'],
  ])('when %s', (_what, given, names, why) => {
    const said = restartGroup.notWhile(judging(given, [], names), draft);
    if (why instanceof RegExp) expect(said).toMatch(why);
    else expect(said).toBe(why);
  });

  const proof = (lag: number, before: number | null) =>
    aProving(
      fakeProbes({
        kafka: groupNow([0], { lag, members: 2 }),
        kubernetes: { deployment: async () => aDeployment() },
      }),
      {
        names: NAMES,
        run: aRun(
          { targets: ['deployment/notifier'], parameters: { group: GROUP, lag: '900' } },
          {
            samples:
              before === null
                ? []
                : [{ at: NOW, moved: [], unknown: [], line: '', value: before, worse: false }],
          },
        ),
      },
    );
  test.each([
    ['lower than at the run', 800, null, true],
    ['higher than at the run', 950, null, false],
    ['lower than the sample before', 940, 950, true],
    ['as the sample before', 950, 950, false],
    ['all read', 20, 10, true],
  ])('proof: the lag is %s', async (_what, lag, before, moved) => {
    expect((await restartGroup.proof.sample(proof(lag, before))).moved.length > 0).toBe(moved);
  });
});

describe('R52', () => {
  const over = (id: string, minutes = 1): CauseHistory => ({
    [id]: { supportedAt: NOW - 60 * MINUTE, clearSince: NOW - minutes * MINUTE },
  });
  const remembering = (given: Given, causeHistory: CauseHistory) =>
    aJudging(findings(given), { names: NAMES, incident: anIncident([], { causeHistory }) });

  test('says how many there are, and is offered too where nobody counts them', () => {
    expect(first(replayLetters.draft(judging(letters(40)))).preview).toEqual([
      'All events that the service has put aside then are sent again, now 40.',
    ]);
    const uncounted = { deadLetters: seen('skipped', null) };
    expect(first(replayLetters.draft(judging(uncounted))).preview[0]).toContain('how many is not known');
    expect(replayLetters.draft(judging({ deadLetters: seen('unknown', null) }))).toEqual([]);
  });

  test.each<[string, Given, CauseHistory, string | null]>([
    ...['7.C1', '7.C2', '7.C4', '7.C5'].map(
      (id) =>
        [`${id} is over`, letters(4), over(id), 'the trouble is over, and events still wait'] as [
          string,
          Given,
          CauseHistory,
          string,
        ],
    ),
    ['it is over for less than a minute', letters(4), over('7.C1', 0.9), null],
    ['C3 is over', letters(4), over('7.C3'), null],
    ['one is over and another stands', { ...letters(4), ...full }, over('7.C1'), null],
    ['none waits', {}, over('7.C1'), null],
  ])('recommended when %s', (_what, given, history, why) => {
    expect(replayLetters.when(remembering(given, history), A_DRAFT)).toBe(why);
  });

  test.each<[string, Given, string | null]>([
    ['events wait', letters(4), null],
    ['none waits', {}, 'no event waits among the dead letters'],
    [
      'some would fail the same way',
      letters(40, 12),
      '12 of 40 would fail the same way; the team of order-service fixes or removes them first',
    ],
    ['a broker is away', { ...letters(4), ...away }, 'they would come straight back'],
    ['partitions are in trouble', { ...letters(4), ...split }, 'they would come straight back'],
    ['pods do not reach Kafka', { ...letters(4), ...shut(1) }, 'they would come straight back'],
    ['a buffer is full', { ...letters(4), ...full }, 'they would come straight back'],
  ])('when %s', (_what, given, why) => {
    expect(replayLetters.notWhile(judging(given), A_DRAFT)).toBe(why);
  });

  test.each([
    ['events wait', { TimeoutException: 4 }, { targets: ['dead letters'] }],
    ['none waits any more', {}, { changed: 'no event waits among the dead letters any more' }],
    [
      'one of them would fail',
      { SerializationException: 1 },
      { changed: expect.stringContaining('cannot be serialized') },
    ],
  ])('begins when %s', async (_what, dead, holds) => {
    const run = aRun({ targets: ['dead letters'] });
    expect(
      await replayLetters.stillHolds(aProving(saying(0, 50, dead), { names: NAMES }), run),
    ).toMatchObject(holds);
  });

  test.each([
    ['none is left and none fails', saying(0, 50), true, false],
    ['what cannot be serialized is left aside', saying(0, 50, { SerializationException: 3 }), true, false],
    ['some are left', saying(0, 50, { TimeoutException: 1 }), false, false],
    ['new ones fail', saying(1, 50), false, false],
    ['the log could not be read', saying(0, 50, {}, { truncated: true }), false, true],
  ])('proof: %s', async (_what, probes, moved, dark) => {
    const sample = await replayLetters.proof.sample(
      aProving(probes, { names: NAMES, run: aRun({ targets: ['dead letters'] }, {}) }),
    );
    expect([sample.moved.length > 0, sample.unknown.length > 0]).toEqual([moved, dark]);
  });

  test('asks the service once, and its silence is read back by nobody', async () => {
    const { acting } = hand();
    const republishFailed = async () => 'Taken by the service for 4 events.';
    const levers = { ...acting.levers, orderService: { republishFailed } } as unknown as typeof acting.levers;
    expect(await replayLetters.apply('x', {}, { ...acting, levers })).toBe(
      'Taken by the service for 4 events.',
    );
    expect(await replayLetters.readBack('x', {}, aProving(saying(0, 50)))).toBe('unknown');
  });
});
