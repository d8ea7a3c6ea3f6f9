import { describe, expect, test } from 'vitest';
import { paymentFailures } from '../../../src/runbooks/payment-failures.ts';
import { aJudging, MINUTE, NOW, reporting, seen } from '../../support/runbooks.ts';
import { aRate, findings, gatewaySays, logCounts, saysTooMany, table } from './support.ts';

const down = (...ago: readonly number[]) =>
  seen('broken', gatewaySays(['down', 'up'], NOW - (ago[0] ?? 20_000)));
const ticked = (answer: string, ago: number) => ({
  ticks: [{ step: 'm1.1' as const, answer, by: 'UANNA', at: NOW - ago }],
});
const silentLogs = seen('unknown', null);
const secret = (change: object) =>
  seen('healthy', { changedAt: NOW - 60 * MINUTE, expiresAt: null, expired: false, olderPods: 0, ...change });

table('1.C1', [
  [
    'down twice, 15 s apart',
    { gateway: down(15_000) },
    'supported',
    'The health check has said down for 15 s, on 1 of 2 pods.',
  ],
  ['down once', { gateway: down(14_999) }, 'open', 'The health check has said down once; it is asked again.'],
  [
    'down twice, but 401 dominates: then it is the key',
    { gateway: down(), logs: seen('broken', logCounts({ credentials: 9, outage: 2 })) },
    'open',
    /do not agree/,
  ],
  [
    'down twice, but 429 dominates: then it is the pace',
    { gateway: down(), logs: seen('broken', logCounts({ 'rate limit': 9 })) },
    'open',
    /do not agree/,
  ],
  [
    'a person sees an incident on the provider’s page',
    { gateway: seen('unknown', null), logs: silentLogs },
    'supported',
    'A person saw an incident on the provider’s status page.',
    ticked('incident', 30 * MINUTE),
  ],
  [
    'what a person saw is too old',
    { gateway: seen('unknown', null), logs: silentLogs },
    'open',
    'The logs could not be read.',
    ticked('incident', 30 * MINUTE + 1),
  ],
  [
    'a person sees that all is well there',
    { gateway: seen('unknown', null), logs: silentLogs },
    'open',
    'The logs could not be read.',
    ticked('up', 0),
  ],
  [
    'every pod is answered again, whatever the page says',
    {},
    'ruled out',
    /^Every pod reaches/,
    ticked('incident', 0),
  ],
  [
    'the provider names an incident',
    { provider: reporting('API errors') },
    'supported',
    'The provider itself reports “API errors”.',
  ],
  [
    'the provider’s page shows trouble without an incident',
    { provider: seen('broken', { incidents: [], maintenance: [], troubled: [] }) },
    'open',
    /whether its provider reports an incident is not sure/,
  ],
  ['the provider’s page does not answer', { provider: seen('unknown', null) }, 'open', /not sure/],
  [
    'it does not answer, and a person saw that all is well',
    { provider: seen('unknown', null) },
    'ruled out',
    /^Every pod reaches/,
    ticked('up', 0),
  ],
  ['the provider names nothing', { provider: reporting() }, 'ruled out', /^Every pod reaches/],
  [
    '5xx and timeouts dominate, the health check sleeps',
    { logs: seen('broken', logCounts({ outage: 5, credentials: 5 })) },
    'supported',
    '5 payments met a 5xx or a timeout in 30 min.',
  ],
  ['four lines do not dominate', { logs: seen('healthy', logCounts({ outage: 4 })) }, 'open', /./],
  [
    'under half of the failures does not dominate',
    { logs: seen('broken', logCounts({ outage: 5, 'rate limit': 6 })) },
    'open',
    /./,
  ],
  [
    'they have stopped',
    { logs: seen('healthy', logCounts({ outage: 90 }, { lastAt: NOW - 6 * MINUTE })) },
    'ruled out',
    'Every pod reaches the gateway, and no 5xx or timeout comes any more.',
  ],
  ['all quiet', {}, 'ruled out', /^Every pod reaches/],
  [
    'under 5 % of the failures is absent',
    { logs: seen('broken', logCounts({ outage: 4, credentials: 96 })) },
    'ruled out',
    /^Every pod/,
  ],
  [
    'quiet, but a log was cut',
    { logs: seen('unknown', logCounts({}, { whole: false })) },
    'open',
    /do not agree/,
  ],
  ['quiet, but a pod did not answer', { gateway: seen('unknown', gatewaySays(['up', null])) }, 'open', /./],
  ['no logs', { logs: silentLogs }, 'open', 'The logs could not be read.'],
  [
    'only slow',
    { gateway: seen('broken', gatewaySays(['degraded'])) },
    'open',
    'The gateway answers slowly, and the logs do not show failed payments of that kind.',
  ],
]);

