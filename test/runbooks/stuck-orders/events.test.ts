import { describe, expect, test } from 'vitest';
import { NO_IDS } from '../../../src/domain/alert.ts';
import type { Verdict } from '../../../src/domain/finding.ts';
import type { KafkaProbe, OrderEventsQuestion, OrderEventsSeen } from '../../../src/ports/kafka.ts';
import type { StuckQuestion } from '../../../src/ports/probes.ts';
import { AbsentSystem } from '../../../src/ports/system-error.ts';
import { anOrder, diagnosed, fakeProbes, MINUTE, NOW, silent } from '../../support/runbooks.ts';

const MADE = NOW - 300 * MINUTE;
const ALL = ['order.created', 'payment.authorized', 'fulfillment.requested'];
const topic = { topic: 'order-events', partitions: 3, offline: [], underReplicated: [], brokers: [] };

/** By order the events that Kafka has; only orders of `whole` were read to the end. */
function kafkaWith(
  events: Readonly<Record<string, readonly string[]>>,
  whole: readonly string[] = Object.keys(events),
): { readonly asked: OrderEventsQuestion[]; readonly kafka: Partial<KafkaProbe> } {
  const asked: OrderEventsQuestion[] = [];
  const seen: OrderEventsSeen = {
    events: Object.entries(events).flatMap(([order, types]) =>
      types.map((type, place) => ({ order, type, at: MADE + place * MINUTE })),
    ),
    whole,
    unread: 0,
  };
  return {
    asked,
    kafka: {
      topic: async () => topic,
      orderEvents: async (question) => {
        asked.push(question);
        return seen;
      },
    },
  };
}

const orderService = (ids: readonly string[]) => ({
  stuckOrders: async ({ limit }: StuckQuestion) => ({
    orders: ids.slice(0, limit).map((id) => anOrder(id)),
    total: ids.length,
    unread: 0,
    next: null,
  }),
});
const ids = (count: number) => Array.from({ length: count }, (_, place) => `ord_aaa${100 + place}`);
const look = async (kafka: Partial<KafkaProbe>, orders: readonly string[] = ids(1)) =>
  (await diagnosed('stuck-orders', fakeProbes({ kafka, orderService: orderService(orders) }))).of('R17');

