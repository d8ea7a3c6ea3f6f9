import type { OrderEventsQuestion, OrderEventsSeen } from '../../src/ports/kafka.ts';
import { type Message, ORDER_EVENTS } from '../world/kafka.ts';
import type { Cluster } from './cluster.ts';

type Event = OrderEventsSeen['events'][number];

/** The events of these orders, read from a topic as `grep` with an id would find them, within the bound of messages. */
export function orderEventsIn(
  cluster: Cluster,
  { topic, orders, mostMessages }: OrderEventsQuestion,
): OrderEventsSeen {
  const { state, now } = cluster;
  const ids = orders.map(({ order }) => order);
  const log = (state.kafka.topics.get(topic)?.partitions ?? []).flatMap(({ messages }) => messages);
  // The youngest first, so that the bound cuts off what only the older orders need; each stretch as it was written.
  const times = [...new Set(orders.map(({ from }) => from))].sort((one, other) => other - one);
  const stretches = times.map((time, place) =>
    log.filter(({ at }) => at >= time && at < (times[place - 1] ?? Number.POSITIVE_INFINITY)),
  );
  const all = stretches.flat();
  const named = new RegExp(`(?<!\\w)(?:${ids.join('|')})(?!\\w)`);
  const read = all
    .slice(0, mostMessages)
    .map((message) => ({ at: message.at, seen: readOne(message, ids, named) }));
  const events: Event[] = read.flatMap(({ at, seen }) =>
    typeof seen === 'string' || seen.type === null ? [] : [{ order: seen.order, type: seen.type, at }],
  );
  // The log holds what was published since the world began to count; an order knows what was heard of it before.
  if (topic === ORDER_EVENTS)
    for (const { order, from } of orders)
      for (const { type, at } of state.orders.get(order)?.events ?? [])
        if (at >= from && at <= now && !events.some((one) => one.order === order && one.type === type))
          events.push({ order, type, at });
  const blurred = (order: string, from: number) =>
    read.some(({ at, seen }) =>
      seen === 'unread' ? at >= from : seen !== 'not theirs' && seen.order === order && seen.type === null,
    );
  const reached = (from: number) => all.filter(({ at }) => at >= from).length <= mostMessages;
  return {
    events: events.sort((one, other) => one.at - other.at),
    whole: orders
      .filter(({ order, from }) => reached(from) && !blurred(order, from))
      .map(({ order }) => order),
    unread: read.filter(({ seen }) => seen === 'unread' || (seen !== 'not theirs' && seen.type === null))
      .length,
  };
}

/** A type of null: it is about that order, and no event that can be read. */
function readOne(
  { key, value, headers }: Message,
  orders: readonly string[],
  named: RegExp,
): { readonly order: string; readonly type: string | null } | 'unread' | 'not theirs' {
  if (value === null) return 'not theirs';
  const text = value.toString();
  if (key?.startsWith('ord_') === true && !orders.includes(key)) return 'not theirs';
  const order = key !== null && orders.includes(key) ? key : named.exec(text)?.[0];
  const isObject = /^\s*\{.*\}\s*$/s.test(text);
  if (order === undefined) return isObject ? 'not theirs' : 'unread';
  return { order, type: headers['type'] ?? typeIn(text) };
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
