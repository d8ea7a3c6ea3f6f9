import type { Pod } from './pods.ts';
import type { WorldState } from './state.ts';

export const ORDER_EVENTS = 'order-events';
export const PARKED = 'order-events-parked';
export const STOCK_EVENTS = 'stock-events';

/** Offsets count from the partition's first message; `messages[0]` is the one at `base`. */
export interface Message {
  readonly at: number;
  readonly key: string | null;
  /** Null: a tombstone. */
  readonly value: string | Buffer | null;
  readonly headers: Readonly<Record<string, string>>;
  /** Groups whose consumers fail at it again and again. */
  readonly poisons: readonly string[];
}

export interface Partition {
  /** Broker ids; the first one that is up leads. */
  readonly replicas: readonly number[];
  /** Of these, brokers whose copy has fallen behind although they are up. */
  readonly behind: Set<number>;
  /** The oldest offset that is kept. */
  base: number;
  readonly messages: Message[];
}

export interface Topic {
  readonly name: string;
  /** Fewer replicas in sync, and nothing is taken. */
  readonly minInSync: number;
  readonly partitions: readonly Partition[];
}

export interface Group {
  readonly name: string;
  readonly topics: readonly string[];
  /** The Deployment whose pods are its members; null: they run elsewhere. */
  readonly app: Pod['app'] | null;
  /** Members that run elsewhere. */
  readonly elsewhere: string[];
  /** Messages that one member reads in a minute. */
  readonly pace: number;
  /** By `order-events-3`. */
  readonly committed: Map<string, number>;
  /** Members whose process began before this hang: they are there and read nothing. Null: none does. */
  hungBefore: number | null;
}

/** An event that Kafka did not take and the service put aside. */
export interface DeadLetter {
  readonly at: number;
  readonly order: string;
  readonly type: string;
  /** The exception's name: `TimeoutException`. */
  readonly error: string;
}

export interface Kafka {
  readonly brokers: readonly number[];
  readonly topics: Map<string, Topic>;
  readonly groups: Map<string, Group>;
  /** Names of the pods of the order service without a path to the brokers. */
  cutOffFrom: 'all' | readonly string[];
  /** Producers whose process began before this have a full buffer. Null: none has. */
  bufferFullBefore: number | null;
  /** Oldest first. */
  readonly deadLetters: DeadLetter[];
  /** Asked for through the admin API. */
  readonly replays: { readonly at: number; readonly by: string | null; readonly events: number }[];
  /** Until then a replay is under way, epoch ms. */
  replayUntil: number;
  /** Events published so far, for the keys of the next ones. */
  published: number;
}

export const BROKERS = [0, 1, 2] as const;

export function createKafka(): Kafka {
  const kafka: Kafka = {
    brokers: BROKERS,
    topics: new Map(),
    groups: new Map(),
    cutOffFrom: [],
    bufferFullBefore: null,
    deadLetters: [],
    replays: [],
    replayUntil: 0,
    published: 0,
  };
  // Two replicas, and both must have it: a topic like this takes nothing as soon as one of the two is away.
  addTopic(kafka, ORDER_EVENTS, { partitions: 6, replicas: 2, minInSync: 2 });
  addTopic(kafka, STOCK_EVENTS, { partitions: 3, replicas: 3, minInSync: 2 });
  addTopic(kafka, PARKED, { partitions: 1, replicas: 3, minInSync: 1 });
  addGroup(kafka, 'notification-consumer', [ORDER_EVENTS], 'notification-service', 120);
  addGroup(kafka, 'analytics-consumer', [ORDER_EVENTS], null, 600).elsewhere.push(
    'analytics-1',
    'analytics-2',
  );
  addGroup(kafka, 'order-inventory-consumer', [STOCK_EVENTS], 'inventory-consumer', 120);
  return kafka;
}

export function addTopic(
  kafka: Kafka,
  name: string,
  given: { readonly partitions: number; readonly replicas: number; readonly minInSync: number },
): Topic {
  const topic: Topic = {
    name,
    minInSync: given.minInSync,
    partitions: Array.from({ length: given.partitions }, (_, number) => ({
      replicas: Array.from(
        { length: given.replicas },
        (_one, place) => BROKERS[(number + place) % BROKERS.length] ?? 0,
      ),
      behind: new Set<number>(),
      base: 0,
      messages: [],
    })),
  };
  kafka.topics.set(name, topic);
  return topic;
}

export function addGroup(
  kafka: Kafka,
  name: string,
  topics: readonly string[],
  app: Group['app'],
  pace: number,
  committed: Group['committed'] = new Map(),
): Group {
  const group: Group = { name, topics, app, pace, elsewhere: [], committed, hungBefore: null };
  kafka.groups.set(name, group);
  return group;
}

export function endOf({ base, messages }: Partition): number {
  return base + messages.length;
}

/** Null: it is not kept any more, or not written yet. */
export function messageAt({ base, messages }: Partition, offset: number): Message | null {
  return messages[offset - base] ?? null;
}

/** `order-events-3`. */
export function nameOf(topic: string, partition: number): string {
  return `${topic}-${partition}`;
}

/** Every partition that a group reads, by topic and number. */
export function partitionsOf(
  kafka: Kafka,
  { topics }: Pick<Group, 'topics'>,
): readonly { readonly topic: string; readonly number: number; readonly partition: Partition }[] {
  return topics.flatMap((topic) =>
    (kafka.topics.get(topic)?.partitions ?? []).map((partition, number) => ({ topic, number, partition })),
  );
}

/** The brokers whose pods are ready. */
export function brokersUp(state: WorldState): readonly number[] {
  return state.kafka.brokers.filter((id) =>
    state.pods.some(
      ({ name, ready, deletedAt }) =>
        name === `${state.names.apps.kafka.name}-${id}` && ready && deletedAt === null,
    ),
  );
}

/** Null: nobody leads, and nothing can be read or written. */
export function leaderOf(up: readonly number[], { replicas, behind }: Partition): number | null {
  return replicas.find((id) => up.includes(id) && !behind.has(id)) ?? null;
}

export function inSync(up: readonly number[], { replicas, behind }: Partition): number {
  return replicas.filter((id) => up.includes(id) && !behind.has(id)).length;
}

/** The members of a group, by name: the ready pods of its Deployment. */
export function membersOf(state: WorldState, { app, elsewhere }: Group): readonly string[] {
  if (app === null) return elsewhere;
  return state.pods
    .filter((pod) => pod.app === app && pod.ready && pod.deletedAt === null)
    .map((pod) => pod.name);
}

/** Messages that a group has not read; what was dropped before it was read is none. */
export function lagOf(kafka: Kafka, group: Group): number {
  return partitionsOf(kafka, group).reduce((sum, { topic, number, partition }) => {
    const committed = group.committed.get(nameOf(topic, number)) ?? partition.base;
    return sum + endOf(partition) - Math.max(committed, partition.base);
  }, 0);
}
