import type { APPS, AppNames, CompanyNames } from '../../sim/world/names.ts';
import { LINK_NAMES } from '../../src/runbooks/links.ts';
import { ADMIN_PATHS, PATH_NAMES } from '../../src/runbooks/paths.ts';

const app = (namespace: string, name: string, part: string): AppNames => ({
  namespace,
  name,
  labels: { 'acme.io/part': part },
  container: `${part}-main`,
});

const paths = Object.fromEntries(
  PATH_NAMES.map((name) => [
    name,
    `/intern/${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}-seite${ADMIN_PATHS[name].about === 'each' ? '/{id}' : ''}`,
  ]),
);

/** A company in which nothing is called as in the runbook. */
export const ACME: CompanyNames = {
  apps: {
    'order-service': app('shop-front', 'checkout-core', 'checkout'),
    'workflow-engine': app('shop-flows', 'flow-runner', 'flows'),
    'notification-service': app('shop-back', 'mailer', 'mails'),
    'inventory-consumer': app('shop-back', 'stock-keeper', 'stock'),
    kafka: app('stream', 'bus', 'bus'),
    postgres: app('data', 'pgmain', 'pg'),
  },
  port: 9000,
  secrets: {
    'payment-gateway-credentials': 'paypath-keys',
    'shipping-carrier-credentials': 'parcel-keys',
    'shipping-carrier-credentials-next': 'parcel-keys-staged',
  },
  expiry: { gateway: 'acme.io/ends', carrier: 'acme.io/parcel-ends' },
  variables: { DB_POOL_SIZE: 'CONNS_PER_POD' },
  paths,
  tokenHeader: 'x-acme-staff',
  metrics: {
    payment_success_rate: 'acme_pay_ok_ratio',
    payment_attempts_total: 'acme_pay_tries',
    payment_declines_total: 'acme_pay_refusals',
    inventory_reservation_success: 'acme_hold_ok_ratio',
    inventory_reservation_attempts_total: 'acme_hold_tries',
    db_pool_active: 'acme_conns_used',
    db_pool_size: 'acme_conns_max',
    http_requests_total: 'acme_calls',
    http_request_duration_seconds: 'acme_call_millis',
    events_publish_failures_total: 'acme_sends_lost',
    kafka_producer_buffer_available_bytes: 'acme_send_room_free',
    kafka_producer_buffer_total_bytes: 'acme_send_room_all',
  },
  metricLabels: { route: 'call', status: 'answer' },
  ratesIn: 'percent',
  durationIn: 'milliseconds',
  topics: {
    'order-events': 'shop.purchases.v4',
    'order-events-parked': 'shop.purchases.v4.aside',
    'stock-events': 'shop.stock.v2',
  },
  groups: {
    'notification-consumer': 'mail-followers',
    'analytics-consumer': 'number-followers',
    'order-inventory-consumer': 'stock-followers',
  },
  events: {
    'order.created': 'OrderPlaced',
    'payment.captured': 'MoneyTaken',
    'fulfillment.requested': 'PickAsked',
    'order.shipped': 'ParcelLeft',
    'order.status_changed': 'OrderMoved',
  },
  brokers: { host: 'bus-svc', port: 9093 },
  locks: 'stock/hold/',
  bucket: 'acme-order-dumps',
  application: 'checkout-core-db',
  orders: {
    table: 'shop.purchases',
    columns: {
      id: 'purchase',
      status: 'stage',
      errorCode: 'why_not',
      createdAt: 'placed_at',
      updatedAt: 'moved_at',
    },
    statuses: {
      pending_payment: 'awaiting_money',
      payment_failed: 'money_missing',
      reservation_failed: 'goods_missing',
      processing: 'in_the_works',
      ready_to_ship: 'packed',
      shipped: 'on_its_way',
      delivered: 'arrived',
      cancelled: 'called_off',
    },
    timeZone: 'Asia/Kolkata',
  },
  refunds: { pending: 'owed' },
  returns: { pending: 'undecided', received: 'came_back' },
  gateway: { name: 'paypath', host: 'gate.paypath.example' },
  carrier: 'hermod',
  logs: {
    'webhook:fulfillment': 'pick-call',
    'return:approval': 'back:verdict',
    'return:label': 'back:sticker',
    'export:': 'dump/',
    ORDER_PROCESSING_TIMEOUT: 'FLOW_LATE',
    WORKFLOW_STUCK: 'FLOW_HALTED',
    DB_POOL_EXHAUSTED: 'NO_CONN_LEFT',
    'illegal transition': 'step not allowed',
    'statement timeout': 'query took too long',
    'return workflow failed': 'back flow broke',
  },
};

