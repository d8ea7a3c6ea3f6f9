import type { CauseVerdict } from '../../domain/finding.ts';
import type { Cause, Judging } from '../define-runbook.ts';
import { loadIs, spellLoad } from '../shared/load.ts';
import { spell } from '../shared/spell.ts';
import type { Change } from '../shared/what-changed.ts';
import type { Kill, MemoryData } from './checks.ts';
import { type PodUse, risingFor, shareOf, type UsageSeen } from './usage.ts';

const MINUTE = 60_000;
/** runbook-knowledge §8, our defaults. */
const LEAK_MS = 60 * MINUTE;
const EXPORT_BEFORE_MS = 30 * MINUTE;
const ROUTE_BEFORE_MS = 5 * MINUTE;
const QUERY_BEFORE_MS = 5 * MINUTE;
const SOON_MS = 30 * MINUTE;
const FLAT_MS = 5 * MINUTE;

/** Kills that have to be as far apart as each other, and by how much a gap may differ from their mean (our defaults). */
const EVEN_KILLS = 3;
const EVEN_SHARE = 0.25;

type Said = { readonly verdict: CauseVerdict; readonly because: string };
const supported = (because: string): Said => ({ verdict: 'supported', because });
const ruledOut = (because: string): Said => ({ verdict: 'ruled out', because });
const open = (because: string): Said => ({ verdict: 'open', because });

/** When memory got short: the kills of this incident, else the beginning of the rise; empty: neither is known. */
function shortAt({ findings, now, incident }: Judging<MemoryData>): readonly number[] {
  const from = Math.min(now, incident.clockStartedAt) - SOON_MS;
  const { kills = [], past = [] } = findings.kills.data ?? {};
  const killed = [...kills, ...past].map(({ at }) => at).filter((at) => at >= from);
  const usage = findings.usage.data;
  if (killed.length > 0 || usage === null) return killed;
  const { ms } = risingFor(usage);
  return ms === 0 ? [] : [(usage.samples.at(-1)?.at ?? 0) - ms];
}

function before(began: number, at: number, withinMs: number): boolean {
  return began <= at && at - began <= withinMs;
}

/** An hour without a rise; what a kill or a restart emptied was not flat. */
function flat(usage: UsageSeen, now: number): boolean {
  const watched = (usage.samples.at(-1)?.at ?? 0) - (usage.samples[0]?.at ?? 0);
  return (
    watched >= LEAK_MS &&
    risingFor(usage).ms === 0 &&
    usage.pods.every(({ startedAt }) => startedAt !== null && now - startedAt >= LEAK_MS)
  );
}

/** A container that is killed again and again after the same time, and was due to be no later than now; null: none is. */
function evenKills(past: readonly Kill[], now: number) {
  for (const [name, kills] of Map.groupBy(past, ({ pod, container }) => `${pod} ${container}`)) {
    const times = kills.map(({ at }) => at).sort((left, right) => left - right);
    const gaps = times.slice(1).map((at, place) => at - (times[place] ?? at));
    const mean = gaps.reduce((sum, gap) => sum + gap, 0) / gaps.length;
    const goesOn = now - (times.at(-1) ?? 0) <= mean * (1 + EVEN_SHARE);
    const even = gaps.every((gap) => Math.abs(gap - mean) <= mean * EVEN_SHARE);
    if (times.length >= EVEN_KILLS && goesOn && even)
      return { pod: name.split(' ')[0] ?? '', times: times.length, gapMs: mean };
  }
  return null;
}

/** A jump is known to within five minutes, so it may seem to come after the rise that it caused. */
function comesWith(since: number, at: number): boolean {
  return Math.abs(at - since) <= ROUTE_BEFORE_MS;
}

