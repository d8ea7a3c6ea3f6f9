import * as z from 'zod';
import { WORKFLOW_TEXTS } from '../runbooks/log-texts.ts';
import { RUNBOOK_NAMES } from '../runbooks/names.ts';
import { Admin } from './admin.ts';
import {
  described as describe,
  Glob,
  MetricName,
  Name,
  ObjectName,
  PlainText,
  Port,
  path,
  Topic,
  Variable,
  Web,
} from './words.ts';
import { Consumers, Workloads } from './workloads.ts';

/** What lines of one kind contain: any of these. */
const Texts = z.array(PlainText).min(1).max(20);

const statusPage = (what: string) =>
  describe(
    z.strictObject({
      url: describe(Web, 'Its address as a browser opens it; /api/v2/summary.json is asked below it.'),
      component: describe(Name, 'The one component that matters; unset: any of them.', 'X3').optional(),
    }),
    what,
  ).optional();

/** What the systems of a company are called. The defaults are the runbook's own. */
export const SYSTEMS = {
  workloads: Workloads,
  admin: Admin,
  payments: z
    .strictObject({
      gatewayName: describe(
        Name,
        'What alerts call the gateway in their label `dependency`.',
        'alerts of payment-failures',
      ).default(RUNBOOK_NAMES.gateway.name),
      gatewayUrl: describe(Web, 'What R3 asks from inside a pod.').default(RUNBOOK_NAMES.gateway.url),
      secret: describe(
        ObjectName,
        'The secret with the gateway’s credentials; its values are never read.',
      ).default(RUNBOOK_NAMES.gateway.secret),
      expiryAnnotation: describe(
        Name,
        'The annotation of that secret that names its expiry.',
        'R6',
      ).optional(),
      backup: describe(
        Name,
        'The second payment processor that stands ready, in words; unset: digest and doctor say so.',
        '1.N4',
        'm1.4',
        'the digest',
        'oms doctor',
      ).optional(),
    })
    .prefault({}),
  metrics: describe(
    z.strictObject({
      ratesIn: describe(
        z.enum(['share', 'percent']),
        'Whether the gauges of success go from 0 to 1 or from 0 to 100.',
        'R4',
        'R15',
      ).default(RUNBOOK_NAMES.ratesIn),
      paymentSuccessRate: describe(MetricName, 'A gauge of the share that succeeds, per pod.').default(
        RUNBOOK_NAMES.metrics.paymentSuccessRate,
      ),
      paymentAttempts: describe(
        MetricName,
        'A counter; unset, a proof by rate reads could not tell.',
        'R4',
        'R5',
        'R7',
      ).optional(),
      paymentDeclines: describe(MetricName, 'A counter of declined cards.', 'R4').optional(),
      reservationSuccess: describe(MetricName, 'A gauge of the share that succeeds, per pod.').default(
        RUNBOOK_NAMES.metrics.reservationSuccess,
      ),
      reservationAttempts: describe(
        MetricName,
        'A counter of reservations that were tried.',
        'R15',
        'R14',
      ).optional(),
      poolActive: describe(MetricName, 'Connections of the pool in use, per pod.').default(
        RUNBOOK_NAMES.metrics.poolActive,
      ),
      poolSize: describe(MetricName, 'The size of the pool, per pod.').default(
        RUNBOOK_NAMES.metrics.poolSize,
      ),
      requests: describe(
        MetricName,
        'A counter of requests by route and status, for the load (X5); unset: skipped.',
      ).optional(),
      routeLabel: describe(
        MetricName,
        'The label of that counter that names the route.',
        'X5',
        'the impact of memory',
      ).default(RUNBOOK_NAMES.traffic.routeLabel),
      statusLabel: describe(
        MetricName,
        'The label of that counter with the HTTP status.',
        'X5',
        'the impact of memory',
      ).default(RUNBOOK_NAMES.traffic.statusLabel),
      orderRoute: describe(
        Name,
        'The route of that counter that creates orders, for the impact of runbook 8 where the database cannot tell it.',
        'the impact of memory',
      ).optional(),
      duration: describe(
        MetricName,
        'A histogram of how long requests take; unset: p95 is not told.',
      ).optional(),
      durationIn: describe(
        z.enum(['seconds', 'milliseconds']),
        'What the bounds of that histogram are in.',
        'X5',
      ).default(RUNBOOK_NAMES.traffic.durationIn),
      publishFailed: describe(MetricName, 'A counter of events that were not published.').optional(),
      bufferFree: describe(MetricName, 'Bytes of the producer’s buffer that are free.').optional(),
      bufferTotal: describe(MetricName, 'Bytes of the producer’s buffer.').optional(),
    }),
    'Names on the /metrics page of the order service.',
  ).prefault({}),
  logPatterns: describe(
    z.strictObject({
      fulfilmentWebhook: describe(PlainText, 'What a line about a call to the warehouse contains.').default(
        RUNBOOK_NAMES.logPatterns.fulfilmentWebhook,
      ),
      returnApproval: describe(PlainText, 'What a line about a return’s approval contains.').default(
        RUNBOOK_NAMES.logPatterns.returnApproval,
      ),
      returnLabel: describe(PlainText, 'What a line about a return’s label contains.').default(
        RUNBOOK_NAMES.logPatterns.returnLabel,
      ),
      exportJob: describe(PlainText, 'What a line about an export contains; {id} stands for it.').default(
        RUNBOOK_NAMES.logPatterns.exportJob,
      ),
      stuckOrders: describe(
        Texts,
        'What a line about a workflow that failed contains (X11 of runbook 3).',
      ).default([...RUNBOOK_NAMES.logPatterns.stuckOrders]),
      databasePool: describe(
        Texts,
        'What a line about a missing connection to the database contains (X11 of runbook 6).',
      ).default([...RUNBOOK_NAMES.logPatterns.databasePool]),
      workflow: describe(
        z
          .strictObject({
            transition: describe(Texts, 'A transition of an order that is not allowed.').default([
              ...WORKFLOW_TEXTS.transition,
            ]),
            return: describe(Texts, 'A return whose workflow failed.').default([...WORKFLOW_TEXTS.return]),
            database: describe(Texts, 'A statement or a transaction that ran out of time.').default([
              ...WORKFLOW_TEXTS.database,
            ]),
          })
          .nullable(),
        'What failures in the workflow engine’s log contain, by class (X9); unset: skipped.',
      ).default(null),
    }),
    'Texts that are looked for in logs, as they are: no regular expressions.',
  ).prefault({}),
  kafka: z
    .strictObject({
      bootstrap: describe(Name, 'Shown in commands to type; KAFKA_BROKERS is what the bot asks.').default(
        RUNBOOK_NAMES.kafka.bootstrap,
      ),
      host: describe(Name, 'What R48 reaches for from inside a pod.').default(RUNBOOK_NAMES.kafka.host),
      port: describe(Port, 'Of that host.').default(RUNBOOK_NAMES.kafka.port),
      ordersTopic: describe(Topic, 'Where events of orders are published.').default(
        RUNBOOK_NAMES.kafka.ordersTopic,
      ),
      deadLetterTopic: describe(Topic, 'X13; unset: skipped.').optional(),
      deadLetterGroup: describe(Name, 'The group that replays dead letters.', 'X13').optional(),
      parkedTopic: describe(Topic, 'Where a message goes before it is skipped (R51).', 'R51-skip').optional(),
      orderEvents: describe(
        z.array(Name).min(1),
        'The events that an order in processing has sent, in their order (R17).',
        'R17',
      ).default([...RUNBOOK_NAMES.kafka.orderEvents]),
      inventoryGroup: describe(Name, 'The group that follows the stock (R11).').default(
        RUNBOOK_NAMES.kafka.inventoryGroup,
      ),
      consumers: describe(
        z.record(z.string(), Consumers),
        'What runs each consumer group, by group; a group that is not here is not restarted.',
      ).default({}),
    })
    .prefault({}),
  redis: z
    .strictObject({
      lockPattern: describe(Glob, 'A glob of Redis for the locks of the inventory.').default(
        RUNBOOK_NAMES.redis.lockPattern,
      ),
      lockTtlSeconds: describe(
        z.number().positive(),
        'The time to live that a lock gets.',
        'R12',
        'R14',
      ).optional(),
    })
    .prefault({}),
  database: z
    .strictObject({
      dependency: describe(
        Name,
        'What alerts call it in their label `dependency`.',
        'alerts of database-pool',
      ).default(RUNBOOK_NAMES.postgres.dependency),
      application: describe(
        Name,
        'application_name of the order service’s sessions.',
        'R38',
        'R39',
        'R42',
        'R43',
        'R44',
        'R59',
      ).default(RUNBOOK_NAMES.postgres.application),
      poolSizeEnv: describe(Variable, 'The variable of the pool’s size (R43).').default(
        RUNBOOK_NAMES.postgres.poolSizeEnv,
      ),
      user: describe(
        Name,
        'Shown in commands to type (`psql -U`); ORDERS_DATABASE_URL is what the bot asks.',
      ).default(RUNBOOK_NAMES.postgres.user),
      name: describe(
        Name,
        'Shown there as well (`psql -d`); unset: the user’s name, as psql has it.',
      ).optional(),
    })
    .prefault({}),
  catalog: describe(
    z.strictObject({
      url: describe(Web, 'The catalog, whose counts of stock are right (X7).', 'X7'),
      stockPath: describe(path('each'), 'Its count of one product; {id} stands for the product.', 'X7'),
    }),
    'Unset: the two counts of stock (X7) are not compared.',
  ).optional(),
  carriers: z
    .strictObject({
      secret: describe(
        ObjectName,
        'The secret with the carrier’s credentials; its values are never shown.',
      ).default(RUNBOOK_NAMES.carrier.secret),
      staged: describe(ObjectName, 'Where whoever holds the new key puts it (R35).').default(
        RUNBOOK_NAMES.carrier.staged,
      ),
      expiryAnnotation: describe(
        Name,
        'The annotation of that secret that names its expiry.',
        'R33',
      ).optional(),
      countries: describe(
        z.record(z.string(), z.array(z.string().regex(/^[A-Z]{2}$/, 'two capital letters, ISO 3166'))),
        'Where each carrier delivers.',
        '“The carrier does not go there” of shipping-labels',
        '5.N3',
        'the digest',
        'oms doctor',
      ).optional(),
    })
    .prefault({}),
  statusPages: z
    .strictObject({
      gateway: statusPage('The payment gateway’s own status page (X3); unset: skipped.'),
      carrier: statusPage('The carrier’s own status page (X3); unset: skipped.'),
    })
    .prefault({}),
  exports: z
    .strictObject({
      bucket: describe(
        z
          .string()
          .regex(/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/, 'a bucket’s name has small letters, digits, - and .'),
        'The bucket of the exports (R71).',
      ).default(RUNBOOK_NAMES.bucket),
    })
    .prefault({}),
};