const { orders, groups, topics, events, metrics, secrets } = ACME;
const own = (words: Readonly<Record<string, string>>, word: string): string => {
  const found = words[word];
  if (found === undefined) throw new Error(`ACME has no word for ${word}.`);
  return found;
};
const status = (word: string) => own(orders.statuses, word);
const selector = ({ labels }: AppNames) =>
  Object.entries(labels)
    .map(([key, value]) => `${key}=${value}`)
    .join(',');

function workload(name: (typeof APPS)[number]) {
  const { namespace, name: deployment, container } = ACME.apps[name];
  return { namespace, deployment, selector: selector(ACME.apps[name]), container };
}

/** The label by which ACME's alerts are known; they have no code of the runbook's. */
const TROUBLE = 'acme_trouble';
const RUNBOOKS = {
  money: 'payment-failures',
  holds: 'inventory-reservation',
  flows: 'stuck-orders',
  paybacks: 'refund-delays',
  stickers: 'shipping-labels',
  conns: 'database-pool',
  bus: 'kafka-lag',
  ram: 'memory',
  comebacks: 'returns',
  dumps: 'exports',
} as const;
const TROUBLES = Object.fromEntries(
  Object.entries(RUNBOOKS).map(([word, runbook]) => [runbook, word]),
) as Record<(typeof RUNBOOKS)[keyof typeof RUNBOOKS], string>;

export function acmeLabels(runbook: keyof typeof TROUBLES): Readonly<Record<string, string>> {
  return {
    alertname: 'AcmeBell',
    acme_stage: ACME_OMS.environment,
    acme_region: 'north',
    [TROUBLE]: TROUBLES[runbook],
  };
}

