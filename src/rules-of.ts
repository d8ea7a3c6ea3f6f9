import type { Config } from './config.ts';
import type { IntakeRules } from './intake/rules.ts';
import { type Rules, TIMING, type Timing } from './pipeline/rules.ts';
import { CATALOGUE } from './runbooks/catalogue.ts';
import { RUNBOOK_NAMES } from './runbooks/names.ts';

/** The configuration in the pipeline's words. */
export function rulesOf({ oms }: Config, pager: boolean, timing: Timing = TIMING): Rules {
  const { admin, workloads, orders, payments, metrics } = oms;
  return {
    environment: oms.environment,
    service: oms.service.name,
    escalation: oms.escalation,
    approvals: oms.approvals,
    channels: {
      alerts: oms.channels.alerts,
      orders: oms.teams.orders.channel,
      payments: oms.teams.payments.channel,
      catalog: oms.teams.catalog.channel,
      platform: oms.teams.platform.channel,
    },
    people: [oms.people.teamLead, oms.people.engineeringManager].filter((person) => person !== undefined),
    pager,
    names: {
      namespace: workloads.namespace,
      orderService: workloads.orderService,
      workflowEngine: workloads.workflowEngine,
      gateway: {
        url: payments.gatewayUrl,
        secret: payments.secret,
        expiryAnnotation: payments.expiryAnnotation ?? null,
      },
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
      logPatterns: oms.logPatterns,
      kafka: {
        ...oms.kafka,
        ...workloads.kafka,
        deadLetterTopic: oms.kafka.deadLetterTopic ?? null,
        deadLetterGroup: oms.kafka.deadLetterGroup ?? null,
        parkedTopic: oms.kafka.parkedTopic ?? null,
      },
      redis: { ...oms.redis, lockTtlSeconds: oms.redis.lockTtlSeconds ?? null },
      postgres: { ...workloads.postgres, ...oms.database },
      carrier: {
        secret: oms.carriers.secret,
        staged: oms.carriers.staged,
        expiryAnnotation: oms.carriers.expiryAnnotation ?? null,
        countries: oms.carriers.countries ?? null,
      },
      bucket: oms.exports.bucket,
      paths: { ...admin, exports: admin.exports ?? null, failedEvents: admin.failedEvents ?? null },
      statuses: {
        processing: orders.processing,
        pendingPayment: orders.pendingPayment,
        readyToShip: orders.readyToShip,
        all: [
          ...new Set([
            orders.processing,
            orders.pendingPayment,
            orders.readyToShip,
            ...orders.manualStatuses,
            ...RUNBOOK_NAMES.statuses.all,
          ]),
        ],
        manual: orders.manualStatuses,
      },
      inCommands: oms.thresholds,
    },
    thresholds: oms.thresholds,
    timing,
    lookEveryMs: oms.lookEverySeconds * 1_000,
  };
}

/** The configuration in intake's words. @param own who the bot is in Slack, so that it does not hear itself */
export function intakeRulesOf({ oms }: Config, own: IntakeRules['own']): IntakeRules {
  return {
    environment: oms.environment,
    environmentLabel: oms.alerts.environmentLabel,
    scopeLabels: oms.alerts.scopeLabels,
    runbooks: CATALOGUE,
    labelRules: oms.alerts.rules,
    trustedSenders: oms.trustedSenders,
    own,
  };
}
