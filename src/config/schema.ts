import * as z from 'zod';
import { RUNBOOK_NAMES } from '../runbooks/names.ts';
import { DEFAULT_THRESHOLDS } from '../runbooks/thresholds.ts';

const Channel = z.string().regex(/^#[a-z0-9][a-z0-9_-]{0,79}$/, 'a channel is written like #orders-team');
const Who = z.string().regex(/^[UWS][A-Z0-9]{2,20}$/, 'a user id (U… or W…) or a user group id (S…)');
const Path = z.string().regex(/^\//, 'a path begins with /');
const Name = z.string().min(1).max(200);

const TimeZone = z.string().refine(isTimeZone, 'a time zone is written like Europe/Berlin or UTC');

function isTimeZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }) !== null;
  } catch {
    return false;
  }
}

function describe<T extends z.ZodType>(schema: T, description: string): T {
  return schema.meta({ description });
}

const team = (channel: string) =>
  z
    .strictObject({
      channel: describe(Channel, 'Where this team is called by an escalation.').default(channel),
    })
    .prefault({});

const thresholds = Object.fromEntries(
  Object.entries(DEFAULT_THRESHOLDS).map(([key, value]) => [key, z.number().positive().default(value)]),
) as { [Key in keyof typeof DEFAULT_THRESHOLDS]: z.ZodDefault<z.ZodNumber> };

/** `oms.yaml`: every name and number that differs between companies. The defaults are the runbook's own. */
export const OmsYaml = z.strictObject({
  environment: describe(
    z.enum(['prod', 'stage', 'dev']),
    'One bot serves one environment; outside prod nothing pages.',
  ).default('dev'),
  service: z
    .strictObject({ name: describe(Name, 'Named on cards and pages.').default('order-management-service') })
    .prefault({}),
  channels: z
    .strictObject({
      alerts: describe(Channel, 'Where the bot listens and its cards stand.').default('#orders-alerts'),
    })
    .prefault({}),
  teams: z
    .strictObject({
      orders: team('#orders-team'),
      payments: team('#payments'),
      catalog: team('#catalog-team'),
      platform: team('#platform-eng'),
    })
    .prefault({}),
  people: z
    .strictObject({
      teamLead: describe(z.email(), 'Rung 3, found in Slack by this address.').optional(),
      engineeringManager: describe(z.email(), 'Rung 3, found in Slack by this address.').optional(),
    })
    .prefault({}),
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
    }),
    'Names on the /metrics page of the order service.',
  ).prefault({}),
  logPatterns: z
    .strictObject({
      fulfilmentWebhook: describe(Name, 'What a line about a call to the warehouse contains.').default(
        RUNBOOK_NAMES.logPatterns.fulfilmentWebhook,
      ),
    })
    .prefault({}),
  orders: z
    .strictObject({
      table: describe(Name, 'The orders table, with its schema if it is not on the search path.').default(
        'orders',
      ),
      columns: z
        .strictObject({
          status: Name.default('status'),
          errorCode: Name.default('error_code'),
          createdAt: Name.default('created_at'),
          updatedAt: Name.default('updated_at'),
        })
        .prefault({}),
      processing: describe(Name, 'The status that orders get stuck in.').default(
        RUNBOOK_NAMES.statuses.processing,
      ),
      pendingPayment: describe(Name, 'The status of an order that waits for its payment.').default(
        RUNBOOK_NAMES.statuses.pendingPayment,
      ),
      manualStatuses: describe(
        z.array(Name).min(1).max(100),
        'What a person may set by hand (R22), in the order of the form.',
      ).default([...RUNBOOK_NAMES.statuses.manual]),
      beforeProcessing: describe(
        z.array(Name),
        'The statuses that orders have before that one; such orders never left it.',
      ).default(['pending_payment', 'payment_failed', 'paid']),
    })
    .prefault({}),
  escalation: z
    .strictObject({
      afterMinutes: describe(z.number().positive(), 'Rung 1 after so long (runbook: 20).').default(20),
      impactPercent: describe(
        z.number().positive().max(100),
        'Rung 1 above this share of orders (runbook: 25).',
      ).default(25),
      rungEveryMinutes: describe(z.number().positive(), 'Minutes from one rung to the next.').default(20),
      notBeforeCardMinutes: describe(
        z.number().nonnegative(),
        'No rung by time alone sooner after the card.',
      ).default(2),
    })
    .prefault({}),
  approvals: z
    .strictObject({
      expireAfterMinutes: describe(
        z.number().positive(),
        'A request waits so long for its second person.',
      ).default(15),
      responders: describe(
        z.array(Who),
        'May approve safe and disruptive actions, hold and resolve. Empty: nobody.',
      ).default([]),
      approvers: describe(z.array(Who), 'May approve guarded actions. Empty: nobody.').default([]),
      managers: describe(
        z.array(Who),
        'May approve what the runbook leaves to managers. Empty: nobody.',
      ).default([]),
      byAction: describe(
        z.record(z.string().regex(/^[RX]\d+$/), z.array(Who)),
        'Another list for one step, e.g. R22.',
      ).default({}),
    })
    .prefault({}),
  trustedSenders: describe(
    z.array(Name),
    'Bots (id, app id or name) whose messages count as alerts.',
  ).default([]),
  alerts: z
    .strictObject({
      environmentLabel: describe(Name, 'The label that names an alert’s environment.').default('environment'),
      scopeLabels: describe(
        z.array(Name),
        'Labels whose values keep incidents of one runbook apart.',
      ).default([]),
      rules: describe(
        z.array(z.strictObject({ match: z.record(z.string(), z.string()), runbook: Name })),
        'Labels that mean a runbook when no code does.',
      ).default([]),
    })
    .prefault({}),
  thresholds: describe(z.strictObject(thresholds), 'Numbers that mean trouble.').prefault({}),
  timeZone: describe(TimeZone, 'Of the daily digest, at 09:00.').default('UTC'),
  lookEverySeconds: describe(z.number().min(5), 'An open incident is looked at so often.').default(60),
  links: describe(
    z.record(z.string(), z.url({ protocol: /^https?$/ })),
    'dashboard, runbook, repository, …',
  ).default({}),
});
export type OmsYaml = z.infer<typeof OmsYaml>;

