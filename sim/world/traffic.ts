import { poolOf } from './database.ts';
import type { Pod } from './pods.ts';
import type { WorldState } from './state.ts';

const MINUTE = 60_000;
const STEP_MS = MINUTE;
/** Before the world's beginning so much came at the usual pace, ms. */
export const COUNTED_MS = 180 * MINUTE;
/** Requests a minute of each route, over all pods together, at the usual demand. */
const ROUTES = {
  'GET /orders/{id}': 60,
  'GET /products/{sku}/availability': 30,
  'GET /orders': 24,
  'POST /orders': 6,
  'POST /orders/{id}/payment': 5,
} as const;
export type RouteName = keyof typeof ROUTES;
const NAMES = Object.keys(ROUTES) as readonly RouteName[];

/** Upper bounds of the histogram's buckets, seconds. */
export const BOUNDS = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10] as const;
/** Of a hundred requests at the usual pace, by bucket. */
const USUAL_PACE = [50, 28, 14, 5, 2, 0.7, 0.2, 0.1] as const;
/** Who finds no connection waits for five seconds before it gives up; the lucky ones waited nearly as long. */
const GIVES_UP = BOUNDS.indexOf(10);
const LUCKY_AT = BOUNDS.indexOf(5);
const LUCKY = 0.2;
const NOT_FOUND = 0.01;

/** How much comes. Scenarios set it. */
export interface Demand {
  /** Orders an hour at the usual demand. */
  ordersPerHour: number;
  /** A multiple of the usual, for orders and for requests. */
  factor: number;
  /** The same for single routes, on top. */
  readonly routes: Map<RouteName, number>;
}

/** What one route of one pod has counted since its container began; fractions of requests stay for the next look. */
interface Counted {
  ok: number;
  notFound: number;
  unavailable: number;
  /** By bucket, each alone. */
  readonly took: number[];
}

export interface Traffic {
  /** Counted until then, epoch ms. */
  until: number;
  /** By pod and the start of its container. */
  readonly pods: Map<string, ReadonlyMap<RouteName, Counted>>;
}

export function createTraffic(from: number): Traffic {
  return { until: from, pods: new Map() };
}

/** One route as the page of one pod shows it: whole requests, buckets as Prometheus adds them up. */
export interface RouteFigures {
  readonly route: string;
  readonly statuses: Readonly<Record<'200' | '404' | '503', number>>;
  /** Beside `BOUNDS`; all of them together is the sum of the statuses. */
  readonly within: readonly number[];
  readonly seconds: number;
}

/** Counts what came since the last time, minute by minute, as the pools and the demand are now. */
export function settleTraffic(state: WorldState, at: number): void {
  const { traffic } = state;
  while (traffic.until < at) {
    const to = Math.min(at, traffic.until + STEP_MS);
    count(state, to, (to - traffic.until) / MINUTE, 0);
    traffic.until = to;
  }
}

/** What came beyond the usual for so long before now, at the demand of now: a story that began in the past. */
export function backdateTraffic(state: WorldState, ms: number, at: number): void {
  settleTraffic(state, at);
  count(state, at, ms / MINUTE, 1);
}

/** @param less a multiple of the usual that was counted already */
function count(state: WorldState, at: number, minutes: number, less: 0 | 1): void {
  const serving = state.pods.filter(
    (pod) => pod.app === 'order-service' && pod.ready && pod.deletedAt === null && pod.startedAt <= at,
  );
  for (const pod of serving) {
    const counted = countedOf(state, pod);
    const { active, size } = poolOf(state, pod, at);
    for (const route of NAMES) {
      const factor = state.demand.factor * (state.demand.routes.get(route) ?? 1);
      const many = Math.max(0, ROUTES[route] * (factor - less) * minutes) / serving.length;
      add(counted.get(route), many, active >= size);
    }
  }
}

function add(counted: Counted | undefined, many: number, full: boolean): void {
  if (counted === undefined) return;
  if (full) {
    counted.unavailable += many * (1 - LUCKY);
    counted.ok += many * LUCKY;
    counted.took[GIVES_UP] = (counted.took[GIVES_UP] ?? 0) + many * (1 - LUCKY);
    counted.took[LUCKY_AT] = (counted.took[LUCKY_AT] ?? 0) + many * LUCKY;
    return;
  }
  counted.notFound += many * NOT_FOUND;
  counted.ok += many * (1 - NOT_FOUND);
  for (const [place, share] of USUAL_PACE.entries())
    counted.took[place] = (counted.took[place] ?? 0) + (many * share) / 100;
}

function countedOf({ traffic }: WorldState, { name, startedAt }: Pod): ReadonlyMap<RouteName, Counted> {
  const key = `${name} ${startedAt}`;
  const found = traffic.pods.get(key);
  if (found !== undefined) return found;
  const made = new Map(
    NAMES.map((route) => [route, { ok: 0, notFound: 0, unavailable: 0, took: BOUNDS.map(() => 0) }] as const),
  );
  traffic.pods.set(key, made);
  return made;
}

/** What the page of that pod shows. */
export function trafficOf(state: WorldState, pod: Pod): readonly RouteFigures[] {
  return [...countedOf(state, pod)].map(([route, { ok, notFound, unavailable, took }]) => {
    const statuses = {
      '200': Math.floor(ok),
      '404': Math.floor(notFound),
      '503': Math.floor(unavailable),
    };
    const total = statuses['200'] + statuses['404'] + statuses['503'];
    let sum = 0;
    let seconds = 0;
    const within = took.map((many, place) => {
      sum += many;
      seconds += many * (BOUNDS[place] ?? 0);
      return Math.min(total, Math.floor(sum));
    });
    return { route, statuses, within, seconds };
  });
}
