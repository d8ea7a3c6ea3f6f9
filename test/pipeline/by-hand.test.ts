import { expect, test } from 'vitest';
import type { Duty } from '../../src/domain/duty.ts';
import type { ByHandId, Incident } from '../../src/domain/incident.ts';
import type { RunbookId } from '../../src/domain/severity.ts';
import { shownSteps } from '../../src/pipeline/by-hand.ts';
import { aRules } from '../support/builders.ts';
import { anIncident, aRun, OPENED } from '../support/incidents.ts';

const MINUTE = 60_000;

/** The step as the card shows it 31 minutes after it was ticked. */
function later(runbook: RunbookId, step: ByHandId, answer: string, change: Partial<Incident> = {}) {
  const ticks = [{ step, answer, by: 'UANNA', at: OPENED }];
  const incident = anIncident([], { runbook, ticks, ...change });
  const diagnosis = incident.diagnosis && {
    ...incident.diagnosis,
    at: OPENED + 31 * MINUTE,
    byHand: [{ id: step, because: 'It matters.' }],
  };
  return shownSteps(aRules(), { ...incident, diagnosis })[0];
}

test.each<[RunbookId, ByHandId, string, object]>([
  ['payment-failures', 'm1.1', 'up', { old: true, done: false }],
  ['refund-delays', 'm4.1', 'refunded', { old: false, done: false, more: true }],
  ['memory', 'm8.1', 'deleted', { old: false, done: true }],
  ['kafka-lag', 'm7.2', 'done', { old: false, done: true }],
])('only what was seen ages: %s %s %s', (runbook, step, answer, shown) =>
  expect(later(runbook, step, answer)).toMatchObject(shown),
);

test('what is owed since a tick asks again, whoever asked for the run', () => {
  const run = aRun({ action: 'R66' });
  const duty: Duty = {
    id: 'd1',
    what: 'Note the exception at the return: who, why.',
    owner: 'UASKER',
    targets: ['ret_aaa111'],
    run: run.id,
    undo: null,
    at: OPENED + MINUTE,
    done: null,
  };
  const shown = (one: Duty) => later('returns', 'm9.4', 'done', { runs: [run], owed: [one] });
  expect(shown(duty)).toMatchObject({ tick: null, done: false, owner: 'UASKER' });
  expect(shown({ ...duty, done: { by: 'U1', at: OPENED } })).toMatchObject({ done: true });
});
