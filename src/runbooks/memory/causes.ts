import type { Cause, Judging } from '../define-runbook.ts';
import type { Names } from '../names.ts';
import { loadIs, spellLoad } from '../shared/load.ts';
import { count } from '../shared/log-check.ts';
import { open, ruledOut, supported } from '../shared/said.ts';
import { spell } from '../shared/spell.ts';
import { verdictsOf } from '../shared/verdicts.ts';
import type { Changes } from '../shared/what-changed.ts';
import type { Thresholds } from '../thresholds.ts';
import type { Kill, MemoryData } from './checks.ts';
import { type PodUse, risingFor, shareOf, type UsageSeen } from './usage.ts';

const MINUTE = 60_000;

/** When memory got short: the kills of this incident, else the beginning of the rise; empty: neither is known. */
function shortAt({ findings, now, incident, thresholds }: Judging<MemoryData>): readonly number[] {
  const from = Math.min(now, incident.clockStartedAt) - thresholds.limitSoonMinutes * MINUTE;
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

/** Long enough without a rise; what a kill or a restart emptied was not flat. */
function flat(
  usage: UsageSeen,
  { now, thresholds }: Pick<Judging<MemoryData>, 'now' | 'thresholds'>,
): boolean {
  const leakMs = thresholds.leakMinutes * MINUTE;
  const watched = (usage.samples.at(-1)?.at ?? 0) - (usage.samples[0]?.at ?? 0);
  return (
    watched >= leakMs &&
    usage.silent === 0 &&
    risingFor(usage).ms === 0 &&
    usage.pods.every(({ startedAt }) => startedAt !== null && now - startedAt >= leakMs)
  );
}

/** A container that is killed again and again after the same time, and was due to be no later than now; null: none is. */
function evenlyKilled(past: readonly Kill[], now: number, { evenKills, evenGapShare }: Thresholds) {
  for (const [name, kills] of Map.groupBy(past, ({ pod, container }) => `${pod} ${container}`)) {
    const times = kills.map(({ at }) => at).sort((left, right) => left - right);
    const gaps = times.slice(1).map((at, place) => at - (times[place] ?? at));
    const mean = gaps.reduce((sum, gap) => sum + gap, 0) / gaps.length;
    const goesOn = now - (times.at(-1) ?? 0) <= mean * (1 + evenGapShare);
    // One gap alone is even with itself.
    const even = gaps.length > 1 && gaps.every((gap) => Math.abs(gap - mean) <= mean * evenGapShare);
    if (times.length >= evenKills && goesOn && even)
      return { pod: name.split(' ')[0] ?? '', times: times.length, gapMs: mean };
  }
  return null;
}

/** When a jump was is known to within `beforeRiseMinutes`, so it may seem to come after the rise that it caused. */
function comesWith(since: number, at: number, { beforeRiseMinutes }: Thresholds): boolean {
  return Math.abs(at - since) <= beforeRiseMinutes * MINUTE;
}

const leak: Cause<MemoryData> = {
  id: '8.C1',
  title: 'The code leaks memory',
  outside: false,
  rule: ({ usualFactor, leakMinutes, evenKills }) => ({
    supported: `Memory has risen for ${spell(leakMinutes * MINUTE)} on half of the pods at less than ${usualFactor} times the usual load, where that is known, or a container was killed at least ${evenKills} times at even gaps, the last no longer ago than such a gap; no export runs.`,
    ruledOut: `Memory has been flat for ${spell(leakMinutes * MINUTE)}, and no pod began anew meanwhile.`,
  }),
  broughtBy: ['rollout'],
  judge(judging) {
    const { findings, thresholds } = judging;
    const leakMs = thresholds.leakMinutes * MINUTE;
    const usage = findings.usage.data;
    const running = findings.exports.data?.running ?? null;
    if (usage === null) return open('How much memory the pods use could not be looked at.');
    // What is gone, with its version perhaps, is killed no more; one that tells nothing yet may still be there.
    const there = (findings.kills.data?.past ?? []).filter(
      ({ pod }) => usage.silent > 0 || usage.pods.some((one) => one.pod === pod),
    );
    const even = evenlyKilled(there, judging.now, thresholds);
    if (even !== null) {
      const dies = `${even.pod} was killed ${even.times} times, each ${spell(even.gapMs)} after the one before`;
      if (running === null) return open(`${dies}; whether exports run is not known.`);
      if (running.length > 0) return open(`${dies}, while an export runs.`);
      if (usage.load !== null && loadIs(usage.load, thresholds) !== 'usual')
        return open(`${dies}, and more comes than usual: ${spellLoad(usage.load)}.`);
      return supported(`${dies}, and no export runs.`);
    }
    const rise = risingFor(usage);
    const said = `Memory has risen for ${spell(rise.ms)} on ${rise.pods} of ${usage.pods.length + usage.silent} pods`;
    if (rise.ms >= leakMs) {
      if (running === null) return open(`${said}; whether exports run is not known.`);
      if (running.length > 0) return open(`${said}, while an export runs.`);
      if (usage.load === null) return supported(`${said}, and no export runs. The load was not compared.`);
      return loadIs(usage.load, thresholds) === 'usual'
        ? supported(`${said} at the usual load, and no export runs.`)
        : open(`${said}, and so has the load: ${spellLoad(usage.load)}.`);
    }
    const watched = (usage.samples.at(-1)?.at ?? 0) - (usage.samples[0]?.at ?? 0);
    if (watched < leakMs)
      return open(
        `Memory has been watched for ${spell(watched)}; ${thresholds.leakMinutes} min would tell a leak.`,
      );
    if (rise.ms > 0) return open(`${said}; ${thresholds.leakMinutes} min would tell a leak.`);
    if (usage.silent > 0)
      return open(`Nothing was told of the memory of ${count(usage.silent, 'pod', 'pods')}.`);
    return flat(usage, judging)
      ? ruledOut(`Memory has been flat for ${spell(watched)}.`)
      : open(
          `Pods began anew within ${spell(leakMs)}, so nobody knows whether memory would have gone on rising.`,
        );
  },
};

const exporting: Cause<MemoryData> = {
  id: '8.C2',
  title: 'Somebody exports very many orders',
  outside: false,
  usual: true,
  rule: ({ exportBeforeMinutes }) => ({
    supported: `An export that still runs began at most ${exportBeforeMinutes} min before the kill or the rise.`,
    ruledOut: 'No export is in progress.',
  }),
  judge(judging) {
    const running = judging.findings.exports.data?.running;
    if (running === undefined) return open('Which exports run could not be looked at (X14).');
    const short = shortAt(judging);
    const withinMs = judging.thresholds.exportBeforeMinutes * MINUTE;
    const begun = running.find(({ startedAt }) => short.some((at) => before(startedAt, at, withinMs)));
    const [first] = running;
    if (first === undefined) return ruledOut('No export is in progress.');
    if (short.length === 0) return open(`${first.id} runs; when memory began to rise is not known.`);
    if (begun === undefined) return open(`${first.id} runs; it began at another time than the trouble.`);
    const rows = begun.expectedRows === null ? '' : ` of ${begun.expectedRows} orders`;
    return supported(`${begun.id}${rows} has run for ${spell(judging.now - begun.startedAt)}.`);
  },
};

const loading: Cause<MemoryData> = {
  id: '8.C3',
  title: 'Data is loaded wastefully',
  outside: false,
  usual: true,
  rule: ({ spikeFactor, beforeRiseMinutes, leakMinutes }) => ({
    supported: `Requests to one route jumped to ${spikeFactor} times the usual within ${beforeRiseMinutes} min of the rise, and no export runs.`,
    ruledOut: `Memory has been flat for ${spell(leakMinutes * MINUTE)} and no pod was killed, or no route’s requests jumped and an export (8.C2) explains it.`,
  }),
  judge(judging) {
    const { findings, now, thresholds } = judging;
    const leakMs = thresholds.leakMinutes * MINUTE;
    const usage = findings.usage.data;
    const killed = findings.kills.data?.kills.some(({ at }) => now - at <= leakMs) ?? true;
    if (usage !== null && !killed && flat(usage, judging))
      return ruledOut(`Memory has been flat for ${spell(leakMs)}, and no pod was killed.`);
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
    const near = spikes.find(
      ({ since }) => since !== null && short.some((at) => comesWith(since, at, judging.thresholds)),
    );
    if (near === undefined)
      return open('Requests of a route jumped, but not when memory began to rise, as far as is known.');
    const said = `Requests to ${near.route} jumped to ${Math.round(near.perMinute)} a minute when memory rose`;
    if (running === undefined) return open(`${said}; whether exports run is not known.`);
    return running.length === 0
      ? supported(`${said}, and no export runs.`)
      : open(`${said}, while an export runs.`);
  },
};

/** The newest change of the service's memory limit before the first symptom, where it took memory away; null: it did not. */
function limitLowered(changes: Changes | null, { orderService }: Names) {
  const { deployment, container: ours } = orderService;
  for (const { workload, rollout, line, at } of changes?.changes ?? []) {
    if (changes === null || at > changes.symptomAt || workload !== deployment) continue;
    const found = rollout?.difference?.limits.find(
      ({ container, resource }) => resource === 'memory' && (ours === null || container === ours),
    );
    if (found === undefined) continue;
    const { before: was, after: is } = found;
    const less = is !== null && (was === null || is < was);
    return less ? { line, at, ago: changes.symptomAt - at } : null;
  }
  return null;
}

const limit: Cause<MemoryData> = {
  id: '8.C4',
  title: 'The memory limit is too low',
  outside: false,
  rule: ({ memoryPercent, memorySoundPercent, usualFactor, limitSoonMinutes, limitStaysMinutes }) => ({
    supported: `All pods reach ${memoryPercent} % of it within ${limitSoonMinutes} min of their start and stay there for ${limitStaysMinutes} min at less than ${usualFactor} times the usual load, where that is known; or pods are that full, or were killed within ${limitSoonMinutes} min, after the limit was lowered (X1).`,
    ruledOut: `Every pod uses less than ${memorySoundPercent} %, and none was killed for ${limitSoonMinutes} min.`,
  }),
  broughtBy: ['rollout'],
  judge({ findings, changes, names, now, thresholds }) {
    const soonMs = thresholds.limitSoonMinutes * MINUTE;
    const usage = findings.usage.data;
    if (usage === null || usage.pods.length === 0)
      return open('How much memory the pods use could not be looked at.');
    const { memoryPercent, memorySoundPercent } = thresholds;
    const shares = usage.pods.map(shareOf);
    const full = (share: number | null) => share !== null && share >= memoryPercent;
    const freshKills = (findings.kills.data?.kills ?? []).filter(({ at }) => now - at <= soonMs);
    const lowered = limitLowered(changes.data, names);
    if (lowered !== null && (shares.some(full) || freshKills.some(({ at }) => at >= lowered.at)))
      return supported(`${lowered.line}, ${spell(lowered.ago)} before the first symptom.`);
    if (usage.silent === 0 && usage.pods.every((pod) => staysFull(usage, pod, thresholds))) {
      if (usage.load !== null && loadIs(usage.load, thresholds) !== 'usual')
        return open(
          `The pods are full soon after their start, but more comes than usual: ${spellLoad(usage.load)}.`,
        );
      const alone = usage.load === null ? ' The load was not compared.' : '';
      return supported(
        `All ${usage.pods.length} pods reached ${memoryPercent} % within ${spell(soonMs)} of their start and have stayed there.${alone}`,
      );
    }
    if (findings.kills.data === null) return open('Whether pods were killed (R54) could not be looked at.');
    if (usage.silent > 0)
      return open(`Nothing was told of the memory of ${count(usage.silent, 'pod', 'pods')}.`);
    if (shares.every((share) => share !== null && share < memorySoundPercent) && freshKills.length === 0)
      return ruledOut(`Every pod uses less than ${memorySoundPercent} % of its limit.`);
    return open('Not all pods were seen to fill soon after their start and to stay full.');
  },
};

/**
 * Seen full within `limitSoonMinutes` of its start, and in each look since, for at least `limitStaysMinutes`: by the defaults
 * (30, 5) what filled evenly from its usual 60 % or less would have been over its limit by then.
 */
function staysFull(
  { samples }: UsageSeen,
  { pod, limit: most, startedAt }: PodUse,
  { memoryPercent, limitSoonMinutes, limitStaysMinutes }: Thresholds,
): boolean {
  if (most === null || startedAt === null) return false;
  const isFull = (memory: number) => (memory / most) * 100 >= memoryPercent;
  const since = samples.flatMap(({ at, byPod }) => {
    const memory = byPod[pod];
    return at < startedAt || memory === undefined ? [] : [{ at, full: isFull(memory) }];
  });
  const first = since.find(({ full }) => full);
  const last = since.at(-1);
  if (first === undefined || last === undefined || first.at - startedAt > limitSoonMinutes * MINUTE)
    return false;
  return (
    last.at - first.at >= limitStaysMinutes * MINUTE && since.every(({ at, full }) => at < first.at || full)
  );
}

const query: Cause<MemoryData> = {
  id: '8.C5',
  title: 'One query eats memory',
  outside: false,
  usual: true,
  rule: ({ longQuerySeconds, beforeRiseMinutes }) => ({
    supported: `A query of ours that has run for over ${longQuerySeconds} s began at most ${beforeRiseMinutes} min before the kill or the rise.`,
    ruledOut: 'No query of ours runs for so long.',
  }),
  judge(judging) {
    const long = judging.findings.queries.data?.long;
    if (long === undefined) return open('Long queries could not be looked at (R39).');
    if (long.length === 0) return ruledOut('No query of ours runs for long.');
    const short = shortAt(judging);
    const withinMs = judging.thresholds.beforeRiseMinutes * MINUTE;
    const near = long.find(({ beganAt }) => short.some((at) => before(beganAt, at, withinMs)));
    return near === undefined
      ? open('A query of ours runs for long; when memory began to rise is not known.')
      : supported(`A query of ours (pid ${near.pid}) began just before memory rose.`);
  },
};

export const causes: readonly Cause<MemoryData>[] = [leak, exporting, loading, limit, query];

export const { stands } = verdictsOf(causes);
