import { readFile } from 'node:fs/promises';
import { absent } from './adapters/absent.ts';
import { CATALOG, catalogProbe } from './adapters/catalog/probe.ts';
import { connectKafka, KAFKA } from './adapters/kafka/connect.ts';
import { KUBERNETES } from './adapters/kubernetes/client.ts';
import { connectKubernetes, METRICS_SERVER } from './adapters/kubernetes/connect.ts';
import { checkKubeconfig } from './adapters/kubernetes/kubeconfig.ts';
import { ORDER_SERVICE } from './adapters/order-service/client.ts';
import { orderServiceLever } from './adapters/order-service/lever.ts';
import { orderServiceProbe, podQuestions } from './adapters/order-service/probe.ts';
import { PAGERDUTY, pagerDuty } from './adapters/pagerduty/pager.ts';
import { ordersDatabaseLever } from './adapters/postgres/lever.ts';
import { ordersDatabasePool } from './adapters/postgres/pool.ts';
import { ordersDatabaseProbe } from './adapters/postgres/probe.ts';
import { ORDERS_DATABASE } from './adapters/postgres/schema.ts';
import { connectRedis } from './adapters/redis/connect.ts';
import { REDIS } from './adapters/redis/redis-error.ts';
import { policyFor } from './adapters/resilience.ts';

import { s3Probe } from './adapters/s3/probe.ts';
import { S3 } from './adapters/s3/s3-error.ts';
import { statusPageProbe } from './adapters/status-page/probe.ts';
import { type Config, ConfigError } from './config.ts';
import { namesOf } from './names-of.ts';
import type { Levers } from './ports/levers.ts';
import type { Log } from './ports/log.ts';
import type { Pager } from './ports/pager.ts';
import type { Probes } from './ports/probes.ts';
import type { S3Probe } from './ports/s3.ts';
import { orderWorkload } from './runbooks/names.ts';

const NO_ORDER_SERVICE =
  'The order service is not configured (ORDER_SERVICE_URL, or `workloads.orderService.service`).';
const NO_WAY_TO_IT =
  'The order service is not reached: `workloads.orderService.service` stands in a cluster, and Kubernetes is not configured (KUBECONFIG).';
const NO_KAFKA = 'Kafka is not configured (KAFKA_BROKERS).';
const NO_REDIS = 'Redis is not configured (REDIS_URL).';
const NO_S3 = 'S3 is not configured (AWS_REGION).';
const NO_CATALOG = 'The catalog is not configured (`catalog.url`, `catalog.stockPath`).';
const NO_ORDERS_DATABASE = 'The orders database is not configured (ORDERS_DATABASE_URL).';

/** The real hands, as the configuration names them; what it leaves out is absent and says so. */
export async function realHands(
  { env, oms }: Config,
  log: Log,
): Promise<{
  probes: Probes;
  levers: Levers;
  pager: Pager | null;
  /** Where the cluster's credentials work unless told otherwise; null: there is no cluster. */
  namespace: string | null;
  close: () => Promise<void>;
}> {
  const cluster = await clusterOf(env);
  const kafka = kafkaOf({ env, oms });
  const names = namesOf(oms, env);
  const tokenFile = env.ORDER_SERVICE_TOKEN_FILE;
  const { namespace, service: passedTo, port } = names.orderService;
  const proxied = passedTo === null ? undefined : cluster?.serviceWay(namespace, passedTo);
  const at = env.ORDER_SERVICE_URL ?? proxied;
  const noService = passedTo === null ? NO_ORDER_SERVICE : NO_WAY_TO_IT;
  const service = {
    at: at ?? '',
    token: async () => (tokenFile === undefined ? null : (await readFile(tokenFile, 'utf8')).trim()),
    tokenHeader: oms.admin.tokenHeader,
    policy: policyFor(ORDER_SERVICE),
    paths: oms.admin,
    pods: cluster?.podHttp(orderWorkload(names), port) ?? null,
  };
  const noCluster = 'Kubernetes is not configured (KUBECONFIG).';
  const database = databaseOf(env, oms.orders, log);
  const redis =
    env.REDIS_URL === undefined ? null : connectRedis({ url: env.REDIS_URL, policy: policyFor(REDIS) });
  return {
    probes: {
      orderService:
        at !== undefined
          ? orderServiceProbe(service)
          : absent(noService, cluster === null ? {} : podQuestions(service)),
      ordersDatabase: database?.probe ?? absent(NO_ORDERS_DATABASE),
      kubernetes: cluster?.probe ?? absent(noCluster),
      kafka: kafka?.probe ?? absent(NO_KAFKA),
      redis: redis?.probe ?? absent(NO_REDIS),
      s3: s3Of(env),
      statusPages: statusPageProbe(oms.statusPages),
      catalog:
        oms.catalog === undefined
          ? absent(NO_CATALOG)
          : catalogProbe({ ...oms.catalog, policy: policyFor(CATALOG) }),
    },
    levers: {
      orderService: at !== undefined ? orderServiceLever(service) : absent(noService),
      kubernetes: cluster?.lever ?? absent(noCluster),
      kafka: kafka?.lever ?? absent(NO_KAFKA),
      redis: redis?.lever ?? absent(NO_REDIS),
      ordersDatabase: database?.lever ?? absent(NO_ORDERS_DATABASE),
    },
    pager: pagerOf({ env, oms }),
    namespace: cluster?.namespace ?? null,
    close: async () => {
      redis?.close();
      kafka?.close();
      await Promise.all([database?.close(), cluster?.close()]);
    },
  };
}

