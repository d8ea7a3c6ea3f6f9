import type { KafkaProbe } from '../../ports/kafka.ts';
import type { Policy } from '../resilience.ts';
import { deadLetters } from './dead-letters.ts';
import { orderEvents } from './events.ts';
import { lagOf } from './lag.ts';
import { described, findMessage, spanOf } from './messages.ts';
import { topicHealth } from './topic.ts';
import type { Connection, Wire } from './wire.ts';

/** Reads of Kafka; none of them leaves a trace there. */
export function kafkaProbe(connection: Connection, policy: Policy): KafkaProbe {
  async function ask<T>(signal: AbortSignal, work: (wire: Wire) => Promise<T>): Promise<T> {
    return await policy.repeatable(async () => await connection.using(signal, work), signal);
  }
  return {
    groups: async (wanted, signal) => await ask(signal, async (wire) => await lagOf(wire, wanted)),
    topic: async (name, signal) => await ask(signal, async (wire) => await topicHealth(wire, name)),
    orderEvents: async (question, signal) =>
      await ask(signal, async (wire) => await orderEvents(wire, question)),
    deadLetters: async (topic, group, signal) =>
      await ask(signal, async (wire) => await deadLetters(wire, topic, group)),
    message: async (topic, partition, offset, signal) =>
      await ask(signal, async (wire) => {
        const spot = { topic, partition, offset };
        const found = await findMessage(wire, spot);
        return found === null ? null : described(spot, found);
      }),
    span: async (topic, partition, from, to, signal) =>
      await ask(signal, async (wire) => await spanOf(wire, { topic, partition }, from, to)),
  };
}
