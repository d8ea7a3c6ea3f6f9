import { afterAll, beforeAll, expect, test } from 'vitest';
import { type RealKafkaUnderTest, realKafka } from '../contracts/kafka-real.ts';
import { outcome, patient } from '../support/trouble.ts';
import { KAFKA } from '../systems/catalogue.ts';
import { describeOn } from '../systems/describe-on.ts';
import { startShareConsumer } from '../systems/kafka-cli.ts';

const MINE = 'ord_mine001';
const event = (type: string) => ({ key: MINE, value: JSON.stringify({ type, orderId: MINE }) });
const three = ['a', 'b', 'c'].map((value) => ({ value }));

/** What only a real broker can do to us. */
(await describeOn(KAFKA))('the Kafka adapter on a real broker', () => {
  let here: RealKafkaUnderTest;
  beforeAll(async () => {
    here = await realKafka(KAFKA, {
      properties: {
        // As brokers are by default, which ours are not: a question about a topic could make it.
        'auto.create.topics.enable': 'true',
        'log.cleaner.enable': 'true',
        'log.cleaner.backoff.ms': '100',
        'log.cleaner.dedupe.buffer.size': '2097152',
      },
    });
  }, 60_000);
  afterAll(async () => await here?.stop());

  const events = async (topic: string, mostMessages = 1_000) =>
    await here.probe.orderEvents({ topic, orders: [{ order: MINE, from: 0 }], mostMessages }, patient());

  test('makes no topic by asking for one, and leaves no group behind', async () => {
    await here.topics({ calm: 1 });
    await here.write('calm', 0, [event('order.created')]);
    for (const ask of [
      here.probe.topic('asked-for', patient()),
      outcome(
        here.probe.orderEvents(
          { topic: 'asked-for', orders: [{ order: MINE, from: 0 }], mostMessages: 1 },
          patient(),
        ),
      ),
      outcome(here.lever.park({ topic: 'calm', partition: 0, offset: 0 }, 'asked-for', 'run', patient())),
      here.probe.message('asked-for', 0, 0, patient()),
      events('calm'),
    ])
      await ask;
    expect(await here.admin.listTopics()).toEqual(['calm']);
    const types = ['classic', 'consumer'] as const;
    expect((await here.admin.listGroups({ types: [...types] })).size).toBe(0);
  });

  test('reads what is packed with gzip and Zstandard, and says how much it cannot unpack', async () => {
    await here.topics({ packed: 1 });
    for (const packing of ['gzip', 'zstd', 'lz4', 'snappy'] as const)
      await here.write('packed', 0, [event(`${packing}.one`), event(`${packing}.two`)], packing);
    const seen = await events('packed');
    expect(seen.events.map(({ type }) => type)).toEqual(['gzip.one', 'gzip.two', 'zstd.one', 'zstd.two']);
    expect(seen).toMatchObject({ unread: 4, whole: [] });
    expect(await here.probe.message('packed', 0, 3, patient())).toMatchObject({ key: MINE, offset: 3 });
    const sealed = { fault: 'not understood', sent: 'no', message: expect.stringContaining('unpack') };
    expect(await outcome(here.probe.message('packed', 0, 4, patient()))).toMatchObject(sealed);
    await here.topics({ 'packed-parked': 1 });
    const parking = here.lever.park(
      { topic: 'packed', partition: 0, offset: 6 },
      'packed-parked',
      'run',
      patient(),
    );
    expect(await outcome(parking)).toMatchObject(sealed);
    expect(await here.probe.deadLetters('packed', null, patient())).toMatchObject({ total: 8, whole: true });
  });

  test('sees what transactions have committed, and no mark of theirs', async () => {
    await here.topics({ ledger: 1 });
    // The broker answers an end before its mark is written; until then it hides what comes after.
    const marked = async () => await expect.poll(seen, { timeout: 20_000 }).toMatchObject({ whole: [MINE] });
    const seen = async () => await events('ledger');
    await here.transaction('ledger', [event('one'), event('two')], 'commit');
    await marked();
    await here.transaction('ledger', [event('never')], 'abort');
    await marked();
    await here.write('ledger', 0, [event('three')]);
    expect(await seen()).toMatchObject({
      events: [{ type: 'one' }, { type: 'two' }, { type: 'three' }],
      whole: [MINE],
      unread: 0,
    });
    // one, two, mark, never, mark, three
    expect(await here.probe.message('ledger', 0, 2, patient())).toBeNull();
    expect(await here.probe.message('ledger', 0, 3, patient())).toBeNull();
    expect(await here.probe.message('ledger', 0, 5, patient())).toMatchObject({ key: MINE });
    expect(await here.probe.deadLetters('ledger', null, patient())).toMatchObject({ total: 3, whole: true });
    expect(await here.probe.span('ledger', 0, 0, 5, patient())).not.toBeNull();
  });

  test('calls nothing missing behind a transaction that is open', async () => {
    await here.topics({ hanging: 1 });
    await here.write('hanging', 0, [event('one')]);
    await here.transaction('hanging', [event('hidden')], 'open');
    await here.write('hanging', 0, [event('behind')]);
    expect(await events('hanging')).toMatchObject({ events: [{ type: 'one' }], whole: [] });
    await here.commit('waits', { hanging: [0] });
    // Its consumers may read what is behind, if they do not care for transactions.
    expect(await here.probe.groups(['waits'], patient())).toMatchObject({ groups: [{ lag: 3 }] });
  });

  test('calls nothing missing of a topic that keeps only the newest of each key', async () => {
    await here.admin.createTopics({
      topics: ['compacted'],
      partitions: 1,
      replicas: 1,
      configs: [
        { name: 'cleanup.policy', value: 'compact' },
        { name: 'segment.ms', value: '50' },
        { name: 'min.cleanable.dirty.ratio', value: '0.001' },
      ],
    });
    await here.write('compacted', 0, [event('one'), event('two'), event('three')]);
    expect(await events('compacted')).toMatchObject({ events: [{}, {}, {}], whole: [MINE] });
    await expect
      .poll(
        async () => {
          // A segment is closed by the next message, and only closed ones are cleaned.
          await here.write('compacted', 0, [{ key: 'other', value: '{}' }]);
          return await here.probe.message('compacted', 0, 0, patient());
        },
        { timeout: 20_000, interval: 200 },
      )
      .toBeNull();
    expect(await events('compacted')).toMatchObject({ events: [{ type: 'three' }], whole: [] });
  });

  test('calls nothing missing that may have been deleted, and counts no lag of it', async () => {
    await here.topics({ short: 1 });
    await here.write('short', 0, [event('one'), event('two'), event('three')]);
    await here.commit('slow', { short: [0] });
    await here.admin.deleteRecords({
      topics: [{ name: 'short', partitions: [{ partition: 0, offset: 2n }] }],
    });
    expect(await events('short')).toMatchObject({ events: [{ type: 'three' }], whole: [] });
    const { groups } = await here.probe.groups(['slow'], patient());
    expect(groups[0]).toMatchObject({ lag: 1, partitions: [{ committed: 0, end: 3, lag: 1 }] });
    expect(await here.probe.message('short', 0, 1, patient())).toBeNull();
    const back = [{ topic: 'short', partition: 0, from: 0, to: 1 }];
    expect(await outcome(here.lever.setOffsets('slow', back, patient()))).toMatchObject({
      fault: 'refused',
      message: expect.stringContaining('holds 2 to 3'),
    });
  });

  test('tells of a group that stands beyond the end, instead of calling it healthy', async () => {
    await here.topics({ anew: 1, fine: 1 });
    await here.write('anew', 0, three);
    await here.commit('lost', { anew: [9], fine: [0] });
    expect(await here.probe.groups(['lost'], patient())).toMatchObject({
      groups: [{ lag: 0, partitions: [{ topic: 'fine' }] }],
      problems: [
        expect.stringMatching(/^Partition 0 of anew ends at 3, before the committed 9.* lag of lost\.$/),
      ],
    });
  });

  test('tells of a share group that its lag cannot be told, and never sets its offsets', async () => {
    await here.topics({ shared: 1 });
    await here.write('shared', 0, three);
    const consumer = await startShareConsumer(here.kafka, 'sharers', 'shared');
    await expect
      .poll(async () => await here.probe.groups(['sharers'], patient()), { timeout: 20_000 })
      .toMatchObject({ groups: [], problems: [expect.stringContaining('sharers is a share group')] });
    const change = [{ topic: 'shared', partition: 0, from: null, to: 3 }];
    expect(await outcome(here.lever.setOffsets('sharers', change, patient()))).toMatchObject({
      fault: 'refused',
      sent: 'no',
    });
    await consumer.stop();
  });

  test('reads a hundred groups as it reads one', async () => {
    await here.topics({ many: 4 });
    await here.write('many', 0, three);
    const names = Array.from({ length: 120 }, (_, place) => `group-${place}`);
    for (const name of names) await here.commit(name, { many: [place(name) % 4, 0, 0, 0] });
    const { groups, problems } = await here.probe.groups('all', patient());
    expect(problems.filter((problem) => problem.includes('group-'))).toEqual([]);
    const lags = new Map(groups.map(({ group, lag }) => [group, lag]));
    expect(names.map((name) => lags.get(name))).toEqual(names.map((name) => 3 - (place(name) % 4)));
  });
});

const place = (name: string) => Number(name.split('-')[1]);
