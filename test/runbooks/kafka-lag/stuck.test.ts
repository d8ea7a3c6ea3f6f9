import { describe, expect, test } from 'vitest';
import { SystemError } from '../../../src/ports/system-error.ts';
import { checks } from '../../../src/runbooks/kafka-lag/checks.ts';
import { anIncident, aRun } from '../../support/incidents.ts';
import { MINUTE, NOW, silent } from '../../support/runbooks.ts';
import { look } from './looking.ts';
import { aGroup, aPoison, aStuck, GROUP, groupNow, lagOf, NAMES, partitions, runs } from './support.ts';

describe('R51', () => {
  const still = aGroup(partitions('still', 'still'));
  const one = aGroup(partitions('moving', 'still'));
  const message = async () => aPoison.message;
  const span = async () => ({ firstAt: NOW - 60 * MINUTE, lastAt: NOW });
  const kafka = (committed: readonly (number | null)[], change = {}) => ({
    kafka: { ...groupNow(committed, { members: 2, state: 'Stable', ...change }), message, span },
  });

  test('nothing stood still, and nobody is asked', async () => {
    expect(await look(checks.stuck, {}, { before: { lag: lagOf() } })).toMatchObject({
      verdict: 'healthy',
      line: 'No consumer group stands still.',
    });
  });

  test.each([
    ['the first look', {}],
    ['a look after which nobody knew how far behind they are', { before: { lag: null } }],
    ['the second one', { before: { lag: lagOf(aGroup(partitions('moving', 'moving'), { trend: null })) } }],
  ])('%s does not say that nothing stands still', async (_what, given) => {
    expect(await look(checks.stuck, {}, given)).toMatchObject({
      verdict: 'skipped',
      line: 'What stands still shows in three looks.',
    });
  });

  test('one message', async () => {
    const seen = await look(checks.stuck, kafka([50, 10]), { before: { lag: lagOf(one) } });
    expect(seen.verdict).toBe('broken');
    expect(seen.line).toMatch(
      /is stuck at one message: partition order-events-1, offset 10 \(412 bytes, written .* UTC\)\.$/,
    );
    expect(seen.data?.groups[0]).toMatchObject({
      all: false,
      skipped: [],
      poison: { partition: 1, offset: 10, unsure: false },
    });
  });

  test('one message that has been read by now', async () => {
    const seen = await look(checks.stuck, kafka([50, 11]), { before: { lag: lagOf(one) } });
    expect(seen).toMatchObject({ verdict: 'healthy', data: { groups: [{ poison: null }] } });
  });

  test('one message is remembered while the consumers are stopped', async () => {
    const before = {
      lag: lagOf(still),
      stuck: { groups: [aStuck({ poison: { ...aPoison, partition: 1, offset: 10 } })] },
    };
    const seen = await look(checks.stuck, kafka([50, 10], { members: 0 }), { before });
    expect(seen.data?.groups[0]?.poison).toMatchObject({ partition: 1, offset: 10, since: aPoison.since });
    const read = await look(checks.stuck, kafka([50, 12], { members: 0 }), { before });
    expect(read.data?.groups[0]?.poison).toBeNull();
  });

  test('without members nothing new is taken for a message', async () => {
    const seen = await look(checks.stuck, kafka([50, 10], { members: 0 }), { before: { lag: lagOf(one) } });
    expect(seen.data?.groups[0]?.poison).toBeNull();
  });

  test('a whole group: what waits is counted once, and stays so while nobody reads', async () => {
    const first = await look(checks.stuck, kafka([10, 10]), { before: { lag: lagOf(still) } });
    expect(first.data?.groups[0]).toMatchObject({
      all: true,
      skipped: [
        { partition: 0, from: 10, to: 400, count: 390, times: await span() },
        { partition: 1, from: 10, to: 400 },
      ],
    });
    const more = { kafka: { ...kafka([10, 10]).kafka, span: async () => null } };
    const before = { lag: lagOf(still), stuck: first.data };
    const later = await look(checks.stuck, more, { before, now: NOW + 10 * MINUTE });
    expect(later.data?.groups[0]?.skipped).toEqual(first.data?.groups[0]?.skipped);
    const anew = await look(checks.stuck, more, { before, now: NOW + 20 * MINUTE });
    expect(anew.data?.groups[0]?.skipped[0]?.times).toBeNull();
    const gone = kafka([10, 11], { members: 0 });
    const moved = await look(checks.stuck, gone, { before, now: NOW + 2 * MINUTE });
    expect(moved.data?.groups[0]?.skipped[1]?.from).toBe(11);
  });

  test('a whole group that is read again by now', async () => {
    const seen = await look(checks.stuck, kafka([10, 11]), { before: { lag: lagOf(still) } });
    expect(seen).toMatchObject({ verdict: 'healthy', data: { groups: [{ all: false, skipped: [] }] } });
  });

  test('times that cannot be read take nothing from the counts', async () => {
    const dark = { kafka: { ...kafka([10, 10]).kafka, span: async () => Promise.reject(silent()) } };
    const seen = await look(checks.stuck, dark, { before: { lag: lagOf(still) } });
    expect(seen.data?.groups[0]?.skipped).toMatchObject([{ count: 390, times: null }, { count: 390 }]);
  });

  test('a group whose offsets were set in this incident is looked at until its end', async () => {
    const runs = [aRun({ action: 'R51', parameters: { group: GROUP } })];
    const seen = await look(checks.stuck, kafka([399, 399]), {
      before: { lag: lagOf() },
      incident: anIncident([], { runs }),
    });
    expect(seen).toMatchObject({
      verdict: 'healthy',
      data: { groups: [{ group: GROUP, members: 2, all: false }] },
    });
  });
});

