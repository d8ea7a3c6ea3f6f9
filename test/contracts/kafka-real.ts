import {
  Admin,
  type CompressionAlgorithmValue,
  Consumer,
  type MessageToProduce,
  Producer,
} from '@platformatic/kafka';
import { expect, vi } from 'vitest';
import { connectKafka } from '../../src/adapters/kafka/connect.ts';
import { plainPolicy } from '../support/policy.ts';
import { patient } from '../support/trouble.ts';
import { KAFKA_3, type System } from '../systems/catalogue.ts';
import { type KafkaOptions, type RealKafka, startKafka } from '../systems/kafka.ts';
import type { KafkaUnderTest, Written } from './kafka.ts';

/** The adapter on a real broker that was started for it, with more to do to that broker than the contract asks for. */
export interface RealKafkaUnderTest extends KafkaUnderTest {
  readonly kafka: RealKafka;
  readonly admin: Admin;
  write(
    topic: string,
    partition: number,
    messages: readonly Written[],
    packing?: CompressionAlgorithmValue,
  ): Promise<void>;
  /** A transaction of its own. */
  transaction(topic: string, messages: readonly Written[], end: 'commit' | 'abort' | 'open'): Promise<void>;
}

export async function realKafka(system: System, options: KafkaOptions = {}): Promise<RealKafkaUnderTest> {
  const kafka = await startKafka({ ...options, system });
  const base = { clientId: 'test', bootstrapBrokers: [...kafka.brokers] };
  const admin = new Admin(base);
  const producer = new Producer(base);
  const closers: (() => Promise<unknown>)[] = [];
  const connection = connectKafka({
    brokers: kafka.brokers,
    tls: false,
    sasl: null,
    policy: plainPolicy,
    bootstrap: 'kafka:9092',
  });

  async function join(group: string, topic: string, groupProtocol: 'classic' | 'consumer') {
    const consumer = new Consumer({ ...base, groupId: group, groupProtocol, autocommit: false });
    const stream = await consumer.consume({ topics: [topic], mode: 'latest' });
    stream.resume();
    const wanted = (await admin.metadata({ topics: [topic] })).topics.get(topic)?.partitionsCount;
    while (consumer.assignments?.[0]?.partitions.length !== wanted)
      await new Promise((resolve) => setTimeout(resolve, 50));
    let left = false;
    const leave = async () => {
      if (left) return;
      left = true;
      await consumer.close(true);
    };
    closers.push(leave);
    return leave;
  }

  return {
    kafka,
    admin,
    probe: connection.probe,
    lever: connection.lever,
    async topics(partitions) {
      for (const [name, count] of Object.entries(partitions)) {
        await admin.createTopics({ topics: [name], partitions: count, replicas: 1 });
        // The controller has made it; the broker hears of it a moment later.
        await vi.waitFor(
          async () => expect(await connection.probe.topic(name, patient())).toMatchObject({ offline: [] }),
          { timeout: 10_000, interval: 20 },
        );
      }
    },
    async removeTopic(topic) {
      await admin.deleteTopics({ topics: [topic] });
    },
    async write(topic, partition, messages, packing = 'none') {
      await producer.send({
        messages: messages.map((message) => produced(topic, partition, message)),
        acks: -1,
        compression: packing,
      });
    },
    async transaction(topic, messages, end) {
      const writer = new Producer({ ...base, idempotent: true, transactionalId: `t-${closers.length}` });
      closers.push(async () => await writer.close());
      const transaction = await writer.beginTransaction();
      await transaction.send({ messages: messages.map((message) => produced(topic, 0, message)) });
      if (end !== 'open') await transaction[end]();
    },
    async commit(group, offsets) {
      const topics = Object.entries(offsets).map(([name, its]) => ({
        name,
        partitionOffsets: its.map((offset, partition) => ({ partition, offset: BigInt(offset) })),
      }));
      await admin.alterConsumerGroupOffsets({ groupId: group, topics });
    },
    join: async (group, topic) => await join(group, topic, 'classic'),
    // With 3.9.2 they could not be switched on.
    joinNew: system === KAFKA_3 ? null : async (group, topic) => await join(group, topic, 'consumer'),
    async stop() {
      connection.close();
      await Promise.allSettled(closers.map(async (close) => await close()));
      await Promise.allSettled([admin.close(), producer.close()]);
      await kafka.stop();
    },
  };
}

function produced(topic: string, partition: number, { key, value, headers, at }: Written): MessageToProduce {
  return {
    topic,
    partition,
    ...(key === undefined ? {} : { key: Buffer.from(key) }),
    ...(value === null ? {} : { value: Buffer.from(value) }),
    ...(headers === undefined
      ? {}
      : {
          headers: new Map(
            Object.entries(headers).map(([name, text]) => [Buffer.from(name), Buffer.from(text)]),
          ),
        }),
    ...(at === undefined ? {} : { timestamp: BigInt(at) }),
  };
}
