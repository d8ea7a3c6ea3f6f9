import {
  brokersUp,
  endOf,
  type Group,
  leaderOf,
  membersOf,
  messageAt,
  nameOf,
  ORDER_EVENTS,
  partitionsOf,
  STOCK_EVENTS,
} from './kafka.ts';
import { append, dropOldLetters, publish } from './publishing.ts';
import type { WorldState } from './state.ts';

const SECOND = 1_000;
const TICK_MS = 10 * SECOND;
/** Status events of orders in one tick, and messages about stock: 36 and 12 a minute. */
const EVENTS = 6;
const STOCK = 2;
/** Kafka keeps a day of messages. */
const KEEP_MS = 86_400 * SECOND;
/** It looks so often for what is older, as a real broker does. */
const CHECK_MS = 300 * SECOND;
/** A consumer says so often what it cannot read. */
const COMPLAIN_MS = 60 * SECOND;

/** From `at` on the service publishes what happens to orders, and the groups read. */
export function beginKafka(state: WorldState, at: number): void {
  state.timeline.schedule(at + TICK_MS, (due) => {
    for (let number = 0; number < EVENTS; number += 1) publishOne(state, due);
    for (let number = 0; number < STOCK; number += 1) stockMessage(state, due, number);
    for (const group of state.kafka.groups.values()) read(state, group, due);
    if (due % CHECK_MS < TICK_MS) dropOld(state, due);
    dropOldLetters(state, due);
    beginKafka(state, due);
  });
}

function publishOne(state: WorldState, at: number): void {
  state.kafka.published += 1;
  // Nobody looks these up, and there are thousands: a number is enough.
  const order = `ord_${state.kafka.published.toString(36).padStart(9, '0')}`;
  publish(state, { order, type: 'order.status_changed' }, at);
}

/** Of the catalog, not of the order service. */
function stockMessage(state: WorldState, at: number, number: number): void {
  const topic = state.kafka.topics.get(STOCK_EVENTS);
  if (topic === undefined) return;
  const partition = Math.floor(state.chance('stock', at, number) * topic.partitions.length);
  const key = `sku-${1_000 + Math.floor(state.chance('sku', at, number) * 500)}`;
  append(state, topic, partition, { at, key, value: JSON.stringify({ type: 'stock.changed', sku: key }) });
}

/** Each member reads of its partitions what it can in one tick, and commits it. */
function read(state: WorldState, group: Group, at: number): void {
  const up = brokersUp(state);
  const members = membersOf(state, group);
  if (members.length === 0) return;
  const assigned = partitionsOf(state.kafka, group);
  const left = new Map(members.map((member) => [member, (group.pace * TICK_MS) / (60 * SECOND)]));
  for (const [place, { topic, number, partition }] of assigned.entries()) {
    const member = members[place % members.length] ?? '';
    if (leaderOf(up, partition) === null || hangs(state, group, member)) continue;
    const share = left.get(member) ?? 0;
    const others = assigned.filter(
      (_, other) => other > place && other % members.length === place % members.length,
    );
    // What a quiet partition leaves over is for those that come after it.
    const most = others.length === 0 ? share : Math.ceil(share / (others.length + 1));
    const from = Math.max(group.committed.get(nameOf(topic, number)) ?? partition.base, partition.base);
    let to = from;
    while (to < endOf(partition) && to - from < most) {
      if (messageAt(partition, to)?.poisons.includes(group.name)) {
        if (at % COMPLAIN_MS < TICK_MS) complain(state, group, { member, topic, number, offset: to }, at);
        break;
      }
      to += 1;
    }
    group.committed.set(nameOf(topic, number), to);
    left.set(member, share - (to - from));
  }
}

function hangs(state: WorldState, group: Group, member: string): boolean {
  const began = state.pods.find(({ name }) => name === member)?.startedAt ?? 0;
  return group.hungBefore !== null && began <= group.hungBefore;
}

/** The line of a consumer that cannot read a message. */
export function complain(
  state: WorldState,
  group: Group,
  where: {
    readonly member: string;
    readonly topic: string;
    readonly number: number;
    readonly offset: number;
  },
  at: number,
): void {
  state.logs.write(
    at,
    where.member,
    'ERROR',
    `kafka:consume group=${group.name} topic=${where.topic} partition=${where.number} offset=${where.offset} error="RecordDeserializationException: Error deserializing VALUE"`,
  );
}

function dropOld(state: WorldState, at: number): void {
  for (const name of [ORDER_EVENTS, STOCK_EVENTS]) {
    for (const partition of state.kafka.topics.get(name)?.partitions ?? []) {
      const kept = partition.messages.findIndex((message) => message.at >= at - KEEP_MS);
      const gone = kept < 0 ? partition.messages.length : kept;
      if (gone === 0) continue;
      partition.messages.splice(0, gone);
      partition.base += gone;
    }
  }
}
