import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { nextRung } from '../../src/domain/escalation.ts';
import { evolve } from '../../src/domain/evolve.ts';
import type { Impact } from '../../src/domain/impact.ts';
import type { Incident } from '../../src/domain/incident.ts';
import { overdue } from '../../src/pipeline/escalate.ts';
import { personsAlert } from '../../src/pipeline/receive.ts';
import { ladderFor } from '../../src/pipeline/rules.ts';
import { aRules } from '../support/builders.ts';
import { anIncident, OPENED } from '../support/incidents.ts';

const MINUTE = 60_000;
const rules = aRules({ people: ['lead@example.com'] });
const ladder = ladderFor('critical', 'payments', rules);

const known = (affected: number, total: number, at = OPENED): Impact => ({
  known: true,
  affected,
  total,
  windowMinutes: 30,
  source: 'orders table',
  means: '',
  at,
});
const impact = fc.oneof(
  fc.record({ known: fc.constant(false as const), because: fc.constant(''), at: fc.constant(OPENED) }),
  fc.tuple(fc.nat(100), fc.nat(60)).map(([share, later]) => known(share, 100, OPENED + later * MINUTE)),
);
const incidents = fc
  .record({
    /** An alert may have begun long before we heard of it. */
    before: fc.nat(180),
    announced: fc.option(fc.nat(30), { nil: null }),
    impact,
    atOnce: fc.boolean(),
  })
  .map(({ before, announced, impact, atOnce }): Incident => {
    const base = anIncident([], {
      ladder,
      severity: 'critical',
      clockStartedAt: OPENED - before * MINUTE,
      announcedAt: announced === null ? null : OPENED + announced * MINUTE,
      impact,
    });
    const { diagnosis } = base;
    return diagnosis === null
      ? base
      : { ...base, diagnosis: { ...diagnosis, atOnce: atOnce ? 'Down.' : null } };
  });

/** Lets the clock go on in steps of so many minutes, as the pipeline does, and returns what was climbed. */
function climbed(incident: Incident, steps: readonly number[]) {
  let [current, now] = [incident, OPENED];
  for (const step of steps) {
    now += step * MINUTE;
    for (const event of overdue(current, now, rules).events) current = evolve(current, event);
  }
  return { climbed: current.climbed, now };
}

describe('a first rung that time alone called, in its channel', () => {
  const calm = ladderFor('medium', 'orders', rules);
  const touchedAt = (minutes: number, change: Partial<Incident> = {}) =>
    climbed(
      anIncident([], {
        ladder: calm,
        environment: 'prod',
        clockStartedAt: OPENED,
        announcedAt: OPENED,
        impact: known(49, 100, OPENED + minutes * MINUTE),
        ...change,
      }),
      [20, 2, 18, 1, 20, 1, 40],
    ).climbed.map(({ rung, reason, at }) => [rung, reason, (at - OPENED) / MINUTE]);

  test('is called once more for a share of over 25 %, which always wakes somebody; the next one comes when it would have', () => {
    expect(touchedAt(22)).toEqual([
      [1, 'time', 20],
      [1, 'impact', 22],
      [2, 'time', 40],
    ]);
  });

  test('is not where it had paged, nor where the next was called already', () => {
    const rungs = (found: ReturnType<typeof touchedAt>) => found.map(([rung]) => rung);
    expect(rungs(touchedAt(22, { ladder }))).toEqual([1, 2, 3]);
    expect(rungs(touchedAt(41))).toEqual([1, 2]);
  });

  test('is called once more also after the next one, and after the last, where those woke nobody either', () => {
    const quiet = { ladder: ladderFor('low', 'payments', rules), severity: 'low' } as const;
    for (const minutes of [41, 62])
      expect(touchedAt(minutes, quiet)).toEqual([
        [1, 'time', 20],
        [2, 'time', 40],
        [1, 'impact', minutes],
      ]);
  });
});