describe('X16', () => {
  const state = {
    generation: 1,
    replicas: 2,
    ready: 2,
    updated: 2,
    available: 2,
    paused: false,
    line: '',
    restartedAt: null,
  };
  const deployment = (change: object | null) => ({
    kubernetes: {
      deployment: async () =>
        change === null ? null : { ...state, rollout: 'complete' as const, ...change },
    },
  });

  test.each([
    ['ready', deployment({}), 'healthy', 'The pods of 1 consumer group are ready.'],
    [
      'not ready',
      deployment({ ready: 1 }),
      'broken',
      'notifier: 1 of 2 pods are ready to read for notification-consumer.',
    ],
    [
      'scaled to 0',
      deployment({ replicas: 0, ready: 0 }),
      'broken',
      'notifier is scaled to 0: nobody reads for notification-consumer.',
    ],
    [
      'not there',
      deployment(null),
      'broken',
      'There is no Deployment notifier for notification-consumer; `kafka.consumers` names it.',
    ],
  ])('%s', async (_what, given, verdict, line) => {
    expect(await look(checks.consumers, given)).toMatchObject({ verdict, line });
  });

  test('one that does not answer hides no other, and all is not well', async () => {
    const other = runs('searcher');
    const names = {
      ...NAMES,
      kafka: { ...NAMES.kafka, consumers: { ...NAMES.kafka.consumers, search: other } },
    };
    const dark = new SystemError('Kubernetes', 'too slow', 'Kubernetes did not answer.', {
      sent: 'no',
      mayRetry: true,
    });
    const half = {
      kubernetes: {
        deployment: async ({ name }: { readonly name: string }) => {
          if (name === 'searcher') throw dark;
          return { ...state, rollout: 'complete' as const };
        },
      },
    };
    const seen = await look(checks.consumers, half, { names });
    expect(seen).toMatchObject({ verdict: 'unknown', data: { byGroup: { [GROUP]: { ready: 2 } } } });
  });

  test('nothing configured is skipped', async () => {
    const names = { ...NAMES, kafka: { ...NAMES.kafka, consumers: {} } };
    expect((await look(checks.consumers, {}, { names })).verdict).toBe('skipped');
  });
});
