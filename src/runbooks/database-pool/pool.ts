import { broken, healthy, unknown } from '../../domain/finding.ts';
import type { ProofSample } from '../../domain/run.ts';
import type { Asking, Check, Proving } from '../define-runbook.ts';
import { curl } from '../names.ts';
import { earlier } from '../shared/earlier.ts';
import { keep } from '../shared/kept.ts';
import { type Load, loadOf } from '../shared/load.ts';
import { spell } from '../shared/spell.ts';
import type { Thresholds } from '../thresholds.ts';

const SECOND = 1_000;
const MINUTE = 60_000;
const KEEP = 40;

export interface PodPool {
  readonly pod: string;
  readonly active: number;
  readonly size: number;
}

export interface PoolSeen {
  /** Those that answered. */
  readonly pools: readonly PodPool[];
  readonly pods: number;
  /** When the row of looks with a pool at or above the limit began, epoch ms; null: none is. */
  readonly fullSince: number | null;
  /** Said twice, `downSeconds` apart. */
  readonly full: boolean;
  /** The same for all pods at once, every one of which answered. */
  readonly allFullSince: number | null;
  /** The fullest pod's use and that of all pods together, at the looks of late. */
  readonly looks: readonly { readonly at: number; readonly most: number; readonly all: number }[];
  /** Null: nobody can say how much comes. */
  readonly load: Load | null;
}

/** R37: each pod's use against the size of its pool. */
export const pool: Check<PoolSeen> = {
  step: 'R37',
  title: 'Is a pool of connections used up?',
  system: 'The order service',
  source: 'kubectl exec -it deployment/order-service -- \\\n  curl localhost:8080/metrics | grep db_pool',
  equivalent: (names) =>
    `${curl(names, names.paths.metrics)} | grep -e ${names.metrics.poolActive} -e ${names.metrics.poolSize}`,
  deadlineMs: 4_000,
  async look(ask) {
    const { names, thresholds, previous, now } = ask;
    const [read, load, past] = await Promise.all([
      readPools(ask),
      loadOf(ask),
      earlier(ask, names.metrics.poolActive, (mean) => `${Math.round(mean)} on average`),
    ]);
    if (read.pools.length === 0) return unknown(nobodySaid(read));
    const before = previous?.['pool']?.data as PoolSeen | null | undefined;
    const { poolBrokenPercent: limit } = thresholds;
    const full = read.pools.filter((one) => percentOf(one) >= limit);
    const whole = read.pools.length === read.pods;
    const fullSince = full.length === 0 ? null : (before?.fullSince ?? now);
    const allFull = whole && full.length === read.pods;
    const seen: PoolSeen = {
      pools: read.pools,
      pods: read.pods,
      fullSince,
      full: fullSince !== null && now - fullSince >= thresholds.downSeconds * SECOND,
      allFullSince: allFull ? (before?.allFullSince ?? now) : null,
      looks: whole ? kept(before?.looks ?? [], read.pools, ask) : (before?.looks ?? []),
      load,
    };
    const since = fullSince === null || fullSince === now ? '' : ` for ${spell(now - fullSince)}`;
    const at =
      full.length === 0
        ? ''
        : ` ${full.length} of ${read.pods} pods ${since === '' ? (full.length === 1 ? 'is' : 'are') : full.length === 1 ? 'has been' : 'have been'} at ${limit} % or more${since}.`;
    const silent = whole ? '' : ` ${read.pods - read.pools.length} of ${read.pods} pods did not say.`;
    const line = `${worstWords(read.pools)}${past === '' ? '' : ` (${past})`}.${at}${silent}`;
    const evidence = read.pools.map((one) => `${one.pod}  ${one.active} of ${one.size}`);
    if (full.length > 0) return broken(line, seen, evidence);
    return whole ? healthy(line, seen, evidence) : unknown(line, seen, evidence);
  },
};

interface Read {
  readonly pools: readonly PodPool[];
  readonly pods: number;
  readonly problem: string | null;
}

