import { describe, expect, test } from 'vitest';
import type { Incident, IncidentEvent } from '../../src/domain/incident.ts';
import { calledPerson, escalation } from '../../src/views/calls.ts';
import { threadLine } from '../../src/views/plain.ts';
import { aFinding, anIncident, aRun, OPENED } from '../support/incidents.ts';
import { textsOf } from './hostile.ts';

const MINUTE = 60_000;
const broken = aFinding('broken', '37 orders have been in processing for over 2 h.');
const cause = (id: string, title: string) =>
  ({ id, title, verdict: 'supported', because: `${title} was seen.`, outside: false }) as const;
const TWO = [cause('3.C2', 'Workflow engine away'), cause('3.C3', 'Illegal state transition')] as const;

/** What stands in the thread for it. */
function said(event: IncidentEvent, incident: Incident = anIncident([broken])): string {
  return threadLine(event, incident)?.text ?? '';
}

describe('the thread', () => {
  const resolved = (by: 'UMARA' | null): IncidentEvent => ({
    type: 'resolved',
    by,
    because: 'provider confirmed the end',
    at: OPENED + 49 * MINUTE,
  });

  test('says who ended it, and after how long', () => {
    expect(said(resolved('UMARA'))).toBe('Resolved by <@UMARA> after 49 min: provider confirmed the end');
    expect(said(resolved(null))).toBe('Resolved after 49 min: provider confirmed the end');
  });
});

describe('who is called', () => {
  const incident = anIncident([broken], { runs: [aRun({}, { nextAt: OPENED + 4 * MINUTE })] }, TWO);
  const team = () => textsOf(escalation(incident, 'x', 1, 'The trouble has lasted 20 minutes.', null).blocks);
  const person = () =>
    textsOf(calledPerson(incident, 'x', 3, 'The trouble has lasted 60 minutes.', '#a').blocks);

  test('reads every cause, not the first alone', () => {
    for (const read of [team().join(), person().join()])
      expect(read).toContain('Cause: Illegal state transition. Illegal state transition was seen.');
  });

  test('reads which cause it was where none is seen now', () => {
    const over = [{ ...TWO[0], verdict: 'ruled out' } as const];
    const causeHistory = { '3.C2': { supportedAt: OPENED, clearSince: OPENED } };
    const after = anIncident([broken], { causeHistory }, over);
    expect(textsOf(escalation(after, 'x', 1, 'x', null).blocks).join()).toContain(
      'Cause before, not seen now: Workflow engine away.',
    );
  });

  test('reads what somebody did last, and what came of it', () => {
    for (const read of [team().join(), person().join()])
      expect(read).toMatch(/\*Retry workflow\*, approved by <@URESPONDER>.*2 of 2 finished\..*Next look/);
  });

  test('reads who has it and how much it touches, a person too', () => {
    expect(person().join()).toContain('Nobody has it yet.');
    expect(person().join()).toContain('Impact is being counted.');
  });
});
