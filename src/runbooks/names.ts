import type { Workload } from '../ports/kubernetes.ts';
import { DEFAULT_THRESHOLDS, type Thresholds } from './thresholds.ts';

/** What our users' configuration calls things; the defaults are the runbook's own names. */
export interface Names {
  readonly namespace: string;
  readonly orderService: { readonly deployment: string; readonly selector: string; readonly port: number };
  readonly workflowEngine: { readonly deployment: string; readonly selector: string };
  readonly gateway: {
    /** The host that R3 asks. */
    readonly url: string;
    readonly secret: string;
    /** The annotation of the secret that names its expiry; null: none is configured. */
    readonly expiryAnnotation: string | null;
  };
  /** Null: not configured, and then a proof by rate reads *could not tell*. */
  readonly metrics: {
    readonly paymentSuccessRate: string;
    readonly paymentAttempts: string | null;
    readonly paymentDeclines: string | null;
    readonly reservationSuccess: string;
    readonly reservationAttempts: string | null;
    /** Connections of the pool in use, and its size, per pod. */
    readonly poolActive: string;
    readonly poolSize: string;
    /** A counter with the labels `route` and `status`. */
    readonly requests: string | null;
    /** Counter of events that were not published; bytes of the producer's buffer. */
    readonly publishFailed: string | null;
    readonly bufferFree: string | null;
    readonly bufferTotal: string | null;
  };
  /** What a log line of ours contains. */
  readonly logPatterns: {
    readonly fulfilmentWebhook: string;
    readonly returnApproval: string;
    readonly returnLabel: string;
    /** `{id}` stands for the export. */
    readonly exportJob: string;
  };
  /** Pods of the systems beside us; `managed`: somebody else runs it, and there are no pods to ask. */
  readonly kafka: {
    readonly bootstrap: string;
    readonly selector: string;
    readonly managed: boolean;
    /** What R48 reaches for from inside a pod. */
    readonly host: string;
    readonly port: number;
    readonly ordersTopic: string;
    /** Null: not configured. */
    readonly deadLetterTopic: string | null;
    readonly deadLetterGroup: string | null;
    /** Where a message goes before it is skipped; null: nothing is skipped. */
    readonly parkedTopic: string | null;
    /** What the service has sent of an order that is in *processing*, in their order: R17 misses what is not there. */
    readonly orderEvents: readonly string[];
    readonly inventoryGroup: string;
    /** The deployment that runs a group; a group that is not here has none that we know. */
    readonly consumers: Readonly<Record<string, { readonly deployment: string; readonly selector: string }>>;
  };
  readonly redis: {
    /** Shown in commands to type; REDIS_URL is what the bot asks. */
    readonly pod: string;
    readonly lockPattern: string;
    /** The time to live that a lock gets, seconds; null: its value tells its age, or nothing does. */
    readonly lockTtlSeconds: number | null;
  };
  readonly postgres: {
    readonly selector: string;
    readonly managed: boolean;
    /** `application_name` of the order service's sessions. */
    readonly application: string;
    readonly poolSizeEnv: string;
  };
  readonly carrier: {
    readonly secret: string;
    /** Where whoever holds the new key puts it. */
    readonly staged: string;
    readonly expiryAnnotation: string | null;
    /** ISO codes by carrier; null: not configured. */
    readonly countries: Readonly<Record<string, readonly string[]>> | null;
  };
  readonly bucket: string;
  readonly paths: {
    readonly stuckOrders: string;
    /** `{id}` stands for the order. */
    readonly order: string;
    readonly retryWorkflow: string;
    readonly republishEvents: string;
    readonly status: string;
    readonly gatewayHealth: string;
    readonly metrics: string;
    readonly retryPayments: string;
    readonly inventorySync: string;
    readonly inventoryResync: string;
    readonly refunds: string;
    readonly refundStatus: string;
    readonly testRefund: string;
    readonly retryRefund: string;
    readonly payment: string;
    readonly storeCredit: string;
    readonly carriers: string;
    readonly validateAddress: string;
    readonly regenerateLabel: string;
    readonly republishFailed: string;
    readonly returns: string;
    readonly fraudScore: string;
    readonly returnEligibility: string;
    readonly approveReturn: string;
    readonly retryReturn: string;
    readonly extendWindow: string;
    readonly export: string;
    readonly retryExport: string;
    readonly createExport: string;
    /** X14, X13; null: not configured. */
    readonly exports: string | null;
    readonly failedEvents: string | null;
  };
  readonly statuses: {
    readonly processing: string;
    readonly pendingPayment: string;
    /** Packed; it waits for its label. */
    readonly readyToShip: string;
    readonly all: readonly string[];
    /** What R22 may set; the form offers them in this order. */
    readonly manual: readonly string[];
  };
  /** The thresholds that stand in commands to type. */
  readonly inCommands: Pick<
    Thresholds,
    | 'stuckAfterMinutes'
    | 'pendingPaymentMinutes'
    | 'labelWaitMinutes'
    | 'lateAfterMinutes'
    | 'logWindowMinutes'
    | 'modalDays'
  >;
}

