import * as z from 'zod';
import { RUNBOOK_NAMES } from '../runbooks/names.ts';
import { Links } from './links.ts';
import { SYSTEMS } from './systems.ts';
import { Channel, Teams, Who } from './teams.ts';
import { thresholdsSchema } from './thresholds.ts';
import { described as describe, Name } from './words.ts';

const TimeZone = z.string().refine(isTimeZone, 'a time zone is written like Europe/Berlin or UTC');

const CLOCK = 'a time of day is written 22:00';
const hour = describe(
  z.string(CLOCK).regex(/^([01]\d|2[0-3]):[0-5]\d$/, CLOCK),
  'Hours and minutes.',
  'R75',
  '7.N4',
  '10.N4',
);

/** Node knows far more spellings than it lists, but its first formatter takes 10 ms of a start and the list takes 2. */
function isTimeZone(name: string): boolean {
  if (name === 'UTC' || Intl.supportedValuesOf('timeZone').includes(name)) return true;
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }) !== null;
  } catch {
    return false;
  }
}

const owedIn = (team: string) =>
  describe(
    Channel,
    `Where the bot posts what ${team} owes; unset: only \`/oms owed\` lists it.`,
    'what is owed',
  ).optional();

/** `oms.yaml`: every name and number that differs between companies. The defaults are the runbook's own. */
export const OmsYaml = z.strictObject({
  environment: describe(
    z.enum(['prod', 'stage', 'dev']),
    'One bot serves one environment; outside prod nothing pages.',
    'alerts',
    'pages',
  ).default('dev'),
  service: z
    .strictObject({
      name: describe(Name, 'Named on cards and pages.', 'cards', 'pages').default('order-management-service'),
      criticality: describe(
        z.enum(['critical', 'high', 'medium', 'low']),
        'Told with every page; how severe an incident is, its runbook says.',
        'pages',
      ).default('critical'),
    })
    .prefault({}),
  channels: z
    .strictObject({
      alerts: describe(
        Channel,
        'Where the bot listens and its cards stand.',
        'cards',
        'alerts that are messages',
      ).default('#orders-alerts'),
      warehouse: owedIn('the warehouse'),
      customerService: owedIn('customer service'),
      orders: owedIn('the orders team'),
      payments: owedIn('the payments team'),
      catalog: owedIn('the catalog team'),
      platform: owedIn('platform engineering'),
    })
    .prefault({}),
  teams: Teams,
  people: z
    .strictObject({
      teamLead: describe(z.email(), 'Rung 3, found in Slack by this address.', 'the ladder').optional(),
      engineeringManager: describe(
        z.email(),
        'Rung 3, found in Slack by this address.',
        'the ladder',
      ).optional(),
    })
    .prefault({}),
  ...SYSTEMS,
  orders: z
    .strictObject({
      table: describe(Name, 'The orders table, with its schema if it is not on the search path.').default(
        'orders',
      ),
      columns: z
        .strictObject({
          id: describe(Name, 'The order’s id, as everywhere: ord_….', 'X8', 'the impact').default('id'),
          status: describe(Name, 'Where an order stands, a text.', 'X8', 'R72', 'the impact').default(
            'status',
          ),
          errorCode: describe(Name, 'Why it failed, a text or null.').default('error_code'),
          createdAt: describe(Name, 'When it was made.').default('created_at'),
          updatedAt: describe(Name, 'When it last changed.', 'R72', 'the impact').default('updated_at'),
        })
        .prefault({}),
      timeZone: describe(
        // PostgreSQL takes the sign of an offset for its opposite.
        TimeZone.regex(/^[A-Za-z]/, 'a zone by its name, like Europe/Berlin or UTC, and not by an offset'),
        'What clock the two times are by where their columns have no time zone; unset: the database’s own.',
        'X6',
        'X8',
        'the impact',
      ).optional(),
      statuses: describe(
        z.array(Name).min(1).max(100),
        'Every status that an order can have; `/oms stuck-orders` takes no other.',
        '/oms stuck-orders',
      ).default([...RUNBOOK_NAMES.statuses.all]),
      processing: describe(Name, 'The status that orders get stuck in.').default(
        RUNBOOK_NAMES.statuses.processing,
      ),
      pendingPayment: describe(Name, 'The status of an order that waits for its payment.').default(
        RUNBOOK_NAMES.statuses.pendingPayment,
      ),
      readyToShip: describe(Name, 'The status of a packed order that waits for its label.').default(
        RUNBOOK_NAMES.statuses.readyToShip,
      ),
      manualStatuses: describe(
        z.array(Name).min(1).max(100),
        'What a person may set by hand (R22), in the order of the form.',
        'R22',
      ).default([...RUNBOOK_NAMES.statuses.manual]),
      beforeProcessing: describe(
        z.array(Name),
        'The statuses that orders have before that one; such orders never left it.',
        'the impact of stuck-orders',
        'the impact of shipping-labels',
      ).default(['pending_payment', 'payment_failed', 'reservation_failed', 'paid']),
    })
    .prefault({}),
  refunds: z
    .strictObject({
      pending: describe(Name, 'The status of refunds that wait, as their list calls it (R23).').default(
        RUNBOOK_NAMES.statuses.pendingRefund,
      ),
    })
    .prefault({}),
  returns: z
    .strictObject({
      pending: describe(Name, 'The status of returns that wait, as their list calls it (R62).').default(
        RUNBOOK_NAMES.statuses.pendingReturn,
      ),
      received: describe(
        Name,
        'The status of returns that came in and wait for their refund (X15); unset: skipped.',
      ).optional(),
    })
    .prefault({}),
  escalation: z
    .strictObject({
      afterMinutes: describe(
        z.number().positive(),
        'Rung 1 after so long (runbook: 20).',
        'the ladder',
      ).default(20),
      impactPercent: describe(
        z.number().positive().max(100),
        'Rung 1 above this share of orders (runbook: 25).',
        'the ladder',
      ).default(25),
      rungEveryMinutes: describe(
        z.number().positive(),
        'Minutes from one rung to the next.',
        'the ladder',
      ).default(20),
      notBeforeCardMinutes: describe(
        z.number().nonnegative(),
        'No rung by time alone sooner after the card.',
        'the ladder',
      ).default(2),
    })
    .prefault({}),
  approvals: z
    .strictObject({
      expireAfterMinutes: describe(
        z.number().positive(),
        'A request waits so long for its second person, an approval so long for its run.',
        'approvals',
      ).default(15),
      responders: describe(
        z.array(Who),
        'May approve safe and disruptive actions, hold and resolve. Empty: nobody.',
        'approvals',
        '/oms hold',
        '/oms resolve',
        '/oms freeze',
      ).default([]),
      approvers: describe(z.array(Who), 'May approve guarded actions. Empty: nobody.', 'approvals').default(
        [],
      ),
      managers: describe(
        z.array(Who),
        'May approve what the runbook leaves to managers. Empty: nobody.',
        'R66',
      ).default([]),
      byAction: describe(
        z.record(Name, z.array(Who)),
        'Another list for one step, e.g. R22.',
        'approvals',
      ).default({}),
    })
    .prefault({}),
  actions: z
    .strictObject({
      rollback: describe(
        z.enum(['on', 'off']),
        'Whether the bot offers to roll the order service back (X2).',
        'X2',
      ).default('off'),
      oneWayMark: describe(
        Name,
        'The label or annotation, on a Deployment or its pods, of a version that is not rolled back: its migration has no way back.',
        'X2',
      ).default(RUNBOOK_NAMES.rollBack.oneWayMark),
    })
    .prefault({}),
  trustedSenders: describe(
    z.array(Name),
    'Bots (id, app id or name) whose messages count as alerts.',
    'alerts that are messages',
  ).default([]),
  alerts: z
    .strictObject({
      environmentLabel: describe(Name, 'The label that names an alert’s environment.', 'alerts').default(
        'environment',
      ),
      scopeLabels: describe(
        z.array(Name),
        'Labels whose values keep incidents of one runbook apart.',
        'alerts',
      ).default([]),
      rules: describe(
        z.array(z.strictObject({ match: z.record(z.string(), z.string()), runbook: Name })),
        'Labels that mean a runbook when no code does.',
        'alerts',
      ).default([]),
    })
    .prefault({}),
  thresholds: describe(thresholdsSchema, 'Numbers that mean trouble.').prefault({}),
  quietHours: describe(
    z.strictObject({
      from: hour.default(RUNBOOK_NAMES.quietHours.from),
      to: hour.default(RUNBOOK_NAMES.quietHours.to),
    }),
    'When large exports and work on Kafka disturb nobody (10.N4, 7.N4), in `timeZone`.',
  ).prefault({}),
  timeZone: describe(
    TimeZone,
    'Of the daily digest, at 09:00, and of the quiet hours.',
    'the digest',
    'R75',
    '7.N4',
    '10.N4',
  ).default('UTC'),
  lookEverySeconds: describe(z.number().min(5), 'An open incident is looked at so often.', 'looks').default(
    60,
  ),
  links: Links,
});
export type OmsYaml = z.infer<typeof OmsYaml>;
