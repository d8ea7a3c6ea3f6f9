import { describe, expect, test } from 'vitest';
import { endOf, ORDER_EVENTS } from '../../sim/world/kafka.ts';
import { consumersStuck } from '../../sim/world/scenarios/kafka-lag.ts';
import { GROUP, story } from './kafka-support.ts';

const REASON = 'Old notices help nobody; the owner said so at 03:20';

describe('consumers that no restart helps', () => {
  const told = story({
    ...consumersStuck,
    start(state, now) {
      consumersStuck.start(state, now);
      // It is the new version itself that hangs.
      const group = state.kafka.groups.get(GROUP);
      if (group !== undefined) group.hungBefore = Number.POSITIVE_INFINITY;
    },
  });
  const { card, thread, group, kafka, until, says, press, ask } = told;
  const ends = async () =>
    await kafka(({ topics }) => (topics.get(ORDER_EVENTS)?.partitions ?? []).map((each) => endOf(each)));
  let before: Readonly<Record<string, number>> = {};

  test('a reset waits for the restart to have failed, and for the consumers to be stopped', async () => {
    await until(20, says('Reset the group waits: restarting the consumers comes first.'));
    await press('URESPONDER', 'Restart the consumers');
    await until(15, () => /\*Restart the consumers\*.*\*did not help\*/s.test(thread()));
    await until(20, says(`Reset the group waits: ${GROUP} has 2 members; stop the consumers first.`));
  });

  test('a stop whose answer was lost is read back, and the start is owed', async () => {
    const { faults } = told.rig.kubernetes;
    faults.add({
      match: { method: 'PATCH', path: /notification-service/ },
      fault: { mode: 'lost' },
      times: 1,
    });
    await press('URESPONDER', 'Stop the consumers');
    await until(20, async () => (await group()).members === 0);
    await until(20, says(`Start the consumers of ${GROUP} again.`));
    expect(told.rig.kubernetes.count('PATCH', /notification-service/)).toBe(2);
  });

  test('what would be thrown away is told partition by partition', async () => {
    await until(20, says('Reset the group…'));
    await until(20, () => new RegExp(`${GROUP} throws away \\d{4} messages of ${ORDER_EVENTS}`).test(card()));
    await until(20, () => /, written \S+ \S+ UTC to \S+ \S+ UTC; what came later stays\./.test(card()));
    await until(20, () => /By partition: (?:\d: \d+ \(\d+ → \d+\)[;.] ?){6}/.test(card()));
    await until(20, says('Recommended: restarting the consumers did not help.'));
  });

  test('without the owner’s word nothing is asked for', async () => {
    const person = told.rig.slack.as('URESPONDER');
    await person.click(told.rig.card(), 'Reset the group…');
    await told.rig.app.idle();
    expect(await person.submit({ reason: REASON })).not.toMatchObject({ errors: null });
    expect(card()).not.toContain('asks; a second person approves');
  });

  test('offsets that somebody moved meanwhile are not set', async () => {
    const place = `${ORDER_EVENTS}-2`;
    await ask('URESPONDER', 'Reset the group…', { reason: REASON, worthless: ['yes'] });
    const stood = (await group()).committed[place] ?? 0;
    await told.rig.world.change(({ kafka: { groups } }) =>
      groups.get(GROUP)?.committed.set(place, stood + 1),
    );
    await press('UAPPROVER', 'Approve: Reset the group');
    await until(
      20,
      says(`Nothing was started: ${place} stood at offset ${stood} and stands at ${stood + 1} now.`),
    );
    await told.rig.world.change(({ kafka: { groups } }) => groups.get(GROUP)?.committed.set(place, stood));
    expect((await group()).committed[`${ORDER_EVENTS}-0`]).toBeLessThan((await ends())[0] ?? 0);
    // The next look counts anew, and offers that.
    await until(20, () => card().includes(` (${stood} → `));
  });

  test('a second person’s yes sets exactly the offsets that were shown', async () => {
    before = (await group()).committed;
    await ask('URESPONDER', 'Reset the group…', { reason: REASON, worthless: ['yes'] });
    await told.rig.skip(2);
    await press('UAPPROVER', 'Approve: Reset the group');
    const after = (await group()).committed;
    const places = Object.keys(before);
    expect(places.length).toBe(6);
    for (const place of places) expect(after[place], place).toBeGreaterThan(before[place] ?? 0);
    // What came after the count is still to be read.
    expect((await group()).lag).toBeGreaterThan(0);
    expect(Math.max(...(await ends()))).toBeGreaterThanOrEqual(Math.max(...Object.values(after)));
    await until(20, () => /whether its data are fresh again; \d{4} messages were skipped/.test(card()));
  });

  test('it can be set back while nobody reads: the group stands where it stood', async () => {
    await until(20, says('Set the offsets back'));
    await press('URESPONDER', 'Set the offsets back');
    await until(20, () => /\*Set the offsets back\*.*\*helped\*/s.test(thread()));
    expect((await group()).committed).toEqual(before);
  });

  test('started again with the fault mended, it reads everything', async () => {
    await told.rig.world.change((state, now) => consumersStuck.recover?.(state, now));
    await press('URESPONDER', 'Start the consumers again');
    await until(15, async () => (await group()).lag < 100);
    expect((await group()).members).toBe(2);
  });
});
