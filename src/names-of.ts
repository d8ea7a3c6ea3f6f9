import type { Config } from './config.ts';
import type { Names, WorkloadNames } from './runbooks/names.ts';
import { sqlName } from './runbooks/shared/psql.ts';

/**
 * What our users call things, in the runbooks' words. The API server hands requests on only where the order service has no
 * address, and a token is typed only where the bot has one.
 */
export function namesOf(
  oms: Config['oms'],
  { ORDER_SERVICE_URL: address, ORDER_SERVICE_TOKEN_FILE: token }: Partial<Config['env']> = {},
): Names {
  const { admin, workloads, orders, payments, metrics } = oms;
  return {
    orderService: {
      ...named(workloads, workloads.orderService),
      port: workloads.orderService.port,
      service: (address === undefined ? workloads.orderService.service : undefined) ?? null,
      tokenHeader: token === undefined ? null : admin.tokenHeader,
      reservationTimeoutEnv: workloads.orderService.reservationTimeoutEnv ?? null,
    },
    workflowEngine: named(workloads, workloads.workflowEngine),
    gateway: {
      name: payments.gatewayName,
      backup: payments.backup ?? null,
      url: payments.gatewayUrl,
      secret: payments.secret,
      expiryAnnotation: payments.expiryAnnotation ?? null,
    },
    rollBack: { on: oms.actions.rollback === 'on', oneWayMark: oms.actions.oneWayMark },
    ratesIn: metrics.ratesIn,
    metrics: {
      paymentSuccessRate: metrics.paymentSuccessRate,
      paymentAttempts: metrics.paymentAttempts ?? null,
      paymentDeclines: metrics.paymentDeclines ?? null,
      reservationSuccess: metrics.reservationSuccess,
      reservationAttempts: metrics.reservationAttempts ?? null,
      poolActive: metrics.poolActive,
      poolSize: metrics.poolSize,
      requests: metrics.requests ?? null,
      publishFailed: metrics.publishFailed ?? null,
      bufferFree: metrics.bufferFree ?? null,
      bufferTotal: metrics.bufferTotal ?? null,
    },
    traffic: {
      routeLabel: metrics.routeLabel,
      statusLabel: metrics.statusLabel,
      orderRoute: metrics.orderRoute ?? null,
      duration: metrics.duration ?? null,
      durationIn: metrics.durationIn,
    },
    logPatterns: oms.logPatterns,
    kafka: {
      ...oms.kafka,
      ...beside(workloads, workloads.kafka),
      consumers: Object.fromEntries(
        Object.entries(oms.kafka.consumers).map(([group, runs]) => [group, named(workloads, runs)]),
      ),
      deadLetterTopic: oms.kafka.deadLetterTopic ?? null,
      deadLetterGroup: oms.kafka.deadLetterGroup ?? null,
      parkedTopic: oms.kafka.parkedTopic ?? null,
    },
    redis: {
      ...oms.redis,
      ...beside(workloads, workloads.redis),
      lockTtlSeconds: oms.redis.lockTtlSeconds ?? null,
    },
    postgres: {
      ...beside(workloads, workloads.postgres),
      ...oms.database,
      name: oms.database.name ?? null,
    },
    carrier: {
      secret: oms.carriers.secret,
      staged: oms.carriers.staged,
      expiryAnnotation: oms.carriers.expiryAnnotation ?? null,
      countries: oms.carriers.countries ?? null,
    },
    statusPages: { gateway: pageOf(oms.statusPages.gateway), carrier: pageOf(oms.statusPages.carrier) },
    catalog: oms.catalog ?? null,
    bucket: oms.exports.bucket,
    paths: {
      ...admin,
      exports: admin.exports ?? null,
      failedEvents: admin.failedEvents ?? null,
      inventoryItem: admin.inventoryItem ?? null,
      return: admin.return ?? null,
    },
    orders: {
      table: sqlName(orders.table),
      createdAt: sqlName(orders.columns.createdAt),
      errorCode: sqlName(orders.columns.errorCode),
      timeZone: orders.timeZone ?? null,
    },
    statuses: {
      processing: orders.processing,
      pendingPayment: orders.pendingPayment,
      readyToShip: orders.readyToShip,
      pendingRefund: oms.refunds.pending,
      pendingReturn: oms.returns.pending,
      receivedReturn: oms.returns.received ?? null,
      all: [
        ...new Set([
          ...orders.statuses,
          orders.processing,
          orders.pendingPayment,
          orders.readyToShip,
          ...orders.manualStatuses,
        ]),
      ],
      manual: orders.manualStatuses,
    },
    quietHours: { ...oms.quietHours, timeZone: oms.timeZone },
    inCommands: oms.thresholds,
  };
}

type Workloads = Config['oms']['workloads'];

/** What somebody runs, in the namespace that counts for it. */
function named(
  { namespace }: Pick<Workloads, 'namespace'>,
  given: Pick<Workloads['workflowEngine'], 'namespace' | 'deployment' | 'kind' | 'selector' | 'container'>,
): WorkloadNames {
  const { deployment, kind, selector, container } = given;
  return {
    namespace: given.namespace ?? namespace,
    deployment,
    kind,
    selector,
    container: container ?? null,
  };
}

function beside<Given extends { readonly namespace?: string | undefined }>(
  { namespace }: Pick<Workloads, 'namespace'>,
  given: Given,
): Given & { readonly namespace: string } {
  return { ...given, namespace: given.namespace ?? namespace };
}

function pageOf(page: { readonly url: string; readonly component?: string | undefined } | undefined) {
  return page === undefined ? null : { url: page.url, component: page.component ?? null };
}
