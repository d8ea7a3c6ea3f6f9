import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { pretendKafka } from '../../../sim/kafka/kafka.ts';
import { followSpec } from '../../../sim/world/cluster-rollout.ts';
import { endOf, messageAt, ORDER_EVENTS, PARKED } from '../../../sim/world/kafka.ts';
import { publish } from '../../../sim/world/publishing.ts';
import { replayFailedEvents } from '../../../sim/world/workflow.ts';
import { patient } from '../../support/trouble.ts';
import { MINUTE, recover, restart, scenario, type TestWorld, testWorld } from './support.ts';

const GROUP = 'notification-consumer';
let here: TestWorld;
beforeEach(async () => {
  here = await testWorld(1, 60);
});
afterEach(async () => await here.stop());

const start = async (id: string) => await here.world.start(scenario(id));
const kafka = () => pretendKafka(here.world);
const group = async (name = GROUP) => {
  const { groups } = await kafka().probe.groups([name], patient());
  const [found] = groups;
  if (found === undefined) throw new Error(`No group ${name}.`);
  return found;
};
const letters = async () => await here.world.read((state) => [...state.kafka.deadLetters]);
const replay = async () => await here.world.change((state, at) => replayFailedEvents(state, at, 'U1'));
/** Minutes in which everybody goes on living. */
async function pass(minutes: number): Promise<void> {
  for (let passed = 0; passed < minutes; passed += 1) {
    here.skip(MINUTE);
    await here.world.settle();
  }
}

async function scale(app: string, replicas: number): Promise<void> {
  await here.world.change((state, now) => {
    const deployment = state.cluster.deployments.get(app);
    if (deployment === undefined) throw new Error(`no deployment ${app}`);
    deployment.spec['replicas'] = replicas;
    deployment.generation += 1;
    followSpec(state, deployment, now);
  });
}

async function publishFailures(sinceMs: number): Promise<readonly string[]> {
  return await here.world.read((state, now) =>
    state.pods
      .flatMap((pod) => state.logs.read(pod.name, now - sinceMs).map(({ text }) => text))
      .filter((text) => text.includes('KAFKA_PUBLISH_FAILED')),
  );
}

describe('when all is well', () => {
  test('every group reads what is published, and nothing is put aside', async () => {
    const before = await group();
    await pass(5);
    const { groups, problems } = await kafka().probe.groups('all', patient());
    expect(groups.map((one) => one.group).sort()).toEqual([
      'analytics-consumer',
      GROUP,
      'order-inventory-consumer',
    ]);
    for (const { lag, state } of groups) expect([lag < 50, state]).toEqual([true, 'Stable']);
    const sum = (of: typeof before) => of.partitions.reduce((total, { end }) => total + end, 0);
    expect(sum(await group()) - sum(before)).toBeGreaterThan(150);
    expect([problems, await letters()]).toEqual([[], []]);
    expect(await kafka().probe.topic(ORDER_EVENTS, patient())).toMatchObject({
      offline: [],
      underReplicated: [],
    });
  });

  test('the events of an order are found in the topic', async () => {
    const order = await here.world.read(
      (state) => [...state.orders.values()].find(({ status }) => status === 'shipped')?.id ?? '',
    );
    const seen = await kafka().probe.orderEvents(
      { topic: ORDER_EVENTS, orders: [{ order, from: 0 }], mostMessages: 100_000 },
      patient(),
    );
    expect(seen.events.map(({ type }) => type)).toEqual(
      expect.arrayContaining(['order.created', 'payment.captured', 'fulfillment.requested', 'order.shipped']),
    );
  });
});

describe('consumers that hang', () => {
  beforeEach(async () => await start('consumers-stuck'));

  test('fall behind, members and all, and read on after a restart', async () => {
    const before = await group();
    expect(before).toMatchObject({ state: 'Stable', members: 2 });
    expect(before.lag).toBeGreaterThan(1_000);
    await pass(2);
    const later = await group();
    expect(later.lag).toBeGreaterThan(before.lag);
    expect(later.partitions.map(({ committed }) => committed)).toEqual(
      before.partitions.map(({ committed }) => committed),
    );
    await restart(here.world, 'notification-service');
    await pass(4);
    const { lag } = await group();
    expect(lag).toBeLessThan(later.lag);
    await pass(12);
    expect((await group()).lag).toBeLessThan(100);
  });

  test('another deployment’s restart changes nothing', async () => {
    await restart(here.world, 'order-service');
    const { lag } = await group();
    await pass(3);
    expect((await group()).lag).toBeGreaterThan(lag);
  });
});

