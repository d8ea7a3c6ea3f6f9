import { impactPercent } from '../../domain/impact.ts';
import type { ByHand, Judging } from '../define-runbook.ts';
import { cutOff } from '../shared/path.ts';
import { clock } from '../shared/spell.ts';
import { causes, gatewayDown, why } from './causes.ts';
import type { PaymentData } from './checks.ts';
import { GATEWAY_CLASSES } from './logs.ts';

/** By default the second look comes a minute after the first, ms. */
const FIRST_LOOK_MS = 60_000;

/** Whether payments are in trouble by anything that was looked at. */
function trouble({ findings: { gateway, logs, rate, waiting } }: Judging<PaymentData>): boolean {
  return [gateway, logs, rate, waiting].some(({ verdict }) => verdict === 'broken');
}

function widespread({ incident, thresholds }: Judging<PaymentData>): number | null {
  const percent = impactPercent(incident.impact);
  return percent !== null && percent > thresholds.widespreadPercent ? percent : null;
}

/** A gateway to which no pod gets may be well: then nothing is said of it but that. */
function gatewayLost(judging: Judging<PaymentData>): string | null {
  if (!gatewayDown(judging)) return null;
  const { path } = judging.findings;
  return cutOff(path, judging.thresholds) === 'all' ? 'No pod gets to the gateway.' : 'The gateway is down.';
}

export const byHand: readonly ByHand<PaymentData>[] = [
  {
    id: 'm1.1',
    owner: 'on-call',
    what: 'Look at the provider’s status page.',
    link: 'gatewayStatus',
    shown: 'while payments are in trouble and the bot cannot read that page itself (X3)',
    answers: ['up', 'incident', 'unclear'],
    when(judging) {
      const { verdict } = judging.findings.provider;
      if (!trouble(judging) || verdict === 'healthy' || verdict === 'broken') return null;
      return verdict === 'unknown'
        ? 'The bot could not read it.'
        : 'The bot does not read it, and the provider comes first.';
    },
  },
  {
    id: 'm1.2',
    owner: 'on-call',
    what: 'Make one test payment as the procedure says, never with a customer’s card.',
    link: 'paymentTest',
    shown: 'while payments are in trouble and no cause is supported',
    answers: ['works', 'fails'],
    when(judging) {
      if (!trouble(judging)) return null;
      const supported = causes.some((cause) => cause.judge(judging).verdict === 'supported');
      if (supported) return null;
      return Object.keys(judging.incident.causeHistory).length === 0
        ? 'No cause is clear yet.'
        : 'The cause is seen no more, and something is broken still.';
    },
  },
  {
    id: 'm1.3',
    owner: 'payments',
    what: 'Compare the key with the one in the vault and renew it; it never passes through Slack.',
    link: 'paymentCredentials',
    shown: 'while wrong credentials (1.C3) are supported',
    when(judging) {
      const because = why(judging, '1.C3');
      return because === null ? null : `${because} Then restart, then retry.`;
    },
  },
  {
    id: 'm1.4',
    owner: 'payments',
    what: 'Switch to the backup processor, if there is one.',
    link: 'backupGateway',
    shown: 'while the gateway is down',
    when: gatewayLost,
    owes: [
      { what: 'Switch back from the backup processor once the gateway is well again.', owner: 'payments' },
    ],
  },
  {
    id: 'm1.5',
    owner: 'payments',
    what: 'Open a case with the provider.',
    link: 'gatewaySupport',
    shown: 'while the gateway is down, or the trouble is widespread',
    when(judging) {
      const lost = gatewayLost(judging);
      if (lost !== null) return lost;
      const percent = widespread(judging);
      return percent === null ? null : `${Math.round(percent)} % of orders are affected.`;
    },
    text: caseText,
  },
];

/** What the provider will ask first; nothing in it is about a customer. */
function caseText({ findings, incident, names, thresholds }: Judging<PaymentData>): string {
  const { gateway, logs } = findings;
  const seen = gateway.data?.downSince ?? incident.brokenSince ?? incident.openedAt;
  // What our first look saw had begun before it: the alert knows since when.
  const since = seen - incident.openedAt < FIRST_LOOK_MS ? incident.clockStartedAt : seen;
  const pods = gateway.data?.pods ?? [];
  const down = pods.filter(({ value }) => value?.status === 'down').length;
  const { data } = logs;
  const answers =
    data === null
      ? 'Our logs could not be read.'
      : `Your answers in the last ${thresholds.logWindowMinutes} min: ${GATEWAY_CLASSES.map((name) => `${NAMED[name]}: ${data.classes[name].lines}`).join(', ')}.`;
  const { impact } = incident;
  const affected =
    impact?.known === true
      ? [`${impact.affected} of ${impact.total} orders of the last ${impact.windowMinutes} min are affected.`]
      : [];
  return [
    `Since ${clock(since)} our payments through ${new URL(names.gateway.url).host} fail.`,
    `The health check says down on ${down} of ${pods.length} of our instances.`,
    answers,
    ...affected,
    'Please confirm, and say when you expect the end.',
  ].join('\n');
}

const NAMED = { credentials: '401 or 403', 'rate limit': '429', outage: '5xx or timeout' } as const;
