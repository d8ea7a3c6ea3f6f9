import { describe, expect, test } from 'vitest';
import type { Duty } from '../../src/domain/duty.ts';
import { endsBecause, failedBefore, proofEnds, watchFor } from '../../src/domain/ending.ts';
import { begin, evolve } from '../../src/domain/evolve.ts';
import type { Verdict } from '../../src/domain/finding.ts';
import type { Incident, IncidentEvent, Source } from '../../src/domain/incident.ts';
import { changeOf } from '../../src/pipeline/change.ts';
import { afterHelp } from '../../src/pipeline/look.ts';
import { ladderFor } from '../../src/pipeline/rules.ts';
import { anOpened, aRules } from '../support/builders.ts';
import { aFinding, anIncident, aRun, OPENED } from '../support/incidents.ts';

const MINUTE = 60_000;
const person: Source = {
  source: 'person',
  key: 'U1 1',
  state: 'firing',
  tellsResolved: false,
  code: null,
  summary: '',
  startsAt: null,
  since: OPENED,
  url: null,
  by: 'U1',
};
const alert: Source = { ...person, source: 'alertmanager', key: 'a', tellsResolved: true, by: null };
const undo: Duty = {
  id: 'd1',
  what: 'Set the size back.',
  owner: 'U1',
  targets: ['deployment/order-service'],
  run: 'run-0',
  undo: 'R43-undo',
  at: OPENED,
  done: null,
};

/** The incident after one more look that saw this, so many minutes after its opening. */
function looked(incident: Incident, minutes: number, ...verdicts: readonly Verdict[]): Incident {
  const at = OPENED + minutes * MINUTE;
  const [first] = [incident.diagnosis];
  if (first === null || first === undefined) throw new Error('no diagnosis');
  const findings = verdicts.map((verdict) => aFinding(verdict, 'Seen.'));
  const impact = { known: false as const, because: '', at };
  return evolve(incident, {
    type: 'diagnosed',
    diagnosis: { ...first, at, findings },
    lookAt: at + MINUTE,
    impact,
    offers: [],
    at,
  });
}

describe('the end', () => {
  test.each<[string, Partial<Incident>, boolean]>([
    ['all sources are people', { sources: [person] }, true],
    ['an alert fires too', { sources: [person, alert] }, false],
    ['nobody said anything', { sources: [] }, false],
    ['another run is under way', { sources: [person], runs: [aRun({ state: 'running' })] }, false],
    ['another run is unproven', { sources: [person], runs: [aRun({}, {})] }, false],
    ['a change for a while stands', { sources: [person], owed: [undo] }, false],
  ])('a proof that helped ends it: %s', (_name, change, ends) => {
    const incident = anIncident([], change);
    expect(proofEnds(incident)).toBe(ends);
    const events = afterHelp(incident, aRun({}, { verdict: 'helped' }), OPENED);
    expect(events.map(({ type }) => type)).toEqual([ends ? 'resolved' : 'look asked']);
  });

  test('whatever ends it closes every page that it opened, in the same commit', () => {
    const rules = aRules();
    const climbed = [1, 2].map((rung) => ({
      rung: rung as 1 | 2,
      reason: 'time' as const,
      because: '',
      at: OPENED,
      paged: rung === 1,
      by: null,
    }));
    const incident = anIncident([], { ladder: ladderFor('high', 'orders', rules), climbed });
    const ended: IncidentEvent = { type: 'resolved', by: null, because: 'It helped.', at: OPENED };
    const closed = (events: readonly IncidentEvent[]) =>
      changeOf(incident, events, rules).outgoing.filter(({ kind }) => kind === 'page');
    expect(closed([ended])).toMatchObject([{ payload: { action: 'resolve', summary: 'It helped.' } }]);
    expect(closed([{ type: 'announced', at: OPENED }])).toEqual([]);
  });

  test.each<[Verdict[], boolean]>([
    [['healthy', 'skipped'], true],
    [['skipped', 'skipped'], false],
    [['healthy', 'unknown'], false],
  ])('%j for a minute: ends %s', (verdicts, ends) => {
    const incident = looked(looked(anIncident([]), 2, ...verdicts), 3, ...verdicts);
    expect(endsBecause(incident, OPENED + 3 * MINUTE) !== null).toBe(ends);
  });
});

describe('a watch', () => {
  const relapsed = (at: number): IncidentEvent => ({ type: 'relapsed', because: '', at });
  const reopened = (at: number): IncidentEvent => ({ type: 'reopened', because: '', at });

  test.each<[string, IncidentEvent[], number]>([
    ['it failed once', [], 30],
    ['it came back 40 min later', [relapsed(OPENED + 40 * MINUTE)], 80],
    ['it ended and came back 38 min later', [reopened(OPENED + 38 * MINUTE)], 76],
    ['the last two count', [relapsed(OPENED + 40 * MINUTE), reopened(OPENED + 60 * MINUTE)], 40],
    ['it came back soon', [relapsed(OPENED + 5 * MINUTE)], 30],
  ])('%s: %j', (_name, events, minutes) =>
    expect(watchFor(events.reduce(evolve, anIncident([], { clockStartedAt: OPENED })))).toBe(
      minutes * MINUTE,
    ),
  );

  test.each<[string, readonly 'run-1'[], number, number]>([
    ['it was healed for now', ['run-1'], 50, 100],
    ['it was healed for good', [], 50, 30],
    ['it was long ago', ['run-1'], 25 * 60, 30],
  ])('an earlier incident counts: %s', (_name, watched, later, minutes) => {
    const now = OPENED + later * MINUTE;
    const before = failedBefore(anIncident([], { state: 'resolved', watched }), now);
    const again = begin({
      ...anOpened(),
      clockStartedAt: now,
      ...(before === null ? {} : { failedBefore: before }),
    });
    expect(watchFor(again)).toBe(minutes * MINUTE);
  });

  test('knows since when the checks cannot tell', () => {
    const mitigated = { since: OPENED, until: OPENED + 30 * MINUTE, because: '' };
    const watched = anIncident([], { state: 'mitigated', mitigated });
    const unseen = looked(looked(watched, 4, 'unknown'), 6, 'unknown', 'healthy');
    expect(unseen.mitigated?.unseenSince).toBe(OPENED + 4 * MINUTE);
    expect(looked(unseen, 7, 'healthy').mitigated).toEqual(mitigated);
  });
});

test('a look that is asked for while a due one may be under way is another one', () => {
  const due = anIncident([], { lookAt: OPENED });
  const ask = (at: number, lookAt: number) =>
    evolve(due, { type: 'look asked', lookAt, because: '', at }).lookAt;
  // Due still, and before what falls due later.
  expect(ask(OPENED + 5, OPENED + 5)).toBe(OPENED + 1);
  expect(ask(OPENED - 5, OPENED - 5)).toBe(OPENED - 5);
  expect(ask(OPENED - 5, OPENED + 5)).toBe(OPENED);
});
