import { oneAtATime } from './cache.ts';
import { type FinishedOptions, finished } from './install.ts';
import { classPath, type RealKafka } from './kafka.ts';
import { startServer, temporaryFolder } from './server.ts';

/** Kafka's own command line tools, by the names of their scripts. */
const TOOLS = {
  'consumer-groups': 'org.apache.kafka.tools.consumer.group.ConsumerGroupCommand',
  acls: 'org.apache.kafka.tools.AclCommand',
  configs: 'kafka.admin.ConfigCommand',
  topics: 'org.apache.kafka.tools.TopicCommand',
  'get-offsets': 'org.apache.kafka.tools.GetOffsetShell',
  'console-consumer': 'org.apache.kafka.tools.consumer.ConsoleConsumer',
  'console-share-consumer': 'org.apache.kafka.tools.consumer.ConsoleShareConsumer',
};
const JVM = [
  '-Xmx256m',
  '-XX:TieredStopAtLevel=1',
  '-XX:+UseSerialGC',
  '-Dorg.slf4j.simpleLogger.defaultLogLevel=error',
];

/**
 * Runs `kafka-consumer-groups` and the like, of the broker's version, to its end: a second.
 * @throws Error with what it said, unless it ends with 0
 */
export async function kafkaCli(
  kafka: RealKafka,
  tool: keyof typeof TOOLS,
  args: readonly string[],
  options: Pick<FinishedOptions, 'keep' | 'apart'> = {},
): Promise<string> {
  return await finished('java', await commandLine(kafka, tool, args), options);
}

/** A consumer of Java's client that commits as it reads. */
export interface JavaConsumer {
  said(): string;
  /** Killed: its group keeps it until its session has expired. */
  stop(): Promise<void>;
}

/** @param protocol of its group: `consumer` is the new one, which only Kafka 4 has */
export async function startConsumer(
  kafka: RealKafka,
  group: string,
  topic: string,
  protocol: 'classic' | 'consumer' = 'consumer',
): Promise<JavaConsumer> {
  const settings = [`group.protocol=${protocol}`, `group.id=${group}`, 'auto.offset.reset=earliest'];
  const properties = settings.flatMap((setting) => [CONSUMER_PROPERTY, setting]);
  const line = await commandLine(kafka, 'console-consumer', ['--topic', topic, ...properties]);
  return startServer(temporaryFolder('consumer'), 'java', line);
}

/** A consumer of a share group, which only Kafka 4 has. */
export async function startShareConsumer(
  kafka: RealKafka,
  group: string,
  topic: string,
): Promise<JavaConsumer> {
  const line = await commandLine(kafka, 'console-share-consumer', ['--topic', topic, '--group', group]);
  return startServer(temporaryFolder('share-consumer'), 'java', line);
}

/** Deprecated in 4.2 for another name that 3.9 does not know. */
const CONSUMER_PROPERTY = '--consumer-property';

async function commandLine(
  { system, brokers }: RealKafka,
  tool: keyof typeof TOOLS,
  args: readonly string[],
): Promise<readonly string[]> {
  // A broker that was given brings no tools along.
  const folder =
    system.here() ??
    (await oneAtATime(system.installer, async () => system.here() ?? (await system.install())));
  return [...JVM, '-cp', classPath(folder), TOOLS[tool], '--bootstrap-server', brokers.join(), ...args];
}