const leak: Cause<MemoryData> = {
  id: '8.C1',
  title: 'The code leaks memory',
  outside: false,
  rule: ({ usualFactor }) => ({
    supported: `Memory has risen for ${spell(LEAK_MS)} on half of the pods at less than ${usualFactor} times the usual load, or a container was killed at least ${EVEN_KILLS} times at even gaps, the last no longer ago than such a gap; no export runs.`,
    ruledOut: `Memory has been flat for ${spell(LEAK_MS)}, and no pod began anew meanwhile.`,
  }),
  broughtBy: ['rollout'],
  judge({ findings, now, thresholds }) {
    const usage = findings.usage.data;
    const running = findings.exports.data?.running ?? null;
    if (usage === null) return open('How much memory the pods use could not be looked at.');
    const even = evenKills(findings.kills.data?.past ?? [], now);
    if (even !== null) {
      const dies = `${even.pod} was killed ${even.times} times, each ${spell(even.gapMs)} after the one before`;
      if (running === null) return open(`${dies}; whether exports run is not known.`);
      if (running.length > 0) return open(`${dies}, while an export runs.`);
      if (usage.load !== null && loadIs(usage.load, thresholds) !== 'usual')
        return open(`${dies}, and more comes than usual: ${spellLoad(usage.load)}.`);
      return supported(`${dies}, and no export runs.`);
    }
    const rise = risingFor(usage);
    const said = `Memory has risen for ${spell(rise.ms)} on ${rise.pods} of ${usage.pods.length} pods`;
    if (rise.ms >= LEAK_MS) {
      if (running === null) return open(`${said}; whether exports run is not known.`);
      if (running.length > 0) return open(`${said}, while an export runs.`);
      if (usage.load === null) return supported(`${said}, and no export runs. The load was not compared.`);
      return loadIs(usage.load, thresholds) === 'usual'
        ? supported(`${said} at the usual load, and no export runs.`)
        : open(`${said}, and so has the load: ${spellLoad(usage.load)}.`);
    }
    const watched = (usage.samples.at(-1)?.at ?? 0) - (usage.samples[0]?.at ?? 0);
    if (watched < LEAK_MS)
      return open(`Memory has been watched for ${spell(watched)}; an hour tells a leak.`);
    if (rise.ms > 0) return open(`${said}; an hour tells a leak.`);
    return flat(usage, now)
      ? ruledOut(`Memory has been flat for ${spell(watched)}.`)
      : open('Pods began anew within the hour, so nobody knows whether memory would have gone on rising.');
  },
};

const exporting: Cause<MemoryData> = {
  id: '8.C2',
  title: 'Somebody exports very many orders',
  outside: false,
  rule: () => ({
    supported: `An export that still runs began at most ${spell(EXPORT_BEFORE_MS)} before the kill or the rise.`,
    ruledOut: 'No export is in progress.',
  }),
  judge(judging) {
    const running = judging.findings.exports.data?.running;
    if (running === undefined) return open('Which exports run could not be looked at (X14).');
    const short = shortAt(judging);
    const begun = running.find(
      ({ startedAt }) => short.length === 0 || short.some((at) => before(startedAt, at, EXPORT_BEFORE_MS)),
    );
    const [first] = running;
    if (first === undefined) return ruledOut('No export is in progress.');
    if (begun === undefined) return open(`${first.id} runs; it began at another time than the trouble.`);
    const rows = begun.expectedRows === null ? '' : ` of ${begun.expectedRows} orders`;
    return supported(`${begun.id}${rows} has run for ${spell(judging.now - begun.startedAt)}.`);
  },
};

const loading: Cause<MemoryData> = {
  id: '8.C3',
  title: 'Data is loaded wastefully',
  outside: false,
  rule: ({ spikeFactor }) => ({
    supported: `Requests to one route jumped to ${spikeFactor} times the usual within ${spell(ROUTE_BEFORE_MS)} of the rise, and no export runs.`,
    ruledOut: `Memory has been flat for ${spell(LEAK_MS)} and no pod was killed, or no route’s requests jumped and an export (8.C2) explains it.`,
  }),
  judge(judging) {
    const { findings, now } = judging;
    const usage = findings.usage.data;
    const killed = findings.kills.data?.kills.some(({ at }) => now - at <= LEAK_MS) ?? true;
    if (usage !== null && !killed && flat(usage, now))
      return ruledOut(`Memory has been flat for ${spell(LEAK_MS)}, and no pod was killed.`);
    const traffic = judging.findings.traffic.data;
    if (traffic === null)
      return open(`How much comes by route (X5) was not seen: ${judging.findings.traffic.line}`);
    const spikes = traffic.routes.filter((route) => route.is === 'spike');
    const running = findings.exports.data?.running;
    if (spikes.length === 0)
      return exporting.judge(judging).verdict === 'supported'
        ? ruledOut('No route’s requests jumped, and an export explains it.')
        : open('Memory is not flat, and no route’s requests jumped.');
    const short = shortAt(judging);
    const near = spikes.find(({ since }) => since !== null && short.some((at) => comesWith(since, at)));
    if (near === undefined)
      return open('Requests of a route jumped, but not when memory began to rise, as far as is known.');
    const said = `Requests to ${near.route} jumped to ${Math.round(near.perMinute)} a minute when memory rose`;
    if (running === undefined) return open(`${said}; whether exports run is not known.`);
    return running.length === 0
      ? supported(`${said}, and no export runs.`)
      : open(`${said}, while an export runs.`);
  },
};