async function readPools({
  probes,
  names,
  thresholds,
  signal,
}: Pick<Proving, 'probes' | 'names' | 'thresholds' | 'signal'>): Promise<Read> {
  const { poolActive, poolSize } = names.metrics;
  const answers = await probes.orderService.metrics([poolActive, poolSize], signal);
  return {
    pools: answers.flatMap(({ pod, value }) => {
      const active = value?.[poolActive];
      // A page that does not tell the size leaves the source's own, unless that is contradicted.
      const size = value?.[poolSize] ?? thresholds.poolSize;
      return active === undefined || size <= 0 || active < 0 || active > size ? [] : [{ pod, active, size }];
    }),
    pods: answers.length,
    problem: answers.find(({ problem }) => problem !== null)?.problem ?? null,
  };
}

function nobodySaid({ pods, problem }: Read): string {
  if (pods === 0) return 'No pod of the order service is ready to be asked for its pool.';
  return (
    problem ??
    'No pod’s metrics page has the use of its pool (`metrics.poolActive`), or it is more than its size.'
  );
}

/** As much of the past as tells when the load fits into what was before a temporary change. */
function kept(
  before: PoolSeen['looks'],
  pools: readonly PodPool[],
  { now, thresholds }: Pick<Asking, 'now' | 'thresholds'>,
): PoolSeen['looks'] {
  const look = { at: now, most: Math.max(...pools.map(({ active }) => active)), all: used(pools) };
  return keep(before, look, (thresholds.usualAgainMinutes + 1) * MINUTE, KEEP);
}

/** Over all pods. */
export function used(pools: readonly PodPool[]): number {
  return pools.reduce((sum, { active }) => sum + active, 0);
}

/** 0–100. */
export function percentOf({ active, size }: PodPool): number {
  return (active / size) * 100;
}

export function fullest(pools: readonly PodPool[]): PodPool | undefined {
  return [...pools].sort((one, other) => percentOf(other) - percentOf(one))[0];
}

function worstWords(pools: readonly PodPool[]): string {
  const worst = fullest(pools);
  if (worst === undefined) return 'No pod said how full its pool is';
  return `The fullest pool has ${worst.active} of ${worst.size} connections in use`;
}

/** The size that every pod says it has; null: they differ, or nobody said. */
export function sizeOf(seen: PoolSeen | null): number | null {
  const sizes = new Set(seen?.pools.map(({ size }) => size) ?? []);
  return sizes.size === 1 ? ([...sizes][0] ?? null) : null;
}

/** The largest pool of a pod now; null: nobody said. */
export async function sizeNow(proving: Proving): Promise<number | null> {
  const { pools } = await readPools(proving);
  return pools.length === 0 ? null : Math.max(...pools.map(({ size }) => size));
}

/** What the proofs of R41 to R44 ask again: every pod's pool below `percent`. */
export async function poolsBelow(
  proving: Proving,
  percent: (thresholds: Thresholds) => number,
): Promise<Omit<ProofSample, 'at'>> {
  const { targets } = proving.run;
  const read = await readPools(proving);
  const worst = fullest(read.pools);
  if (worst === undefined || read.pools.length < read.pods) {
    const line =
      worst === undefined ? nobodySaid(read) : `${read.pools.length} of ${read.pods} pods answered.`;
    return { moved: [], unknown: targets, line, value: null, worse: false };
  }
  const value = percentOf(worst);
  const good = value < percent(proving.thresholds);
  return { moved: good ? targets : [], unknown: [], line: `${worstWords(read.pools)}.`, value, worse: false };
}

/** The proof that R41, R43 and R44 have in common (runbook-knowledge 6): below 70 % in 10 min, 3 × 60 s. */
export const soundPool = {
  plan: ({ poolSoundPercent }: Thresholds) => ({
    everyMs: MINUTE,
    withinMs: 10 * MINUTE,
    alike: 3,
    unit: '%' as const,
    words: `Every pod uses less than ${poolSoundPercent} % of its pool within 10 min of the rollout’s end.`,
  }),
  sample: async (proving: Proving) => await poolsBelow(proving, ({ poolSoundPercent }) => poolSoundPercent),
};