describe('the ladder', () => {
  test('climbs every rung once, in order, twenty minutes apart, however the clock jumps', () => {
    fc.assert(
      fc.property(incidents, fc.array(fc.nat(90), { maxLength: 12 }), (incident, steps) => {
        const done = climbed(incident, steps).climbed;
        expect(done.map(({ rung }) => rung)).toEqual([1, 2, 3].slice(0, done.length));
        for (const [place, step] of done.entries()) {
          const before = done[place - 1];
          if (before !== undefined) expect(step.at - before.at).toBeGreaterThanOrEqual(20 * MINUTE);
        }
      }),
    );
  });

  test('climbs the same whether it was looked at every minute or once after hours', () => {
    fc.assert(
      fc.property(incidents, fc.integer({ min: 1, max: 300 }), (incident, minutes) => {
        const often = climbed(
          incident,
          Array.from({ length: minutes }, () => 1),
        ).climbed;
        expect(climbed(incident, [minutes]).climbed).toEqual(often);
      }),
    );
  });

  test('time alone never trips before 20 min, nor sooner than 2 min after the card', () => {
    fc.assert(
      fc.property(incidents, (incident) => {
        const due = nextRung(incident, rules.escalation);
        if (due?.reason !== 'time') return;
        expect(due.at).toBeGreaterThanOrEqual(incident.clockStartedAt + 20 * MINUTE);
        expect(due.at).toBeGreaterThanOrEqual((incident.announcedAt ?? incident.openedAt) + 2 * MINUTE);
      }),
    );
  });

  test('unknown impact trips nothing and stops nothing', () => {
    fc.assert(
      fc.property(incidents, (incident) => {
        const dark = { ...incident, impact: { known: false as const, because: '', at: OPENED } };
        const none = { ...incident, impact: null };
        expect(nextRung(dark, rules.escalation)).toEqual(nextRung(none, rules.escalation));
        expect(nextRung(dark, rules.escalation)?.reason).not.toBe('impact');
        expect(nextRung(dark, rules.escalation)).not.toBeNull();
      }),
    );
  });

  test.each([
    [25, 100, 'time'],
    [26, 100, 'impact'],
    [0, 0, 'time'],
    [1, 3, 'impact'],
  ])('%i of %i orders: by %s', (affected, total, reason) =>
    expect(
      nextRung(anIncident([], { ladder, impact: known(affected, total) }), rules.escalation)?.reason,
    ).toBe(reason),
  );

  test('whatever trips, it never comes later than by time alone', () => {
    fc.assert(
      fc.property(incidents, (incident) => {
        const alone = { ...incident, impact: null, diagnosis: null };
        const [due, late] = [nextRung(incident, rules.escalation), nextRung(alone, rules.escalation)];
        expect(due?.at).toBeLessThanOrEqual(late?.at ?? 0);
      }),
    );
  });

  test('a hold postpones the next rung and no other', () => {
    fc.assert(
      fc.property(fc.nat(19), fc.integer({ min: 1, max: 20 }), (heldAt, minutes) => {
        const at = OPENED + heldAt * MINUTE;
        const until = at + minutes * MINUTE;
        const quiet = anIncident([], { ladder });
        const held = { ...quiet, hold: { by: 'U1', at, until, reason: '' } };
        const [first, second] = climbed(held, [300]).climbed;
        expect(first?.at).toBe(Math.max(OPENED + 20 * MINUTE, until));
        expect(second?.at).toBe((first?.at ?? 0) + 20 * MINUTE);
      }),
    );
  });

  test('a hold that the impact overtook does not hold the rung after it', () => {
    const quick = ladder.map((rung) => ({ ...rung, afterMinutes: 5 }));
    const hold = { by: 'U1', at: OPENED, until: OPENED + 20 * MINUTE, reason: '' };
    const incident = anIncident([], { ladder: quick, hold, impact: known(90, 100, OPENED + MINUTE) });
    expect(climbed(incident, [60]).climbed.map(({ at }) => (at - OPENED) / MINUTE)).toEqual([1, 6, 11]);
  });

  test.each(['mitigated', 'resolved'] as const)('nothing is climbed while %s', (state) =>
    expect(nextRung(anIncident([], { ladder, state, impact: known(90, 100) }), rules.escalation)).toBeNull(),
  );

  test('a watch whose checks cannot tell for five minutes goes on with the ladder, one that sees does not', () => {
    const mitigated = { since: OPENED, until: OPENED + 30 * MINUTE, because: '' };
    const watched = anIncident([], { ladder, state: 'mitigated', mitigated });
    const dark = (minutes: number) => ({
      ...watched,
      mitigated: { ...mitigated, unseenSince: OPENED + minutes * MINUTE },
    });
    expect(nextRung(watched, rules.escalation)).toBeNull();
    expect(nextRung(dark(2), rules.escalation)?.at).toBe(OPENED + 20 * MINUTE);
    const due = nextRung(dark(40), rules.escalation);
    expect(due?.at).toBe(OPENED + 45 * MINUTE);
    expect(due?.because).toContain('The trouble has lasted 45 minutes. It was better;');
    const many = { ...dark(40), impact: known(90, 100, OPENED + MINUTE) };
    expect(nextRung(many, rules.escalation)).toMatchObject({ at: OPENED + 45 * MINUTE, reason: 'impact' });
  });

  test('after a reopening the next rung counts from there, however many alerts join', () => {
    const last = { rung: 1, reason: 'time', because: '', at: OPENED, paged: false, by: null } as const;
    const at = OPENED + 20 * MINUTE;
    const reopened = evolve(anIncident([], { ladder, climbed: [last] }), {
      type: 'reopened',
      because: '',
      at,
    });
    expect(nextRung(reopened, rules.escalation)?.at).toBe(OPENED + 40 * MINUTE);
    const joined = [25, 35, 44].reduce(
      (incident, minutes) =>
        evolve(incident, {
          type: 'alert joined',
          alert: personsAlert('stuck-orders', 'U1', '', `key-${minutes}`),
          at: OPENED + minutes * MINUTE,
        }),
      reopened,
    );
    expect(nextRung(joined, rules.escalation)?.at).toBe(OPENED + 40 * MINUTE);
  });
});
