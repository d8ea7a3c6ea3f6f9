import { isOver } from '../../domain/cause-history.ts';
import type { WorkloadSettings } from '../../ports/kubernetes.ts';
import { SystemError } from '../../ports/system-error.ts';
import type { Judging, Proving } from '../define-runbook.ts';
import { orderWorkload } from '../names.ts';
import { type Most, podsInRollout } from '../shared/room.ts';
import { REPLICAS } from '../shared/setting.ts';
import { temporaryOf } from '../shared/temporary.ts';
import type { Thresholds } from '../thresholds.ts';
import { stands } from './causes.ts';
import { POOL_SIZE, type PoolData } from './checks.ts';
import { type DatabaseSeen, type Room, roomBeside } from './database.ts';
import { sizeNow, sizeOf, soundPool } from './pool.ts';
import { AWAY, FULL, MORE_WAITS, moreWaits, SLOW } from './restart.ts';

const MINUTE = 60_000;
/** Pods that anybody would ask for. */
const PODS = 1_000;

const NO_ROOM = 'All pods of a rollout together with the sessions of others would not fit into the server.';
const back = ({ usualAgainMinutes }: Thresholds) =>
  `As much comes as usual again, or what was before would have been enough for ${usualAgainMinutes} min.`;

/** R43 and its undo. */
export const [raisePool, lowerPool] = temporaryOf<PoolData>({
  step: 'R43',
  source: 'kubectl set env deployment/order-service DB_POOL_SIZE=50',
  setting: POOL_SIZE,
  workload: orderWorkload,
  notes: ['All pods together must fit into what the database server takes.'],
  rule: (thresholds) => ({
    when: 'The pools are too small (6.C5), or traffic jumped (6.C3) and the server has room.',
    notWhile: ['Connections are not given back (6.C1): a leak fills any pool.', ...MORE_WAITS, NO_ROOM],
    back: back(thresholds),
  }),
  seen: ({ findings }) => findings.service.data,
  opensWith: ({ modalPoolSize }) => modalPoolSize,
  unset: (judging) => sizeOf(judging.findings.pool.data) ?? judging.thresholds.poolSize,
  when(judging) {
    if (stands(judging, '6.C5')) return 'the pools are too small for what usually comes';
    return stands(judging, '6.C3') ? 'more comes than usual, and the server has room' : null;
  },
  notWhile: (judging) =>
    (stands(judging, '6.C1') ? 'a leak fills any pool' : null) ?? moreWaits(judging) ?? blind(judging),
  most(judging) {
    const room = steady(judging);
    const service = judging.findings.service.data;
    if (room === null || service === null) return null;
    const pods = podsInRollout(service.settings, service.settings.replicas);
    const amount = Math.max(0, Math.floor((room.within - room.others) / pods));
    return { amount, because: `with one more, ${sum(pods, amount + 1, room)}` };
  },
  fits: async (proving, to) => {
    const [room, pods] = await Promise.all([roomNow(proving), podsNow(proving)]);
    if (room === null || pods === null) return UNSEEN;
    return pods * to + room.others > room.within ? sum(pods, to, room) : null;
  },
  note: async () => ({}),
  proof: soundPool,
  over: (judging) => quiet(judging, 'R43'),
});

/** R44 and its undo. */
export const [addPods, removePods] = temporaryOf<PoolData>({
  step: 'R44',
  source: 'kubectl scale deployment/order-service --replicas=6',
  setting: REPLICAS,
  workload: orderWorkload,
  notes: ['Each new pod takes a pool of its own from the database server.'],
  rule: (thresholds) => ({
    when: 'Traffic jumped (6.C3).',
    notWhile: [...MORE_WAITS, NO_ROOM],
    back: back(thresholds),
  }),
  seen: ({ findings }) => findings.service.data,
  opensWith: ({ modalReplicas }) => modalReplicas,
  when: (judging) => (stands(judging, '6.C3') ? 'more comes than usual' : null),
  notWhile: (judging) => moreWaits(judging) ?? blind(judging),
  most(judging): Most | null {
    const room = steady(judging);
    const { service } = judging.findings;
    if (room === null || service.data === null) return null;
    return mostPods(service.data.settings, poolSize(judging), room);
  },
  fits: podsFit,
  note: async () => ({}),
  proof: {
    ...soundPool,
    plan: (thresholds: Thresholds) => ({ ...soundPool.plan(thresholds), settleMs: 5 * MINUTE }),
  },
  over: (judging) => quiet(judging, 'R44'),
});

/** How many pods fit into the server, each with a pool of that size. */
function mostPods(settings: WorkloadSettings, size: number, room: Room): Most {
  let replicas = 0;
  while (replicas < PODS && podsInRollout(settings, replicas + 1) * size + room.others <= room.within)
    replicas += 1;
  return {
    amount: replicas,
    because: `with one more, ${sum(podsInRollout(settings, replicas + 1), size, room)}`,
  };
}

