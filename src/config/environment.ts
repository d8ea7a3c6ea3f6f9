import * as z from 'zod';
import { described as describe } from './words.ts';

const text = z.string().min(1);
const http = z.url({ protocol: /^https?$/, error: 'an address is written http://host:port or https://host' });
const postgres = z.url({
  protocol: /^postgres(ql)?$/,
  error: 'an address is written postgres://user@host/database',
});
const redis = z.url({ protocol: /^rediss?$/, error: 'an address is written redis://host:6379' });
const BROKER = String.raw`\s*(\[[\da-fA-F:.]+\]|[^[\]:/\s,]+):\d{1,5}\s*`;
const brokers = text.regex(new RegExp(`^${BROKER}(,${BROKER})*$`), 'brokers are written host:port, by comma');

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
  REDIS_URL: describe(redis, 'Redis with the locks of the inventory.').optional(),
  KAFKA_BROKERS: describe(brokers, 'Kafka, host:port by comma; any of its brokers will do.').optional(),
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
  KAFKA_TLS: describe(z.enum(['on', 'off']), 'Whether Kafka is spoken to by TLS.').default('off'),
  KAFKA_SASL_USERNAME: describe(text, 'SCRAM-SHA-512 at Kafka.').optional(),
  KAFKA_SASL_PASSWORD: describe(text, 'Goes with KAFKA_SASL_USERNAME.').optional(),
  AWS_REGION: describe(text, 'The region of the exports’ bucket; with it S3 is configured.').optional(),
  AWS_ENDPOINT_URL_S3: describe(http, 'Another server that speaks S3.').optional(),
  AWS_ACCESS_KEY_ID: describe(text, 'Unset: the usual chain of AWS credentials.').optional(),
  AWS_SECRET_ACCESS_KEY: describe(text, 'Goes with AWS_ACCESS_KEY_ID.').optional(),
  AWS_SESSION_TOKEN: describe(text, 'Goes with AWS_ACCESS_KEY_ID.').optional(),
  KUBERNETES_SERVICE_HOST: describe(text, 'Set by Kubernetes in every pod.').optional(),
});
export type Environment = z.infer<typeof Environment>;

/** Names whose values are never shown. */
export const SECRETS = /TOKEN|SECRET|PASSWORD|ROUTING_KEY|_URL$/;
