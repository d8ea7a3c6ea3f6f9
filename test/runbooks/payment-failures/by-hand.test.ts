import { describe, expect, test } from 'vitest';
import type { Incident } from '../../../src/domain/incident.ts';
import type { Findings } from '../../../src/runbooks/define-runbook.ts';
import { byHand } from '../../../src/runbooks/payment-failures/by-hand.ts';
import type { PaymentData } from '../../../src/runbooks/payment-failures/checks.ts';
import { anIncident } from '../../support/incidents.ts';
import { aJudging, MINUTE, NOW, seen } from '../../support/runbooks.ts';
import { aPath, findings, gatewaySays, logCounts } from './support.ts';

const shown = (given: Partial<Findings<PaymentData>>, incident: Partial<Incident> = {}) => {
  const judging = aJudging(findings(given), { incident: anIncident([], incident) });
  return Object.fromEntries(
    byHand.flatMap(({ id, when }) => {
      const because = when(judging);
      return because === null ? [] : [[id, because]];
    }),
  );
};
const down = { gateway: seen('broken', gatewaySays(['down', 'down'], NOW - 5 * MINUTE)) };
const impact = (affected: number): Partial<Incident> => ({
  impact: {
    known: true,
    affected,
    total: 100,
    windowMinutes: 30,
    source: 'orders table',
    means: '',
    at: NOW,
  },
});

describe('steps by hand of payment failures', () => {
  test.each([
    ['nothing is wrong', {}, {}, []],
    ['the gateway is down', down, {}, ['m1.1', 'm1.4', 'm1.5']],
    [
      'the bot reads the provider’s page by itself',
      { ...down, provider: seen('healthy', { incidents: [], maintenance: [], troubled: [] }) },
      {},
      ['m1.4', 'm1.5'],
    ],
    ['that page does not answer', { ...down, provider: seen('unknown', null) }, {}, ['m1.1', 'm1.4', 'm1.5']],
    ['our key is refused', { logs: seen('broken', logCounts({ credentials: 9 })) }, {}, ['m1.1', 'm1.3']],
    [
      'orders wait and nothing says why',
      { waiting: seen('broken', { total: 12, oldestAt: null }) },
      impact(25),
      ['m1.1', 'm1.2'],
    ],
    [
      'more than a quarter of orders is affected',
      { waiting: seen('broken', { total: 12, oldestAt: null }) },
      impact(26),
      ['m1.1', 'm1.2', 'm1.5'],
    ],
  ] as const)('%s', (_what, given, incident, ids) => {
    expect(Object.keys(shown(given, incident))).toEqual(ids);
  });

  test('a gateway to which no pod gets is not said to be down', () => {
    const path = seen('broken', aPath(2, 2, 5 * MINUTE));
    const said = 'No pod gets to the gateway.';
    expect(shown({ ...down, path })).toMatchObject({ 'm1.4': said, 'm1.5': said });
  });

  test('what was the cause before is not said never to have been clear', () => {
    const waiting = seen('broken', { total: 12, oldestAt: null });
    const causeHistory = { '1.C1': { supportedAt: NOW - 2 * MINUTE, clearSince: NOW } };
    expect(shown({ waiting })['m1.2']).toBe('No cause is clear yet.');
    expect(shown({ waiting }, { causeHistory })['m1.2']).toBe(
      'The cause is seen no more, and something is broken still.',
    );
  });

  const textOf = (given: Partial<Findings<PaymentData>>, incident: Partial<Incident>) =>
    byHand
      .find(({ id }) => id === 'm1.5')
      ?.text?.(aJudging(findings(given), { incident: anIncident([], incident) }));

  test('the text for the provider has figures, and nothing about customers', () => {
    const logs = seen('broken', logCounts({ outage: 41, declined: 3 }));
    expect(textOf({ ...down, logs }, impact(37))).toBe(
      [
        'Since 2026-01-01 03:25 UTC our payments through api.stripe.com fail.',
        'The health check says down on 2 of 2 of our instances.',
        'Your answers in the last 30 min: 401 or 403: 0, 429: 0, 5xx or timeout: 41.',
        '37 of 100 orders of the last 30 min are affected.',
        'Please confirm, and say when you expect the end.',
      ].join('\n'),
    );
  });

  test.each([
    ['was down at the first look: since the alert', 5_000, '02:52'],
    ['was well then, and went down later: since that', 25 * MINUTE, '03:25'],
  ])('of a gateway that %s', (_what, after, since) => {
    const openedAt = NOW - 30 * MINUTE;
    const gateway = seen('broken', gatewaySays(['down', 'down'], openedAt + after));
    const text = textOf({ gateway }, { openedAt, clockStartedAt: openedAt - 8 * MINUTE });
    expect(text).toContain(`Since 2026-01-01 ${since} UTC`);
  });
});
