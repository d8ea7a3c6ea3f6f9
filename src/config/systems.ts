import * as z from 'zod';
import { RUNBOOK_NAMES } from '../runbooks/names.ts';
import { described as describe, Name, Path } from './words.ts';

const beside = (what: 'kafka' | 'postgres') =>
  z
    .strictObject({
      selector: Name.default(RUNBOOK_NAMES[what].selector),
      managed: describe(z.boolean(), 'Somebody else runs it: there are no pods to ask.').default(false),
    })
    .prefault({});

/** What the systems of a company are called. The defaults are the runbook's own. */
export const SYSTEMS = {
  workloads: z
    .strictObject({
      namespace: describe(Name, 'Kubernetes namespace.').default(RUNBOOK_NAMES.namespace),
      orderService: z
        .strictObject({
          deployment: Name.default(RUNBOOK_NAMES.orderService.deployment),
          selector: Name.default(RUNBOOK_NAMES.orderService.selector),
          port: z.number().int().positive().default(RUNBOOK_NAMES.orderService.port),
        })
        .prefault({}),
      workflowEngine: z
        .strictObject({
          deployment: Name.default(RUNBOOK_NAMES.workflowEngine.deployment),
          selector: Name.default(RUNBOOK_NAMES.workflowEngine.selector),
        })
        .prefault({}),
      kafka: beside('kafka'),
      postgres: beside('postgres'),
    })
    .prefault({}),
  admin: z
    .strictObject({
      stuckOrders: Path.default(RUNBOOK_NAMES.paths.stuckOrders),
      order: Path.default(RUNBOOK_NAMES.paths.order),
      retryWorkflow: Path.default(RUNBOOK_NAMES.paths.retryWorkflow),
      republishEvents: Path.default(RUNBOOK_NAMES.paths.republishEvents),
      status: Path.default(RUNBOOK_NAMES.paths.status),
      gatewayHealth: Path.default(RUNBOOK_NAMES.paths.gatewayHealth),
      metrics: Path.default(RUNBOOK_NAMES.paths.metrics),
      retryPayments: Path.default(RUNBOOK_NAMES.paths.retryPayments),
      inventorySync: Path.default(RUNBOOK_NAMES.paths.inventorySync),
      inventoryResync: Path.default(RUNBOOK_NAMES.paths.inventoryResync),
      refunds: Path.default(RUNBOOK_NAMES.paths.refunds),
      refundStatus: Path.default(RUNBOOK_NAMES.paths.refundStatus),
      testRefund: Path.default(RUNBOOK_NAMES.paths.testRefund),
      retryRefund: Path.default(RUNBOOK_NAMES.paths.retryRefund),
      payment: Path.default(RUNBOOK_NAMES.paths.payment),
      storeCredit: Path.default(RUNBOOK_NAMES.paths.storeCredit),
      carriers: Path.default(RUNBOOK_NAMES.paths.carriers),
      validateAddress: Path.default(RUNBOOK_NAMES.paths.validateAddress),
      regenerateLabel: Path.default(RUNBOOK_NAMES.paths.regenerateLabel),
      republishFailed: Path.default(RUNBOOK_NAMES.paths.republishFailed),
      returns: Path.default(RUNBOOK_NAMES.paths.returns),
      fraudScore: Path.default(RUNBOOK_NAMES.paths.fraudScore),
      returnEligibility: Path.default(RUNBOOK_NAMES.paths.returnEligibility),
      approveReturn: Path.default(RUNBOOK_NAMES.paths.approveReturn),
      retryReturn: Path.default(RUNBOOK_NAMES.paths.retryReturn),
      extendWindow: Path.default(RUNBOOK_NAMES.paths.extendWindow),
      export: Path.default(RUNBOOK_NAMES.paths.export),
      retryExport: Path.default(RUNBOOK_NAMES.paths.retryExport),
      createExport: Path.default(RUNBOOK_NAMES.paths.createExport),
      exports: describe(Path, 'Lists the exports that are in progress (X14); unset: skipped.').optional(),
      failedEvents: describe(Path, 'Counts dead letters (X13); unset: skipped.').optional(),
      tokenHeader: describe(Name, 'The header of the admin token.').default('authorization'),
    })
    .prefault({}),
  payments: z
    .strictObject({
      gatewayUrl: describe(z.url({ protocol: /^https?$/ }), 'What R3 asks from inside a pod.').default(
        RUNBOOK_NAMES.gateway.url,
      ),
      secret: describe(Name, 'The secret with the gateway’s credentials; its values are never read.').default(
        RUNBOOK_NAMES.gateway.secret,
      ),
      expiryAnnotation: describe(Name, 'The annotation of that secret that names its expiry.').optional(),
    })
    .prefault({}),
  metrics: describe(
    z.strictObject({
      paymentSuccessRate: describe(Name, 'A gauge from 0 to 1, per pod.').default(
        RUNBOOK_NAMES.metrics.paymentSuccessRate,
      ),
      paymentAttempts: describe(Name, 'A counter; unset, a proof by rate reads could not tell.').optional(),
      paymentDeclines: describe(Name, 'A counter of declined cards.').optional(),
      reservationSuccess: describe(Name, 'A gauge from 0 to 1, per pod.').default(
        RUNBOOK_NAMES.metrics.reservationSuccess,
      ),
      reservationAttempts: describe(Name, 'A counter of reservations that were tried.').optional(),
      poolActive: describe(Name, 'Connections of the pool in use, per pod.').default(
        RUNBOOK_NAMES.metrics.poolActive,
      ),
      poolSize: describe(Name, 'The size of the pool, per pod.').default(RUNBOOK_NAMES.metrics.poolSize),
      requests: describe(Name, 'A counter of requests, for the load; unset: unknown.').optional(),
      publishFailed: describe(Name, 'A counter of events that were not published.').optional(),
      bufferFree: describe(Name, 'Bytes of the producer’s buffer that are free.').optional(),
      bufferTotal: describe(Name, 'Bytes of the producer’s buffer.').optional(),
    }),
    'Names on the /metrics page of the order service.',
  ).prefault({}),
  logPatterns: z
    .strictObject({
      fulfilmentWebhook: describe(Name, 'What a line about a call to the warehouse contains.').default(
        RUNBOOK_NAMES.logPatterns.fulfilmentWebhook,
      ),
      returnApproval: Name.default(RUNBOOK_NAMES.logPatterns.returnApproval),
      returnLabel: Name.default(RUNBOOK_NAMES.logPatterns.returnLabel),
      exportJob: describe(Name, '{id} stands for the export.').default(RUNBOOK_NAMES.logPatterns.exportJob),
    })
    .prefault({}),
  kafka: z
    .strictObject({
      bootstrap: describe(Name, 'Shown in commands to type; KAFKA_BROKERS is what the bot asks.').default(
        RUNBOOK_NAMES.kafka.bootstrap,
      ),
      host: describe(Name, 'What R48 reaches for from inside a pod.').default(RUNBOOK_NAMES.kafka.host),
      port: z.number().int().positive().default(RUNBOOK_NAMES.kafka.port),
      ordersTopic: Name.default(RUNBOOK_NAMES.kafka.ordersTopic),
      deadLetterTopic: describe(Name, 'X13; unset: skipped.').optional(),
      deadLetterGroup: describe(Name, 'The group that replays dead letters.').optional(),
      parkedTopic: describe(Name, 'Where a message goes before it is skipped (R51).').optional(),
      orderEvents: describe(
        z.array(Name).min(1),
        'The events that an order in processing has sent, in their order (R17).',
      ).default([...RUNBOOK_NAMES.kafka.orderEvents]),
      inventoryGroup: Name.default(RUNBOOK_NAMES.kafka.inventoryGroup),
      consumers: describe(
        z.record(z.string(), z.strictObject({ deployment: Name, selector: Name })),
        'The deployment that runs a consumer group, by group.',
      ).default({}),
    })
    .prefault({}),
  redis: z
    .strictObject({
      pod: describe(Name, 'Shown in commands to type; REDIS_URL is what the bot asks.').default(
        RUNBOOK_NAMES.redis.pod,
      ),
      lockPattern: describe(Name, 'A glob of Redis for the locks of the inventory.').default(
        RUNBOOK_NAMES.redis.lockPattern,
      ),
      lockTtlSeconds: describe(z.number().positive(), 'The time to live that a lock gets.').optional(),
    })
    .prefault({}),
  database: z
    .strictObject({
      application: describe(Name, 'application_name of the order service’s sessions.').default(
        RUNBOOK_NAMES.postgres.application,
      ),
      poolSizeEnv: describe(Name, 'The variable of the pool’s size (R43).').default(
        RUNBOOK_NAMES.postgres.poolSizeEnv,
      ),
    })
    .prefault({}),
  carriers: z
    .strictObject({
      secret: describe(
        Name,
        'The secret with the carrier’s credentials; its values are never shown.',
      ).default(RUNBOOK_NAMES.carrier.secret),
      staged: describe(Name, 'Where whoever holds the new key puts it (R35).').default(
        RUNBOOK_NAMES.carrier.staged,
      ),
      expiryAnnotation: describe(Name, 'The annotation of that secret that names its expiry.').optional(),
      countries: describe(
        z.record(z.string(), z.array(z.string().regex(/^[A-Z]{2}$/, 'two capital letters, ISO 3166'))),
        'Where each carrier delivers.',
      ).optional(),
    })
    .prefault({}),
  exports: z
    .strictObject({
      bucket: describe(Name, 'The bucket of the exports (R71).').default(RUNBOOK_NAMES.bucket),
    })
    .prefault({}),
};
