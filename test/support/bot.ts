import { absent } from '../../src/adapters/absent.ts';
import { CATALOG, catalogProbe } from '../../src/adapters/catalog/probe.ts';
import { KUBERNETES } from '../../src/adapters/kubernetes/client.ts';
import { connectKubernetes, METRICS_SERVER } from '../../src/adapters/kubernetes/connect.ts';
import { ORDER_SERVICE } from '../../src/adapters/order-service/client.ts';
import { orderServiceLever } from '../../src/adapters/order-service/lever.ts';
import { orderServiceProbe } from '../../src/adapters/order-service/probe.ts';
import { PAGERDUTY, pagerDuty } from '../../src/adapters/pagerduty/pager.ts';
import { ordersDatabaseLever } from '../../src/adapters/postgres/lever.ts';
import { ordersDatabasePool } from '../../src/adapters/postgres/pool.ts';
import { ordersDatabaseProbe } from '../../src/adapters/postgres/probe.ts';
import { ORDERS_DATABASE } from '../../src/adapters/postgres/schema.ts';
import { policyFor } from '../../src/adapters/resilience.ts';
import { s3Probe } from '../../src/adapters/s3/probe.ts';
import { S3 } from '../../src/adapters/s3/s3-error.ts';
import { statusPageProbe } from '../../src/adapters/status-page/probe.ts';
import { systemClock, systemIds } from '../../src/adapters/system/clock.ts';
import { createApp } from '../../src/app.ts';
import { readConfig } from '../../src/config.ts';
import { namesOf } from '../../src/names-of.ts';
import type { Timing } from '../../src/pipeline/rules.ts';
import type { Step } from '../../src/ports/clock.ts';
import type { KafkaLever, KafkaProbe } from '../../src/ports/kafka.ts';
import type { Levers } from '../../src/ports/levers.ts';
import type { Log } from '../../src/ports/log.ts';
import type { Probes } from '../../src/ports/probes.ts';
import type { RedisLever, RedisProbe } from '../../src/ports/redis.ts';
import { orderWorkload } from '../../src/runbooks/names.ts';
import type { SlackSettings } from '../../src/slack/bot.ts';
import { openPool } from '../../src/store/database.ts';
import { createJournal } from '../../src/store/journal.ts';
import { createSamples } from '../../src/store/samples.ts';
import { createVoiceStore } from '../../src/store/voice-store.ts';

export const TOKEN = 'admin-token';
export const ALERTS = '#orders-alerts';
export const ROUTING_KEY = 'a'.repeat(32);

/** How the pretend S3 is asked. */
export const S3_ACCESS = {
  region: 'eu-central-1',
  credentials: { accessKeyId: 'AKIAPRETEND', secretAccessKey: 'a-secret' },
};

export const YAML = `
environment: prod
trustedSenders: [Alertmanager]
approvals:
  responders: [URESPONDER]
  approvers: [UAPPROVER]
  managers: [UMANAGER]
alerts:
  scopeLabels: [region]
actions:
  rollback: on
payments:
  expiryAnnotation: oms.example.com/expires-at
admin:
  exports: /admin/exports
  failedEvents: /admin/events/failed
  inventoryItem: /admin/inventory/items/{id}
metrics:
  paymentAttempts: payment_attempts_total
  paymentDeclines: payment_declines_total
  reservationAttempts: inventory_reservation_attempts_total
  publishFailed: events_publish_failures_total
  bufferFree: kafka_producer_buffer_available_bytes
  bufferTotal: kafka_producer_buffer_total_bytes
logPatterns:
  workflow: {}
kafka:
  parkedTopic: order-events-parked
  orderEvents: [order.created, payment.captured, fulfillment.requested]
  consumers:
    notification-consumer: { deployment: notification-service, selector: app=notification-service }
    order-inventory-consumer: { deployment: inventory-consumer, selector: app=inventory-consumer }
redis:
  lockTtlSeconds: 3600
returns:
  received: received
carriers:
  expiryAnnotation: oms.example.com/expires-at
  countries: { swiftpost: [US, CA, GB, DE] }
`;

/** Where the pretend world is; enough to start a bot in it, in this process or in another. */
export interface Address {
  readonly yaml: string;
  readonly database: string;
  readonly orders: string;
  readonly service: string;
  readonly slack: SlackSettings;
  readonly pagerduty: string;
  /** The text of a kubeconfig. */
  readonly kubeconfig: string;
  /** The endpoint of S3. */
  readonly s3: string;
}

