import { Admin, Producer, stringSerializers } from '@platformatic/kafka';
import type { RealKafka } from './kafka.ts';

/**
 * Fills a real Kafka. Another client than the bot's, on purpose: it moves offsets without joining a group, and what it
 * writes is not what our own client believes.
 */
export interface Seed {
  /** @param partitions by topic */
  topics(partitions: Readonly<Record<string, number>>): Promise<void>;
  /** Appends to one partition. */
  produce(topic: string, partition: number, values: readonly string[]): Promise<void>;
  /** What a group has committed, by topic, one offset a partition; makes the group where there is none. */
  commit(group: string, offsets: Readonly<Record<string, readonly number[]>>): Promise<void>;
  close(): Promise<void>;
}

export function seed({ brokers }: RealKafka): Seed {
  const options = { clientId: 'seed', bootstrapBrokers: [...brokers] };
  const admin = new Admin(options);
  const producer = new Producer({ ...options, serializers: stringSerializers });
  return {
    async topics(partitions) {
      for (const [name, count] of Object.entries(partitions))
        await admin.createTopics({ topics: [name], partitions: count, replicas: 1 });
    },
    async produce(topic, partition, values) {
      if (values.length > 0)
        await producer.send({ messages: values.map((value) => ({ topic, partition, value })), acks: -1 });
    },
    async commit(group, offsets) {
      const topics = Object.entries(offsets).map(([name, its]) => ({
        name,
        partitionOffsets: its.map((offset, partition) => ({ partition, offset: BigInt(offset) })),
      }));
      await admin.alterConsumerGroupOffsets({ groupId: group, topics });
    },
    async close() {
      await Promise.all([admin.close(), producer.close()]);
    },
  };
}