table('1.C3', [
  [
    '401 and 403 dominate',
    { logs: seen('broken', logCounts({ credentials: 6, outage: 6 })) },
    'supported',
    '6 payments were refused with 401 or 403.',
  ],
  [
    'expired, although the logs are quiet',
    { secret: secret({ expiresAt: NOW, expired: true }) },
    'supported',
    'The credentials have expired.',
  ],
  [
    'younger than two pods',
    {
      secret: secret({ olderPods: 2 }),
      logs: seen('broken', logCounts({ credentials: 6 })),
    },
    'supported',
    '6 payments were refused with 401 or 403. 2 pods may still hold the old key.',
  ],
  [
    'absent and not expired',
    { secret: secret({ expiresAt: NOW + 1 }) },
    'ruled out',
    'No payment is refused with 401 or 403, and nothing has expired.',
  ],
  ['absent, secret unknown', { secret: seen('unknown', null) }, 'open', 'The secret could not be looked at.'],
  [
    'absent, and there is no secret at all',
    { secret: seen('broken', { changedAt: null, expiresAt: null, expired: false, olderPods: null }) },
    'open',
    'The secret is not there.',
  ],
  ['no logs', { logs: silentLogs }, 'open', 'The logs could not be read.'],
  [
    'some, not most',
    { logs: seen('broken', logCounts({ credentials: 3, outage: 9 })) },
    'open',
    'The logs do not say it clearly.',
  ],
]);

table('1.C4', [
  [
    '429 dominates',
    { logs: seen('broken', logCounts({ 'rate limit': 5 })) },
    'supported',
    '5 payments were answered with 429.',
  ],
  ['absent', {}, 'ruled out', 'No payment is answered with 429.'],
  [
    'absent, and the health check is throttled',
    { gateway: seen('broken', saysTooMany()) },
    'open',
    'The gateway answers its health check with 429, and the logs show few such payments.',
  ],
  [
    'cut logs are never absent',
    { logs: seen('unknown', logCounts({}, { whole: false })) },
    'open',
    'The logs do not say it clearly.',
  ],
  ['no logs', { logs: silentLogs }, 'open', 'The logs could not be read.'],
  [
    'a line without a time counts as new',
    { logs: seen('broken', logCounts({ 'rate limit': 5 }, { lastAt: null })) },
    'supported',
    /./,
  ],
]);

const rate = (attempts: number, declines: number | null) => ({
  rate: seen('healthy', aRate({ window: { attempts, declines, minutes: 20 } })),
});
const withUsual = (attempts: number, declines: number, percent: number) => ({
  rate: seen('healthy', aRate({ window: { attempts, declines, minutes: 20 }, usual: { percent, at: NOW } })),
});
table('1.C5', [
  [
    'twice the usual share',
    rate(20, 4),
    'supported',
    '20 % of 20 attempts in 20 min were declined, usual are 10 %.',
  ],
  [
    'twice what was usual for seven days',
    withUsual(100, 8, 4),
    'supported',
    '8 % of 100 attempts in 20 min were declined, usual are 4 %, the median of 7 days.',
  ],
  ['a handful where usually none is declined', withUsual(100, 1, 0), 'ruled out', /normal/],
  ['a wave where usually none is declined', withUsual(100, 2, 0), 'supported', /usual are 0 %/],
  ['below', rate(100, 19), 'ruled out', /^19 % .* That is normal\.$/],
  ['too few attempts', rate(19, 19), 'open', 'Too few attempts have been counted so far.'],
  [
    'declines are not counted: that is not none',
    rate(500, null),
    'open',
    'The declined cards could not be counted (`metrics.paymentDeclines`).',
  ],
  ['no metrics', { rate: seen('unknown', null) }, 'open', /^Too few/],
]);

describe('what declines mean for the incident', () => {
  const alone = {
    incident: { ...aJudging(findings()).incident, sources: [source('PAYMENT_DECLINED')] },
  };
  function source(code: string) {
    return {
      source: 'alertmanager' as const,
      key: code,
      state: 'firing' as const,
      tellsResolved: true,
      code,
      summary: '',
      startsAt: null,
      since: NOW,
      url: null,
      by: null,
    };
  }

  test('a usual share and a sound gateway: nobody is needed', () =>
    expect(paymentFailures.harmless?.(aJudging(findings(rate(100, 5)), alone))).toMatch(/That is normal/));

  test.each([
    ['declines nobody counted', findings(rate(100, null)), alone],
    ['a wave of declines', findings(rate(100, 40)), alone],
    ['a gateway that did not answer', findings({ ...rate(100, 5), gateway: seen('unknown', null) }), alone],
    [
      'another code beside it',
      findings(rate(100, 5)),
      { incident: { ...alone.incident, sources: [source('PAYMENT_DECLINED'), source('PAYMENT_FAILED')] } },
    ],
  ])('%s: somebody may be', (_what, given, change) =>
    expect(paymentFailures.harmless?.(aJudging(given, change))).toBeNull(),
  );

  test.each([
    [['PAYMENT_DECLINED'], 'low'],
    [['PAYMENT_DECLINED', 'PAYMENT_FAILED'], 'critical'],
    [['PAYMENT_DECLINED', null], 'critical'],
    [[], 'critical'],
  ])('%j is %s', (codes, severity) => expect(paymentFailures.severityOf?.(codes)).toBe(severity));
});

describe('rung 1 at once', () => {
  test('while the gateway is down', () =>
    expect(paymentFailures.atOnce(aJudging(findings({ gateway: down(120_000) })))).toBe(
      'The payment gateway has been down for 2 min; the runbook says not to wait.',
    ));
  test.each([
    ['down once', { gateway: down(5_000) }],
    ['our key', { gateway: down(), logs: seen('broken', logCounts({ credentials: 9 })) }],
    ['nobody could say', { gateway: seen('unknown', null) }],
    ['only the logs', { logs: seen('broken', logCounts({ outage: 50 })) }],
  ])('not when %s', (_what, given) => expect(paymentFailures.atOnce(aJudging(findings(given)))).toBeNull());
});
