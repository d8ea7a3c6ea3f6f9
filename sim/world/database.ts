import { called } from './names.ts';
import { variableOf } from './pod-settings.ts';
import type { Pod } from './pods.ts';
import type { WorldState } from './state.ts';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
/** Connections of a pool, unless the pod's `DB_POOL_SIZE` says otherwise (runbook 6). */
const DEFAULT_SIZE = 20;
/** What traffic needs at once, over all pods together. */
export const USUAL_DEMAND = 9;
/** A pod that leaks loses one connection so often. */
const LEAK_EVERY_MS = 6 * MINUTE;
/** While a transaction keeps others waiting, each pod has one request more that waits so often. */
const WAITER_EVERY_MS = 10 * SECOND;
/** Of requests that find no connection free so many get one in time after all. */
const LUCKY = 0.2;

/** The orders database as the service uses it. */
export interface Database {
  /** Of the server, story time. */
  startedAt: number;
  demand: number;
  /** Since when the service does not give connections back; null: it does. */
  leakingSince: number | null;
  /** Leaked connections that somebody ended at the server, by pod. */
  readonly ended: Map<string, number>;
  /** A transaction of that pod that others wait for, also after the pod has gone. */
  blocker: { readonly pod: string; readonly since: number } | null;
  /** A long query of that pod that nobody waits for; the server goes on with it when the pod has gone. */
  heavy: { readonly pod: string; readonly since: number } | null;
  /** Until then the pools hold connections to a server that is gone; story time, null: they do not. */
  deadUntil: number | null;
}

export function createDatabase(startedAt: number): Database {
  return {
    startedAt: startedAt - 20 * 24 * 60 * MINUTE,
    demand: USUAL_DEMAND,
    leakingSince: null,
    ended: new Map(),
    blocker: null,
    heavy: null,
    deadUntil: null,
  };
}

/** One pod's pool; what is in use, and by what. */
export interface Pool {
  readonly size: number;
  readonly active: number;
  /** Taken and never given back; each idles in its transaction. */
  readonly leaked: number;
  /** Waits for the transaction that blocks. */
  readonly waiting: number;
  readonly blocking: number;
  readonly heavy: number;
  /** At work, or thought to be: of dead ones the service has not heard yet. */
  readonly working: number;
}

export function poolOf(state: WorldState, pod: Pod, at: number): Pool {
  const { database } = state;
  const size =
    Number(variableOf(state, pod, called(state.names.variables, 'DB_POOL_SIZE')) ?? DEFAULT_SIZE) ||
    DEFAULT_SIZE;
  const blocking = database.blocker?.pod === pod.name ? 1 : 0;
  const heavy = database.heavy?.pod === pod.name ? 1 : 0;
  const leaked = Math.min(size - blocking - heavy, leakedBy(database, pod, at));
  const { blocker } = database;
  const waitedMs = blocker === null ? 0 : at - Math.max(blocker.since, pod.startedAt);
  const waiting = Math.min(
    size - blocking - heavy - leaked,
    Math.max(0, Math.floor(waitedMs / WAITER_EVERY_MS)),
  );
  const ready = state.pods.filter((each) => each.app === 'order-service' && each.ready).length;
  const wanted = Math.ceil(database.demand / Math.max(1, ready));
  const dead = at < (database.deadUntil ?? at);
  const working = Math.min(size - blocking - heavy - leaked - waiting, dead ? size : wanted);
  const active = blocking + heavy + leaked + waiting + working;
  return { size, active, leaked, waiting, blocking, heavy, working };
}

function leakedBy({ leakingSince, ended }: Database, pod: Pod, at: number): number {
  if (leakingSince === null) return 0;
  const lost = Math.floor((at - Math.max(leakingSince, pod.startedAt)) / LEAK_EVERY_MS);
  return Math.max(0, lost - (ended.get(pod.name) ?? 0));
}

/** Whether a request of that pod gets no connection in time. It depends on the seed only, and changes nothing. */
export function findsNoConnection(state: WorldState, pod: Pod, label: string, at: number): boolean {
  const { active, size } = poolOf(state, pod, at);
  return active >= size && state.chance('connection', label, Math.floor(at / MINUTE)) >= LUCKY;
}

/** By the name of each pod of the order service. */
export function poolsByPod(state: WorldState, at: number): Readonly<Record<string, Pool>> {
  const ours = state.pods.filter(({ app, deletedAt }) => app === 'order-service' && deletedAt === null);
  return Object.fromEntries(ours.map((pod) => [pod.name, poolOf(state, pod, at)]));
}

/** When the connections of one kind were taken, oldest first, story time. */
export function since(
  state: WorldState,
  pod: Pod,
  kind: 'leaked' | 'waiting' | 'blocking' | 'heavy',
  place: number,
): number {
  const { leakingSince, blocker, ended } = state.database;
  if (kind === 'heavy') return state.database.heavy?.since ?? pod.startedAt;
  if (kind === 'blocking') return blocker?.since ?? pod.startedAt;
  if (kind === 'waiting') return Math.max(blocker?.since ?? 0, pod.startedAt) + (place + 1) * WAITER_EVERY_MS;
  const before = ended.get(pod.name) ?? 0;
  return Math.max(leakingSince ?? 0, pod.startedAt) + (before + place + 1) * LEAK_EVERY_MS;
}

/** The query is over; what its pod held of the answer goes with it. */
export function endHeavy({ database, memory, conditions }: WorldState): void {
  if (database.heavy === null) return;
  database.heavy = null;
  if (memory.only !== null) Object.assign(memory, { only: null, leakMibPerMinute: 0 });
  conditions.exportsHang = false;
}
