import { createDatabaseSessions, type DatabaseServer } from './database-sessions.ts';
import { type GatewayHealth, probeGateway } from './gateway.ts';
import { beginKafka } from './kafka-life.ts';
import { beginLife } from './life.ts';
import type { CompanyNames } from './names.ts';
import {
  type Attempt,
  type AttemptKind,
  hasEvent,
  type Note,
  type Order,
  type OrderStatus,
} from './order.ts';
import {
  adoptRows,
  flushRows,
  prepareTable,
  type SqlPool,
  wasWritten,
  writeLastWeek,
} from './order-table.ts';
import { retryAllPayments, voidPayment } from './payments.ts';
import { beginRefunds } from './refunds.ts';
import { beginReturns } from './returns.ts';
import type { Scenario } from './scenarios/scenario.ts';
import { snapshot, type WorldSnapshot } from './snapshot.ts';
import { createState, type WorldState } from './state.ts';
import { beginStatusPages } from './status-pages.ts';
import { COUNTED_MS } from './traffic.ts';
import { publishFulfilment, startWorkflow } from './workflow.ts';

const HOUR = 3_600_000;
const BACKGROUND_MS = 6 * HOUR;
const WEEK_MS = 7 * 24 * HOUR;
/** For so long somebody can compare orders with those of last week. */
const COMPARED_MS = 36 * HOUR;
/** So much of it is written down message by message. */
const KAFKA_MS = 0.75 * HOUR;

/** An order as the world hands it out: a copy that stays as it was. */
export type OrderView = Readonly<Omit<Order, 'run' | 'poison' | 'payment' | 'reservation'>>;

/** What a request to do something came to. */
export type Asked<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly because: 'unknown order' | 'not processing' };

export interface StuckQuery {
  readonly status: OrderStatus;
  readonly olderThanMs: number;
  readonly limit: number;
  /** Only orders behind this one. */
  readonly after: { readonly updatedAt: number; readonly id: string } | null;
}

/**
 * One world for all pretend systems, over story time. Nothing happens in the background: every call first lets
 * happen, in order and each at its own time, what was due since the last one.
 */
export interface World {
  readonly names: CompanyNames;
  /** Story time, epoch ms. */
  now(): number;
  /** Lets everything happen that is due. */
  settle(): Promise<void>;
  /** Looks at anything, after settling. What it hands out must be a copy. */
  read<T>(look: (state: WorldState, now: number) => T): Promise<T>;
  /** Changes anything, after settling, one at a time; the table shows it when the promise resolves. */
  change<T>(work: (state: WorldState, now: number) => T): Promise<T>;
  /** Orders in that status since longer than `olderThanMs`, oldest first; `total` counts all of them. */
  stuckOrders(query: StuckQuery): Promise<{ readonly orders: readonly OrderView[]; readonly total: number }>;
  order(id: string): Promise<OrderView | null>;
  retryWorkflow(id: string, by: string | null): Promise<Asked<Attempt>>;
  republishEvents(id: string, by: string | null): Promise<Asked<Attempt>>;
  /** How many orders it tries again; null while an earlier retry is under way. */
  retryPayments(by: string | null): Promise<number | null>;
  /** What the probe of that pod sees; null when there is no such pod. */
  gatewayHealth(pod: string): Promise<GatewayHealth | null>;
  /** The reason becomes a note. Every order may get every status, as in the real admin API. */
  setStatus(
    id: string,
    to: { readonly status: OrderStatus; readonly reason: string; readonly by: string | null },
  ): Promise<Asked<{ readonly previousStatus: string }>>;
  start(scenario: Scenario): Promise<void>;
  end(scenario: Scenario): Promise<void>;
  snapshot(): Promise<WorldSnapshot>;
  /** Ends the service's connections to the orders database. */
  close(): Promise<void>;
  /** Called after each change, also when time brought it; returns the way to stop. */
  onChange(listener: () => void): () => void;
}

/**
 * Makes the schema in the pool's database and six healthy hours of orders.
 * @param options.now story time, epoch ms; it must not go backwards
 * @param options.seed the same seed at the same time gives the same world
 * @param options.ordersPerHour of the background; 20 unless told, 0 for an empty shop
 * @param options.names of the company; the runbook's unless told
 * @param options.database lets the service's connections to the orders database be real ones; `close` ends them
 */
