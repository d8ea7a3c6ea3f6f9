import { broken, healthy, unknown } from '../../domain/finding.ts';
import type { ContainerSummary, HeapFacts } from '../../ports/kubernetes.ts';
import type { ExportJob } from '../../ports/order-service.ts';
import { POOL_SIZE } from '../database-pool/checks.ts';
import { type DatabaseSeen, database } from '../database-pool/database.ts';
import type { Check } from '../define-runbook.ts';
import { curl, orderWorkload, shellWord } from '../names.ts';
import { type Adjustable, adjustable } from '../shared/adjustable.ts';
import { type QueriesSeen, queries } from '../shared/long-queries.ts';
import { noPod } from '../shared/pods.ts';
import { MEMORY_LIMIT, REPLICAS } from '../shared/setting.ts';
import { spell } from '../shared/spell.ts';
import { type TrafficSeen, traffic } from '../shared/traffic.ts';
import { heap } from './heap.ts';
import { type UsageSeen, usage } from './usage.ts';

const MINUTE = 60_000;
const PAST_MS = 24 * 60 * MINUTE;
const MOST_PAST = 100;

export interface Kill {
  readonly pod: string;
  readonly container: string;
  readonly at: number;
}

export interface KillsSeen {
  /** The last of each container, the newest first. */
  readonly kills: readonly Kill[];
  /** All that the looks of a day saw: Kubernetes keeps the last of each container only. */
  readonly past: readonly Kill[];
}

export interface RestartsSeen {
  readonly restarts: number;
  /** When the newest container began, of those that began anew; epoch ms. */
  readonly newestAt: number | null;
}

export interface ExportsSeen {
  readonly running: readonly ExportJob[];
}

export interface MemoryData {
  readonly kills: KillsSeen;
  readonly usage: UsageSeen;
  readonly restarts: RestartsSeen;
  readonly heap: HeapSeen;
  readonly exports: ExportsSeen;
  readonly queries: QueriesSeen;
  readonly service: ServiceSeen;
  readonly traffic: TrafficSeen;
}

/** `server`: R38, for what more pods take from the database (R59); null: not seen. */
export interface ServiceSeen extends Adjustable {
  readonly server: DatabaseSeen | null;
}

export interface HeapSeen extends HeapFacts {
  /** The fullest pod, which was asked. */
  readonly pod: string;
}

/** The last kill of each container, the newest first. */
export function killsOf(containers: readonly ContainerSummary[]): readonly Kill[] {
  return containers
    .flatMap(({ pod, name, lastTermination }) =>
      lastTermination?.reason === 'OOMKilled' ? [{ pod, container: name, at: lastTermination.at }] : [],
    )
    .sort((left, right) => right.at - left.at);
}

function pastOf(before: readonly Kill[], found: readonly Kill[], now: number): readonly Kill[] {
  const isNew = (one: Kill) =>
    !before.some(({ pod, container, at }) => pod === one.pod && container === one.container && at === one.at);
  return [...before, ...found.filter(isNew)].filter(({ at }) => now - at <= PAST_MS).slice(-MOST_PAST);
}

/** Kills of so long ago are still shown, and do not count any more. */
function recent<T extends { readonly at: number }>(all: readonly T[], now: number, minutes: number) {
  return all.filter(({ at }) => now - at <= minutes * MINUTE);
}

