import { broken, healthy, unknown } from '../../domain/finding.ts';
import type { TopicHealth } from '../../ports/kafka.ts';
import type { Check } from '../define-runbook.ts';
import { beside } from '../names.ts';
import { unlessManaged } from '../shared/managed.ts';
import { type PodsSeen, podsCheck } from '../shared/pods.ts';
import { spellBytes } from '../shared/spell.ts';

/** Partitions that are named in one line. */
const NAMED = 8;

export interface TopicSeen extends TopicHealth {
  /** When the unbroken row of looks began that saw partitions in trouble, epoch ms; null: all are in sync. */
  readonly troubleSince: number | null;
}

export interface BrokerUse {
  /** Of the pod nearest to its limit; null: no limit is set. */
  readonly percent: number | null;
}

/** R45. */
export const brokers: Check<PodsSeen> = unlessManaged(
  podsCheck({
    step: 'R45',
    title: 'Are the brokers of Kafka well?',
    source: 'kubectl get pods -l app=kafka',
    what: 'Kafka',
    workload: (names) => beside(names, 'kafka'),
  }),
  ({ kafka }) => kafka.managed,
);

/** R49. */
export const topic: Check<TopicSeen> = {
  step: 'R49',
  title: 'How do the partitions stand?',
  system: 'Kafka',
  source: 'kafka-topics --bootstrap-server kafka:9092 --describe --topic order-events',
  equivalent: ({ kafka }) =>
    `kafka-topics --bootstrap-server ${kafka.bootstrap} --describe --topic ${kafka.ordersTopic}`,
  deadlineMs: 4_000,
  async look({ probes, names, previous, now, signal }) {
    const name = names.kafka.ordersTopic;
    const found = await probes.kafka.topic(name, signal);
    if (found === null)
      return unknown(`Kafka has no topic ${name}; \`kafka.ordersTopic\` in oms.yaml names it.`);
    const before = previous?.['topic']?.data as TopicSeen | null | undefined;
    const bad = found.offline.length + found.underReplicated.length > 0;
    const seen: TopicSeen = { ...found, troubleSince: bad ? (before?.troubleSince ?? now) : null };
    const evidence = found.brokers.map(
      ({ id, address, leads }) => `broker ${id}  ${address}  leads ${leads} of ${found.partitions}`,
    );
    if (!bad) return healthy(`All ${found.partitions} partitions of ${name} are in sync.`, seen, evidence);
    const late = found.underReplicated.filter((number) => !found.offline.includes(number));
    const parts = [
      ...(found.offline.length === 0 ? [] : [partitions(found.offline, 'no leader', 'no leader')]),
      ...(late.length === 0 ? [] : [partitions(late, 'a replica out of sync', 'replicas out of sync')]),
    ];
    return broken(`Of ${found.partitions} partitions of ${name} ${parts.join(', ')}.`, seen, evidence);
  },
};

/** R53. */
export const usage: Check<BrokerUse> = unlessManaged(
  {
    step: 'R53',
    title: 'Does Kafka have room?',
    system: 'Kubernetes',
    source: 'kubectl top pods -l app=kafka',
    equivalent: (names) => `kubectl -n ${names.kafka.namespace} top pods -l '${names.kafka.selector}'`,
    deadlineMs: 4_000,
    async look({ probes, names, thresholds, signal }) {
      const workload = beside(names, 'kafka');
      const [used, containers] = await Promise.all([
        probes.kubernetes.usage(workload, signal),
        probes.kubernetes.containers(workload, signal),
      ]);
      if (used.length === 0) return unknown('The cluster’s metrics tell of no pod of Kafka.');
      const shares = used.flatMap(({ pod, container, memory }) => {
        const limit = containers.find((one) => one.pod === pod && one.name === container)?.memoryLimit;
        return limit == null ? [] : [{ pod, percent: (memory / limit) * 100 }];
      });
      const worst = shares.toSorted((one, other) => other.percent - one.percent)[0];
      const evidence = used.map(
        ({ pod, container, memory, cpu }) => `${pod}/${container}  ${mib(memory)}  ${cpu}m CPU`,
      );
      const seen: BrokerUse = { percent: worst?.percent ?? null };
      const told = new Set(used.map(({ pod }) => pod));
      const silent = new Set(containers.flatMap(({ pod }) => (told.has(pod) ? [] : [pod]))).size;
      const gap = silent === 0 ? '' : ` Nothing was told of ${silent} more ${silent === 1 ? 'pod' : 'pods'}.`;
      const line =
        worst === undefined
          ? `The pods of Kafka have no memory limit that they could be near to.${gap}`
          : `${worst.pod} uses ${Math.round(worst.percent)} % of its memory limit, the most of Kafka’s pods.${gap}`;
      if (worst !== undefined && worst.percent >= thresholds.brokerMemoryPercent)
        return broken(line, seen, evidence);
      return silent === 0 ? healthy(line, seen, evidence) : unknown(line, seen, evidence);
    },
  },
  ({ kafka }) => kafka.managed,
);

function partitions(numbers: readonly number[], one: string, more: string): string {
  const some = numbers.slice(0, NAMED).join(', ');
  const others = numbers.length > NAMED ? ` and ${numbers.length - NAMED} more` : '';
  return `${numbers.length} ${numbers.length === 1 ? `has ${one}` : `have ${more}`} (${some}${others})`;
}

function mib(bytes: number): string {
  return spellBytes(Math.round(bytes / 1024 ** 2) * 1024 ** 2);
}
