import { broken, healthy, unknown } from '../../domain/finding.ts';
import type { KubernetesProbe, Workload } from '../../ports/kubernetes.ts';
import type { Check, Proving } from '../define-runbook.ts';
import { orderWorkload, shellWord } from '../names.ts';
import { keep } from '../shared/kept.ts';
import { type Load, loadOf } from '../shared/load.ts';
import { spell, spellRoughly } from '../shared/spell.ts';

const MINUTE = 60_000;
/** What is kept is longer than what tells a leak (8.C1): so many times, in so many looks at most. */
const LONGER = 1.25;
const KEEP = 80;
/** A wobble below this is no fall, share of what was; ours. */
const WOBBLE = 0.02;
/** A rise by less than this is flat, share of what was; ours. */
const FLAT = 0.1;
/** A rise is remarked upon from so long on, ms; ours. */
const REMARKED_MS = 10 * MINUTE;

export interface PodUse {
  readonly pod: string;
  /** Bytes of the service's container; of all together, where none is called like it. */
  readonly memory: number;
  /** Of the same; null: it has none. */
  readonly limit: number | null;
  readonly startedAt: number | null;
}

export interface UsageSeen {
  readonly pods: readonly PodUse[];
  /** Pods of which nothing was told. */
  readonly silent: number;
  /** The fullest pod's, of its limit; null: no limit anywhere. */
  readonly percent: number | null;
  readonly fullest: string | null;
  /** How much comes; null: not configured, or too little of it was kept. */
  readonly load: Load | null;
  /** Bytes by pod at each look, oldest first. */
  readonly samples: readonly { readonly at: number; readonly byPod: Readonly<Record<string, number>> }[];
}

/** R55, R61. */
export async function readUsage({
  probes,
  names,
  signal,
}: Pick<Proving, 'probes' | 'names' | 'signal'>): Promise<Omit<UsageSeen, 'samples' | 'load'>> {
  const workload = orderWorkload(names);
  const [used, containers] = await Promise.all([
    probes.kubernetes.usage(workload, signal),
    probes.kubernetes.containers(workload, signal),
  ]);
  return summed(used, containers, workload);
}

type Used = Awaited<ReturnType<KubernetesProbe['usage']>>;
type Containers = Awaited<ReturnType<KubernetesProbe['containers']>>;

function summed(
  used: Used,
  containers: Containers,
  { name, container }: Pick<Workload, 'name' | 'container'>,
): Omit<UsageSeen, 'samples' | 'load'> {
  const main = container ?? name;
  const names = [...new Set(containers.map(({ pod }) => pod))];
  const pods = names.flatMap((pod): readonly PodUse[] => {
    const all = containers.filter((one) => one.pod === pod);
    // Each is killed at a limit of its own: room beside it is none of its.
    const own = all.some((one) => one.name === main) ? all.filter((one) => one.name === main) : all;
    const told = used.filter((one) => one.pod === pod && own.some((each) => each.name === one.container));
    if (told.length === 0) return [];
    const limits = own.map(({ memoryLimit }) => memoryLimit);
    const begun = own.flatMap(({ startedAt }) => startedAt ?? []);
    return [
      {
        pod,
        memory: told.reduce((sum, { memory }) => sum + memory, 0),
        limit: limits.some((limit) => limit === null)
          ? null
          : limits.reduce<number>((sum, limit) => sum + (limit ?? 0), 0),
        startedAt: begun.length === 0 ? null : Math.max(...begun),
      },
    ];
  });
  const [fullest] = [...pods].sort((left, right) => (shareOf(right) ?? 0) - (shareOf(left) ?? 0));
  return {
    pods,
    silent: names.length - pods.length,
    percent: fullest === undefined ? null : shareOf(fullest),
    fullest: fullest?.pod ?? null,
  };
}

/** Percent of its limit. */
export function shareOf({ memory, limit }: PodUse): number | null {
  return limit === null || limit === 0 ? null : (memory / limit) * 100;
}

export const usage: Check<UsageSeen> = {
  step: 'R55',
  title: 'How much memory do the pods use?',
  system: 'Kubernetes',
  source: 'kubectl top pods -l app=order-service',
  equivalent: ({ orderService }) =>
    `kubectl -n ${orderService.namespace} top pods -l ${shellWord(orderService.selector)}`,
  deadlineMs: 4_000,
  async look(ask) {
    const { probes, names, thresholds, previous, now, signal } = ask;
    const [read, load] = await Promise.all([readUsage({ probes, names, signal }), loadOf(ask)]);
    const before = (previous?.['usage']?.data as UsageSeen | null | undefined)?.samples ?? [];
    const byPod = Object.fromEntries(read.pods.map(({ pod, memory }) => [pod, memory]));
    const samples = keep(before, { at: now, byPod }, thresholds.leakMinutes * LONGER * MINUTE, KEEP);
    const seen: UsageSeen = { ...read, load, samples };
    const evidence = read.pods.map((pod) => {
      const share = shareOf(pod);
      return `${pod.pod}  ${spellRoughly(pod.memory)}${pod.limit === null ? ', no limit' : ` of ${spellRoughly(pod.limit)}, ${Math.round(share ?? 0)} %`}`;
    });
    if (read.pods.length === 0) return unknown('Nothing was told of the memory of any pod.', seen, evidence);
    if (read.percent === null)
      return unknown('The pods have no memory limit to be compared with.', seen, evidence);
    const rise = risingFor(seen);
    const rising =
      rise.pods > 0 && rise.ms >= REMARKED_MS
        ? ` It has risen for ${spell(rise.ms)} on ${rise.pods} of ${read.pods.length + read.silent} pods.`
        : '';
    const gap =
      read.silent === 0
        ? ''
        : ` Nothing was told of ${read.silent} more ${read.silent === 1 ? 'pod' : 'pods'}.`;
    const line = `${read.fullest} uses ${Math.round(read.percent)} % of its memory limit, the most of ${read.pods.length} pods.${rising}${gap}`;
    if (read.percent >= thresholds.memoryPercent) return broken(line, seen, evidence);
    return read.silent === 0 ? healthy(line, seen, evidence) : unknown(line, seen, evidence);
  },
};

/** For how long memory has risen without a fall on at least half of the pods, ms, and on how many; silent ones count as pods. */
export function risingFor({ samples, pods, silent }: Pick<UsageSeen, 'samples' | 'pods' | 'silent'>): {
  readonly ms: number;
  readonly pods: number;
} {
  const now = samples.at(-1)?.at ?? 0;
  const rises = pods
    .map(({ pod }) => {
      let since = now;
      let later = Number.POSITIVE_INFINITY;
      let highest = 0;
      for (const { at, byPod } of [...samples].reverse()) {
        const memory = byPod[pod];
        if (memory === undefined || memory > later * (1 + WOBBLE)) break;
        highest = Math.max(highest, memory);
        later = Math.min(later, memory);
        since = at;
      }
      return highest > later * (1 + FLAT) ? now - since : 0;
    })
    .filter((ms) => ms > 0)
    .sort((left, right) => right - left);
  const half = Math.ceil((pods.length + silent) / 2);
  const ms = rises[half - 1] ?? 0;
  return { ms, pods: rises.filter((one) => one >= ms && ms > 0).length };
}