const quiet: Log = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
};
const plain: Step = async (_name, work) => await work();

interface HandsOptions {
  /** Real time that an open breaker rests, ms; as in production unless told. */
  readonly restMs?: number;
  /** What speaks no HTTP is pretended behind its port; absent: not configured. */
  readonly redis?: { readonly probe: RedisProbe; readonly lever: RedisLever };
  readonly kafka?: { readonly probe: KafkaProbe; readonly lever: KafkaLever };
}

/** The real adapters in a pretend world, with its configuration. */
export async function handsIn(
  address: Pick<Address, 'yaml' | 'orders' | 'service' | 'kubeconfig' | 's3'>,
  options: HandsOptions = {},
) {
  const config = readConfig({
    env: { PORT: '0', ALERT_WEBHOOK_TOKEN: 'alert-token', PAGERDUTY_WEBHOOK_SECRET: 'webhook-secret' },
    readFile: () => address.yaml,
  });
  const orders = ordersDatabasePool(address.orders, () => undefined);
  const resting = options.restMs === undefined ? {} : { restMs: options.restMs };
  const ordersPolicy = policyFor(ORDERS_DATABASE, resting);
  const cluster = await connectKubernetes({
    kubeconfig: { text: address.kubeconfig },
    policy: policyFor(KUBERNETES, resting),
    metricsPolicy: policyFor(METRICS_SERVER, resting),
  });
  const names = namesOf(config.oms);
  const settings = {
    at: address.service,
    token: async () => TOKEN,
    tokenHeader: config.oms.admin.tokenHeader,
    policy: policyFor(ORDER_SERVICE, resting),
    gatewayPolicy: policyFor('The payment gateway', resting),
    paths: config.oms.admin,
    pods: cluster.podHttp(orderWorkload(names), names.orderService.port),
  };
  const probes: Probes = {
    orderService: orderServiceProbe(settings),
    ordersDatabase: ordersDatabaseProbe(orders, ordersPolicy, config.oms.orders),
    kubernetes: cluster.probe,
    kafka: options.kafka?.probe ?? absent('Kafka is not configured (KAFKA_BROKERS).'),
    redis: options.redis?.probe ?? absent('Redis is not configured (REDIS_URL).'),
    s3: s3Probe({ ...S3_ACCESS, endpoint: address.s3, policy: policyFor(S3, resting) }),
    statusPages: statusPageProbe(config.oms.statusPages),
    catalog:
      config.oms.catalog === undefined
        ? absent('The catalog is not configured (`catalog.url`).')
        : catalogProbe({ ...config.oms.catalog, policy: policyFor(CATALOG, resting) }),
  };
  const levers: Levers = {
    orderService: orderServiceLever(settings),
    kubernetes: cluster.lever,
    kafka: options.kafka?.lever ?? absent('Kafka is not configured (KAFKA_BROKERS).'),
    redis: options.redis?.lever ?? absent('Redis is not configured (REDIS_URL).'),
    ordersDatabase: ordersDatabaseLever(orders, ordersPolicy),
  };
  return {
    config,
    probes,
    levers,
    async close() {
      await Promise.all([orders.end(), cluster.close()]);
    },
  };
}

/** The real bot with its real adapters, started against a pretend world. */
export async function startBot(
  address: Address,
  options: {
    readonly step?: Step;
    readonly timing?: Timing;
    readonly log?: Log;
  } & HandsOptions = {},
) {
  const step = options.step ?? plain;
  const log = options.log ?? quiet;
  const hands = await handsIn(address, options);
  const pool = openPool(address.database, log);
  const app = await createApp({
    config: hands.config,
    journal: createJournal({ pool, clock: systemClock, step }),
    samples: createSamples(pool),
    voice: createVoiceStore({ pool, ids: systemIds }),
    clock: systemClock,
    ids: systemIds,
    log,
    slack: address.slack,
    probes: hands.probes,
    levers: hands.levers,
    pager: pagerDuty({
      url: `${address.pagerduty}/v2/enqueue`,
      routingKeys: { default: ROUTING_KEY },
      source: 'oms-bot',
      policy: policyFor(PAGERDUTY),
    }),
    step,
    paceMs: 0,
    ...(options.timing === undefined ? {} : { timing: options.timing }),
  });
  await app.start();
  return {
    app,
    async stop() {
      await app.stop();
      await Promise.all([pool.end(), hands.close()]);
    },
  };
}
