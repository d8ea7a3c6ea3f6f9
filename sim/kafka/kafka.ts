import { findIds, OrderId } from '../../src/domain/ids.ts';
import type { DeadOrder } from '../../src/ports/kafka.ts';
import { endOf, inSync, leaderOf, type Message, messageAt } from '../world/kafka.ts';
import type { World } from '../world/world.ts';
import { type Cluster, connected, refused } from './cluster.ts';
import { inWordsOf, type KafkaPort } from './company.ts';
import { groupsSeen } from './groups.ts';
import { orderEventsIn } from './order-events.ts';
import { park, setOffsets } from './writes.ts';

/** The world's Kafka behind the port, as the real one would tell of it and with what it would refuse. */
export function pretendKafka(world: World): KafkaPort {
  return inWordsOf(world.names, inItsOwnWords(world));
}

function inItsOwnWords(world: World): KafkaPort {
  const { look, change } = connected(world);
  return {
    probe: {
      groups: async (wanted, signal) => await look(signal, (cluster) => groupsSeen(cluster, wanted)),

      topic: async (name, signal) => await look(signal, (cluster) => topicHealth(cluster, name)),

      orderEvents: async (question, signal) =>
        await look(signal, (cluster) => {
          topicOf(cluster, question.topic, 'kafka.ordersTopic');
          return orderEventsIn(cluster, question);
        }),

      deadLetters: async (topic, group, signal) =>
        await look(signal, (cluster) => {
          const { partitions } = topicOf(cluster, topic, 'kafka.deadLetterTopic');
          const replayed = cluster.state.kafka.groups.get(group ?? '')?.committed;
          const left = partitions.flatMap(({ base, messages }, number) =>
            messages.slice(Math.max(0, (replayed?.get(`${topic}-${number}`) ?? base) - base)),
          );
          const byClass: Record<string, number> = {};
          for (const { headers } of left) {
            const name = headers['error-class'] ?? 'unknown';
            byClass[name] = (byClass[name] ?? 0) + 1;
          }
          const oldestAt = left.length === 0 ? null : Math.min(...left.map(({ at }) => at));
          return { total: left.length, oldestAt, byClass, whole: true, orders: ordersOf(left) };
        }),

      message: async (topic, partition, offset, signal) =>
        await look(signal, ({ state }) => {
          const place = state.kafka.topics.get(topic)?.partitions[partition];
          const found = place === undefined ? null : messageAt(place, offset);
          if (found === null) return null;
          const { at, key, value } = found;
          const bytes = Buffer.byteLength(key ?? '') + Buffer.byteLength(value ?? '');
          return { topic, partition, offset, at, bytes, key: key === null ? null : printable(key) };
        }),

      span: async (topic, partition, from, to, signal) =>
        await look(signal, ({ state }) => {
          const place = state.kafka.topics.get(topic)?.partitions[partition];
          if (place === undefined) return null;
          const [first, last] = [Math.max(from, place.base), Math.min(to, endOf(place))];
          const times = place.messages.slice(first - place.base, Math.max(0, last - place.base));
          const [firstAt, lastAt] = [times[0]?.at, times.at(-1)?.at];
          return firstAt === undefined || lastAt === undefined || first >= last ? null : { firstAt, lastAt };
        }),
    },
    lever: {
      setOffsets: async (group, changes, signal) =>
        await change(signal, (cluster) => setOffsets(cluster, group, changes)),

      park: async (from, to, key, signal) =>
        await change(signal, (cluster) => {
          topicOf(cluster, to, 'kafka.parkedTopic');
          return park(cluster, from, to, key);
        }),
    },
  };
}

/** The order is a message's key, or the one that its value names. */
function ordersOf(letters: readonly Pick<Message, 'at' | 'key' | 'value'>[]): readonly DeadOrder[] | null {
  const newest = new Map<string, number>();
  for (const { at, key, value } of letters) {
    const [order, another] = OrderId.safeParse(key).success ? [key] : findIds('order', String(value ?? ''));
    if (order == null || another !== undefined) return null;
    newest.set(order, Math.max(at, newest.get(order) ?? at));
  }
  return [...newest].map(([order, at]) => ({ order, at }));
}

function topicOf({ state }: Cluster, name: string, setting: string) {
  const found = state.kafka.topics.get(name);
  if (found === undefined)
    throw refused(`Kafka has no topic ${name} (\`${setting}\` in oms.yaml).`, 'not found');
  return found;
}

function topicHealth({ state, up }: Cluster, name: string) {
  const topic = state.kafka.topics.get(name);
  if (topic === undefined) return null;
  const { partitions } = topic;
  const { apps, brokers } = state.names;
  const numbers = (holds: (partition: (typeof partitions)[number]) => boolean) =>
    partitions.flatMap((partition, number) => (holds(partition) ? [number] : []));
  return {
    topic: name,
    partitions: partitions.length,
    offline: numbers((partition) => leaderOf(up, partition) === null),
    underReplicated: numbers((partition) => inSync(up, partition) < partition.replicas.length),
    brokers: up.map((id) => ({
      id,
      address: `${apps.kafka.name}-${id}.${brokers.host}:${brokers.port}`,
      leads: partitions.filter((partition) => leaderOf(up, partition) === id).length,
    })),
  };
}

function printable(foreign: string): string {
  return foreign.replace(/\p{C}+/gu, '�').slice(0, 120);
}
