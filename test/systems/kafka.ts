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
  /** Where other brokers of this cluster find it; 0: it was given, not started. */
  readonly controller: number;
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
  /** Lines of `server.properties`; they win over ours. */
  readonly properties?: Readonly<Record<string, string>>;
  /** One more port, on which it speaks TLS and wants SCRAM-SHA-512. */
  readonly secure?: { readonly port: number; readonly keystore: string; readonly password: string };
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
    const brokers = found.given.split(',');
    return { brokers, version: 'unknown', system, controller: 0, stop: async () => undefined };
  }
  const template = await formatted(found.at);
  const folder = temporaryFolder('kafka');
  cpSync(template, join(folder, 'data'), { recursive: true });
  const [port, controller, told] = [await freePort(), await freePort(), await freePort()];
  const advertised = (await options.advertised?.(told)) ?? told;
  const file = join(folder, 'server.properties');
  const ours = properties(join(folder, 'data'), { port, controller, told, advertised });
  const secure =
    options.secure === undefined ? {} : secured(options.secure, { port, controller, told, advertised });
  writeFileSync(file, `${ours}${lines({ ...secure, ...options.properties })}`);
  const server = startServer(folder, 'java', brokerLine(found.at, file));
  const said = () => /Kafka version: (\S+)/.exec(server.said())?.[1];
  await ready('Kafka', server, async () => said() !== undefined && (await accepts(told)), 60_000);
  const version = said() ?? 'unknown';
  noteRan(system.name, version);
  return {
    brokers: [`127.0.0.1:${advertised}`],
    version,
    system,
    controller,
    stop: async () => await server.stop(),
  };
}

/** A second broker of the same cluster, which leads what is assigned to it; its id is 2. */
export async function startSecondBroker(
  kafka: RealKafka,
  more: KafkaOptions['properties'] = {},
): Promise<Pick<RealKafka, 'stop'>> {
  const at = kafka.system.here();
  if (at === null || kafka.controller === 0) throw new Error('a Kafka that was given gets no second broker');
  const folder = temporaryFolder('kafka-2');
  const [port, told] = [await freePort(), await freePort()];
  const file = join(folder, 'server.properties');
  const ours = properties(join(folder, 'data'), {
    port,
    controller: kafka.controller,
    told,
    advertised: told,
  });
  const second = {
    'process.roles': 'broker',
    'node.id': '2',
    listeners: `BROKER://127.0.0.1:${port},CLIENT://127.0.0.1:${told}`,
    ...more,
  };
  writeFileSync(file, `${ours}${lines(second)}`);
  await format(at, file);
  const server = startServer(folder, 'java', brokerLine(at, file));
  await ready('The second broker', server, async () => await accepts(told), 60_000);
  return { stop: async () => await server.stop() };
}

function brokerLine(at: string, file: string): readonly string[] {
  return [...JVM, ...LOGGING, '-cp', classPath(at), 'kafka.Kafka', file];
}

function secured(
  { port, keystore, password }: NonNullable<KafkaOptions['secure']>,
  others: Parameters<typeof properties>[1],
): Readonly<Record<string, string>> {
  const more = `SECURE://127.0.0.1:${port}`;
  const { listeners, advertised } = addresses(others);
  return {
    listeners: `${listeners},${more}`,
    'advertised.listeners': `${advertised},${more}`,
    'listener.security.protocol.map': `${PLAIN},SECURE:SASL_SSL`,
    'sasl.enabled.mechanisms': 'SCRAM-SHA-512',
    'listener.name.secure.scram-sha-512.sasl.jaas.config':
      'org.apache.kafka.common.security.scram.ScramLoginModule required;',
    'ssl.keystore.location': keystore,
    'ssl.keystore.password': password,
    'ssl.keystore.type': 'PKCS12',
  };
}

const PLAIN = 'BROKER:PLAINTEXT,CLIENT:PLAINTEXT,CONTROLLER:PLAINTEXT';

function addresses(ports: { port: number; controller: number; told: number; advertised: number }) {
  const broker = `BROKER://127.0.0.1:${ports.port}`;
  return {
    listeners: `${broker},CLIENT://127.0.0.1:${ports.told},CONTROLLER://127.0.0.1:${ports.controller}`,
    advertised: `${broker},CLIENT://127.0.0.1:${ports.advertised}`,
  };
}

/** Kafka reads the last line of a key. */
function lines(properties: Readonly<Record<string, string>>): string {
  return Object.entries(properties)
    .map(([key, value]) => `${key}=${value}\n`)
    .join('');
}

async function format(at: string, file: string): Promise<void> {
  const tool = ['kafka.tools.StorageTool', 'format', '-t', CLUSTER, '-c', file];
  await finished('java', [...JVM, ...LOGGING, '-cp', classPath(at), ...tool]);
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
    await format(folder, file);
    return data;
  });
}

function properties(
  data: string,
  ports: { port: number; controller: number; told: number; advertised: number },
): string {
  const { listeners, advertised } = addresses(ports);
  return `process.roles=broker,controller
node.id=1
controller.quorum.voters=1@127.0.0.1:${ports.controller}
listeners=${listeners}
advertised.listeners=${advertised}
listener.security.protocol.map=${PLAIN}
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
