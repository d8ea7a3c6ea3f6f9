import { describe, expect, test } from 'vitest';
import { nextRung } from '../../src/domain/escalation.ts';
import { evolve } from '../../src/domain/evolve.ts';
import type { Climbed, Incident } from '../../src/domain/incident.ts';
import { changeOf } from '../../src/pipeline/change.ts';
import { climb } from '../../src/pipeline/escalate.ts';
import { ladderFor } from '../../src/pipeline/rules.ts';
import { aRules } from '../support/builders.ts';
import { aFinding, anIncident, FIRING, OPENED } from '../support/incidents.ts';

const MINUTE = 60_000;
const rules = aRules({ people: ['lead@example.com'] });
const ladder = ladderFor('critical', 'payments', rules);
const BACK = OPENED + 70 * MINUTE;

const climbed = (rung: Climbed['rung'], minutes: number): Climbed => ({
  rung,
  reason: 'time',
  because: 'x',
  at: OPENED + minutes * MINUTE,
  paged: true,
  by: null,
});
const WHOLE = [climbed(1, 20), climbed(2, 40), climbed(3, 60)];

/** Ended at minute 65 and back at minute 70; the end has closed every page. */
function back(change: Partial<Incident> = {}): Incident {
  const resolved = anIncident([aFinding('healthy', 'All is well.')], {
    ladder,
    severity: 'critical',
    announcedAt: OPENED,
    climbed: WHOLE,
    state: 'resolved',
    resolution: { at: OPENED + 65 * MINUTE, by: null, because: 'x' },
    ...change,
  });
  return evolve(resolved, { type: 'reopened', because: 'An alert came.', at: BACK });
}

const seen = (incident: Incident, atOnce: string | null, at = BACK + MINUTE): Incident => ({
  ...incident,
  diagnosis: incident.diagnosis && { ...incident.diagnosis, at, atOnce },
});
const due = (incident: Incident) => {
  const next = nextRung(incident, rules.escalation);
  return next && [next.rung.number, next.reason, (next.at - OPENED) / MINUTE];
};

describe('what comes back after its end has closed every page', () => {
  test('wakes somebody at once where the runbook does not wait', () => {
    expect(due(seen(back(), 'The gateway is down.'))).toEqual([1, 'at once', 71]);
  });

  test('goes on above what was called before, twenty minutes after it is back', () => {
    expect(due(back({ climbed: WHOLE.slice(0, 1) }))).toEqual([2, 'time', 90]);
  });

  test('begins its ladder anew where all of it had been called, twenty minutes after it is back', () => {
    expect(due(back())).toEqual([1, 'time', 90]);
    const again = { ...back(), climbed: [...WHOLE, climbed(1, 90)] };
    expect(due(again)).toEqual([2, 'time', 110]);
  });

  test('is not called for what was seen before its end', () => {
    expect(due(seen(back(), 'The gateway is down.', OPENED + 64 * MINUTE))).toEqual([1, 'time', 90]);
  });

  test('closes each page of its own once', () => {
    const incident = seen(back(), 'The gateway is down.');
    const next = nextRung(incident, rules.escalation);
    if (next === null) throw new Error('No rung is due.');
    const called = evolve(incident, climb(incident, next, rules, null).event);
    const end = { type: 'resolved', by: null, because: 'x', at: BACK + 9 * MINUTE } as const;
    const keys = changeOf(called, [end], rules).outgoing.map(({ key }) => key);
    expect(keys.filter((key) => key.endsWith('/resolve'))).toEqual(['oms/prod/OMS-1/2/rung-1/resolve']);
  });
});

describe('what is healthy while its alert fires', () => {
  test('is not said to be in trouble when somebody is called for it', () => {
    const incident = anIncident([aFinding('healthy', 'All is well.')], {
      ladder,
      announcedAt: OPENED,
      sources: [FIRING],
      healthySince: OPENED + 12 * MINUTE,
    });
    expect(nextRung(incident, rules.escalation)?.because).toBe(
      'All checks have been healthy for 8 minutes, but an alert still fires, 20 minutes after it began.',
    );
  });
});
