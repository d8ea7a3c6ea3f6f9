import { broken, healthy, skipped, unknown } from '../../domain/finding.ts';
import type { Asking, Check } from '../define-runbook.ts';
import { curl } from '../names.ts';
import { count, failureLogs } from '../shared/log-check.ts';
import type { LogCounts } from '../shared/log-classes.ts';
import { type ByPod, byPod, risenOnKnown } from '../shared/rates.ts';

export type PublishClass = 'serialization' | 'buffer' | 'unreachable';
export const PUBLISH_CLASSES = ['serialization', 'buffer', 'unreachable'] as const;
export type PublishLogs = LogCounts<PublishClass>;

const SERIALIZATION = /serializ|schema ?registry|incompatible schema|JsonProcessing/i;
const BUFFER = /BufferExhausted|buffer(?:\.memory| is full| full)|Failed to allocate \d+ bytes/i;
const UNREACHABLE =
  /Timeout|timed out|NotEnoughReplicas|NOT_ENOUGH_REPLICAS|LeaderNotAvailable|LEADER_NOT_AVAILABLE|NotLeader|not present in metadata|Disconnect|ECONN|ENOTFOUND|unreachable|broker.{0,20}not available/i;

/** The serializer's own words may name a timeout of its registry, so they decide first. */
export function publishClass(line: string): PublishClass | null {
  if (SERIALIZATION.test(line)) return 'serialization';
  if (BUFFER.test(line)) return 'buffer';
  return UNREACHABLE.test(line) ? 'unreachable' : null;
}

/** Of a dead letter, by the class that its header or the service names. */
export function isSerialization(name: string): boolean {
  return SERIALIZATION.test(name);
}

/** R47: why events were not published, over all pods. */
export const logs: Check<PublishLogs> = failureLogs<PublishClass>({
  step: 'R47',
  title: 'Why were events not published?',
  source: 'kubectl logs -l app=order-service | grep KAFKA_PUBLISH_FAILED',
  containing: ['KAFKA_PUBLISH_FAILED'],
  one: 'event',
  more: 'events',
  unclassed: 'of no known kind',
  failures: PUBLISH_CLASSES,
  classOf: publishClass,
});

export interface ProducerSeen {
  /** Of the buffer, on the pod where it is least, 0–100; null: not configured, or not on the page. */
  readonly freePercent: number | null;
  /** Failures since the look before; null: not configured, or nothing to compare with. */
  readonly failures: number | null;
  readonly failed: ByPod | null;
  readonly answered: number;
  readonly pods: number;
}

/** X12: what the producers say of themselves. */
export const producer: Check<ProducerSeen> = {
  step: 'X12',
  title: 'How are the producers?',
  system: 'The order service',
  source: null,
  equivalent: (names) =>
    `${curl(names, names.paths.metrics)} | grep -E '${wanted(names.metrics).join('|') || '<metric>'}'`,
  deadlineMs: 4_000,
  async look(ask) {
    const { names, thresholds, previous } = ask;
    if (wanted(names.metrics).length === 0)
      return skipped(
        'Figures of the producers are not configured (`metrics.publishFailed`, `metrics.bufferFree`, `metrics.bufferTotal`).',
      );
    const read = await readProducers(ask);
    const before = previous?.['producer']?.data as ProducerSeen | null | undefined;
    const comparable = read.failed !== null && before?.failed != null && read.answered === read.pods;
    const failures = comparable ? risenOnKnown(before.failed ?? {}, read.failed ?? {}) : null;
    // Whoever is not ready now may come back.
    const failed = read.failed === null ? null : { ...before?.failed, ...read.failed };
    const seen: ProducerSeen = { ...read, failed, failures };
    if (read.freePercent === null && read.failed === null)
      return unknown(read.problem ?? 'No pod’s metrics page has the figures of the producers.', seen);
    const free =
      read.freePercent === null
        ? []
        : [`${Math.round(read.freePercent)} % of the buffer is free on the worst pod`];
    const fails =
      failures === null ? [] : [`${count(failures, 'event', 'events')} failed since the look before`];
    const who = read.answered === read.pods ? '' : ` ${read.answered} of ${read.pods} pods answered.`;
    const line = `The producers: ${[...free, ...fails].join(', ') || 'nothing to compare with yet'}.${who}`;
    const full = read.freePercent !== null && read.freePercent < thresholds.bufferFreePercent;
    if (full || (failures ?? 0) >= thresholds.dominatesLines) return broken(line, seen);
    return read.answered === read.pods ? healthy(line, seen) : unknown(line, seen);
  },
};

/** The producers' figures of this moment, from every pod. */
export async function readProducers({ probes, names, signal }: Pick<Asking, 'probes' | 'names' | 'signal'>) {
  const { publishFailed, bufferFree, bufferTotal } = names.metrics;
  const answers = await probes.orderService.metrics(wanted(names.metrics), signal);
  const [free, total] = [byPod(answers, bufferFree), byPod(answers, bufferTotal)];
  const shares = Object.entries(free ?? {}).flatMap(([pod, bytes]) => {
    const all = total?.[pod];
    return all === undefined || all <= 0 ? [] : [(bytes / all) * 100];
  });
  return {
    freePercent: shares.length === 0 ? null : Math.min(...shares),
    failed: byPod(answers, publishFailed),
    answered: answers.filter(({ value }) => value !== null).length,
    pods: answers.length,
    problem: answers.find(({ problem }) => problem !== null)?.problem ?? null,
  };
}

function wanted({ publishFailed, bufferFree, bufferTotal }: Asking['names']['metrics']): readonly string[] {
  return [publishFailed, bufferFree, bufferTotal].filter((name) => name !== null);
}
