import {
  endOf,
  type Group,
  type Message,
  nameOf,
  ORDER_EVENTS,
  type Partition,
  partitionsOf,
} from '../kafka.ts';
import { complain } from '../kafka-life.ts';
import { producerOf, putAside } from '../publishing.ts';
import type { WorldState } from '../state.ts';
import type { Scenario } from './scenario.ts';

const MINUTE = 60_000;
const GROUP = 'notification-consumer';
const POISONED = 3;
const AWAY = 1;
const SLOW = 2;
/** A broker that crashed comes back by itself, so long after the story's start. */
const BACK_AFTER_MS = 15 * MINUTE;

export const consumersStuck: Scenario = {
  id: 'consumers-stuck',
  causes: [],
  runbook: 'kafka-lag',
  title: 'The consumers of the notifications have hung for 40 minutes; nobody is told of an order.',
  alert: {
    alertname: 'ConsumerLagHigh',
    code: 'CONSUMER_LAG',
    severity: 'high',
    summary: 'notification-consumer falls behind',
    startsAgoMs: 15 * MINUTE,
  },
  start(state, now) {
    const group = groupOf(state, GROUP);
    rewind(state, group, now - 40 * MINUTE);
    group.hungBefore = now;
  },
  recover(state) {
    groupOf(state, GROUP).hungBefore = null;
  },
  end(state) {
    const group = groupOf(state, GROUP);
    group.hungBefore = null;
    catchUp(state, group);
  },
};

export const poisonMessage: Scenario = {
  id: 'poison-message',
  causes: ['7.C3'],
  runbook: 'kafka-lag',
  title: 'One message that nobody can read has stopped a partition for 50 minutes; the others are read.',
  alert: {
    alertname: 'ConsumerLagHigh',
    code: 'EVENT_LAG_HIGH',
    severity: 'high',
    summary: 'One partition of order-events is not read',
    startsAgoMs: 20 * MINUTE,
  },
  start(state, now) {
    const since = now - 50 * MINUTE;
    const partition = state.kafka.topics.get(ORDER_EVENTS)?.partitions[POISONED];
    const place = partition?.messages.findIndex(({ at }) => at >= since) ?? -1;
    const message = partition?.messages[place];
    if (partition === undefined || message === undefined) return;
    const value = Buffer.from([0, 0, 0, 0, 42, 255, 17]);
    partition.messages[place] = { ...message, value, poisons: [GROUP] };
    const group = groupOf(state, GROUP);
    const offset = partition.base + place;
    group.committed.set(nameOf(ORDER_EVENTS, POISONED), offset);
    const member = state.pods.find(({ app }) => app === group.app)?.name ?? '';
    for (let at = since; at < now; at += MINUTE)
      complain(state, group, { member, topic: ORDER_EVENTS, number: POISONED, offset }, at);
  },
  end(state) {
    for (const partition of state.kafka.topics.get(ORDER_EVENTS)?.partitions ?? [])
      for (const [place, message] of partition.messages.entries())
        if (message.poisons.length > 0) partition.messages[place] = { ...message, poisons: [] };
    catchUp(state, groupOf(state, GROUP));
  },
};

export const brokerAway: Scenario = {
  id: 'broker-away',
  causes: ['7.C1'],
  runbook: 'kafka-lag',
  title: 'One of three brokers crashed 12 minutes ago; two thirds of the events were put aside.',
  alert: {
    alertname: 'KafkaPublishFailures',
    code: 'KAFKA_PUBLISH_FAILED',
    severity: 'high',
    summary: 'Events of orders are not published',
    startsAgoMs: 10 * MINUTE,
  },
  start(state, now) {
    const since = now - 12 * MINUTE;
    const pod = brokerPod(state, AWAY);
    if (pod === undefined) return;
    pod.ready = false;
    pod.restarts += 4;
    pod.waiting = { reason: 'CrashLoopBackOff', message: 'back-off 5m0s restarting failed container=kafka' };
    pod.lastTermination = { reason: 'Error', exitCode: 137, at: since };
    neverTaken(state, since, {
      where: ({ replicas }) => replicas.includes(1),
      error:
        'NotEnoughReplicasException: Messages are rejected since there are fewer in-sync replicas than required.',
    });
    state.timeline.schedule(now + BACK_AFTER_MS, (at) => {
      if (state.scenarios.has(brokerAway.id)) brokerBack(state, at);
    });
  },
  recover(state) {
    brokerBack(state, null);
  },
  end(state) {
    brokerBack(state, null);
    state.kafka.deadLetters.length = 0;
  },
};

export const kafkaCutOff: Scenario = {
  id: 'kafka-cut-off',
  causes: ['7.C2'],
  runbook: 'kafka-lag',
  title: 'For 10 minutes one of the pods of the order service has not reached Kafka.',
  alert: {
    alertname: 'KafkaPublishFailures',
    code: 'KAFKA_PUBLISH_FAILED',
    severity: 'high',
    summary: 'One event in three is not published',
    startsAgoMs: 8 * MINUTE,
  },
  start(state, now) {
    const pod = state.pods.find(({ app }) => app === 'order-service')?.name ?? '';
    state.kafka.cutOffFrom = [pod];
    neverTaken(state, now - 10 * MINUTE, {
      where: () => true,
      of: ({ key }) => producerOf(state, { order: key ?? '' }) === pod,
      error: 'TimeoutException: Topic order-events not present in metadata after 60000 ms.',
    });
  },
  recover(state) {
    state.kafka.cutOffFrom = [];
  },
  end(state) {
    state.kafka.cutOffFrom = [];
    state.kafka.deadLetters.length = 0;
  },
};

