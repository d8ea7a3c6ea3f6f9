import { type Carrier, createCarrier } from './carrier.ts';
import { type Chance, createChance } from './chance.ts';
import { type Cluster, createCluster } from './cluster.ts';
import { type Counters, createCounters } from './counters.ts';
import { createDatabase, type Database } from './database.ts';
import type { ExportRow } from './exports.ts';
import { createInventory, type Inventory } from './inventory.ts';
import { createKafka, type Kafka } from './kafka.ts';
import { createLogBook, type LogBook } from './log-book.ts';
import { createMemoryTrouble, type MemoryTrouble } from './memory.ts';
import { type App, type CompanyNames, RUNBOOK_COMPANY } from './names.ts';
import type { Order } from './order.ts';
import { createPaymentLedger, type PaymentLedger } from './payment-ledger.ts';
import { initialPods, type Pod } from './pods.ts';
import type { Charge, Refund } from './refund.ts';
import type { Return } from './return.ts';
import { createStatusPages, type StatusPages } from './status-pages.ts';
import { createTimeline, type Timeline } from './timeline.ts';
import { createTraffic, type Demand, type Traffic } from './traffic.ts';

/** What is wrong with the world right now. Scenarios set it, life obeys it. */
export interface Conditions {
  /** Orders are taken up by the workflow engine. */
  engineUp: boolean;
  /**
   * What the engine's own work meets: its table of transitions is wrong, its transactions run out of time, or returns fail at
   * its first step.
   */
  engineFault: 'none' | 'transition' | 'database' | 'return';
  /** What the warehouse answers to webhooks; 0 is a timeout. */
  warehouseStatus: number;
  /** Events of orders reach Kafka. */
  publishing: boolean;
  /** Degraded: half of the calls time out. Rate limited: most are answered 429. */
  gateway: 'up' | 'degraded' | 'down' | 'rate-limited';
  /** Names of the pods without a network path to the gateway. */
  gatewayCutOffFrom: 'all' | readonly string[];
  /** What these pods meet on the way. */
  pathTrouble: 'dns' | 'refused' | 'timeout' | 'tls';
  /** When the secret with the gateway's key changed, epoch ms; null when it never did. */
  keyChangedAt: number | null;
  /** Declined cards as a multiple of the usual share. */
  declineFactor: number;
  /** The gateway takes no further refund before then, epoch ms; null: no limit is reached. */
  refundLimitUntil: number | null;
  /** From when the service counts the days of a return's window; from the order on it is wrong. */
  returnWindowFrom: 'delivery' | 'order';
  /** What came in is paid back. */
  returnsPaidBack: boolean;
  /** What the bucket of the exports says to the service and to whoever asks. */
  bucket: 'ok' | 'forbidden' | 'missing';
  /** The query of an export waits for ever. */
  exportsHang: boolean;
  /** The catalog, whose counts of stock are the truth. */
  catalog: 'up' | 'down';
  /** A reservation's write takes so many times as long as usual. */
  reservationFactor: number;
  /** The carrier that takes our parcels. Rate limited: it answers 429. */
  carrier: 'up' | 'down' | 'rate-limited';
  /** What of Redis answers; a replica holds the same keys and takes no change. */
  redis: 'master' | 'replica' | 'down';
  /** Of the orders of a crowd so many collide over a product, 0 to 1. */
  collisions: number;
}

/** Everything in the world, in memory; the orders are mirrored into the table after each change. */
export interface WorldState {
  readonly names: CompanyNames;
  readonly chance: Chance;
  readonly orders: Map<string, Order>;
  /** Ids that the table does not show yet. */
  readonly dirty: Set<string>;
  readonly timeline: Timeline;
  readonly logs: LogBook;
  readonly counters: Counters;
  /** Rollouts take pods away and add others. */
  readonly pods: Pod[];
  readonly cluster: Cluster;
  /** Per Deployment, when its last rollout was complete, story time; what a restart cures, it cures from then on. */
  readonly restartedAt: Map<string, number>;
  readonly conditions: Conditions;
  readonly payments: PaymentLedger;
  readonly refunds: Map<string, Refund>;
  readonly charges: Map<string, Charge>;
  readonly returns: Map<string, Return>;
  readonly memory: MemoryTrouble;
  readonly exports: Map<string, ExportRow>;
  readonly inventory: Inventory;
  readonly carrier: Carrier;
  readonly statusPages: StatusPages;
  readonly kafka: Kafka;
  readonly database: Database;
  readonly demand: Demand;
  readonly traffic: Traffic;
  /** The gateway's key that the pod read at its start. */
  keyAgeOfPod(pod: Pod): 'old' | 'current';
  /** Ids of the scenarios that run. */
  readonly scenarios: Set<string>;
}

export function createState(
  seed: number,
  startedAt: number,
  names: CompanyNames = RUNBOOK_COMPANY,
): WorldState {
  const conditions: Conditions = {
    engineUp: true,
    engineFault: 'none',
    warehouseStatus: 200,
    publishing: true,
    gateway: 'up',
    gatewayCutOffFrom: [],
    pathTrouble: 'dns',
    keyChangedAt: null,
    declineFactor: 1,
    refundLimitUntil: null,
    returnWindowFrom: 'delivery',
    returnsPaidBack: true,
    bucket: 'ok',
    exportsHang: false,
    catalog: 'up',
    reservationFactor: 1,
    redis: 'master',
    collisions: 0,
    carrier: 'up',
  };
  const cluster = createCluster(startedAt, names);
  return {
    names,
    chance: createChance(seed),
    orders: new Map(),
    dirty: new Set(),
    timeline: createTimeline(),
    logs: createLogBook(),
    counters: createCounters(),
    pods: initialPods(startedAt, names),
    cluster,
    carrier: createCarrier(cluster, names, startedAt),
    restartedAt: new Map(),
    conditions,
    payments: createPaymentLedger(),
    refunds: new Map(),
    charges: new Map(),
    returns: new Map(),
    memory: createMemoryTrouble(),
    exports: new Map(),
    inventory: createInventory(),
    statusPages: createStatusPages(),
    kafka: createKafka(),
    database: createDatabase(startedAt),
    demand: { ordersPerHour: 0, factor: 1, routes: new Map() },
    traffic: createTraffic(startedAt),
    keyAgeOfPod: ({ startedAt: since }) => (since < (conditions.keyChangedAt ?? since) ? 'old' : 'current'),
    scenarios: new Set(),
  };
}

/** One pod of the app to blame for a line, the same for the same labels. */
export function somePod(state: WorldState, app: App, ...labels: readonly (string | number)[]): string {
  const pods = state.pods.filter((pod) => pod.app === app && pod.waiting === null);
  const chosen = pods[Math.floor(state.chance('pod', app, ...labels) * pods.length)];
  return chosen?.name ?? state.names.apps[app].name;
}
