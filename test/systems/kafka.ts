import { cpSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { oneAtATime } from './cache.ts';
import { KAFKA, type System } from './catalogue.ts';
import { finished } from './install.ts';
import { locate } from './locate.ts';
import { noteRan } from './notes.ts';
import { accepts, freePort, ready, startServer, temporaryFolder } from './server.ts';

export interface RealKafka {
  /** `host:port`, as clients take them. */
  readonly brokers: readonly string[];
  readonly version: string;
  /** `KAFKA` or `KAFKA_3`. */
  readonly system: System;
  stop(): Promise<void>;
}

export interface KafkaOptions {
  /** `KAFKA` (the default) or `KAFKA_3`. */
  readonly system?: System;
  /**
   * Gets the broker's port and answers the port that the broker tells its clients: of a wire between them, since a
   * client goes where the broker says, not where it came from.
   */
  readonly advertised?: (port: number) => Promise<number>;
}

/** Quick to start rather than quick to run. */
const JVM = ['-Xmx128m', '-XX:TieredStopAtLevel=1', '-XX:+UseSerialGC', '-Xshare:auto'];
const LOGGING = [
  '-Dorg.slf4j.simpleLogger.defaultLogLevel=error',
  // The one line in which the broker says its version.
  '-Dorg.slf4j.simpleLogger.log.org.apache.kafka.common.utils.AppInfoParser=info',
];
const CLUSTER = 'MkU3OEVBNTcwNTJENDM2Qg';

/** One broker that is its own controller, with nothing in it; two seconds. */
export async function startKafka(options: KafkaOptions = {}): Promise<RealKafka> {
  const system = options.system ?? KAFKA;
  const found = await locate(system);
  if ('missing' in found) throw new Error(found.missing);
  if ('given' in found) {
    noteRan(system.name, `at ${found.given}`);
    return { brokers: found.given.split(','), version: 'unknown', system, stop: async () => undefined };
  }
  const template = await formatted(found.at);
  const folder = temporaryFolder('kafka');
  cpSync(template, join(folder, 'data'), { recursive: true });
  const [port, controller, told] = [await freePort(), await freePort(), await freePort()];
  const advertised = (await options.advertised?.(told)) ?? told;
  const file = join(folder, 'server.properties');
  writeFileSync(file, properties(join(folder, 'data'), { port, controller, told, advertised }));
  const server = startServer(folder, 'java', [
    ...JVM,
    ...LOGGING,
    '-cp',
    classPath(found.at),
    'kafka.Kafka',
    file,
  ]);
  const said = () => /Kafka version: (\S+)/.exec(server.said())?.[1];
  await ready('Kafka', server, async () => said() !== undefined && (await accepts(told)), 60_000);
  const version = said() ?? 'unknown';
  noteRan(system.name, version);
  return {
    brokers: [`127.0.0.1:${advertised}`],
    version,
    system,
    stop: async () => await server.stop(),
  };
}

/** What `java -cp` takes. @param folder of the cache */
export function classPath(folder: string): string {
  return join(folder, 'libs', '*');
}

/** An empty data folder, made once for each version: a start then needs only one JVM. */
async function formatted(folder: string): Promise<string> {
  const data = join(folder, 'formatted');
  if (existsSync(join(data, 'meta.properties'))) return data;
  return await oneAtATime(`format-${basename(folder)}`, async () => {
    if (existsSync(join(data, 'meta.properties'))) return data;
    mkdirSync(data, { recursive: true });
    const file = join(folder, 'format.properties');
    writeFileSync(
      file,
      properties(data, { port: 19_432, controller: 19_433, told: 19_434, advertised: 19_434 }),
    );
    const tool = ['kafka.tools.StorageTool', 'format', '-t', CLUSTER, '-c', file];
    await finished('java', [...JVM, ...LOGGING, '-cp', classPath(folder), ...tool]);
    return data;
  });
}

function properties(
  data: string,
  ports: { port: number; controller: number; told: number; advertised: number },
): string {
  return `process.roles=broker,controller
node.id=1
controller.quorum.voters=1@127.0.0.1:${ports.controller}
listeners=BROKER://127.0.0.1:${ports.port},CLIENT://127.0.0.1:${ports.told},CONTROLLER://127.0.0.1:${ports.controller}
advertised.listeners=BROKER://127.0.0.1:${ports.port},CLIENT://127.0.0.1:${ports.advertised}
listener.security.protocol.map=BROKER:PLAINTEXT,CLIENT:PLAINTEXT,CONTROLLER:PLAINTEXT
inter.broker.listener.name=BROKER
controller.listener.names=CONTROLLER
log.dirs=${data}
offsets.topic.replication.factor=1
offsets.topic.num.partitions=1
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
transaction.state.log.num.partitions=1
share.coordinator.state.topic.replication.factor=1
share.coordinator.state.topic.min.isr=1
share.coordinator.state.topic.num.partitions=1
group.initial.rebalance.delay.ms=0
auto.create.topics.enable=false
log.cleaner.enable=false
num.network.threads=2
num.io.threads=2
`;
}
