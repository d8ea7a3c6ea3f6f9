import { describe, expect, test } from 'vitest';
import type { OffsetChange } from '../../../src/ports/kafka.ts';
import { resetGroup } from '../../../src/runbooks/kafka-lag/reset.ts';
import { undoReset } from '../../../src/runbooks/kafka-lag/reset-undo.ts';
import { aRun } from '../../support/incidents.ts';
import { NOW, silent } from '../../support/runbooks.ts';
import { first, judging, proving } from './acting.ts';
import { aStuck, groupNow, stuckAt, TOPIC } from './support.ts';

describe('R51 taken back', () => {
  const { parameters } = first(resetGroup.draft(judging(stuckAt(aStuck()))));
  const reset = aRun({ action: 'R51', parameters, beganAt: NOW - 60_000 });
  const undone = aRun({ action: 'R51-undo', parameters, beganAt: NOW });
  const draft = first(undoReset.draft(judging(stuckAt(aStuck()), [reset])));
  const noted = (changes: readonly OffsetChange[]) => ({
    ...draft.parameters,
    changes: JSON.stringify(changes),
  });

  test('is offered for a reset that stands', () => {
    expect(draft.preview[0]).toBe(
      'notification-consumer goes back to where it stood on order-events before the reset, and handles 600 messages after all.',
    );
    expect(undoReset.draft(judging(stuckAt(aStuck()), [reset, undone]))).toEqual([]);
    expect(undoReset.draft(judging(stuckAt(aStuck()), [{ ...reset, outcome: 'failed' }]))).toEqual([]);
    expect(undoReset.draft(judging(stuckAt(aStuck()), [{ ...reset, outcome: 'unknown' }]))).toHaveLength(1);
  });

  test.each([
    ['with members', stuckAt(aStuck({ members: 2 })), /stop the consumers first/],
    ['not looked at', {}, /could not be looked at/],
  ])('waits for a group %s', (_what, given, why) => {
    expect(undoReset.notWhile(judging(given, [reset]), draft)).toMatch(why);
  });

  test('goes back from where the group stands by now, partition by partition', async () => {
    expect(
      await undoReset.stillHolds(
        proving(groupNow([330, 310]), draft.parameters),
        aRun({ parameters: draft.parameters }),
      ),
    ).toMatchObject({
      noted: {
        changes: JSON.stringify([
          { topic: TOPIC, partition: 0, from: 330, to: 10 },
          { topic: TOPIC, partition: 1, from: 310, to: 10 },
        ]),
      },
    });
  });

  test.each([
    ['stands there already', groupNow([10, 10]), 'the group stands there already, or before it'],
    [
      'has a member',
      groupNow([330, 310], { members: 1 }),
      expect.stringContaining('stop the consumers first'),
    ],
  ])('not when it %s', async (_what, kafka, changed) => {
    expect(
      await undoReset.stillHolds(proving(kafka, draft.parameters), aRun({ parameters: draft.parameters })),
    ).toEqual({ changed });
  });

  const changes = [
    { topic: TOPIC, partition: 0, from: 330, to: 10 },
    { topic: TOPIC, partition: 1, from: 310, to: 10 },
  ];
  test.each([
    ['stands where it stood', [10, 10], true],
    ['reads on from there', [60, 10], true],
    ['was not set back', [330, 310], false],
    ['was set back in part', [10, 310], false],
  ])('proof: the group %s', async (_what, offsets, moved) => {
    const sample = await undoReset.proof.sample(proving(groupNow(offsets), noted(changes)));
    expect(sample.moved.length > 0).toBe(moved);
  });

  test('a Kafka that does not answer proves nothing', async () => {
    const dark = { groups: async () => Promise.reject(silent('Kafka')) };
    await expect(undoReset.proof.sample(proving(dark, noted(changes)))).rejects.toThrow(
      'Kafka did not answer.',
    );
  });

  test('a partition without a commit goes back to where the group would have begun', () => {
    const bare = aStuck({
      skipped: [{ topic: TOPIC, partition: 0, from: null, to: 310, count: 290, times: null }],
    });
    const { parameters: fresh } = first(resetGroup.draft(judging(stuckAt(bare))));
    expect(fresh['back']).toBe(JSON.stringify([{ topic: TOPIC, partition: 0, from: 310, to: 20 }]));
  });
});
