import { describe, expect, test } from 'vitest';
import { messageAt, nameOf, ORDER_EVENTS, PARKED } from '../../sim/world/kafka.ts';
import { brokerAway, consumersStuck, poisonMessage } from '../../sim/world/scenarios/kafka-lag.ts';
import { GROUP, story } from './kafka-support.ts';

describe('one message stops a partition', () => {
  const told = story(poisonMessage);
  const { card, thread, group, kafka, until, says, press, ask } = told;
  const spot = nameOf(ORDER_EVENTS, 3);
  let offset = 0;

  test('the card names partition and offset, and why a restart would not help', async () => {
    offset = (await group()).committed[spot] ?? -1;
    await until(20, says(`partition ${spot}, offset ${offset} (`));
    await until(20, says('*Cause* Events cannot be serialized or read'));
    await until(
      4,
      says(
        'Restart the consumers waits: only one partition stands still, and they would read the same message again.',
      ),
    );
    await until(20, says(`Skip one message waits: ${GROUP} has 2 members; stop the consumers first.`));
  });

  test('stopping the consumers is recommended first, and leaves the start owed', async () => {
    await until(20, says('Recommended: without them the one message that stops the group can be skipped.'));
    await press('URESPONDER', 'Stop the consumers');
    await until(20, async () => (await group()).members === 0);
    await until(20, says('Skip one message…'));
    await until(20, says(`Start the consumers of ${GROUP} again.`));
    await until(20, says('Pods of notification-service: 0 → 2, as before.'));
  });

  test('a reason is asked for, and whoever asked does not approve it', async () => {
    await ask('URESPONDER', 'Skip one message…', { reason: 'Nobody can read it; the producer is mended' });
    await until(20, says('<@URESPONDER> asks; a second person approves.'));
    await press('URESPONDER', 'Approve: Skip one message');
    const told_ = told.rig.slack.as('URESPONDER').ephemerals().at(-1)?.text;
    expect(told_).toContain('a second person has to approve it');
    expect((await group()).committed[spot]).toBe(offset);
  });

  test('without a copy nothing is skipped', async () => {
    const parked = await kafka(({ topics }) => topics.get(PARKED));
    await told.rig.world.change((state) => void state.kafka.topics.delete(PARKED));
    await press('UAPPROVER', 'Approve: Skip one message');
    await until(20, says(`Nothing was skipped: Kafka has no topic ${PARKED}`));
    expect((await group()).committed[spot]).toBe(offset);
    await told.rig.world.change((state) => {
      if (parked !== undefined) state.kafka.topics.set(PARKED, parked);
    });
  });

  test('an approver’s yes copies the message aside and goes past it, once', async () => {
    const { rig } = told;
    await ask('URESPONDER', 'Skip one message…', { reason: 'Nobody can read it; the topic is there now' });
    await rig.slack
      .as('UAPPROVER')
      .click(rig.card(), 'Approve: Skip one message', { confirm: true, again: true });
    await rig.app.idle();
    expect((await group()).committed).toMatchObject({ [spot]: offset + 1 });
    const parked = await kafka(({ topics }) => topics.get(PARKED)?.partitions[0]?.messages ?? []);
    expect(parked).toHaveLength(1);
    expect(parked[0]?.headers).toMatchObject({ 'oms-parked-from': `${ORDER_EVENTS}/3/${offset}` });
    const skipped = await kafka(({ topics }) => {
      const partition = topics.get(ORDER_EVENTS)?.partitions[3];
      return partition === undefined ? null : messageAt(partition, offset);
    });
    expect(parked[0]?.value).toEqual(skipped?.value);
  });

  test('the consumers are started again, and the proof waits for them', async () => {
    await until(20, says('its consumers have to be started'));
    await until(20, says('Recommended: the offsets are set, and nobody reads.'));
    await press('URESPONDER', 'Start the consumers again');
    await until(20, async () => (await group()).members === 2);
    await until(20, () => /\*Skip one message\*.*\*helped\*/s.test(thread()));
    expect(card()).not.toContain('Start the consumers of');
    await until(20, says(`handle the message that was put aside in ${PARKED}`));
    await until(20, async () => (await group()).lag < 100);
    await until(20, says('All 3 consumer groups are less than 100 messages behind.'));
  });

  test('the lag is watched for half an hour; healthy still, and the alert over, the incident ends', async () => {
    await until(15, says('mitigated, watching'));
    const { alertname, code } = poisonMessage.alert;
    await told.rig.alert({ status: 'resolved' }, { alertname, code });
    await told.rig.skip(2);
    expect(card()).toContain('mitigated, watching');
    await told.rig.skip(29);
    await until(15, says('Kafka event publishing lag: resolved'));
  });
});

describe('the consumers hang', () => {
  const { thread, group, until, says, press } = story(consumersStuck);

  test('the card says that nothing moves, and recommends to restart them', async () => {
    await until(20, says('and nothing of it has moved for at least'));
    await until(20, says('Recommended: nothing of the group moves.'));
    await until(20, says('Reset the group waits: restarting the consumers comes first.'));
  });

  test('restarted, they catch up, and the incident is watched', async () => {
    const before = (await group()).lag;
    expect(before).toBeGreaterThan(1_000);
    await press('URESPONDER', 'Restart the consumers');
    await until(8, () => /\*Restart the consumers\*.*\*helped\*/s.test(thread()));
    expect((await group()).lag).toBeLessThan(before);
    await until(20, async () => (await group()).lag < 100);
    await until(20, says('mitigated'));
  });
});

describe('a broker goes away and comes back', () => {
  const told = story(brokerAway);
  const { card, thread, kafka, until, says } = told;
  const waiting = async () => await kafka(({ deadLetters }) => deadLetters.length);

  test('the card says whose it is, and that a replay would come straight back', async () => {
    await until(20, says('*Cause* A broker is away: 2 of 3 pods of Kafka are ready.'));
    await until(20, () => /\d+ events wait among the dead letters/.test(card()));
    await until(20, says('Replay dead letters waits: they would come straight back.'));
    await until(
      4,
      says('Restart the service waits: unsent events in the buffers would be lost, and nothing gained.'),
    );
  });

  test('once it is back and stays so, the replay is recommended', async () => {
    await told.rig.world.change((state, now) => brokerAway.recover?.(state, now));
    await until(9, says('Recommended: the trouble is over, and events still wait.'));
  });

  test('a click replays them once, and the proof sees none left', async () => {
    const before = await waiting();
    expect(before).toBeGreaterThan(100);
    await told.rig.slack.as('URESPONDER').click(told.rig.card(), 'Replay dead letters', { again: true });
    await told.rig.app.idle();
    expect(told.rig.service.count('POST', /republish-failed/)).toBe(1);
    expect(await kafka(({ replays }) => replays)).toMatchObject([{ events: before, by: 'URESPONDER' }]);
    await until(20, () => /\*Replay dead letters\*.*\*helped\*/s.test(thread()));
    expect(await waiting()).toBe(0);
    await until(20, says('whether their data are fresh again'));
  });
});