describe('R17', () => {
  const [one = '', two = '', three = ''] = ids(3);
  test.each<[string, ReturnType<typeof kafkaWith>, readonly string[], Verdict, string]>([
    [
      'all there',
      kafkaWith({ [one]: ALL, [two]: ALL }),
      ids(2),
      'healthy',
      'All expected events of the 2 oldest stuck orders reached Kafka.',
    ],
    [
      'all there is all there, whatever else could not be read',
      kafkaWith({ [one]: ALL }, []),
      ids(1),
      'healthy',
      'All expected events of the oldest stuck order reached Kafka.',
    ],
    [
      'one is missing',
      kafkaWith({ [one]: ALL.slice(0, 2) }),
      ids(1),
      'broken',
      'fulfillment.requested of the oldest stuck order never reached Kafka.',
    ],
    [
      'the first that is missing is named',
      kafkaWith({ [one]: ALL, [two]: ['order.created', 'fulfillment.requested'] }),
      ids(2),
      'broken',
      'payment.authorized of 1 of the 2 oldest stuck orders never reached Kafka.',
    ],
    [
      'nothing is called missing that was not read',
      kafkaWith({ [one]: [] }, []),
      ids(1),
      'unknown',
      'Whether all events of the oldest stuck order reached Kafka cannot be told: not every message since then could be read.',
    ],
    [
      'half an answer is not healthy',
      kafkaWith({ [one]: ALL, [two]: [] }, [one]),
      ids(2),
      'unknown',
      'No event of 1 of the 2 oldest stuck orders is missing in Kafka. Of 1 it cannot be told: not every message since they were made could be read.',
    ],
    [
      'what is missing is told beside what cannot be',
      kafkaWith({ [one]: ALL, [two]: [], [three]: [] }, [one, two]),
      ids(3),
      'broken',
      'order.created of 1 of the 3 oldest stuck orders never reached Kafka. Of 1 it cannot be told: not every message since they were made could be read.',
    ],
  ])('%s', async (_what, { kafka }, orders, verdict, line) => {
    expect(await look(kafka, orders)).toMatchObject({ verdict, line });
  });

  test('lists the events of each order as they came, and what is missing', async () => {
    const { kafka } = kafkaWith(
      { [one]: ['order.created', 'order.created', 'payment.authorized'], [two]: [] },
      [one],
    );
    expect((await look(kafka, ids(2))).evidence).toEqual([
      expect.stringMatching(
        /^ord_aaa100 {2}order\.created \S+ \S+ UTC, payment\.authorized \S+ \S+ UTC; missing fulfillment\.requested$/,
      ),
      'ord_aaa101  no event; more cannot be told',
    ]);
  });

  test('asks once, for the five oldest, each from just before it was made', async () => {
    const { kafka, asked } = kafkaWith({});
    await look(kafka, ids(9));
    expect(asked).toHaveLength(1);
    expect(asked[0]).toMatchObject({ topic: 'order-events', mostMessages: 200_000 });
    expect(asked[0]?.orders).toEqual(ids(5).map((order) => ({ order, from: MADE - 5 * MINUTE })));
  });

  test.each<[string, Partial<KafkaProbe>, readonly string[], Verdict, RegExp]>([
    ['without a stuck order', kafkaWith({}).kafka, [], 'skipped', /^There is no stuck order/],
    [
      'without Kafka',
      {
        topic: async () => {
          throw new AbsentSystem('Kafka is not configured (KAFKA_BROKERS).');
        },
      },
      ids(1),
      'skipped',
      /KAFKA_BROKERS/,
    ],
    [
      'without its topic',
      { topic: async () => null },
      ids(1),
      'unknown',
      /no topic order-events .*kafka\.ordersTopic/,
    ],
    [
      'with a silent Kafka',
      { topic: async () => Promise.reject(silent('Kafka')) },
      ids(1),
      'unknown',
      /Kafka did not answer/,
    ],
    [
      'with a Kafka that falls silent',
      { topic: async () => topic, orderEvents: async () => Promise.reject(silent('Kafka')) },
      ids(1),
      'unknown',
      /Kafka did not answer/,
    ],
  ])('%s', async (_what, kafka, orders, verdict, line) => {
    const found = await look(kafka, orders);
    expect(found.verdict).toBe(verdict);
    expect(found.line).toMatch(line);
  });
});

test('R17 looks for the events of the named order that is late in processing too, and of no other that was named', async () => {
  const named = [
    anOrder('ord_yyy888', { status: 'shipped' }),
    anOrder('ord_yyy999', { updatedAt: NOW - 14 * MINUTE }),
    anOrder('ord_zzz999', { updatedAt: NOW - 15 * MINUTE }),
  ];
  const { asked, kafka } = kafkaWith({ ord_zzz999: ['order.created'], ord_aaa100: ALL });
  const order = async (id: string) => named.find((one) => one.id === id) ?? null;
  const given = fakeProbes({ kafka, orderService: { ...orderService(ids(1)), order } });
  const incident = { ids: { ...NO_IDS, orders: named.map(({ id }) => id) } };
  const found = (await diagnosed('stuck-orders', given, { incident })).of('R17');
  expect(asked[0]?.orders.map((one) => one.order)).toEqual(['ord_zzz999', 'ord_aaa100']);
  expect(found.line).toBe(
    'payment.authorized of 1 of the 2 named or oldest stuck orders never reached Kafka.',
  );
});

test('R17 of nothing but a named order that could not be read: unknown', async () => {
  const order = async () => Promise.reject(silent('The order service'));
  const given = fakeProbes({ kafka: kafkaWith({}).kafka, orderService: { ...orderService([]), order } });
  const incident = { ids: { ...NO_IDS, orders: ['ord_zzz999'] } };
  expect((await diagnosed('stuck-orders', given, { incident })).of('R17')).toMatchObject({
    verdict: 'unknown',
    line: expect.stringContaining('The order service did not answer'),
  });
});
