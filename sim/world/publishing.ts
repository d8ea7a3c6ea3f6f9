import {
  brokersUp,
  type DeadLetter,
  inSync,
  leaderOf,
  type Message,
  nameOf,
  ORDER_EVENTS,
  type Topic,
} from './kafka.ts';
import { somePod, type WorldState } from './state.ts';

const DAY = 86_400_000;
/** The service keeps what it put aside so long (runbook 7). */
const KEPT_MS = 7 * DAY;
/** A replay of all dead letters does not hit Kafka at once. */
const SPREAD_MS = 30_000;

/** An event about an order. */
export interface OrderNews {
  readonly order: string;
  readonly type: string;
  /** The producer cannot write it down, however often it tries. */
  readonly unserializable?: boolean;
}

/** Sends an event to Kafka; one that is not taken is logged and put aside. Returns whether it was taken. */
export function publish(state: WorldState, news: OrderNews, at: number): boolean {
  const error = tryOnce(state, news, at);
  if (error === null) return true;
  putAside(state, news, error, at);
  return false;
}

/** What a failed try leaves behind: the line that R47 looks for, the counter of that pod, a dead letter. */
export function putAside(state: WorldState, news: OrderNews, error: string, at: number): void {
  const pod = producerOf(state, news);
  state.counters.add('events_publish_failures_total', { pod });
  state.logs.write(
    at,
    pod,
    'ERROR',
    `kafka:publish code=KAFKA_PUBLISH_FAILED topic=${ORDER_EVENTS} order=${news.order} type=${news.type} error="${error}"`,
  );
  const [name = error] = error.split(':');
  const { deadLetters } = state.kafka;
  if (deadLetters.some(({ order, type }) => order === news.order && type === news.type)) return;
  deadLetters.push({ at, order: news.order, type: news.type, error: name });
}

/**
 * Every dead letter is sent once more, over half a minute; what is not taken stays.
 * @param taken called for each that Kafka took
 * @returns how many are sent; null while an earlier replay is under way
 */
export function replayDeadLetters(
  state: WorldState,
  at: number,
  by: string | null,
  taken: (letter: DeadLetter, at: number) => void,
): number | null {
  const { kafka } = state;
  if (at < kafka.replayUntil) return null;
  const letters = [...kafka.deadLetters];
  kafka.replayUntil = at + SPREAD_MS;
  kafka.replays.push({ at, by, events: letters.length });
  for (const [place, letter] of letters.entries()) {
    state.timeline.schedule(at + Math.round((SPREAD_MS * (place + 1)) / (letters.length + 1)), (due) => {
      if (!kafka.deadLetters.includes(letter)) return;
      const error = tryOnce(state, { ...letter, unserializable: isSerialization(letter) }, due);
      if (error !== null) {
        putAside(state, letter, error, due);
        return;
      }
      kafka.deadLetters.splice(kafka.deadLetters.indexOf(letter), 1);
      taken(letter, due);
    });
  }
  return letters.length;
}

export function dropOldLetters(state: WorldState, at: number): void {
  const { deadLetters } = state.kafka;
  while (deadLetters[0] !== undefined && deadLetters[0].at < at - KEPT_MS) deadLetters.shift();
}

/** Writes a message and returns its offset; null: the partition takes none now. */
export function append(
  state: WorldState,
  topic: Topic,
  partition: number,
  message: Pick<Message, 'at' | 'key' | 'value'> & Partial<Message>,
): number | null {
  const place = topic.partitions[partition];
  if (place === undefined || whyNotTaken(state, topic, partition) !== null) return null;
  place.messages.push({ headers: {}, poisons: [], ...message });
  return place.base + place.messages.length - 1;
}

/** Where an event about this order goes. */
export function partitionFor(state: WorldState, topic: Topic, key: string): number {
  return Math.floor(state.chance('partition', key) * topic.partitions.length);
}

/** The exception that the producer would see; null: the brokers take it. */
export function whyNotTaken(state: WorldState, topic: Topic, partition: number): string | null {
  const place = topic.partitions[partition];
  const up = brokersUp(state);
  if (place === undefined || leaderOf(up, place) === null)
    return `TimeoutException: Expiring 1 record(s) for ${nameOf(topic.name, partition)}:120000 ms has passed since batch creation`;
  if (inSync(up, place) < topic.minInSync)
    return 'NotEnoughReplicasException: Messages are rejected since there are fewer in-sync replicas than required.';
  return null;
}

/** Whose producer it is: the same pod for the same event. */
export function producerOf(state: WorldState, { order }: Pick<OrderNews, 'order'>): string {
  return somePod(state, 'order-service', order);
}

function tryOnce(state: WorldState, news: OrderNews, at: number): string | null {
  const topic = state.kafka.topics.get(ORDER_EVENTS);
  if (topic === undefined)
    return 'UnknownTopicOrPartitionException: This server does not host this topic-partition.';
  if (news.unserializable === true) return 'SerializationException: Error serializing Avro message';
  const pod = producerOf(state, news);
  const { cutOffFrom, bufferFullBefore } = state.kafka;
  if (!state.conditions.publishing || cutOffFrom === 'all' || cutOffFrom.includes(pod))
    return `TimeoutException: Topic ${topic.name} not present in metadata after 60000 ms.`;
  const began = state.pods.find(({ name }) => name === pod)?.startedAt ?? 0;
  if (bufferFullBefore !== null && began <= bufferFullBefore)
    return 'BufferExhaustedException: Failed to allocate 512 bytes within the configured max blocking time 60000 ms.';
  const partition = partitionFor(state, topic, news.order);
  const refused = whyNotTaken(state, topic, partition);
  if (refused !== null) return refused;
  const value = JSON.stringify({ type: news.type, orderId: news.order, source: 'order-service' });
  append(state, topic, partition, { at, key: news.order, value });
  state.counters.add('events_published_total');
  return null;
}

function isSerialization({ error }: DeadLetter): boolean {
  return error.startsWith('Serialization');
}
