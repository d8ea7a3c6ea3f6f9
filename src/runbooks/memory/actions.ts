import { isOver } from '../../domain/cause-history.ts';
import type { ProofSample } from '../../domain/run.ts';
import { morePodsWait, mostPodsBeside, podsFit } from '../database-pool/size.ts';
import type { Action, Judging, Proving } from '../define-runbook.ts';
import { orderWorkload, shellWord } from '../names.ts';
import { loadIs, spellLoad } from '../shared/load.ts';
import { count } from '../shared/log-check.ts';
import { restartOf } from '../shared/restart.ts';
import { MEMORY_LIMIT, REPLICAS } from '../shared/setting.ts';
import { temporaryOf } from '../shared/temporary.ts';
import { stands } from './causes.ts';
import { type Kill, killsOf, type MemoryData } from './checks.ts';
import { readUsage } from './usage.ts';

const MINUTE = 60_000;

const FIX = {
  what: 'Ship the fix: page large reads, stream exports, limit batch jobs.',
  owner: 'orders',
} as const;

/** R61, the proof of R58–R60. */
const watch = {
  step: 'R61',
  title: 'Watch how much memory the pods use',
  source: "watch -n 5 'kubectl top pods -l app=order-service'",
  equivalent: ({ orderService, inCommands }: Parameters<typeof orderWorkload>[0]) =>
    `watch -n ${inCommands.monitorSeconds} ${shellWord(`kubectl -n ${orderService.namespace} top pods -l ${shellWord(orderService.selector)}`)}`,
} as const;

/** The kills of before the run: when one was says the node's clock, which need not be ours. */
async function noteKills({ probes, names, signal }: Proving): Promise<Readonly<Record<string, string>>> {
  const containers = await probes.kubernetes.containers(orderWorkload(names), signal).catch(() => null);
  return containers === null ? {} : { killed: killsOf(containers).map(nameOf).join(' ') };
}

function nameOf({ pod, container, at }: Kill): string {
  return `${pod}/${container}@${at}`;
}

/** No kill since the run, and every pod below 80 % of its limit. */
async function sound(proving: Proving): Promise<Omit<ProofSample, 'at'>> {
  const { probes, names, thresholds, run, signal } = proving;
  const target = run.targets[0] ?? '';
  const [read, containers] = await Promise.all([
    readUsage(proving),
    probes.kubernetes.containers(orderWorkload(names), signal),
  ]);
  const noted = run.parameters['killed']?.split(' ');
  // Not noted: nobody could say, or it was a roll back from a stuck rollout. Then the times are all there is.
  const since = run.beganAt ?? proving.now;
  const isNew = (kill: Kill) => (noted === undefined ? kill.at > since : !noted.includes(nameOf(kill)));
  const killed = killsOf(containers).filter(isNew).length;
  if (read.percent === null || read.silent > 0)
    return {
      moved: [],
      unknown: [target],
      line: 'How much memory the pods use could not be told of all of them.',
      value: null,
      worse: false,
    };
  const good = killed === 0 && read.percent < thresholds.memorySoundPercent;
  return {
    moved: good ? [target] : [],
    unknown: [],
    line: `${killed === 0 ? 'No container was' : count(killed, 'container was', 'containers were')} killed since, the fullest pod uses ${Math.round(read.percent)} %.`,
    value: read.percent,
    worse: false,
  };
}

function running({ findings }: Judging<MemoryData>): string | null {
  return findings.exports.data?.running[0]?.id ?? null;
}

/** A limit that was raised rules causes out by itself: they are over only when the pods would do without it. */
function fitsAgain(
  { findings, incident, now, thresholds }: Judging<MemoryData>,
  limit: number,
): string | null {
  const usage = findings.usage.data;
  if (usage === null || usage.silent > 0 || usage.pods.length === 0) return null;
  // Younger pods have not reached what they will use.
  const grownMs = thresholds.limitSoonMinutes * MINUTE;
  const grown = usage.pods.every(({ startedAt }) => startedAt !== null && now - startedAt >= grownMs);
  const percent = (Math.max(...usage.pods.map(({ memory }) => memory)) / limit) * 100;
  if (!grown || percent >= thresholds.memorySoundPercent) return null;
  return ['8.C1', '8.C2', '8.C4'].some((id) => isOver(incident.causeHistory, id, now))
    ? `the cause is over, and the pods would use at most ${Math.round(percent)} %`
    : null;
}

