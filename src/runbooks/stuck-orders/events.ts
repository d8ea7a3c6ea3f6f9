import { broken, healthy, skipped, unknown } from '../../domain/finding.ts';
import type { OrderSummary, Probes } from '../../ports/probes.ts';
import type { Check } from '../define-runbook.ts';
import type { Names } from '../names.ts';
import { clock } from '../shared/spell.ts';
import { isLate, sampledOrders } from './orders.ts';

const MINUTE = 60_000;
/** The events of an order are looked for from so long before it was made: two clocks never agree. */
const BEFORE_MS = 5 * MINUTE;
/** Messages that one look reads at most (our default); it stops by time as well. */
const MOST = 200_000;

export interface OrderEvents {
  readonly order: string;
  /** By time, each kind once. */
  readonly seen: readonly { readonly type: string; readonly at: number }[];
  /** Of the expected ones; null: cannot be told. */
  readonly missing: readonly string[] | null;
}

/** R17. */
export interface EventsSeen {
  /** Those that were named, then the oldest stuck ones. */
  readonly orders: readonly OrderEvents[];
  /** How many were named. */
  readonly named: number;
}

/** What Kafka has of these orders. @throws SystemError, AbsentSystem */
export async function eventsOf(
  { probes, names, signal }: { readonly probes: Probes; readonly names: Names; readonly signal: AbortSignal },
  orders: readonly OrderSummary[],
): Promise<readonly OrderEvents[]> {
  if (orders.length === 0) return [];
  const { ordersTopic, orderEvents } = names.kafka;
  const asked = orders.map(({ id, createdAt }) => ({ order: id, from: createdAt - BEFORE_MS }));
  const { events, whole } = await probes.kafka.orderEvents(
    { topic: ordersTopic, orders: asked, mostMessages: MOST },
    signal,
  );
  return orders.map(({ id }) => {
    const first = new Map<string, number>();
    for (const { order, type, at } of events) if (order === id && !first.has(type)) first.set(type, at);
    const missing = orderEvents.filter((type) => !first.has(type));
    return {
      order: id,
      seen: [...first].map(([type, at]) => ({ type, at })),
      missing: missing.length === 0 || whole.includes(id) ? missing : null,
    };
  });
}

/** Of the orders that were looked at: which miss an event, and of which nobody can say. */
export function lostOf(seen: EventsSeen | null): {
  readonly orders: readonly OrderEvents[];
  readonly lost: ReadonlySet<string>;
  readonly told: ReadonlySet<string>;
  /** *2 of the 5 oldest stuck orders*. */
  some(count: number): string;
} {
  const { orders, named } = seen ?? { orders: [], named: 0 };
  return {
    orders,
    lost: new Set(orders.filter(({ missing }) => (missing ?? []).length > 0).map(({ order }) => order)),
    told: new Set(orders.filter(({ missing }) => missing !== null).map(({ order }) => order)),
    some: (count) => {
      if (orders.length > 1) return `${count} of ${these(orders.length, named)}`;
      return named === 0 ? 'the oldest stuck order' : (orders[0]?.order ?? 'none');
    },
  };
}

/** *fulfillment.requested*: what they miss, the first in the order of events. */
export function firstMissing(orders: readonly OrderEvents[], { kafka }: Names): string {
  const missing = new Set(orders.flatMap((one) => one.missing ?? []));
  return kafka.orderEvents.find((type) => missing.has(type)) ?? 'an event';
}

function these(count: number, named: number): string {
  return `the ${count} ${named === 0 ? '' : 'named or '}oldest stuck orders`;
}

export const events: Check<EventsSeen> = {
  step: 'R17',
  title: 'Did the events of the oldest stuck orders go out?',
  system: 'Kafka',
  source:
    'kubectl exec -it kafka-0 -- kafka-console-consumer \\\n  --bootstrap-server localhost:9092 \\\n  --topic order-events \\\n  --from-beginning | grep "ord_xyz789abc"',
  equivalent: ({ kafka: { bootstrap, ordersTopic } }) =>
    `kafka-get-offsets --bootstrap-server ${bootstrap} --topic ${ordersTopic} --time <ms when it was made>\nkafka-console-consumer --bootstrap-server ${bootstrap} --topic ${ordersTopic} --partition <partition> --offset <offset> --max-messages 10000 --timeout-ms 10000 | grep <order>`,
  instead: 'From the beginning it reads the whole topic; these begin when the order was made, and stop.',
  parameters: ['order'],
  deadlineMs: 4_000,
  async look(ask) {
    const { probes, names, signal } = ask;
    const { ordersTopic } = names.kafka;
    // Asked first: without Kafka this is no question to the order service.
    const topic = await probes.kafka.topic(ordersTopic, signal);
    if (topic === null)
      return unknown(`Kafka has no topic ${ordersTopic} (\`kafka.ordersTopic\` in oms.yaml).`);
    const { named, refused, oldest, unread } = await sampledOrders(ask);
    // One that has not come so far, or is through, is expected to have other events.
    const late = named.filter((order) => isLate(order, ask));
    if (late.length + oldest.length === 0) {
      if (refused.length > 0) throw refused[0];
      if (unread > 0) return unknown(`${unread} of the oldest stuck orders could not be understood.`);
      return skipped('There is no stuck order whose events could be looked for.');
    }
    const orders = await eventsOf({ probes, names, signal }, [...late, ...oldest]);
    return verdictOn({ orders, named: late.length }, names);
  },
};

function verdictOn(seen: EventsSeen, names: Names) {
  const { orders } = seen;
  const { lost, told, some } = lostOf(seen);
  const evidence = orders.map(lineOf);
  const of = orders.length === 1 ? some(1) : these(orders.length, seen.named);
  const dark = orders.length - told.size;
  const blind =
    dark === 0 ? '' : ` Of ${dark} it cannot be told: not every message since they were made could be read.`;
  if (lost.size > 0) {
    const missing = orders.filter(({ order }) => lost.has(order));
    return broken(
      `${firstMissing(missing, names)} of ${some(lost.size)} never reached Kafka.${blind}`,
      seen,
      evidence,
    );
  }
  if (dark === orders.length)
    return unknown(
      `Whether all events of ${of} reached Kafka cannot be told: not every message since then could be read.`,
      seen,
      evidence,
    );
  if (dark > 0) return unknown(`No event of ${some(told.size)} is missing in Kafka.${blind}`, seen, evidence);
  return healthy(`All expected events of ${of} reached Kafka.`, seen, evidence);
}

/** *ord_a  order.created 2026-03-10 03:04 UTC, payment.authorized …; missing fulfillment.requested*. */
function lineOf({ order, seen, missing }: OrderEvents): string {
  const heard = seen.map(({ type, at }) => `${type} ${clock(at)}`).join(', ');
  const rest =
    missing === null
      ? '; more cannot be told'
      : missing.length === 0
        ? ''
        : `; missing ${missing.join(', ')}`;
  return `${order}  ${heard === '' ? 'no event' : heard}${rest}`;
}
