import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { type RealKafkaUnderTest, realKafka } from '../contracts/kafka-real.ts';
import { patient } from '../support/trouble.ts';
import { KAFKA } from '../systems/catalogue.ts';
import { describeOn } from '../systems/describe-on.ts';
import { type RealKafka, startSecondBroker } from '../systems/kafka.ts';

const GROUPS = Array.from({ length: 12 }, (_, number) => `group-${number}`);
const MINE = 'ord_mine001';
const event = { key: MINE, value: JSON.stringify({ type: 'order.created' }) };

const PROPERTIES = {
  'broker.heartbeat.interval.ms': '300',
  'broker.session.timeout.ms': '3000',
  'offsets.topic.num.partitions': '8',
};

/** Two brokers, of which one goes for good. */
(await describeOn(KAFKA))('a cluster that loses a broker', () => {
  let here: RealKafkaUnderTest;
  let second: Pick<RealKafka, 'stop'>;
  beforeAll(async () => {
    here = await realKafka(KAFKA, { properties: PROPERTIES });
    second = await startSecondBroker(here.kafka, PROPERTIES);
    const split = { topic: 'split', partitions: -1, replicas: -1 };
    const assignments = [
      { partition: 0, brokers: [1] },
      { partition: 1, brokers: [2] },
    ];
    const make = async () => await here.admin.createTopics({ topics: [{ ...split, assignments }] });
    await vi.waitFor(make, { timeout: 20_000, interval: 200 });
    await here.write('split', 0, [event, { value: '{}' }]);
    await here.write('split', 1, [event]);
    for (const group of GROUPS)
      await vi.waitFor(async () => await here.commit(group, { split: [1, 0] }), {
        timeout: 20_000,
        interval: 200,
      });
  }, 60_000);
  afterAll(async () => {
    await second?.stop();
    await here?.stop();
  });

  const events = async () =>
    await here.probe.orderEvents(
      { topic: 'split', orders: [{ order: MINE, from: 0 }], mostMessages: 100 },
      patient(),
    );

  test('is read on both', async () => {
    const { groups, problems } = await here.probe.groups(GROUPS, patient());
    expect(groups.map(({ group, lag }) => `${group} ${lag}`).sort()).toEqual(
      GROUPS.map((group) => `${group} 2`).sort(),
    );
    expect(problems).toEqual([]);
    expect(await here.probe.topic('split', patient())).toMatchObject({
      offline: [],
      brokers: [
        { id: 1, leads: 1 },
        { id: 2, leads: 1 },
      ],
    });
    expect(await events()).toMatchObject({ events: [{}, {}], whole: [MINE] });
  });

  test('tells the rest while that one is not missed yet, and after', async () => {
    await second.stop();
    const gone = await here.probe.groups(GROUPS, patient());
    expect(gone.problems.join(' ')).toMatch(/broker 2|no leader/);
    await expect
      .poll(async () => (await here.probe.topic('split', patient()))?.offline, { timeout: 20_000 })
      .toEqual([1]);
    const { groups, problems } = await here.probe.groups(GROUPS, patient());
    // Each broker remembered some of the groups, and what one remembered is in nobody's list.
    expect(groups.length).toBeGreaterThan(0);
    expect(groups.length).toBeLessThan(GROUPS.length);
    for (const group of groups)
      expect(group).toMatchObject({ lag: 1, partitions: [{ partition: 0, lag: 1 }] });
    expect(problems).toEqual([
      expect.stringMatching(/^\d of 8 partitions of __consumer_offsets have no leader: /),
      expect.stringMatching(/^Partition 1 of split has no leader; it is left out of the lag of group-/),
    ]);
    expect(await here.probe.topic('split', patient())).toMatchObject({ partitions: 2, brokers: [{ id: 1 }] });
    expect(await events()).toMatchObject({ events: [{}], whole: [] });
  });
});
