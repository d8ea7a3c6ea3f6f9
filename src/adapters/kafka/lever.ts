import type { KafkaLever } from '../../ports/kafka.ts';
import type { Policy } from '../resilience.ts';
import { park } from './park.ts';
import { setOffsets } from './set-offsets.ts';
import type { Connection } from './wire.ts';

/** @param bootstrap what stands in the command that a refusal says to type */
export function kafkaLever(connection: Connection, policy: Policy, bootstrap: string): KafkaLever {
  return {
    setOffsets: async (group, changes, signal) =>
      await policy.once(
        async () =>
          await connection.using(signal, async (wire) => await setOffsets(wire, bootstrap, group, changes)),
        signal,
      ),
    park: async (from, to, key, signal) =>
      await policy.once(
        async () => await connection.using(signal, async (wire) => await park(wire, from, to, key)),
        signal,
      ),
  };
}