/** The same where runbook 6 does not judge (R59); null: nobody knows. @param server R38 */
export function mostPodsBeside(
  settings: WorkloadSettings,
  server: DatabaseSeen | null,
  { names, thresholds }: Pick<Judging<unknown>, 'names' | 'thresholds'>,
): Most | null {
  const room = inFives(roomBeside(server?.activity ?? null, names));
  const set = POOL_SIZE.read(settings, orderWorkload(names), names).amount;
  return room === null ? null : mostPods(settings, set ?? thresholds.poolSize, room);
}

/** R44's refusals where runbook 6 does not judge (R59). @param long queries of ours that run for long */
export function morePodsWait(
  server: DatabaseSeen | null,
  long: number,
  { names, thresholds }: Pick<Judging<unknown>, 'names' | 'thresholds'>,
): string | null {
  const restarted = (server?.activity?.upMs ?? Infinity) < thresholds.databaseRestartMinutes * MINUTE;
  if (server?.moving || restarted) return AWAY;
  if (long > 0) return SLOW;
  if (server?.full) return FULL;
  return roomBeside(server?.activity ?? null, names) === null ? UNSEEN : null;
}

const UNSEEN = 'nobody knows how many connections the server has left';

/** What does not fit, each number with what it counts. */
function sum(pods: number, size: number, { others, within }: Room): string {
  return `${pods} pods in a rollout × ${size} connections + ${others} of others > ${within} that the database server gives`;
}

function blind(judging: Judging<PoolData>): string | null {
  return roomBeside(judging.findings.database.data?.activity ?? null, judging.names) === null ? UNSEEN : null;
}

function steady({ findings, names }: Judging<PoolData>): Room | null {
  return inFives(roomBeside(findings.database.data?.activity ?? null, names));
}

/** Others' connections come and go; counted in fives the form stays the same from look to look. */
function inFives(room: Room | null): Room | null {
  return room === null ? null : { ...room, others: Math.ceil(room.others / 5) * 5 };
}

/** What a pod has now: as the deployment says, else as the pods say, else the source's own. */
function poolSize({ findings, names, thresholds }: Judging<PoolData>): number {
  const service = findings.service.data;
  const set = service === null ? null : POOL_SIZE.read(service.settings, orderWorkload(names), names).amount;
  return set ?? sizeOf(findings.pool.data) ?? thresholds.poolSize;
}

/** Why so many pods, each with a pool of its own, would not fit into the database server (R44, R59); null: they do. */
export async function podsFit(proving: Proving, to: number): Promise<string | null> {
  const [room, settings] = await Promise.all([roomNow(proving), settingsNow(proving)]);
  if (room === null || settings === null) return UNSEEN;
  const { amount } = POOL_SIZE.read(settings, orderWorkload(proving.names), proving.names);
  const size = amount ?? (await sizeNow(proving)) ?? proving.thresholds.poolSize;
  const pods = podsInRollout(settings, to);
  return pods * size + room.others > room.within ? sum(pods, size, room) : null;
}

async function roomNow({ probes, names, signal }: Proving): Promise<Room | null> {
  const activity = await probes.ordersDatabase.activity(signal).catch((err: unknown) => {
    if (err instanceof SystemError) return null;
    throw err;
  });
  return roomBeside(activity, names);
}

async function settingsNow({ probes, names, signal }: Proving) {
  return await probes.kubernetes.settings(orderWorkload(names), POOL_SIZE.variables(names), signal);
}

async function podsNow(proving: Proving): Promise<number | null> {
  const settings = await settingsNow(proving);
  return settings === null ? null : podsInRollout(settings, settings.replicas);
}

/**
 * Why the change may be taken back: the traffic that it was for is over, or for so long all looks would have fitted into
 * what was before. That the pools are sound now says nothing: the change itself made them so.
 */
function quiet(judging: Judging<PoolData>, step: 'R43' | 'R44'): string | null {
  const { findings, incident, now, thresholds } = judging;
  const quietMs = thresholds.usualAgainMinutes * MINUTE;
  if (isOver(incident.causeHistory, '6.C3', now, quietMs)) return 'as much comes as usual again';
  const pool = findings.pool.data;
  const run = incident.runs.findLast(({ action, outcome }) => action === step && outcome === 'done');
  const before = Number(run?.parameters['before'] === '' ? thresholds.poolSize : run?.parameters['before']);
  const looks = pool?.looks ?? [];
  const first = looks[0];
  if (pool === null || run === undefined || first === undefined || now - first.at < quietMs) return null;
  const share = thresholds.poolSoundPercent / 100;
  const enough =
    step === 'R43'
      ? looks.every(({ most }) => most < before * share)
      : looks.every(({ all }) => all < before * poolSize(judging) * share);
  return enough ? `for ${thresholds.usualAgainMinutes} min what was before would have been enough` : null;
}
