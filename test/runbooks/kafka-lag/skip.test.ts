import { describe, expect, test } from 'vitest';
import type { Run } from '../../../src/domain/run.ts';
import { SystemError } from '../../../src/ports/system-error.ts';
import { skipMessage } from '../../../src/runbooks/kafka-lag/skip.ts';
import { RUNBOOK_NAMES } from '../../../src/runbooks/names.ts';
import { DEFAULT_THRESHOLDS } from '../../../src/runbooks/thresholds.ts';
import { aRun } from '../../support/incidents.ts';
import { first, type Given, hand, inVain, judging, NOBODY, poisoned, proving } from './acting.ts';
import { aPoison, aStuck, GROUP, groupNow, NAMES, stuckAt } from './support.ts';

describe('R51 narrow', () => {
  const draft = first(skipMessage.draft(judging(poisoned())));

  test('names partition, offset, the message and where it is copied to', () => {
    expect(draft.preview).toEqual([
      'Partition order-events-3 for notification-consumer: offset 812 → 813. One message is skipped (key ord_abc123, 412 bytes, written 2026-11-25 18:00 UTC).'.replace(
        /written .* UTC/,
        `written ${new Date(aPoison.message?.at ?? 0).toISOString().slice(0, 16).replace('T', ' ')} UTC`,
      ),
      'It is copied to parked first.',
    ]);
    expect(draft.binding).toMatchObject({ kind: 'exact', expected: 'order-events-3@812' });
    expect(skipMessage.draft(judging({}))).toEqual([]);
  });

  test.each<[string, Given, readonly Run[], typeof NAMES, string | RegExp | null]>([
    ['the group is empty', poisoned(), [], NAMES, null],
    ['it has members', poisoned({ members: 2 }), [], NAMES, /has 2 members; stop the consumers first/],
    ['… and nobody knows what runs them', poisoned({ members: 1 }), [], NOBODY, /`kafka.consumers`/],
    [
      'its members cannot be seen',
      poisoned({ kind: 'new protocol', members: null }),
      [],
      NAMES,
      /has members cannot be told/,
    ],
    ['nobody said where to copy it', poisoned(), [], RUNBOOK_NAMES, /`kafka.parkedTopic`/],
    [
      'it could not be read',
      poisoned({ poison: { ...aPoison, message: null } }),
      [],
      NAMES,
      /could not be read/,
    ],
    [
      'it may be the consumers',
      poisoned({ poison: { ...aPoison, unsure: true } }),
      [],
      NAMES,
      /restart them first/,
    ],
    [
      '… which were restarted in vain',
      poisoned({ poison: { ...aPoison, unsure: true } }),
      [inVain],
      NAMES,
      null,
    ],
    ['the partition moves again', stuckAt(aStuck()), [], NAMES, 'the partition moves again'],
  ])('when %s', (_what, given, runs, names, why) => {
    const said = skipMessage.notWhile(judging(given, runs, names), draft);
    if (why instanceof RegExp) expect(said).toMatch(why);
    else expect(said).toBe(why);
  });

  test.each([
    ['as shown', groupNow([0, 0, 0, 812]), { targets: [`group/${GROUP}`] }],
    [
      'moved on',
      groupNow([0, 0, 0, 813]),
      { changed: 'order-events-3 stood at offset 812 and stands at 813 now' },
    ],
    [
      'with a member again',
      groupNow([0, 0, 0, 812], { members: 1 }),
      { changed: expect.stringContaining('1 member') },
    ],
    [
      'gone',
      { groups: async () => ({ groups: [], problems: [] }) },
      { changed: expect.stringContaining('knows no group') },
    ],
  ])('begins only when it is %s', async (_what, kafka, holds) => {
    expect(
      await skipMessage.stillHolds(
        proving(kafka, draft.parameters),
        aRun({ targets: [`group/${GROUP}`], parameters: draft.parameters }),
      ),
    ).toMatchObject(holds);
  });

  test('copies first, then goes past it', async () => {
    const { asked, acting } = hand();
    expect(await skipMessage.apply('x', draft.parameters, acting)).toBe('Copied. Set.');
    expect(asked).toEqual(['park order-events-3@812 to parked as run-1/x', `set ${GROUP} 3:812→813`]);
  });

  test('no copy, no skip: even when the copy’s answer was lost, nothing was skipped for sure', async () => {
    const lost = new SystemError('Kafka', 'too slow', 'Kafka did not answer in time.', {
      sent: 'maybe',
      mayRetry: false,
    });
    const { asked, acting } = hand(lost);
    await expect(skipMessage.apply('x', draft.parameters, acting)).rejects.toMatchObject({
      sent: 'no',
      message: 'Nothing was skipped: Kafka did not answer in time.',
    });
    expect(asked).toHaveLength(1);
  });

  test.each([
    [813, 'done'],
    [812, 'not done'],
    [900, 'unknown'],
  ] as const)('reads back offset %i as %s', async (offset, read) => {
    expect(
      await skipMessage.readBack(
        'x',
        draft.parameters,
        proving(groupNow([0, 0, 0, offset]), draft.parameters),
      ),
    ).toBe(read);
  });

  test.each([
    ['nobody reads yet', groupNow([0, 0, 0, 813]), { settling: true, moved: [] }],
    ['it moves', groupNow([0, 0, 0, 820], { members: 2 }), { moved: [`group/${GROUP}`] }],
    ['it stands before the next one', groupNow([0, 0, 0, 813], { members: 2 }), { moved: [] }],
    ['nothing is left', groupNow([0, 0, 0, 400], { members: 2 }), { moved: [] }],
  ])('proof: %s', async (_what, kafka, sample) => {
    expect(await skipMessage.proof.sample(proving(kafka, draft.parameters))).toMatchObject(sample);
  });

  test.each([
    ['a few words', 'too short', { reason: expect.any(String) }],
    ['a reason', 'nobody can ever read this one', {}],
  ])('%s as the reason', (_what, reason, wrong) => {
    const rules = { names: NAMES, thresholds: DEFAULT_THRESHOLDS, shown: {} };
    expect(skipMessage.validate({ reason }, rules)).toEqual(wrong);
  });
});