const limit: Cause<MemoryData> = {
  id: '8.C4',
  title: 'The memory limit is too low',
  outside: false,
  rule: ({ memoryPercent, memorySoundPercent, usualFactor }) => ({
    supported: `All pods reach ${memoryPercent} % of it within ${spell(SOON_MS)} of their start and stay there for ${spell(FLAT_MS)} at less than ${usualFactor} times the usual load, or the limit was lowered and a pod was killed since or is that full.`,
    ruledOut: `Every pod uses less than ${memorySoundPercent} %, and none was killed for ${spell(SOON_MS)}.`,
  }),
  broughtBy: ['rollout'],
  judge({ findings, changes, now, thresholds }) {
    const usage = findings.usage.data;
    if (usage === null || usage.pods.length === 0)
      return open('How much memory the pods use could not be looked at.');
    const { memoryPercent, memorySoundPercent } = thresholds;
    const shares = usage.pods.map(shareOf);
    const full = (share: number | null) => share !== null && share >= memoryPercent;
    const freshKills = (findings.kills.data?.kills ?? []).filter(({ at }) => now - at <= SOON_MS);
    const lowered = loweredIn(changes.data?.changes ?? []);
    if (lowered !== null && (shares.some(full) || freshKills.some(({ at }) => at >= lowered.at)))
      return supported(`${lowered.line} ${spell(now - lowered.at)} ago, and the pods do not fit into it.`);
    if (usage.pods.every((pod) => staysFull(usage, pod, memoryPercent))) {
      if (usage.load !== null && loadIs(usage.load, thresholds) !== 'usual')
        return open(
          `The pods are full soon after their start, but more comes than usual: ${spellLoad(usage.load)}.`,
        );
      return supported(
        `All ${usage.pods.length} pods reached ${memoryPercent} % within ${spell(SOON_MS)} of their start and have stayed there.`,
      );
    }
    if (findings.kills.data === null) return open('Whether pods were killed (R54) could not be looked at.');
    if (usage.silent > 0) return open(`Nothing was told of the memory of ${usage.silent} pods.`);
    if (shares.every((share) => share !== null && share < memorySoundPercent) && freshKills.length === 0)
      return ruledOut(`Every pod uses less than ${memorySoundPercent} % of its limit.`);
    return open('Not all pods were seen to fill soon after their start and to stay full.');
  },
};

/** The newest rollout that lowered a memory limit; null: none did. */
function loweredIn(changes: readonly Change[]): Change | null {
  const lowers = ({ rollout }: Change) =>
    rollout?.difference?.limits.some(
      ({ resource, before, after }) =>
        resource === 'memory' && after !== null && (before === null || after < before),
    ) ?? false;
  return changes.find(lowers) ?? null;
}

/**
 * Seen full within half an hour of its start, and in each look since, for at least five minutes: what filled evenly from its
 * usual 60 % or less would have been over its limit by then.
 */
function staysFull(
  { samples }: UsageSeen,
  { pod, limit: most, startedAt }: PodUse,
  percent: number,
): boolean {
  if (most === null || startedAt === null) return false;
  const isFull = (memory: number) => (memory / most) * 100 >= percent;
  const since = samples.flatMap(({ at, byPod }) => {
    const memory = byPod[pod];
    return at < startedAt || memory === undefined ? [] : [{ at, full: isFull(memory) }];
  });
  const first = since.find(({ full }) => full);
  const last = since.at(-1);
  if (first === undefined || last === undefined || first.at - startedAt > SOON_MS) return false;
  return last.at - first.at >= FLAT_MS && since.every(({ at, full }) => at < first.at || full);
}

const query: Cause<MemoryData> = {
  id: '8.C5',
  title: 'One query eats memory',
  outside: false,
  rule: ({ longQuerySeconds }) => ({
    supported: `A query of ours that has run for over ${longQuerySeconds} s began at most ${spell(QUERY_BEFORE_MS)} before the kill or the rise.`,
    ruledOut: 'No query of ours runs for so long.',
  }),
  judge(judging) {
    const long = judging.findings.queries.data?.long;
    if (long === undefined) return open('Long queries could not be looked at (R39).');
    if (long.length === 0) return ruledOut('No query of ours runs for long.');
    const short = shortAt(judging);
    const near = long.find(({ beganAt }) => short.some((at) => before(beganAt, at, QUERY_BEFORE_MS)));
    return near === undefined
      ? open('A query of ours runs for long; when memory began to rise is not known.')
      : supported(`A query of ours (pid ${near.pid}) began just before memory rose.`);
  },
};

export const causes: readonly Cause<MemoryData>[] = [leak, exporting, loading, limit, query];

/** Whether this cause is supported now. */
export function stands(judging: Judging<MemoryData>, id: string): boolean {
  return causes.some((cause) => cause.id === id && cause.judge(judging).verdict === 'supported');
}
