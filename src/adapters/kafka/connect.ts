import type { KafkaLever, KafkaProbe } from '../../ports/kafka.ts';
import type { Policy } from '../resilience.ts';
import { kafkaLever } from './lever.ts';
import { kafkaProbe } from './probe.ts';
import type { Access } from './session.ts';
import { openConnection } from './wire.ts';

export { KAFKA } from './errors.ts';

export interface KafkaConnection {
  readonly probe: KafkaProbe;
  readonly lever: KafkaLever;
  /** Ends its connections; calls that run fail. */
  close(): void;
}

/**
 * One cluster, asked with one policy. Connects at the first call, and loads the client then too.
 * @param options.brokers `host:port`, any of the cluster's
 * @throws Error when one of them is written otherwise
 */
export function connectKafka(
  options: Access & {
    readonly brokers: readonly string[];
    readonly policy: Policy;
    /** What stands in commands to type. */
    readonly bootstrap: string;
  },
): KafkaConnection {
  const connection = openConnection(options.brokers.map(addressOf), options);
  return {
    probe: kafkaProbe(connection, options.policy),
    lever: kafkaLever(connection, options.policy, options.bootstrap),
    close: () => connection.close(),
  };
}

function addressOf(text: string) {
  const [, six, name, port] = /^(?:\[([\da-f:.]+)\]|([^[\]:/\s]+)):(\d{1,5})$/i.exec(text.trim()) ?? [];
  const host = six ?? name;
  if (host === undefined) throw new Error(`KAFKA_BROKERS: ${text} is not written host:port.`);
  return { host, port: Number(port) };
}