/** R58 and its undo. */
export const raiseMemory = temporaryOf<MemoryData>({
  step: 'R58',
  source: 'kubectl set resources deployment/order-service --limits=memory=4Gi',
  setting: MEMORY_LIMIT,
  workload: orderWorkload,
  rule: () => ({
    when: 'The limit is too low (8.C4), or the code leaks memory (8.C1), to buy time.',
    notWhile: ['An export that explains it (8.C2) is still running: it is cancelled or split first.'],
    back: 'The cause is over, and the pods would do with the limit before.',
  }),
  notes: [
    'More memory buys time and cures nothing.',
    'A heap size that is fixed in the image makes it useless.',
  ],
  seen: ({ findings }) => findings.service.data,
  opensWith: ({ modalMemoryGib }) => modalMemoryGib,
  when(judging) {
    if (stands(judging, '8.C4')) return 'the limit is too low';
    return stands(judging, '8.C1') ? 'it buys time until the leak is fixed' : null;
  },
  notWhile(judging) {
    const job = running(judging);
    return stands(judging, '8.C2') && job !== null
      ? `cancel or split the export first, /oms diagnose exports ${job} offers it`
      : null;
  },
  note: noteKills,
  proof: {
    plan: ({ memorySoundPercent }) => ({
      everyMs: MINUTE,
      withinMs: 30 * MINUTE,
      alike: 30,
      unit: '%',
      words: `No container is killed, and the pods use less than ${memorySoundPercent} % for 30 min.`,
    }),
    watch,
    sample: sound,
  },
  over: (judging, back) => fitsAgain(judging, Number(back)),
  owes: [FIX],
});

/** R59 and its undo. */
export const addReplicas = temporaryOf<MemoryData>({
  step: 'R59',
  source: 'kubectl scale deployment/order-service --replicas=6',
  setting: REPLICAS,
  workload: orderWorkload,
  notes: [
    'More pods share the load; a leak fills each of them.',
    'Each new pod takes a pool of its own from the database server.',
  ],
  rule: ({ spikeFactor, memorySoundPercent }) => ({
    when: `At least ${spikeFactor} times the usual load comes, and no leak (8.C1) is supported.`,
    notWhile: [
      'The code leaks memory (8.C1): more pods are filled as well.',
      'The database was just restarted, starts or stops: it is being serviced or fails over.',
      'A query of ours runs for long: more would come to a slow database.',
      'All pods together would take more connections than the database server has left, or nobody knows.',
    ],
    back: `The load is usual again, or the fullest pod uses less than ${memorySoundPercent / 2} % of its limit.`,
  }),
  seen: ({ findings }) => findings.service.data,
  opensWith: ({ modalReplicas }) => modalReplicas,
  when(judging) {
    const load = judging.findings.usage.data?.load ?? null;
    if (load === null || stands(judging, '8.C1')) return null;
    return loadIs(load, judging.thresholds) === 'spike'
      ? `much more comes than usual: ${spellLoad(load)}`
      : null;
  },
  notWhile(judging) {
    if (stands(judging, '8.C1')) return 'a leak fills more pods as well';
    const { service, queries } = judging.findings;
    return morePodsWait(service.data?.server ?? null, queries.data?.long.length ?? 0, judging);
  },
  most: (judging) => {
    const { data } = judging.findings.service;
    return data === null ? null : mostPodsBeside(data.settings, data.server, judging);
  },
  fits: podsFit,
  note: noteKills,
  proof: {
    plan: ({ memorySoundPercent }) => ({
      settleMs: 5 * MINUTE,
      everyMs: MINUTE,
      withinMs: 10 * MINUTE,
      alike: 3,
      unit: '%',
      words: `All pods are ready in 5 min and use less than ${memorySoundPercent} % within 10 min.`,
    }),
    watch,
    sample: sound,
  },
  over: ({ findings, thresholds }) => {
    const load = findings.usage.data?.load ?? null;
    if (load !== null && loadIs(load, thresholds) === 'usual') return 'the load is usual again';
    const percent = findings.usage.data?.percent ?? null;
    return percent !== null && percent < thresholds.memorySoundPercent / 2
      ? 'the pods have much memory left'
      : null;
  },
});

const restart = restartOf<MemoryData>({
  step: 'R60',
  source: 'kubectl rollout restart deployment/order-service',
  rule: ({ limitJustSetMinutes }) => ({
    when: 'The code leaks memory (8.C1).',
    notWhile: [
      'An export is running: the restart would kill it.',
      'Only a low limit (8.C4) is the cause: the pods would be full again within minutes.',
      `The limit is being raised (R58) or was within ${limitJustSetMinutes} min: that replaces the pods already.`,
    ],
  }),
  workload: orderWorkload,
  state: ({ findings }) => findings.service.data?.state ?? null,
  when: (judging) => (stands(judging, '8.C1') ? 'it empties the pods until the leak fills them again' : null),
  notWhile(judging) {
    const { incident, now, thresholds } = judging;
    const justNowMs = thresholds.limitJustSetMinutes * MINUTE;
    const job = running(judging);
    if (job !== null) return `it would kill the export ${job}`;
    if (stands(judging, '8.C4') && !stands(judging, '8.C1'))
      return 'the pods would be full again within minutes';
    const rolled = incident.runs.some(
      ({ action, state, endedAt }) =>
        action.startsWith('R58') && (state !== 'ended' || (endedAt !== null && now - endedAt < justNowMs)),
    );
    return rolled ? 'the change of the limit replaces the pods already' : null;
  },
  note: noteKills,
  proof: {
    plan: ({ memorySoundPercent }) => ({
      everyMs: MINUTE,
      withinMs: 10 * MINUTE,
      alike: 3,
      unit: '%',
      words: `The pods use less than ${memorySoundPercent} % within 10 min of the rollout’s end.`,
    }),
    watch,
    sample: sound,
  },
});

/** R60. It buys time, no more. */
export const restartPods: Action<MemoryData> = { ...restart, owes: [FIX] };