/** Reading and changing by one URL: what its role may not do, the server refuses. */
function databaseOf({ ORDERS_DATABASE_URL: url }: Config['env'], orders: Config['oms']['orders'], log: Log) {
  if (url === undefined) return null;
  const pool = ordersDatabasePool(url, (err) =>
    log.warn({ err: err.message }, 'an idle connection to the orders database ended'),
  );
  const policy = policyFor(ORDERS_DATABASE);
  return {
    probe: ordersDatabaseProbe(pool, policy, orders),
    lever: ordersDatabaseLever(pool, policy),
    close: async () => await pool.end(),
  };
}

/** KUBECONFIG, else the pod's own account, else none: the library's own guess would be a server on this host. */
async function clusterOf({ KUBECONFIG, KUBERNETES_SERVICE_HOST }: Config['env']) {
  const kubeconfig = KUBECONFIG === undefined ? ('in cluster' as const) : { file: KUBECONFIG };
  if (kubeconfig === 'in cluster' && KUBERNETES_SERVICE_HOST === undefined) return null;
  try {
    checkKubeconfig(kubeconfig);
  } catch (err) {
    throw new ConfigError([unusable(KUBECONFIG, err)]);
  }
  return await connectKubernetes({
    kubeconfig,
    policy: policyFor(KUBERNETES),
    metricsPolicy: policyFor(METRICS_SERVER),
  });
}

/** What the file system or the parser said of it, in one line. */
function unusable(file: string | undefined, err: unknown): string {
  const { message, cause } = err instanceof Error ? err : new Error(String(err));
  const why = cause instanceof Error ? ` ${cause.message.split('\n')[0]?.replace(/[.:]$/, '')}.` : '';
  return `${file === undefined ? '' : `KUBECONFIG names ${file}. `}${message}${why}`;
}

function kafkaOf({ env, oms }: Pick<Config, 'env' | 'oms'>) {
  const { KAFKA_BROKERS: brokers, KAFKA_SASL_USERNAME: username, KAFKA_SASL_PASSWORD: password } = env;
  if (brokers === undefined) return null;
  return connectKafka({
    brokers: brokers.split(','),
    tls: env.KAFKA_TLS === 'on',
    sasl: username === undefined || password === undefined ? null : { username, password },
    policy: policyFor(KAFKA),
    bootstrap: oms.kafka.bootstrap,
  });
}

function s3Of(env: Config['env']): S3Probe {
  if (env.AWS_REGION === undefined) return absent(NO_S3);
  const { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey } = env;
  const token = env.AWS_SESSION_TOKEN;
  return s3Probe({
    region: env.AWS_REGION,
    endpoint: env.AWS_ENDPOINT_URL_S3 ?? null,
    credentials:
      accessKeyId === undefined || secretAccessKey === undefined
        ? null
        : { accessKeyId, secretAccessKey, ...(token === undefined ? {} : { sessionToken: token }) },
    policy: policyFor(S3),
  });
}

function pagerOf({ env, oms }: Pick<Config, 'env' | 'oms'>): Pager | null {
  const keys = {
    default: env.PAGERDUTY_ROUTING_KEY,
    orders: env.PAGERDUTY_ROUTING_KEY_ORDERS,
    payments: env.PAGERDUTY_ROUTING_KEY_PAYMENTS,
    catalog: env.PAGERDUTY_ROUTING_KEY_CATALOG,
    platform: env.PAGERDUTY_ROUTING_KEY_PLATFORM,
  };
  const routingKeys = Object.fromEntries(
    Object.entries(keys).flatMap(([team, key]) => (key === undefined ? [] : [[team, key]])),
  );
  if (Object.keys(routingKeys).length === 0) return null;
  return pagerDuty({
    url: env.PAGERDUTY_EVENTS_URL,
    routingKeys,
    source: oms.service.name,
    policy: policyFor(PAGERDUTY),
  });
}

export { systemClock } from './adapters/system/clock.ts';
