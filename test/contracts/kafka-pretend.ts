import { pretendKafka } from '../../sim/kafka/kafka.ts';
import { addGroup, addTopic, type Kafka } from '../../sim/world/kafka.ts';
import { testWorld } from '../sim/world/support.ts';
import type { KafkaUnderTest } from './kafka.ts';

/** The pretend Kafka with what a test writes into it; its own topics are beside the point. */
export async function openPretendKafka(): Promise<KafkaUnderTest> {
  const { world, stop } = await testWorld(1, 0);
  const write = async (work: (kafka: Kafka) => void) => await world.change(({ kafka }) => work(kafka));
  return {
    ...pretendKafka(world),
    topics: async (partitions) =>
      await write((kafka) => {
        for (const [name, count] of Object.entries(partitions))
          addTopic(kafka, name, { partitions: count, replicas: 1, minInSync: 1 });
      }),
    removeTopic: async (topic) => await write((kafka) => void kafka.topics.delete(topic)),
    write: async (topic, partition, messages) =>
      await write((kafka) => {
        kafka.topics.get(topic)?.partitions[partition]?.messages.push(
          ...messages.map(({ key, value, headers, at }) => ({
            at: at ?? Date.now(),
            key: key ?? null,
            value,
            headers: headers ?? {},
            poisons: [],
          })),
        );
      }),
    commit: async (name, offsets) =>
      await write((kafka) => {
        const group = kafka.groups.get(name) ?? addGroup(kafka, name, [], null, 0);
        for (const [topic, its] of Object.entries(offsets))
          for (const [partition, offset] of its.entries())
            group.committed.set(`${topic}-${partition}`, offset);
      }),
    async join(name, topic) {
      await write((kafka) => {
        const group = addGroup(kafka, name, [topic], null, 0, kafka.groups.get(name)?.committed);
        group.elsewhere.push('member-1');
      });
      return async () => await write((kafka) => void kafka.groups.get(name)?.elsewhere.pop());
    },
    joinNew: null,
    stop,
  };
}