/** Its oms.yaml, but for what the pretend systems add about their own addresses. */
export const ACME_OMS = {
  environment: 'prod',
  service: { name: 'acme-tills', criticality: 'high' },
  channels: {
    alerts: '#acme-bells',
    warehouse: '#acme-hall',
    customerService: '#acme-counter',
    orders: '#acme-tills-owed',
    payments: '#acme-money-owed',
    catalog: '#acme-goods-owed',
    platform: '#acme-base-owed',
  },
  teams: {
    orders: { channel: '#acme-tills' },
    payments: { channel: '#acme-money' },
    catalog: { channel: '#acme-goods' },
    platform: { channel: '#acme-base' },
  },
  people: { teamLead: 'lead@acme.example', engineeringManager: 'manager@acme.example' },
  workloads: {
    namespace: 'shop-elsewhere',
    orderService: {
      ...workload('order-service'),
      port: ACME.port,
      service: `${ACME.apps['order-service'].name}:${ACME.port}`,
      reservationTimeoutEnv: 'HOLD_FOR',
    },
    workflowEngine: workload('workflow-engine'),
    kafka: { namespace: ACME.apps.kafka.namespace, selector: selector(ACME.apps.kafka) },
    postgres: { namespace: ACME.apps.postgres.namespace, selector: selector(ACME.apps.postgres) },
    redis: { namespace: 'cache', pod: 'keep-0' },
  },
  admin: { ...paths, tokenHeader: ACME.tokenHeader },
  payments: {
    gatewayName: ACME.gateway.name,
    gatewayUrl: `https://${ACME.gateway.host}/v2/ping`,
    secret: own(secrets, 'payment-gateway-credentials'),
    expiryAnnotation: ACME.expiry.gateway,
    backup: 'secondpay',
  },
  metrics: {
    ratesIn: ACME.ratesIn,
    durationIn: ACME.durationIn,
    routeLabel: ACME.metricLabels['route'],
    statusLabel: ACME.metricLabels['status'],
    paymentSuccessRate: own(metrics, 'payment_success_rate'),
    paymentAttempts: own(metrics, 'payment_attempts_total'),
    paymentDeclines: own(metrics, 'payment_declines_total'),
    reservationSuccess: own(metrics, 'inventory_reservation_success'),
    reservationAttempts: own(metrics, 'inventory_reservation_attempts_total'),
    poolActive: own(metrics, 'db_pool_active'),
    poolSize: own(metrics, 'db_pool_size'),
    requests: own(metrics, 'http_requests_total'),
    orderRoute: 'POST /orders',
    duration: own(metrics, 'http_request_duration_seconds'),
    publishFailed: own(metrics, 'events_publish_failures_total'),
    bufferFree: own(metrics, 'kafka_producer_buffer_available_bytes'),
    bufferTotal: own(metrics, 'kafka_producer_buffer_total_bytes'),
  },
  logPatterns: {
    fulfilmentWebhook: ACME.logs['webhook:fulfillment'],
    returnApproval: ACME.logs['return:approval'],
    returnLabel: ACME.logs['return:label'],
    exportJob: `${ACME.logs['export:']}{id}`,
    stuckOrders: [ACME.logs['ORDER_PROCESSING_TIMEOUT'], ACME.logs['WORKFLOW_STUCK']],
    databasePool: [ACME.logs['DB_POOL_EXHAUSTED'], 'CONN_TOO_LATE'],
    workflow: {
      transition: [ACME.logs['illegal transition']],
      return: [ACME.logs['return workflow failed']],
      database: [ACME.logs['statement timeout']],
    },
  },
  kafka: {
    bootstrap: 'bus-front.stream:9093',
    host: `${ACME.apps.kafka.name}-0.${ACME.brokers.host}`,
    port: ACME.brokers.port,
    ordersTopic: own(topics, 'order-events'),
    parkedTopic: own(topics, 'order-events-parked'),
    orderEvents: ['order.created', 'payment.captured', 'fulfillment.requested'].map((type) =>
      own(events, type),
    ),
    inventoryGroup: own(groups, 'order-inventory-consumer'),
    consumers: {
      [own(groups, 'notification-consumer')]: {
        ...workload('notification-service'),
        team: 'customerService',
      },
      [own(groups, 'order-inventory-consumer')]: workload('inventory-consumer'),
    },
  },
  redis: { lockPattern: `${ACME.locks}*`, lockTtlSeconds: 3_600 },
  database: {
    dependency: 'till-database',
    application: ACME.application,
    poolSizeEnv: own(ACME.variables, 'DB_POOL_SIZE'),
    user: 'teller',
    name: 'tills',
  },
  carriers: {
    secret: own(secrets, 'shipping-carrier-credentials'),
    staged: own(secrets, 'shipping-carrier-credentials-next'),
    expiryAnnotation: ACME.expiry.carrier,
    countries: { [ACME.carrier]: ['US', 'CA', 'GB', 'DE'] },
  },
  exports: { bucket: ACME.bucket },
  orders: {
    table: orders.table,
    columns: orders.columns,
    timeZone: orders.timeZone,
    statuses: [...Object.values(orders.statuses), 'money_in'],
    processing: status('processing'),
    pendingPayment: status('pending_payment'),
    readyToShip: status('ready_to_ship'),
    manualStatuses: ['shipped', 'cancelled', 'delivered'].map(status),
    beforeProcessing: ['pending_payment', 'payment_failed', 'reservation_failed'].map(status),
  },
  refunds: { pending: own(ACME.refunds, 'pending') },
  returns: { pending: own(ACME.returns, 'pending'), received: own(ACME.returns, 'received') },
  approvals: { responders: ['URESPONDER'], approvers: ['UAPPROVER'], managers: ['UMANAGER'] },
  actions: { rollback: 'on', oneWayMark: 'acme.io/no-way-back' },
  trustedSenders: ['AcmeBell'],
  alerts: {
    environmentLabel: 'acme_stage',
    scopeLabels: ['acme_region'],
    rules: Object.entries(RUNBOOKS).map(([word, runbook]) => ({ match: { [TROUBLE]: word }, runbook })),
  },
  quietHours: { from: '23:30', to: '04:30' },
  timeZone: 'Europe/Berlin',
  links: Object.fromEntries(LINK_NAMES.map((name) => [name, `https://wiki.acme.example/w/${name}`])),
} as const;

/** One key a line: what the pretend systems add is text as well. */
export const ACME_YAML = Object.entries(ACME_OMS)
  .map(([key, value]) => `${key}: ${JSON.stringify(value)}\n`)
  .join('');
