import * as z from 'zod';
import { RUNBOOK_NAMES } from '../runbooks/names.ts';
import { DEFAULT_THRESHOLDS } from '../runbooks/thresholds.ts';
import { SYSTEMS } from './systems.ts';
import { described as describe, Name } from './words.ts';

const Channel = z.string().regex(/^#[a-z0-9][a-z0-9_-]{0,79}$/, 'a channel is written like #orders-team');
const Who = z.string().regex(/^[UWS][A-Z0-9]{2,20}$/, 'a user id (U… or W…) or a user group id (S…)');

const TimeZone = z.string().refine(isTimeZone, 'a time zone is written like Europe/Berlin or UTC');

function isTimeZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }) !== null;
  } catch {
    return false;
  }
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
  ...SYSTEMS,
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
      readyToShip: describe(Name, 'The status of a packed order that waits for its label.').default(
        RUNBOOK_NAMES.statuses.readyToShip,
      ),
      manualStatuses: describe(
        z.array(Name).min(1).max(100),
        'What a person may set by hand (R22), in the order of the form.',
      ).default([...RUNBOOK_NAMES.statuses.manual]),
      beforeProcessing: describe(
        z.array(Name),
        'The statuses that orders have before that one; such orders never left it.',
      ).default(['pending_payment', 'payment_failed', 'reservation_failed', 'paid']),
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
