import { describe, expect, test } from 'vitest';
import type { CauseVerdict } from '../../../src/domain/finding.ts';
import type { Incident } from '../../../src/domain/incident.ts';
import type { GatewayHealth } from '../../../src/ports/probes.ts';
import type { Findings } from '../../../src/runbooks/define-runbook.ts';
import type { GatewaySeen, PaymentData } from '../../../src/runbooks/payment-failures/checks.ts';
import type { PaymentClass, PaymentLogs } from '../../../src/runbooks/payment-failures/logs.ts';
import { paymentFailures } from '../../../src/runbooks/payment-failures.ts';
import type { PathSeen } from '../../../src/runbooks/shared/path.ts';
import type { RateSeen } from '../../../src/runbooks/shared/success-rate.ts';
import { anIncident } from '../../support/incidents.ts';
import { aDeployment, aJudging, answers, MINUTE, NOW, ordersSeen, seen } from '../../support/runbooks.ts';

/** Lines by class, the newest a minute old. */
export function logCounts(
  lines: Partial<Record<PaymentClass, number>>,
  change: Partial<PaymentLogs> & { readonly lastAt?: number | null } = {},
): PaymentLogs {
  const { lastAt = NOW - MINUTE, ...rest } = change;
  const of = (name: PaymentClass) => ({ lines: lines[name] ?? 0, lastAt: lines[name] ? lastAt : null });
  return {
    classes: {
      declined: of('declined'),
      credentials: of('credentials'),
      'rate limit': of('rate limit'),
      outage: of('outage'),
    },
    unclassed: 0,
    newestAt: lastAt,
    whole: true,
    containers: 4,
    problems: [],
    ...rest,
  };
}

export function gatewaySays(
  statuses: readonly (GatewayHealth['status'] | null)[],
  since: number | null = null,
): GatewaySeen {
  return {
    pods: answers(...statuses.map((status) => (status === null ? null : { status, words: null }))),
    downSince: since,
    down: since !== null && NOW - since >= 15_000,
  };
}

/** One pod is well, and one is told to come back later. */
export function saysTooMany(): GatewaySeen {
  const { pods, ...rest } = gatewaySays(['up', 'degraded']);
  const words = '429 Too Many Requests';
  return {
    ...rest,
    pods: pods.map((pod, place) =>
      place === 1 && pod.value !== null ? { ...pod, value: { ...pod.value, words } } : pod,
    ),
  };
}

/** So many pods, the first ones of which have had no path for so long, ms. */
export function aPath(pods: number, shut: number, since = 0): PathSeen {
  return {
    pods,
    open: pods - shut,
    shut: Array.from({ length: shut }, (_, place) => `pod-${place + 1}`),
    untried: [],
    lastShut: [],
    shutSince: shut > 0 ? NOW - since : null,
    mostSince: shut * 2 >= pods ? NOW - since : null,
  };
}

export function aRate(change: Partial<RateSeen> = {}): RateSeen {
  return {
    percent: 99,
    answered: 4,
    pods: 4,
    attempts: null,
    window: { attempts: 100, declines: 4, minutes: 20 },
    samples: [],
    usual: null,
    ...change,
  };
}

/** All is well, but for what is given; nothing waits. */
export function findings(change: Partial<Findings<PaymentData>> = {}): Findings<PaymentData> {
  return {
    gateway: seen('healthy', gatewaySays(['up', 'up'])),
    logs: seen('healthy', logCounts({})),
    path: seen('skipped', null),
    rate: seen('healthy', aRate()),
    secret: seen('healthy', { changedAt: NOW - 60 * MINUTE, expiresAt: null, expired: false, olderPods: 0 }),
    waiting: seen('healthy', { total: 0, oldestAt: null }),
    service: seen('healthy', aDeployment()),
    provider: seen('skipped', null),
    orders: seen('healthy', ordersSeen(60)),
    ...change,
  };
}

type Row = readonly [
  what: string,
  given: Partial<Findings<PaymentData>>,
  verdict: CauseVerdict,
  because: string | RegExp,
  incident?: Partial<Incident>,
];

export function judged(id: string, given: Partial<Findings<PaymentData>>, incident: Partial<Incident> = {}) {
  const cause = paymentFailures.causes.find((one) => one.id === id);
  if (cause === undefined) throw new Error(`No cause ${id}.`);
  return cause.judge(aJudging(findings(given), { incident: anIncident([], incident) }));
}

/** One cause, row by row. */
export function table(id: string, rows: readonly Row[]) {
  describe(id, () => {
    test.each(rows.map((row) => ({ what: row[0], row })))('$what', ({ row }) => {
      const [, given, verdict, because, incident] = row;
      const said = judged(id, given, incident);
      expect(said.verdict).toBe(verdict);
      if (typeof because === 'string') expect(said.because).toBe(because);
      else expect(said.because).toMatch(because);
    });
  });
}