export async function createWorld(options: {
  readonly pool: SqlPool;
  readonly now: () => number;
  readonly seed?: number;
  readonly ordersPerHour?: number;
  readonly database?: DatabaseServer;
  readonly names?: CompanyNames;
}): Promise<World> {
  const { pool, now } = options;
  const startedAt = now() - BACKGROUND_MS;
  const state = createState(options.seed ?? 1, startedAt - 20 * HOUR, options.names);
  const listeners = new Set<() => void>();
  let last: Promise<unknown> = Promise.resolve();
  let turns = 0;
  let adopted = 0;
  /** Somebody wrote into the table, and it was not read since. */
  let unread = true;

  function inTurn<T>(work: (at: number) => T, tell = false): Promise<T> {
    turns += 1;
    const turn = turns;
    const mine = last.then(async () => {
      // One look at the table does for everybody who came before it.
      if (adopted < turn) {
        const came = turns;
        unread ||= await wasWritten(pool, state.names.orders);
        if (unread) await adoptRows(pool, state);
        unread = false;
        adopted = came;
      }
      sessions?.observe(state);
      const at = now();
      state.timeline.advance(at);
      const result = work(at);
      const changed = tell || state.dirty.size > 0;
      await flushRows(pool, state);
      await sessions?.follow(state, at);
      if (changed) for (const listener of listeners) listener();
      return result;
    });
    last = mine.catch(() => undefined);
    return mine;
  }

  async function change<T>(work: (state: WorldState, now: number) => T): Promise<T> {
    return await inTurn((at) => work(state, at), true);
  }

  async function attempt(
    kind: Exclude<AttemptKind, 'retry-payment'>,
    id: string,
    by: string | null,
  ): Promise<Asked<Attempt>> {
    return await change((_state, at): Asked<Attempt> => {
      const order = state.orders.get(id);
      if (order === undefined) return { ok: false, because: 'unknown order' };
      if (order.status !== 'processing') return { ok: false, because: 'not processing' };
      const made: Attempt = { kind, at, by };
      order.attempts.push(made);
      if (kind === 'retry-workflow') retry(state, order, at);
      else republish(state, order, at);
      return { ok: true, value: made };
    });
  }

  await prepareTable(pool, state.names.orders);
  const { database } = options;
  const sessions = database === undefined ? null : await createDatabaseSessions(pool, database, state.names);
  const perHour = options.ordersPerHour ?? 20;
  const lastWeek = startedAt - WEEK_MS;
  await writeLastWeek(pool, state.names.orders, { from: lastWeek, to: lastWeek + COMPARED_MS, perHour });
  beginLife(state, startedAt, perHour);
  state.traffic.until = startedAt + BACKGROUND_MS - COUNTED_MS;
  beginKafka(state, startedAt + BACKGROUND_MS - KAFKA_MS);
  beginRefunds(state, startedAt);
  beginReturns(state, startedAt);
  beginStatusPages(state, startedAt);
  await inTurn(() => undefined);

  return {
    now,
    names: state.names,
    change,
    read: async (look) => await inTurn((at) => look(state, at)),
    settle: async () => await inTurn(() => undefined),
    stuckOrders: async (query) => await inTurn((at) => stuck(state, query, at)),
    order: async (id) => await inTurn(() => viewOf(state.orders.get(id))),
    retryWorkflow: async (id, by) => await attempt('retry-workflow', id, by),
    republishEvents: async (id, by) => await attempt('republish-events', id, by),
    retryPayments: async (by) => await change((_state, at) => retryAllPayments(state, at, by)),
    gatewayHealth: async (name) =>
      await inTurn((at) => {
        const pod = state.pods.find((each) => each.name === name);
        return pod === undefined ? null : probeGateway(state, pod, at);
      }),
    setStatus: async (id, to) => await change((_state, at) => setStatus(state, id, to, at)),
    start: async (scenario) =>
      await change((_state, at) => {
        if (state.scenarios.has(scenario.id)) return;
        state.scenarios.add(scenario.id);
        scenario.start(state, at);
      }),
    end: async (scenario) =>
      await change((_state, at) => {
        if (state.scenarios.delete(scenario.id)) scenario.end(state, at);
      }),
    snapshot: async () => await inTurn((at) => snapshot(state, at)),
    close: async () => {
      await last.catch(() => undefined);
      await sessions?.close();
    },
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

function retry(state: WorldState, order: Order, at: number): void {
  state.counters.add('workflow_retries_total');
  startWorkflow(state, order, at);
}

/** The consumer that hears the event starts the workflow. One that was there already changes nothing. */
function republish(state: WorldState, order: Order, at: number): void {
  const missing = !hasEvent(order, 'fulfillment.requested');
  if (publishFulfilment(state, order, at) && missing) startWorkflow(state, order, at);
}

function setStatus(
  state: WorldState,
  id: string,
  to: { readonly status: OrderStatus; readonly reason: string; readonly by: string | null },
  at: number,
): Asked<{ readonly previousStatus: string }> {
  const order = state.orders.get(id);
  if (order === undefined) return { ok: false, because: 'unknown order' };
  const previousStatus = order.status;
  const note: Note = { at, by: to.by, text: `status ${previousStatus} → ${to.status}: ${to.reason}` };
  order.notes.push(note);
  order.status = to.status;
  order.errorCode = null;
  order.updatedAt = at;
  order.run = null;
  voidPayment(order);
  state.dirty.add(id);
  return { ok: true, value: { previousStatus } };
}

function stuck(
  state: WorldState,
  query: StuckQuery,
  at: number,
): { readonly orders: readonly OrderView[]; readonly total: number } {
  const all = [...state.orders.values()]
    .filter((order) => order.status === query.status && order.updatedAt < at - query.olderThanMs)
    .sort(byAge);
  const { after } = query;
  const rest = after === null ? all : all.filter((order) => byAge(order, after) > 0);
  const page = rest.slice(0, query.limit);
  return { orders: page.flatMap((order) => viewOf(order) ?? []), total: all.length };
}

type Aged = Pick<Order, 'updatedAt' | 'id'>;

function byAge(one: Aged, other: Aged): number {
  if (one.updatedAt !== other.updatedAt) return one.updatedAt - other.updatedAt;
  return one.id < other.id ? -1 : Number(one.id > other.id);
}

function viewOf(order: Order | undefined): OrderView | null {
  if (order === undefined) return null;
  const { run: _run, poison: _poison, payment: _payment, reservation: _reservation, ...shown } = order;
  return {
    ...shown,
    events: [...order.events],
    attempts: [...order.attempts],
    notes: [...order.notes],
    shipment: { ...order.shipment },
  };
}