const text = z.string().min(1);
const http = z.url({ protocol: /^https?$/, error: 'an address is written http://host:port or https://host' });
const postgres = z.url({
  protocol: /^postgres(ql)?$/,
  error: 'an address is written postgres://user@host/database',
});
const redis = z.url({ protocol: /^rediss?$/, error: 'an address is written redis://host:6379' });

/** The environment: secrets and addresses. An empty value counts as unset. */
export const Environment = z.object({
  SLACK_BOT_TOKEN: describe(
    text.startsWith('xoxb-', 'a bot token begins with xoxb-'),
    'The bot’s token (xoxb-…).',
  ).optional(),
  SLACK_APP_TOKEN: describe(
    text.startsWith('xapp-', 'an app-level token begins with xapp-'),
    'The app-level token with connections:write (xapp-…).',
  ).optional(),
  SLACK_SIGNING_SECRET: describe(text, 'For HTTP instead of Socket Mode. Not used yet.').optional(),
  SLACK_API_URL: describe(http, 'Another Slack-compatible server.').optional(),
  CONFIG_FILE: describe(text, 'Where oms.yaml lies.').default('oms.yaml'),
  DATABASE_URL: describe(
    postgres,
    'The bot’s own PostgreSQL, as oms_bot; unset: an embedded one.',
  ).optional(),
  DATABASE_OWNER_URL: describe(postgres, 'The same as its owner, for migrations.').optional(),
  ORDERS_DATABASE_URL: describe(postgres, 'The orders database, read only.').optional(),
  REDIS_URL: describe(redis, 'Redis. Not used yet.').optional(),
  KAFKA_BROKERS: describe(text, 'Kafka, host:port by comma. Not used yet.').optional(),
  ORDER_SERVICE_URL: describe(http, 'The order service.').optional(),
  ORDER_SERVICE_TOKEN_FILE: describe(text, 'A file with its admin token; read anew each time.').optional(),
  PAGERDUTY_ROUTING_KEY: describe(text, 'Events API v2, for teams without their own.').optional(),
  PAGERDUTY_ROUTING_KEY_ORDERS: describe(text, 'Events API v2 of the orders team.').optional(),
  PAGERDUTY_ROUTING_KEY_PAYMENTS: describe(text, 'Events API v2 of the payments team.').optional(),
  PAGERDUTY_ROUTING_KEY_CATALOG: describe(text, 'Events API v2 of the catalog team.').optional(),
  PAGERDUTY_ROUTING_KEY_PLATFORM: describe(text, 'Events API v2 of platform engineering.').optional(),
  PAGERDUTY_EVENTS_URL: describe(http, 'Another server that speaks Events v2.').default(
    'https://events.pagerduty.com/v2/enqueue',
  ),
  PAGERDUTY_WEBHOOK_SECRET: describe(text, 'The secret of PagerDuty’s webhook to us.').optional(),
  PAGERDUTY_API_TOKEN: describe(text, 'For notes on PagerDuty incidents. Not used yet.').optional(),
  ALERT_WEBHOOK_TOKEN: describe(text, 'Bearer token of POST /alerts/…').optional(),
  PORT: describe(z.coerce.number().int().min(0).max(65_535), 'Webhooks and health.').default(3000),
  LISTEN_ADDRESS: describe(text, 'Webhooks and health; 0.0.0.0 lets other machines in.').default('127.0.0.1'),
  LOG_LEVEL: describe(z.enum(['debug', 'info', 'warn', 'error']), 'How much is logged.').default('info'),
  KUBECONFIG: describe(
    text,
    'A kubeconfig file; unset and inside Kubernetes: the pod’s own account.',
  ).optional(),
  KUBERNETES_SERVICE_HOST: describe(text, 'Set by Kubernetes in every pod.').optional(),
});
export type Environment = z.infer<typeof Environment>;

/** Names whose values are never shown. */
export const SECRETS = /TOKEN|SECRET|ROUTING_KEY|_URL$/;