describe('a poison message', () => {
  beforeEach(async () => await start('poison-message'));
  const at = async () => (await group()).partitions.find(({ partition }) => partition === 3)?.committed ?? -1;

  test('stops its partition alone, whatever is restarted, and its consumer says where', async () => {
    const offset = await at();
    await restart(here.world, 'notification-service');
    await pass(5);
    expect(await at()).toBe(offset);
    const others = (await group()).partitions.filter(({ partition }) => partition !== 3);
    for (const { lag } of others) expect(lag).toBeLessThan(20);
    const lines = await here.world.read((state, now) =>
      state.pods.flatMap(({ name }) => state.logs.read(name, now - 5 * MINUTE).map(({ text }) => text)),
    );
    expect(lines.join('\n')).toContain(`group=${GROUP} topic=${ORDER_EVENTS} partition=3 offset=${offset}`);
  });

  test('copied and skipped while nobody reads, the partition goes on', async () => {
    const offset = await at();
    const change = [{ topic: ORDER_EVENTS, partition: 3, from: offset, to: offset + 1 }];
    await expect(kafka().lever.setOffsets(GROUP, change, patient())).rejects.toThrow('has 2 members');
    await scale('notification-service', 0);
    await pass(1);
    expect(await group()).toMatchObject({ state: 'Empty', members: 0 });
    await kafka().lever.park({ topic: ORDER_EVENTS, partition: 3, offset }, PARKED, 'run-1', patient());
    await kafka().lever.setOffsets(GROUP, change, patient());
    await pass(1);
    expect(await at()).toBe(offset + 1);
    await scale('notification-service', 2);
    await pass(3);
    expect(await at()).toBeGreaterThan(offset + 1);
    const parked = await here.world.read((state) => {
      const partition = state.kafka.topics.get(PARKED)?.partitions[0];
      return partition === undefined ? null : messageAt(partition, 0);
    });
    expect(parked?.headers).toMatchObject({ 'oms-parked-key': 'run-1' });
  });

  test('set back, the same messages are read again', async () => {
    await scale('notification-service', 0);
    await pass(1);
    const before = (await group()).partitions[0];
    const back = {
      topic: ORDER_EVENTS,
      partition: 0,
      from: before?.committed ?? 0,
      to: (before?.committed ?? 0) - 50,
    };
    await kafka().lever.setOffsets(GROUP, [back], patient());
    expect((await group()).partitions[0]?.lag).toBe((before?.lag ?? 0) + 50);
  });
});

describe('a broker away', () => {
  beforeEach(async () => await start('broker-away'));

  test('its partitions take nothing: events are put aside, with a line and a figure each', async () => {
    const before = await letters();
    expect(before.length).toBeGreaterThan(100);
    expect((await publishFailures(15 * MINUTE)).length).toBe(before.length);
    const topic = await kafka().probe.topic(ORDER_EVENTS, patient());
    expect(topic).toMatchObject({ offline: [], underReplicated: [0, 1, 3, 4] });
    expect(topic?.brokers.map(({ id }) => id)).toEqual([0, 2]);
    await pass(2);
    expect((await letters()).length).toBeGreaterThan(before.length);
    const ends = await here.world.read((state) =>
      (state.kafka.topics.get(ORDER_EVENTS)?.partitions ?? []).map((each) => endOf(each)),
    );
    await pass(2);
    const now = await here.world.read((state) =>
      (state.kafka.topics.get(ORDER_EVENTS)?.partitions ?? []).map((each) => endOf(each)),
    );
    expect(now.map((end, place) => end > (ends[place] ?? 0))).toEqual([
      false,
      false,
      true,
      false,
      false,
      true,
    ]);
  });

  test('a replay comes straight back; once it is up again all go through', async () => {
    await replay();
    await pass(1);
    expect((await letters()).length).toBeGreaterThan(100);
    await recover(here.world, 'broker-away');
    expect(await replay()).toBe((await letters()).length);
    expect(await replay()).toBeNull();
    await pass(1);
    expect(await letters()).toEqual([]);
  });

  test('it comes back by itself after a quarter of an hour', async () => {
    await pass(16);
    expect(await kafka().probe.topic(ORDER_EVENTS, patient())).toMatchObject({ underReplicated: [] });
    expect((await letters()).length).toBeGreaterThan(100);
  });
});

describe('what cannot be published', () => {
  test('without any broker nobody is reached', async () => {
    await here.world.change((state) => {
      for (const pod of state.pods) if (pod.app === 'kafka') pod.ready = false;
    });
    await expect(kafka().probe.groups('all', patient())).rejects.toMatchObject({
      fault: 'unreachable',
      sent: 'no',
    });
  });

  test.each([
    ['producer-buffer-full', 'BufferExhaustedException'],
    ['kafka-cut-off', 'TimeoutException'],
  ])('%s ends with a restart of the service; what was put aside stays', async (id, error) => {
    await start(id);
    expect(new Set((await letters()).map((letter) => letter.error))).toEqual(new Set([error]));
    await restart(here.world, 'order-service');
    await pass(3);
    const before = (await letters()).length;
    expect(before).toBeGreaterThan(50);
    await pass(3);
    expect((await letters()).length).toBe(before);
    await replay();
    await pass(1);
    expect(await letters()).toEqual([]);
  });

  test('what cannot be serialized fails the same way in every replay', async () => {
    await here.world.change((state, at) =>
      publish(state, { order: 'ord_odd000001', type: 'order.created', unserializable: true }, at),
    );
    await replay();
    await pass(1);
    expect(await letters()).toMatchObject([{ order: 'ord_odd000001', error: 'SerializationException' }]);
  });

  test('an order whose event was put aside goes on when it is replayed', async () => {
    await here.world.change((state) => {
      state.conditions.publishing = false;
    });
    await pass(30);
    const waiting = (await letters())
      .filter(({ type }) => type === 'fulfillment.requested')
      .map(({ order }) => order);
    expect(waiting.length).toBeGreaterThan(3);
    await here.world.change((state) => {
      state.conditions.publishing = true;
    });
    await replay();
    await pass(20);
    const order = await here.world.order(waiting[0] ?? '');
    expect(order?.status).toBe('shipped');
  });

  test('after seven days it is dropped', async () => {
    await start('broker-away');
    await here.world.change((state) => {
      const [oldest] = state.kafka.deadLetters;
      if (oldest !== undefined)
        state.kafka.deadLetters[0] = { ...oldest, at: oldest.at - 7 * 1_440 * MINUTE };
    });
    const before = await letters();
    await pass(1);
    expect((await letters())[0]).toEqual(before[1]);
  });
});
