import type { OrderEventsQuestion, OrderEventsSeen } from '../../src/ports/kafka.ts';
import { type Message, ORDER_EVENTS } from '../world/kafka.ts';
import type { Cluster } from './cluster.ts';

type Event = OrderEventsSeen['events'][number];

/** The events of these orders, read from a topic as `grep` with an id would find them, within the bound of messages. */
export function orderEventsIn(
  cluster: Cluster,
  { topic, orders, from, mostMessages }: OrderEventsQuestion,
): OrderEventsSeen {
  const { state, now } = cluster;
  const all = (state.kafka.topics.get(topic)?.partitions ?? []).flatMap(({ messages }) =>
    messages.filter(({ at }) => at >= from),
  );
  const some = all.slice(0, mostMessages);
  const read = some.map((message) => readOne(message, orders));
  const events: Event[] = read.flatMap((one) => (typeof one === 'string' ? [] : [one]));
  // The log holds what was published since the world began to count; an order knows what was heard of it before.
  if (topic === ORDER_EVENTS)
    for (const order of orders)
      for (const { type, at } of state.orders.get(order)?.events ?? [])
        if (at >= from && at <= now && !events.some((one) => one.order === order && one.type === type))
          events.push({ order, type, at });
  return {
    events: events.sort((one, other) => one.at - other.at),
    whole: all.length <= mostMessages,
    unread: read.filter((one) => one === 'unread').length,
  };
}

function readOne(
  { at, key, value, headers }: Message,
  orders: readonly string[],
): Event | 'unread' | 'not theirs' {
  if (value === null) return 'not theirs';
  const text = value.toString();
  if (key?.startsWith('ord_') === true && !orders.includes(key)) return 'not theirs';
  const order = orders.find((one) => one === key || new RegExp(`(?<!\\w)${one}(?!\\w)`).test(text));
  const isObject = /^\s*\{.*\}\s*$/s.test(text);
  if (order === undefined) return isObject ? 'not theirs' : 'unread';
  const type = headers['type'] ?? typeIn(text);
  return type === null ? 'unread' : { order, type, at };
}

function typeIn(text: string): string | null {
  try {
    const event: unknown = JSON.parse(text);
    if (typeof event !== 'object' || event === null || !('type' in event)) return null;
    return typeof event.type === 'string' ? event.type : null;
  } catch {
    return null;
  }
}
