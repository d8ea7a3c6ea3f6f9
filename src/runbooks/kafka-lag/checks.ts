import type { DeploymentState } from '../../ports/kubernetes.ts';
import { orderWorkload } from '../names.ts';
import { type ConsumersSeen, consumersCheck } from '../shared/consumers.ts';
import { type LagSeen, lagCheck } from '../shared/lag.ts';
import type { PathSeen } from '../shared/path.ts';
import type { PodsSeen } from '../shared/pods.ts';
import { restartable } from '../shared/restart.ts';
import { type BrokerUse, brokers, type TopicSeen, topic, usage } from './brokers.ts';
import { deadLetters, type Letters } from './dead-letters.ts';
import { path } from './path.ts';
import { logs, type ProducerSeen, type PublishLogs, producer } from './producer.ts';
import { type StuckSeen, stuck } from './stuck.ts';

export interface KafkaData {
  readonly brokers: PodsSeen;
  readonly lag: LagSeen;
  readonly logs: PublishLogs;
  readonly path: PathSeen;
  readonly topic: TopicSeen;
  readonly stuck: StuckSeen;
  readonly usage: BrokerUse;
  readonly producer: ProducerSeen;
  readonly deadLetters: Letters;
  readonly consumers: ConsumersSeen;
  readonly service: DeploymentState;
}

/** R46. */
const lag = lagCheck({
  step: 'R46',
  title: 'How far behind are the consumers?',
  source: 'kafka-consumer-groups --bootstrap-server kafka:9092 --describe --all-groups',
  equivalent: ({ kafka }) =>
    `kafka-consumer-groups --bootstrap-server ${kafka.bootstrap} --describe --all-groups`,
  wanted: () => 'all',
});

export const checks = {
  brokers,
  lag,
  logs,
  path,
  topic,
  stuck,
  usage,
  producer,
  deadLetters,
  consumers: consumersCheck(({ kafka }) => Object.keys(kafka.consumers)),
  service: restartable('R50', orderWorkload),
};