export const RUNBOOK_NAMES: Names = {
  namespace: 'default',
  orderService: { deployment: 'order-service', selector: 'app=order-service', port: 8080 },
  workflowEngine: { deployment: 'workflow-engine', selector: 'app=workflow-engine' },
  gateway: {
    url: 'https://api.stripe.com/v1/charges',
    secret: 'payment-gateway-credentials',
    expiryAnnotation: null,
  },
  metrics: {
    paymentSuccessRate: 'payment_success_rate',
    paymentAttempts: null,
    paymentDeclines: null,
    reservationSuccess: 'inventory_reservation_success',
    reservationAttempts: null,
    poolActive: 'db_pool_active',
    poolSize: 'db_pool_size',
    requests: null,
    publishFailed: null,
    bufferFree: null,
    bufferTotal: null,
  },
  logPatterns: {
    fulfilmentWebhook: 'webhook:fulfillment',
    returnApproval: 'return:approval',
    returnLabel: 'return:label',
    exportJob: 'export:{id}',
  },
  kafka: {
    bootstrap: 'kafka:9092',
    selector: 'app=kafka',
    managed: false,
    host: 'kafka-0.kafka-headless',
    port: 9092,
    ordersTopic: 'order-events',
    deadLetterTopic: null,
    deadLetterGroup: null,
    parkedTopic: null,
    orderEvents: ['order.created', 'payment.authorized', 'fulfillment.requested'],
    inventoryGroup: 'order-inventory-consumer',
    consumers: {},
  },
  redis: { pod: 'redis-0', lockPattern: 'lock:inventory:*', lockTtlSeconds: null },
  postgres: {
    selector: 'app=postgres',
    managed: false,
    application: 'order-service',
    poolSizeEnv: 'DB_POOL_SIZE',
  },
  carrier: {
    secret: 'shipping-carrier-credentials',
    staged: 'shipping-carrier-credentials-next',
    expiryAnnotation: null,
    countries: null,
  },
  bucket: 'ecommerce-exports',
  paths: {
    stuckOrders: '/admin/orders/stuck',
    order: '/admin/orders/{id}',
    retryWorkflow: '/admin/orders/{id}/retry-workflow',
    republishEvents: '/admin/orders/{id}/republish-events',
    status: '/admin/orders/{id}/status',
    gatewayHealth: '/health/payment-gateway',
    metrics: '/metrics',
    retryPayments: '/admin/retry-payments',
    inventorySync: '/admin/inventory/sync-status',
    inventoryResync: '/admin/inventory/resync',
    refunds: '/admin/refunds',
    refundStatus: '/admin/refunds/{id}/gateway-status',
    testRefund: '/admin/test-refund',
    retryRefund: '/admin/refunds/{id}/retry',
    payment: '/admin/payments/{id}/details',
    storeCredit: '/admin/refunds/{id}/store-credit',
    carriers: '/admin/carriers/test-connection',
    validateAddress: '/admin/validate-address',
    regenerateLabel: '/admin/orders/{id}/regenerate-label',
    republishFailed: '/admin/events/republish-failed',
    returns: '/admin/returns',
    fraudScore: '/admin/returns/{id}/fraud-score',
    returnEligibility: '/admin/orders/{id}/return-eligibility',
    approveReturn: '/admin/returns/{id}/approve',
    retryReturn: '/admin/returns/{id}/retry-workflow',
    extendWindow: '/admin/returns/{id}/extend-window',
    export: '/admin/exports/{id}',
    retryExport: '/admin/exports/{id}/retry',
    createExport: '/admin/exports',
    exports: null,
    failedEvents: null,
  },
  statuses: {
    processing: 'processing',
    pendingPayment: 'pending_payment',
    readyToShip: 'ready_to_ship',
    all: ['pending_payment', 'paid', 'processing', 'ready_to_ship', 'shipped', 'delivered', 'cancelled'],
    manual: ['shipped', 'cancelled', 'delivered'],
  },
  inCommands: DEFAULT_THRESHOLDS,
};

/** The deployment that answers everything in these runbooks. */
export function orderWorkload({ namespace, orderService }: Names): Workload {
  return { namespace, name: orderService.deployment, selector: orderService.selector };
}

/** Pods of a system beside us; its name is only for people. */
export function beside(names: Names, what: 'kafka' | 'postgres'): Workload {
  return { namespace: names.namespace, name: what, selector: names[what].selector };
}

/** Reads all pods and all lines of the window, where the runbook's own command reads the last ten of each. */
export function grepLogs(names: Names, selector: string, texts: readonly string[]): string {
  const { logWindowMinutes } = names.inCommands;
  const wanted = texts.map((text) => `-e ${shellWord(text)}`).join(' ');
  return `kubectl -n ${names.namespace} logs -l ${shellWord(selector)} --tail=-1 --since=${logWindowMinutes}m --prefix --all-containers | grep -F ${wanted}`;
}

/** One word of a shell, whatever stands in it: somebody copies these commands. */
export function shellWord(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replace(/'/g, `'\\''`)}'`;
}

/** An age as the order service takes it: `2h`, `15m`. */
export function age(minutes: number): string {
  return minutes % 60 === 0 ? `${minutes / 60}h` : `${minutes}m`;
}

/** The command that asks the order service from inside its pod, as the runbook does. */
export function curl(names: Names, path: string, options = ''): string {
  const { deployment, port } = names.orderService;
  return `kubectl -n ${names.namespace} exec deployment/${deployment} -- curl ${options}"localhost:${port}${path}"`;
}