const kills: Check<KillsSeen> = {
  step: 'R54',
  title: 'Were pods killed for their memory?',
  system: 'Kubernetes',
  source: 'kubectl describe pod <pod-name> | grep -A 10 Events',
  equivalent: ({ orderService }) =>
    `kubectl -n ${orderService.namespace} get pods -l ${shellWord(orderService.selector)} -o jsonpath='{range .items[*]}{.metadata.name} {.status.containerStatuses[*].lastState.terminated.reason} {.status.containerStatuses[*].lastState.terminated.finishedAt}{"\\n"}{end}' && kubectl -n ${orderService.namespace} get events --sort-by=.lastTimestamp`,
  deadlineMs: 4_000,
  async look({ probes, names, now, thresholds, previous, signal }) {
    const workload = orderWorkload(names);
    const minutes = thresholds.logWindowMinutes;
    const [containers, events] = await Promise.all([
      probes.kubernetes.containers(workload, signal),
      probes.kubernetes.events(workload, signal).catch(() => null),
    ]);
    if (containers.length === 0) return unknown(noPod('The service', workload));
    const found = killsOf(containers);
    const before = (previous?.['kills']?.data as KillsSeen | null | undefined)?.past ?? [];
    const seen: KillsSeen = { kills: found, past: pastOf(before, found, now) };
    const evidence =
      events === null
        ? ['The events could not be read.']
        : events
            .slice(0, 10)
            .map(
              ({ at, object, reason, message, count }) =>
                `${spell(now - at)} ago  ${object}  ${reason}  ${message}${count > 1 ? ` (${count} times)` : ''}`,
            );
    const fresh = recent(seen.kills, now, minutes);
    const [newest] = fresh;
    if (newest !== undefined)
      return broken(
        `${fresh.length} ${fresh.length === 1 ? 'container was' : 'containers were'} killed for memory in ${minutes} min, ${newest.pod} ${spell(now - newest.at)} ago.`,
        seen,
        evidence,
      );
    // A restart or a roll back takes the pods away, and with them what Kubernetes kept of their kills.
    const gone = seen.past.at(-1);
    if (gone !== undefined && recent([gone], now, minutes).length > 0)
      return healthy(
        `No container of the pods of now was killed for memory. The last of the pods before was killed ${spell(now - gone.at)} ago.`,
        seen,
        evidence,
      );
    const [old] = seen.kills;
    const last = old === undefined ? '' : ` The last was ${spell(now - old.at)} ago.`;
    return healthy(`No container was killed for memory in ${minutes} min.${last}`, seen, evidence);
  },
};

const restarts: Check<RestartsSeen> = {
  step: 'R56',
  title: 'How often did containers restart?',
  system: 'Kubernetes',
  source:
    "kubectl get pods -l app=order-service -o jsonpath='{.items[*].status.containerStatuses[*].restartCount}'",
  equivalent: ({ orderService }) =>
    `kubectl -n ${orderService.namespace} get pods -l ${shellWord(orderService.selector)} -o jsonpath='{.items[*].status.containerStatuses[*].restartCount}'`,
  deadlineMs: 4_000,
  async look({ probes, names, now, thresholds, signal }) {
    const containers = await probes.kubernetes.containers(orderWorkload(names), signal);
    if (containers.length === 0) return unknown(noPod('The service', orderWorkload(names)));
    const began = containers.flatMap(({ restarts: count, startedAt }) =>
      count > 0 && startedAt !== null ? [startedAt] : [],
    );
    const seen: RestartsSeen = {
      restarts: containers.reduce((sum, { restarts: count }) => sum + count, 0),
      newestAt: began.length === 0 ? null : Math.max(...began),
    };
    const evidence = containers.map(
      ({ pod, name, restarts: count, lastTermination }) =>
        `${pod}  ${name}  ${count} restarts${lastTermination === null ? '' : `  ended ${spell(now - lastTermination.at)} ago: ${lastTermination.reason}, exit ${lastTermination.exitCode}`}`,
    );
    const minutes = thresholds.logWindowMinutes;
    if (seen.newestAt !== null && now - seen.newestAt <= minutes * MINUTE)
      return broken(
        `Containers restarted ${seen.restarts} ${seen.restarts === 1 ? 'time' : 'times'} in all, the last ${spell(now - seen.newestAt)} ago.`,
        seen,
        evidence,
      );
    return healthy(`${seen.restarts} restarts in all, none in ${minutes} min.`, seen, evidence);
  },
};

const exports: Check<ExportsSeen> = {
  step: 'X14',
  title: 'Which exports are in progress?',
  system: 'The order service',
  source: null,
  equivalent: (names) => curl(names, `${names.paths.exports ?? names.paths.createExport}?status=processing`),
  deadlineMs: 4_000,
  async look({ probes, now, signal }) {
    const running = await probes.orderService.exports(signal);
    const [oldest] = [...running].sort((left, right) => left.startedAt - right.startedAt);
    const line =
      oldest === undefined
        ? 'No export is in progress.'
        : `${running.length} ${running.length === 1 ? 'export is' : 'exports are'} in progress, ${oldest.id} for ${spell(now - oldest.startedAt)}.`;
    return healthy(line, { running });
  },
};

const settings = adjustable('R60', orderWorkload, [MEMORY_LIMIT, REPLICAS, POOL_SIZE]);

const service: Check<ServiceSeen> = {
  ...settings,
  async look(ask) {
    const [seen, server] = await Promise.all([settings.look(ask), database.look(ask).catch(() => null)]);
    return { ...seen, data: seen.data === null ? null : { ...seen.data, server: server?.data ?? null } };
  },
};

export const checks = {
  kills,
  usage,
  restarts,
  heap,
  exports,
  queries,
  service,
  traffic,
};
