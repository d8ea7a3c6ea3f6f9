import { describe, expect, test } from 'vitest';
import type { Finding } from '../../src/domain/finding.ts';
import type { Incident } from '../../src/domain/incident.ts';
import { runLine } from '../../src/views/card-findings.ts';
import { needed, verdictOf } from '../../src/views/incident-card.ts';
import { news } from '../../src/views/plain.ts';
import { aFinding, anIncident, aRun } from '../support/incidents.ts';

describe('the verdict of a card', () => {
  const verdict = (...findings: readonly Finding[]) => verdictOf(anIncident(findings));
  const absent = { ...aFinding('skipped', 'Redis is not configured.', 'R12'), absent: true } as const;

  test('calls nothing healthy that nobody could be asked for', () => {
    const well = aFinding('healthy', 'All is well.');
    expect(verdict(well)).toBe('healthy now');
    expect(verdict(well, absent)).toBe('healthy where it could look');
    // What the runbook only implies is often not there, and skipped for another reason is not unseen.
    expect(verdict(well, { ...absent, step: 'X7' })).toBe('healthy now');
    expect(verdict(well, aFinding('skipped', 'Needs an order.', 'R17'))).toBe('healthy now');
    expect(verdict(aFinding('broken', 'It is not.'), absent)).toBe('broken');
    expect(verdict(absent)).toBe('could not look everywhere');
  });

  test('a cause that stands while nothing is broken is not healthy', () => {
    const causes = [
      { id: '8.C3', title: 'Wasteful', verdict: 'supported', because: 'So it is.', outside: false },
    ] as const;
    const incident = anIncident([aFinding('healthy', 'All is well.')]);
    const { diagnosis } = incident;
    if (diagnosis === null) throw new Error('It was not looked at.');
    expect(verdictOf({ ...incident, diagnosis: { ...diagnosis, causes } })).toBe('no check is broken');
  });

  test('what was seen before it came back says nothing of now', () => {
    const incident = anIncident([aFinding('healthy', 'All is well.')]);
    const seenAt = incident.diagnosis?.at ?? 0;
    expect(verdictOf({ ...incident, reopenedAt: seenAt + 1 })).toBe('looking');
    expect(verdictOf({ ...incident, reopenedAt: seenAt - 1 })).toBe('healthy now');
    const known = {
      known: true,
      affected: 0,
      total: 9,
      windowMinutes: 30,
      source: '',
      means: '',
      at: seenAt,
    } as const;
    const said = news({ ...incident, impact: known, reopenedAt: seenAt + 1 }, 'Orders stuck', [
      'An alert came.',
    ]);
    expect(said.text).toMatch(/Orders stuck: looking\. An alert came\. Impact is being counted\.$/);
  });
});

describe('what a resolved card needs', () => {
  const resolved = { state: 'resolved' } as const;
  const incident = anIncident([aFinding('healthy', 'All is well.')], resolved);
  const { diagnosis } = incident;
  const oversold = { id: 'm2.2', because: '50 orders were sold twice.' } as const;
  const left: Incident = {
    ...incident,
    diagnosis: diagnosis === null ? null : { ...diagnosis, byHand: [oversold] },
  };

  test('nothing, unless a step by hand or something owed is left', () => {
    expect(needed(incident)).toBe('Nothing is needed.');
    expect(needed(left)).toBe('Work by hand is left.');
    const tick = { step: 'm2.2', answer: 'done', by: 'U1', at: 1, because: '' } as const;
    expect(needed({ ...left, ticks: [tick] })).toBe('Nothing is needed.');
  });
});

test('a run names the one refund, return, order or export that it was for', () => {
  const one = aRun({ title: 'Give store credit', targets: ['ref_abc123'] });
  expect(runLine(one).text).toMatch(/^\*Give store credit\* \(ref_abc123\), approved by /);
  expect(runLine({ ...one, targets: ['ref_abc123', 'ref_abc124'] }).text).not.toContain('(ref_');
  expect(runLine({ ...one, targets: ['deployment/order-service'] }).text).not.toContain('(deployment');
});
