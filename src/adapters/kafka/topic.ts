import type { TopicHealth } from '../../ports/kafka.ts';
import { refusedWith } from './errors.ts';
import type { Wire } from './wire.ts';

/** Kafka's codes for a topic that is not there, and for a name that none can have. */
const NO_TOPIC = [3, 17];

/** R49. Null: there is no such topic. */
export async function topicHealth(wire: Wire, name: string): Promise<TopicHealth | null> {
  const { brokers, topics } = await wire.cluster([name]);
  const topic = topics.get(name);
  if (topic === undefined || NO_TOPIC.includes(topic.error)) return null;
  if (topic.error !== 0) throw refusedWith(topic.error, name);
  const { partitions } = topic;
  const which = (wanted: (one: (typeof partitions)[number]) => boolean) =>
    partitions.filter(wanted).map(({ partition }) => partition);
  return {
    topic: name,
    partitions: partitions.length,
    offline: which(({ leader }) => leader === null),
    underReplicated: which(({ inSync, replicas }) => inSync < replicas),
    brokers: [...brokers]
      .map(([id, { host, port }]) => ({
        id,
        address: `${host}:${port}`,
        leads: partitions.filter(({ leader }) => leader === id).length,
      }))
      .sort((one, other) => one.id - other.id),
  };
}
