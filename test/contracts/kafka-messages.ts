import { beforeAll, describe, expect, test } from 'vitest';
import { outcome, patient } from '../support/trouble.ts';
import type { KafkaUnderTest, Written } from './kafka.ts';

const MINUTE = 60_000;
const [MINE, OTHER] = ['ord_mine001', 'ord_other01'];

/** The half of the contract that is about single messages. */
export function messagesContract(open: () => KafkaUnderTest): void {
  let here: KafkaUnderTest;
  beforeAll(() => {
    here = open();
  });

  const now = Date.now();
  const event = (order: string, type: string, minutesAgo: number): Written => ({
    key: order,
    value: JSON.stringify({ type, orderId: order }),
    at: now - minutesAgo * MINUTE,
  });

  describe('events of orders', () => {
    const ask = async (topic: string, from = now - 60 * MINUTE, mostMessages = 1_000) =>
      await here.probe.orderEvents({ topic, orders: [{ order: MINE, from }], mostMessages }, patient());

    test('are those of the order, from all partitions, by time', async () => {
      await here.topics({ events: 2 });
      await here.write('events', 0, [
        event(MINE, 'too.old', 90),
        event(OTHER, 'order.created', 50),
        event(MINE, 'order.created', 30),
        // Its id only stands in the value, and the beginning of another's does too.
        { value: `{"type":"payment.authorized","order":"${MINE}"}`, at: now - 20 * MINUTE },
        { value: `{"type":"order.created","order":"${MINE}x"}`, at: now - 15 * MINUTE },
      ]);
      await here.write('events', 1, [
        { ...event(MINE, 'ignored', 25), headers: { type: 'fulfillment.requested' } },
      ]);
      const seen = await ask('events');
      expect(seen).toEqual({
        whole: [MINE],
        unread: 0,
        events: [
          { order: MINE, type: 'order.created', at: now - 30 * MINUTE },
          { order: MINE, type: 'fulfillment.requested', at: now - 25 * MINUTE },
          { order: MINE, type: 'payment.authorized', at: now - 20 * MINUTE },
        ],
      });
    });

    test('are told for several orders in one read, each from its own time', async () => {
      const orders = [
        { order: OTHER, from: now - 60 * MINUTE },
        { order: MINE, from: now - 26 * MINUTE },
      ];
      const asked = async (mostMessages: number) =>
        await here.probe.orderEvents({ topic: 'events', orders, mostMessages }, patient());
      const seen = await asked(1_000);
      expect(seen.events.map(({ order, type }) => `${order} ${type}`)).toEqual([
        `${OTHER} order.created`,
        `${MINE} order.created`,
        `${MINE} fulfillment.requested`,
        `${MINE} payment.authorized`,
      ]);
      expect([...seen.whole].sort()).toEqual([MINE, OTHER]);
      // Three messages are as young as the younger order: it is told, whatever lies before them.
      expect(await asked(3)).toMatchObject({ whole: [MINE] });
    });

    test('that cannot be read are counted where they may be theirs', async () => {
      await here.topics({ poisoned: 1 });
      await here.write('poisoned', 0, [
        event(MINE, 'order.created', 10),
        { key: MINE, value: '{"type":"order.created', at: now },
        { key: MINE, value: JSON.stringify({ says: 'nothing' }), at: now },
        { value: Buffer.from([0, 255, 17, 0, 254, 1]), at: now },
        // Surely of others, or of nobody.
        { key: OTHER, value: Buffer.from([0, 255, 17]), at: now },
        { value: '{"broken', key: OTHER, at: now },
        { key: MINE, value: null, at: now },
      ]);
      expect(await ask('poisoned')).toMatchObject({
        events: [{ order: MINE, type: 'order.created' }],
        unread: 3,
        whole: [],
      });
    });

    test('that are surely of one order take nothing from another', async () => {
      await here.topics({ blurred: 1 });
      await here.write('blurred', 0, [
        event(MINE, 'order.created', 10),
        { key: OTHER, value: '{"type":"order.created', at: now },
      ]);
      const from = now - 60 * MINUTE;
      const orders = [OTHER, MINE].map((order) => ({ order, from }));
      const seen = await here.probe.orderEvents({ topic: 'blurred', orders, mostMessages: 10 }, patient());
      expect(seen).toMatchObject({ events: [{ order: MINE }], whole: [MINE], unread: 1 });
    });

    test('are not whole beyond the bound of messages', async () => {
      await here.topics({ busy: 1 });
      await here.write('busy', 0, [
        ...Array.from({ length: 30 }, () => event(OTHER, 'order.created', 5)),
        event(MINE, 'order.created', 4),
      ]);
      expect(await ask('busy', now - 60 * MINUTE, 30)).toMatchObject({ events: [], whole: [] });
      expect(await ask('busy', now - 60 * MINUTE, 31)).toMatchObject({
        events: [{ type: 'order.created' }],
        whole: [MINE],
      });
    });

    test('are none after the last message, and that is the whole', async () => {
      expect(await ask('events', now + MINUTE)).toEqual({ events: [], whole: [MINE], unread: 0 });
    });

    test('of a topic that is not there cannot be told', async () => {
      expect(await outcome(ask('nowhere'))).toMatchObject({
        fault: 'not found',
        message: expect.stringContaining('kafka.ordersTopic'),
      });
    });
  });

  describe('dead letters', () => {
    const dead = (error: string | null, minutesAgo: number): Written => ({
      value: 'x',
      at: now - minutesAgo * MINUTE,
      ...(error === null ? {} : { headers: { 'error-class': error } }),
    });

    test('are counted by class, with the oldest', async () => {
      await here.topics({ dead: 2 });
      await here.write('dead', 0, [dead('Timeout', 500), dead('BadFormat', 400), dead('Timeout', 300)]);
      await here.write('dead', 1, [dead(null, 450), dead('Timeout', 100)]);
      expect(await here.probe.deadLetters('dead', null, patient())).toEqual({
        total: 5,
        oldestAt: now - 500 * MINUTE,
        byClass: { Timeout: 3, BadFormat: 1, unknown: 1 },
        whole: true,
        orders: null,
      });
    });

    test('that were replayed are none any more', async () => {
      await here.commit('replayer', { dead: [2, 1] });
      expect(await here.probe.deadLetters('dead', 'replayer', patient())).toEqual({
        total: 2,
        oldestAt: now - 300 * MINUTE,
        byClass: { Timeout: 2 },
        whole: true,
        orders: null,
      });
      await here.commit('replayer', { dead: [3, 2] });
      expect(await here.probe.deadLetters('dead', 'replayer', patient())).toEqual({
        total: 0,
        oldestAt: null,
        byClass: {},
        whole: true,
        orders: [],
      });
    });

    test('tell their orders, by key or by the one that they name', async () => {
      await here.topics({ late: 1 });
      const letter = (key: string | null, value: string, minutesAgo: number): Written => ({
        ...(key === null ? {} : { key }),
        value,
        at: now - minutesAgo * MINUTE,
      });
      await here.write('late', 0, [letter(MINE, '{}', 9), letter(null, `{"orderId":"${OTHER}"}`, 5)]);
      await here.write('late', 0, [letter(MINE, '{}', 2)]);
      const { orders } = await here.probe.deadLetters('late', null, patient());
      expect([...(orders ?? [])].sort((one, other) => other.at - one.at)).toEqual([
        { order: MINE, at: now - 2 * MINUTE },
        { order: OTHER, at: now - 5 * MINUTE },
      ]);
      await here.write('late', 0, [letter(null, '{"stock":4}', 1)]);
      expect((await here.probe.deadLetters('late', null, patient())).orders).toBeNull();
    });

    test('are all there while the replayer is unknown', async () => {
      expect(await here.probe.deadLetters('dead', 'nobody-at-all', patient())).toMatchObject({ total: 5 });
    });

    test('of a topic that is not there cannot be told', async () => {
      expect(await outcome(here.probe.deadLetters('nowhere', null, patient()))).toMatchObject({
        fault: 'not found',
        message: expect.stringContaining('kafka.deadLetterTopic'),
      });
    });
  });

  describe('one message', () => {
    test('is told without its value', async () => {
      await here.topics({ single: 1 });
      await here.write('single', 0, [
        { key: `k\u0007${'y'.repeat(200)}`, value: 'secret', at: now - 2 * MINUTE },
        { value: null, at: now - MINUTE },
      ]);
      const seen = await here.probe.message('single', 0, 0, patient());
      expect(seen).toMatchObject({
        topic: 'single',
        partition: 0,
        offset: 0,
        at: now - 2 * MINUTE,
        bytes: 208,
      });
      expect(seen?.key).toHaveLength(120);
      expect(seen?.key).not.toMatch(/\p{Cc}/u);
      expect(JSON.stringify(seen)).not.toContain('secret');
      expect(await here.probe.message('single', 0, 1, patient())).toMatchObject({ key: null, bytes: 0 });
    });

    test.each([
      ['beyond the end', 'single', 0, 2],
      ['of another partition', 'single', 1, 0],
      ['of no topic', 'nowhere', 0, 0],
    ])('%s is none', async (_where, topic, partition, offset) => {
      expect(await here.probe.message(topic, partition, offset, patient())).toBeNull();
    });

    test('and the last of some span their times', async () => {
      await here.topics({ spans: 1 });
      await here.write(
        'spans',
        0,
        [9, 8, 7, 6].map((minutes) => ({ value: 'x', at: now - minutes * MINUTE })),
      );
      expect(await here.probe.span('spans', 0, 1, 3, patient())).toEqual({
        firstAt: now - 8 * MINUTE,
        lastAt: now - 7 * MINUTE,
      });
      expect(await here.probe.span('spans', 0, 2, 2, patient())).toBeNull();
      expect(await here.probe.span('spans', 0, 4, 9, patient())).toBeNull();
    });
  });

  describe('parking', () => {
    const from = { topic: 'orders-in', partition: 1, offset: 1 };
    const parked = async () => (await here.probe.deadLetters('parked', null, patient())).total;

    test('copies one message once for a run, whatever comes after it', async () => {
      await here.topics({ 'orders-in': 2, parked: 1 });
      await here.write('orders-in', 1, [
        { value: 'fine' },
        { key: 'k', value: Buffer.from([0, 255, 1]), headers: { 'error-class': 'BadFormat' } },
      ]);
      expect(await here.lever.park(from, 'parked', 'run-1', patient())).toContain(
        'is copied to parked-0 at 0',
      );
      expect(await parked()).toBe(1);
      expect(await here.lever.park(from, 'parked', 'run-1', patient())).toContain('was copied before');
      expect(await parked()).toBe(1);
      expect(await here.probe.message('parked', 0, 0, patient())).toMatchObject({ key: 'k', bytes: 4 });
      // Its own headers came along.
      expect(await here.probe.deadLetters('parked', null, patient())).toMatchObject({
        byClass: { BadFormat: 1 },
      });
      expect(await here.lever.park(from, 'parked', 'run-2', patient())).toContain(
        'is copied to parked-0 at 1',
      );
      await here.lever.park(from, 'parked', 'run-1', patient());
      expect(await parked()).toBe(2);
    });

    test.each([
      ['a message that is not there', { ...from, offset: 9 }, 'parked', 'is not there'],
      ['to a topic that is not there', from, 'nowhere', 'kafka.parkedTopic'],
    ])('%s copies nothing', async (_what, which, to, said) => {
      const before = await parked();
      expect(await outcome(here.lever.park(which, to, 'run-9', patient()))).toMatchObject({
        fault: 'not found',
        sent: 'no',
        message: expect.stringContaining(said),
      });
      expect(await parked()).toBe(before);
      expect(await here.probe.topic('nowhere', patient())).toBeNull();
    });
  });
}
