import type { GroupLag, PartitionLag } from '../../../src/ports/kafka.ts';
import type { Findings } from '../../../src/runbooks/define-runbook.ts';
import type { TopicSeen } from '../../../src/runbooks/kafka-lag/brokers.ts';
import type { KafkaData } from '../../../src/runbooks/kafka-lag/checks.ts';
import type { ProducerSeen, PublishClass, PublishLogs } from '../../../src/runbooks/kafka-lag/producer.ts';
import type { Poison, StuckGroup } from '../../../src/runbooks/kafka-lag/stuck.ts';
import { type Names, RUNBOOK_NAMES, type WorkloadNames } from '../../../src/runbooks/names.ts';
import type { LagSeen } from '../../../src/runbooks/shared/lag.ts';
import type { GroupSeen, PartitionSeen } from '../../../src/runbooks/shared/lag-memory.ts';
import type { PathSeen } from '../../../src/runbooks/shared/path.ts';
import { aDeployment, MINUTE, NOW, seen } from '../../support/runbooks.ts';

export const GROUP = 'notification-consumer';
export const TOPIC = 'order-events';

/** What runs a group. */
export function runs(deployment: string): WorkloadNames {
  return { ...RUNBOOK_NAMES.workflowEngine, deployment, selector: `app=${deployment}` };
}

/** The names of a company that has told the bot everything. */
export const NAMES: Names = {
  ...RUNBOOK_NAMES,
  metrics: { ...RUNBOOK_NAMES.metrics, publishFailed: 'failed', bufferFree: 'free', bufferTotal: 'total' },
  kafka: {
    ...RUNBOOK_NAMES.kafka,
    parkedTopic: 'parked',
    consumers: { [GROUP]: runs('notifier') },
  },
};

/** So long it has been as it is, in three looks. */
const lasting = (ago: number) => ({ since: NOW - ago, looks: 3 });

/** Partitions 0, 1, … by how they stand: *still* with something to read, *moving*, or *idle* at their end. */
export function partitions(...how: readonly ('still' | 'moving' | 'idle')[]): readonly PartitionSeen[] {
  return how.map((one, partition) => ({
    topic: TOPIC,
    partition,
    committed: 10,
    end: one === 'idle' ? 10 : 310,
    lag: one === 'idle' ? 0 : 300,
    same: one === 'moving' ? { since: NOW, looks: 1 } : lasting(5 * MINUTE),
    behind: one === 'idle' ? null : one === 'moving' ? { since: NOW, looks: 1 } : lasting(5 * MINUTE),
  }));
}

export function aGroup(its: readonly PartitionSeen[], change: Partial<GroupSeen> = {}): GroupSeen {
  const lag = its.reduce((sum, one) => sum + one.lag, 0);
  return {
    group: GROUP,
    kind: 'classic',
    state: 'Stable',
    members: 2,
    lag,
    samples: [{ at: NOW, lag }],
    trend: 'rising',
    catchUpMs: null,
    inState: lasting(10 * MINUTE),
    partitions: its,
    more: 0,
    ...change,
  };
}

export function lagOf(...groups: readonly GroupSeen[]): LagSeen {
  return { groups, total: 5, behind: groups.length, whole: true };
}

export const aPoison: Poison = {
  topic: TOPIC,
  partition: 3,
  offset: 812,
  since: NOW - 4 * MINUTE,
  unsure: false,
  message: { topic: TOPIC, partition: 3, offset: 812, at: NOW - 50 * MINUTE, bytes: 412, key: 'ord_abc123' },
};

export function aStuck(change: Partial<StuckGroup> = {}): StuckGroup {
  return {
    group: GROUP,
    kind: 'classic',
    members: 0,
    topics: [TOPIC],
    skipped: [0, 1].map((partition) => ({
      topic: TOPIC,
      partition,
      from: 10,
      to: 310,
      count: 300,
      times: { firstAt: NOW - 60 * MINUTE, lastAt: NOW - MINUTE },
    })),
    countedAt: NOW - MINUTE,
    poison: null,
    all: true,
    ...change,
  };
}

/** What Kafka tells of the group at the run: partitions 0, 1, … by what is committed, 400 messages in each. */
export function groupNow(committed: readonly (number | null)[], change: Partial<GroupLag> = {}) {
  const its: readonly PartitionLag[] = committed.map((offset, partition) => ({
    topic: TOPIC,
    partition,
    committed: offset,
    end: 400,
    lag: 400 - (offset ?? 0),
  }));
  const lag = its.reduce((sum, one) => sum + one.lag, 0);
  const group: GroupLag = {
    group: GROUP,
    kind: 'classic',
    state: 'Empty',
    members: 0,
    partitions: its,
    lag,
    ...change,
  };
  return { groups: async () => ({ groups: [group], problems: [] }) };
}

export function logCounts(lines: Partial<Record<PublishClass, number>>, change: Partial<PublishLogs> = {}) {
  const of = (name: PublishClass) => ({
    lines: lines[name] ?? 0,
    lastAt: lines[name] === undefined ? null : NOW - MINUTE,
  });
  const counts: PublishLogs = {
    classes: { serialization: of('serialization'), buffer: of('buffer'), unreachable: of('unreachable') },
    unclassed: 0,
    newestAt: NOW - MINUTE,
    whole: true,
    containers: 3,
    problems: [],
    ...change,
  };
  return counts;
}

export function aTopic(change: Partial<TopicSeen> = {}): TopicSeen {
  return {
    topic: TOPIC,
    partitions: 6,
    offline: [],
    underReplicated: [],
    brokers: [],
    troubleSince: null,
    ...change,
  };
}

export function aPath(shut: number, change: Partial<PathSeen> = {}): PathSeen {
  const names = Array.from({ length: shut }, (_, place) => `pod-${place + 1}`);
  const shutSince = shut === 0 ? null : NOW - 15_000;
  return {
    pods: 3,
    open: 3 - shut,
    shut: names,
    untried: [],
    lastShut: [],
    shutSince,
    mostSince: null,
    ...change,
  };
}

export function aProducer(freePercent: number | null): ProducerSeen {
  return { freePercent, failures: 0, failed: {}, answered: 3, pods: 3 };
}

/** All is well, but for what is given. */
export function findings(change: Partial<Findings<KafkaData>> = {}): Findings<KafkaData> {
  return {
    brokers: seen('healthy', { ready: 3, total: 3, restartedAt: null, waiting: [] }),
    lag: seen('healthy', lagOf()),
    logs: seen('healthy', logCounts({})),
    path: seen('healthy', aPath(0)),
    topic: seen('healthy', aTopic()),
    stuck: seen('healthy', { groups: [] }),
    usage: seen('healthy', { percent: 40 }),
    producer: seen('healthy', aProducer(97)),
    deadLetters: seen('healthy', { total: 0, oldestAt: null, serialization: 0 }),
    consumers: seen('healthy', { byGroup: { [GROUP]: aDeployment({ replicas: 2, ready: 2 }) } }),
    service: seen('healthy', aDeployment()),
    ...change,
  };
}

export const letters = (total: number, serialization = 0) => ({
  deadLetters: seen('broken', { total, oldestAt: NOW - 60 * MINUTE, serialization }),
});
export const stuckAt = (...groups: readonly StuckGroup[]) => ({ stuck: seen('broken', { groups }) });
export const behind = (...groups: readonly GroupSeen[]) => ({ lag: seen('broken', lagOf(...groups)) });