export const bufferFull: Scenario = {
  id: 'producer-buffer-full',
  causes: ['7.C5'],
  runbook: 'kafka-lag',
  title:
    'The producers’ buffers have been full for 15 minutes although Kafka is well; every event is put aside.',
  alert: {
    alertname: 'KafkaPublishFailures',
    code: 'KAFKA_PUBLISH_FAILED',
    severity: 'high',
    summary: 'Events of orders are not published',
    startsAgoMs: 12 * MINUTE,
  },
  start(state, now) {
    state.kafka.bufferFullBefore = now;
    neverTaken(state, now - 15 * MINUTE, {
      where: () => true,
      error:
        'BufferExhaustedException: Failed to allocate 512 bytes within the configured max blocking time 60000 ms.',
    });
  },
  recover(state) {
    state.kafka.bufferFullBefore = null;
  },
  end(state) {
    state.kafka.bufferFullBefore = null;
    state.kafka.deadLetters.length = 0;
  },
};

export const replicasBehind: Scenario = {
  id: 'replicas-behind',
  causes: ['7.C4'],
  runbook: 'kafka-lag',
  title: 'For 14 minutes one broker has not kept up with its copies; two thirds of the events are put aside.',
  alert: {
    alertname: 'KafkaPublishFailures',
    code: 'KAFKA_PUBLISH_FAILED',
    severity: 'high',
    summary: 'Events of orders are not published',
    startsAgoMs: 10 * MINUTE,
  },
  start(state, now) {
    for (const { replicas, behind } of partitionsOfOrders(state))
      if (replicas.includes(SLOW)) behind.add(SLOW);
    neverTaken(state, now - 14 * MINUTE, {
      where: ({ behind }) => behind.size > 0,
      error:
        'NotEnoughReplicasException: Messages are rejected since there are fewer in-sync replicas than required.',
    });
  },
  recover: keepUp,
  end(state) {
    keepUp(state);
    state.kafka.deadLetters.length = 0;
  },
};

function keepUp(state: WorldState): void {
  for (const { behind } of partitionsOfOrders(state)) behind.clear();
}

function partitionsOfOrders(state: WorldState): readonly Partition[] {
  return state.kafka.topics.get(ORDER_EVENTS)?.partitions ?? [];
}

function groupOf(state: WorldState, name: string): Group {
  const group = state.kafka.groups.get(name);
  if (group === undefined) throw new Error(`There is no group ${name}.`);
  return group;
}

/** What the group has read since then it has not. */
function rewind(state: WorldState, group: Group, since: number): void {
  for (const { topic, number, partition } of partitionsOf(state.kafka, group)) {
    const place = partition.messages.findIndex(({ at }) => at >= since);
    group.committed.set(nameOf(topic, number), place < 0 ? endOf(partition) : partition.base + place);
  }
}

function catchUp(state: WorldState, group: Group): void {
  for (const { topic, number, partition } of partitionsOf(state.kafka, group))
    group.committed.set(nameOf(topic, number), endOf(partition));
}

/** Events published since then were not: they were put aside, each at its own time. */
function neverTaken(
  state: WorldState,
  since: number,
  which: {
    readonly where: (partition: Partition) => boolean;
    /** Of those only these. */
    readonly of?: (message: Message) => boolean;
    readonly error: string;
  },
): void {
  const partitions = state.kafka.topics.get(ORDER_EVENTS)?.partitions ?? [];
  const lost: Message[] = [];
  for (const [number, partition] of partitions.entries()) {
    const first = partition.messages.findIndex(({ at }) => at >= since);
    if (first < 0 || !which.where(partition)) continue;
    const taken = partition.messages.splice(first);
    const missing = taken.filter((message) => which.of?.(message) ?? true);
    lost.push(...missing);
    partition.messages.push(...taken.filter((message) => !missing.includes(message)));
    for (const group of state.kafka.groups.values()) {
      const name = nameOf(ORDER_EVENTS, number);
      const committed = group.committed.get(name);
      if (committed !== undefined) group.committed.set(name, Math.min(committed, endOf(partition)));
    }
  }
  for (const { at, key } of lost.sort((one, other) => one.at - other.at))
    putAside(state, { order: key ?? '', type: 'order.status_changed' }, which.error, at);
}

function brokerPod({ pods, names }: WorldState, id: number) {
  return pods.find(({ name }) => name === `${names.apps.kafka.name}-${id}`);
}

/** @param at epoch ms; null: nobody noted it */
function brokerBack(state: WorldState, at: number | null): void {
  const pod = brokerPod(state, AWAY);
  if (pod === undefined || pod.ready) return;
  pod.ready = true;
  pod.waiting = null;
  if (at !== null) pod.startedAt = at;
}
