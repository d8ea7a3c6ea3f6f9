import { endHeavy } from '../database.ts';
import { beginExport, exportsOf } from '../exports.ts';
import { setMemoryTrouble } from '../memory.ts';
import { release } from '../release.ts';
import type { WorldState } from '../state.ts';
import { backdateTraffic } from '../traffic.ts';
import { day, type Scenario } from './scenario.ts';

const MINUTE = 60_000;
const EXPORT = 'exp_allrows20d';

/** A version was rolled out in the past, and its pods have lived with its trouble since. */
function released(
  state: WorldState,
  trouble: Parameters<typeof setMemoryTrouble>[1],
  agoMs: number,
  now: number,
): void {
  // The version before knows nothing of it.
  const image = release(state, 'order-service', now - agoMs);
  setMemoryTrouble(state, { ...trouble, image }, now - agoMs);
  // Its pods have answered since: what was counted in that time was counted by pods that are gone.
  state.traffic.until = Math.min(state.traffic.until, now - agoMs);
  state.timeline.advance(now);
}

/** The next version holds nothing any more that it should give back; a query of one pod, or an export, goes on. */
function noLeak(state: WorldState): void {
  const { image, fullAtMib } = state.memory;
  if (image !== null && fullAtMib === Number.POSITIVE_INFINITY) setMemoryTrouble(state, {}, 0);
}

/** The next version's caches are smaller. */
function smallCaches(state: WorldState): void {
  if (state.memory.fullAtMib < Number.POSITIVE_INFINITY) setMemoryTrouble(state, {}, 0);
}

/** The next version writes an export row by row. */
export function exportsStream(state: WorldState): void {
  if (state.memory.exportKibPerRow > 0) setMemoryTrouble(state, {}, 0);
}

export const memoryLeak: Scenario = {
  id: 'memory-leak',
  causes: ['8.C1'],
  toldAfterMinutes: 65,
  runbook: 'memory',
  title: 'Since a release 2 h ago each pod keeps 3 MiB a minute; the first is killed in an hour and a half.',
  alert: {
    alertname: 'OrderServiceMemoryRising',
    code: 'OUT_OF_MEMORY',
    severity: 'high',
    summary: 'Memory of the order service has risen for two hours',
    startsAgoMs: 5 * MINUTE,
  },
  start: (state, now) => released(state, { leakMibPerMinute: 3 }, 120 * MINUTE, now),
  recover: noLeak,
  end: noLeak,
};

export const memoryLimitLow: Scenario = {
  id: 'memory-limit-low',
  causes: ['8.C4'],
  toldAfterMinutes: 5,
  runbook: 'memory',
  title:
    'Since a release 20 min ago the caches take 1,000 MiB of a limit of 1,024; all pods are full and stay so.',
  alert: {
    alertname: 'OrderServiceMemoryHigh',
    code: 'OUT_OF_MEMORY',
    severity: 'high',
    summary: 'All pods of the order service use nearly all of their memory',
    startsAgoMs: 2 * MINUTE,
  },
  start: (state, now) => released(state, { leakMibPerMinute: 40, fullAtMib: 1_000 }, 20 * MINUTE, now),
  recover: smallCaches,
  end: smallCaches,
};

export const leakyRelease: Scenario = {
  id: 'leaky-release',
  causes: ['8.C1'],
  // Three kills at even gaps are seen by then.
  toldAfterMinutes: 10,
  runbook: 'memory',
  title:
    'Since a release 25 min ago the pods leak 80 MiB a minute; each is killed every 8 minutes, until the version before is back.',
  alert: {
    alertname: 'OrderServiceOomKilled',
    code: 'CONTAINER_OOM_KILLED',
    severity: 'high',
    summary: 'Containers of the order service are killed for their memory',
    startsAgoMs: 7 * MINUTE,
  },
  start: (state, now) => released(state, { leakMibPerMinute: 80 }, 25 * MINUTE, now),
  recover: noLeak,
  end: noLeak,
};

export const exportEatsMemory: Scenario = {
  id: 'export-eats-memory',
  causes: ['8.C2'],
  runbook: 'memory',
  title: 'An export is built in memory: it kills its pod, begins anew on another, and kills that one too.',
  alert: {
    alertname: 'OrderServiceOomKilled',
    code: 'CONTAINER_OOM_KILLED',
    severity: 'high',
    summary: 'A container of the order service was killed for its memory',
    startsAgoMs: MINUTE,
  },
  start(state, now) {
    const began = now - 9 * MINUTE;
    setMemoryTrouble(state, { exportKibPerRow: 12 }, began);
    state.exports.delete(EXPORT);
    beginExport(state, { format: 'csv', from: day(now, 50), to: day(now, 31) }, began, EXPORT);
    state.timeline.advance(now);
  },
  recover: exportsStream,
  end(state) {
    exportsStream(state);
    for (const { id } of exportsOf(state, null)) state.exports.delete(id);
  },
};

export const queryEatsMemory: Scenario = {
  id: 'query-eats-memory',
  causes: ['8.C5'],
  runbook: 'memory',
  title: 'One query has gathered its answer in memory for 5 minutes and has killed the pod that asked it.',
  alert: {
    alertname: 'OrderServiceOomKilled',
    code: 'CONTAINER_OOM_KILLED',
    severity: 'high',
    summary: 'A container of the order service was killed for its memory',
    startsAgoMs: MINUTE,
  },
  start(state, now) {
    const pod = state.pods.find(({ app }) => app === 'order-service')?.name ?? '';
    const since = now - 5 * MINUTE;
    state.database.heavy = { pod, since };
    setMemoryTrouble(state, { leakMibPerMinute: 180, only: pod }, since);
    state.timeline.advance(now);
  },
  recover: endHeavy,
  end: endHeavy,
};

const READ_SINCE = 8 * MINUTE;

export const wastefulRoute: Scenario = {
  id: 'wasteful-route',
  causes: ['8.C3'],
  toldAfterMinutes: 5,
  runbook: 'memory',
  title:
    'A customer’s program reads whole lists of orders eight times as often as usual; each pod gains 40 MiB a minute.',
  alert: {
    alertname: 'OrderServiceMemoryRising',
    code: 'OUT_OF_MEMORY',
    severity: 'high',
    summary: 'Memory of the order service rises fast',
    startsAgoMs: MINUTE,
  },
  start(state, now) {
    state.demand.routes.set('GET /orders', 8);
    backdateTraffic(state, READ_SINCE, now);
    setMemoryTrouble(state, { leakMibPerMinute: 40 }, now - 4 * MINUTE);
    state.timeline.advance(now);
  },
  recover: readsLess,
  end: readsLess,
};

/** The program asks as often as others do, and what it asked for is given back. */
function readsLess(state: WorldState): void {
  if (state.demand.routes.size === 0) return;
  state.demand.routes.clear();
  setMemoryTrouble(state, {}, 0);
}
