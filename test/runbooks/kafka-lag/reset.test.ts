import { describe, expect, test } from 'vitest';
import type { Run } from '../../../src/domain/run.ts';
import { resetGroup } from '../../../src/runbooks/kafka-lag/reset.ts';
import { DEFAULT_THRESHOLDS } from '../../../src/runbooks/thresholds.ts';
import { aRun } from '../../support/incidents.ts';
import { NOW, seen } from '../../support/runbooks.ts';
import { first, type Given, hand, inVain, judging, NOBODY, poisoned, proving, skipped } from './acting.ts';
import { aStuck, aTopic, GROUP, groupNow, NAMES, stuckAt, TOPIC } from './support.ts';

describe('R51 wide', () => {
  const draft = first(resetGroup.draft(judging(stuckAt(aStuck()))));

  test('tells partition by partition what would be thrown away', () => {
    expect(draft.preview[0]).toMatch(
      /^notification-consumer throws away 600 messages of order-events, written .* UTC to .* UTC; what came later stays\.$/,
    );
    expect(draft.preview[1]).toBe('By partition: 0: 300 (10 → 310); 1: 300 (10 → 310).');
    expect(draft.parameters).toMatchObject({ group: GROUP, topic: TOPIC, topics: TOPIC, count: '600' });
    expect(draft.binding).toMatchObject({ expected: '0@10 1@10' });
  });

  test('of a group that moves nothing is drafted', () => {
    expect(resetGroup.draft(judging(stuckAt(aStuck({ all: false, skipped: [] }))))).toEqual([]);
  });

  test('of two topics each is one of its own', () => {
    const two = aStuck();
    const skipped = [...two.skipped, { ...two.skipped[0], topic: 'other' } as (typeof two.skipped)[0]];
    const drafts = resetGroup.draft(judging(stuckAt(aStuck({ topics: [TOPIC, 'other'], skipped }))));
    expect(drafts.map(({ parameters }) => parameters['topic'])).toEqual([TOPIC, 'other']);
    expect(drafts[1]?.preview[1]).toBe('Of its 2 topics only this one is reset.');
  });

  const brokers = { brokers: seen('broken', { ready: 2, total: 3, restartedAt: null, waiting: [] }) };
  const split = { topic: seen('broken', aTopic({ offline: [1], troubleSince: NOW - 60_000 })) };
  test.each<[string, Given, readonly Run[], typeof NAMES, string | RegExp | null]>([
    ['a restart did not help, and it is empty', stuckAt(aStuck()), [inVain], NAMES, null],
    ['nobody has restarted them', stuckAt(aStuck()), [], NAMES, 'restarting the consumers comes first'],
    [
      'they were stopped before anybody restarted them',
      stuckAt(aStuck()),
      [aRun({ action: 'R51-stop', parameters: { group: GROUP } })],
      NAMES,
      'starting the consumers again and restarting them comes first',
    ],
    ['nobody could', stuckAt(aStuck()), [], NOBODY, null],
    ['a broker is away', { ...stuckAt(aStuck()), ...brokers }, [inVain], NAMES, 'the brokers come first'],
    [
      'partitions are in trouble',
      { ...stuckAt(aStuck()), ...split },
      [inVain],
      NAMES,
      'the brokers come first',
    ],
    ['one message stops it', poisoned(), [inVain], NAMES, 'skipping the one message comes first'],
    ['one was skipped already', poisoned(), [inVain, skipped], NAMES, null],
    ['it has members', stuckAt(aStuck({ members: 2 })), [inVain], NAMES, /stop the consumers first/],
    [
      'its members cannot be seen',
      stuckAt(aStuck({ kind: 'new protocol', members: null })),
      [inVain],
      NAMES,
      /has members cannot be told/,
    ],
    ['it moves again', {}, [inVain], NAMES, 'the group moves again'],
  ])('when %s', (_what, given, runs, names, why) => {
    const said = resetGroup.notWhile(judging(given, runs, names), draft);
    if (why instanceof RegExp) expect(said).toMatch(why);
    else expect(said).toBe(why);
  });

  test('recommended only after a restart in vain', () => {
    expect(resetGroup.when(judging(stuckAt(aStuck()), [inVain]), draft)).toBe(
      'restarting the consumers did not help',
    );
    expect(resetGroup.when(judging(stuckAt(aStuck())), draft)).toBeNull();
  });

  const other = { topic: 'other', partition: 0, committed: 1, end: 2, lag: 1 };
  const now = (await_: Awaited<ReturnType<ReturnType<typeof groupNow>['groups']>>) =>
    await_.groups[0]?.partitions ?? [];
  test.each([
    ['as shown', async () => groupNow([10, 10]), { targets: [`group/${GROUP}`] }],
    [
      'set by somebody',
      async () => groupNow([10, 50]),
      { changed: 'order-events-1 stood at offset 10 and stands at 50 now' },
    ],
    [
      'reading a topic that was not shown',
      async () => groupNow([10, 10], { partitions: [...now(await groupNow([10, 10]).groups()), other] }),
      { changed: 'the group reads other too, which was not shown' },
    ],
  ])('begins only when it is %s', async (_what, kafka, holds) => {
    const run = aRun({ targets: [`group/${GROUP}`], parameters: draft.parameters });
    expect(await resetGroup.stillHolds(proving(await kafka(), draft.parameters), run)).toMatchObject(holds);
  });

  test('sets exactly what was shown', async () => {
    const { asked, acting } = hand();
    await resetGroup.apply('x', draft.parameters, acting);
    expect(asked).toEqual([`set ${GROUP} 0:10→310 1:10→310`]);
  });

  test.each([
    [[310, 310], 'done'],
    [[10, 10], 'not done'],
    [[310, 10], 'unknown'],
  ] as const)('reads back %j as %s', async (offsets, read) => {
    expect(
      await resetGroup.readBack('x', draft.parameters, proving(groupNow(offsets), draft.parameters)),
    ).toBe(read);
  });

  test('without the owner’s word it is not asked for', () => {
    const rules = { names: NAMES, thresholds: DEFAULT_THRESHOLDS, shown: {} };
    const reason = 'the owner does not need them';
    expect(Object.keys(resetGroup.validate({ reason }, rules))).toEqual(['worthless']);
    expect(resetGroup.validate({ reason, worthless: 'yes' }, rules)).toEqual({});
  });

  test.each([
    ['nobody reads yet', groupNow([310, 310]), { settling: true }],
    ['under the limit', groupNow([399, 350], { members: 2 }), { moved: [`group/${GROUP}`], value: 51 }],
    ['still behind', groupNow([310, 310], { members: 2 }), { moved: [], value: 180 }],
  ])('proof: %s', async (_what, kafka, sample) => {
    expect(await resetGroup.proof.sample(proving(kafka, draft.parameters))).toMatchObject(sample);
  });
});
