import { LOG_TEXTS } from './log-texts.ts';
import type { Names, WorkloadNames } from './names.ts';
import { RUNBOOK_PATHS } from './paths.ts';
import { DEFAULT_THRESHOLDS } from './thresholds.ts';

const NAMESPACE = 'default';

/** As the runbook names what it restarts. */
function named(deployment: string): WorkloadNames {
  return {
    namespace: NAMESPACE,
    deployment,
    kind: 'Deployment',
    selector: `app=${deployment}`,
    container: null,
  };
}

/** The runbook's own names, which count where nobody configured others. */
export const RUNBOOK_NAMES: Names = {
  orderService: {
    ...named('order-service'),
    port: 8080,
    service: null,
    tokenHeader: null,
    reservationTimeoutEnv: null,
  },
  workflowEngine: named('workflow-engine'),
  gateway: {
    name: 'payment-gateway',
    backup: null,
    url: 'https://api.stripe.com/v1/charges',
    secret: 'payment-gateway-credentials',
    expiryAnnotation: null,
  },
  rollBack: { on: false, oneWayMark: 'oms-bot/one-way' },
  ratesIn: 'share',
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
  traffic: {
    routeLabel: 'route',
    statusLabel: 'status',
    orderRoute: null,
    duration: null,
    durationIn: 'seconds',
  },
  logPatterns: LOG_TEXTS,
  kafka: {
    bootstrap: 'kafka:9092',
    namespace: NAMESPACE,
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
  redis: {
    namespace: NAMESPACE,
    pod: 'redis-0',
    managed: false,
    lockPattern: 'lock:inventory:*',
    lockTtlSeconds: null,
  },
  postgres: {
    namespace: NAMESPACE,
    selector: 'app=postgres',
    managed: false,
    dependency: 'postgres',
    application: 'order-service',
    poolSizeEnv: 'DB_POOL_SIZE',
    user: 'orders',
    name: null,
  },
  carrier: {
    secret: 'shipping-carrier-credentials',
    staged: 'shipping-carrier-credentials-next',
    expiryAnnotation: null,
    countries: null,
  },
  statusPages: { gateway: null, carrier: null },
  catalog: null,
  bucket: 'ecommerce-exports',
  paths: RUNBOOK_PATHS,
  orders: { table: 'orders', createdAt: 'created_at', errorCode: 'error_code', timeZone: null },
  statuses: {
    processing: 'processing',
    pendingPayment: 'pending_payment',
    readyToShip: 'ready_to_ship',
    pendingRefund: 'pending',
    pendingReturn: 'pending',
    receivedReturn: null,
    all: ['pending_payment', 'paid', 'processing', 'ready_to_ship', 'shipped', 'delivered', 'cancelled'],
    manual: ['shipped', 'cancelled', 'delivered'],
  },
  quietHours: { from: '22:00', to: '06:00', timeZone: 'UTC' },
  inCommands: DEFAULT_THRESHOLDS,
};
