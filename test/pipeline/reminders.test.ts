import { expect, test } from 'vitest';
import type { Duty } from '../../src/domain/duty.ts';
import { dueAt } from '../../src/pipeline/change.ts';
import { overdue } from '../../src/pipeline/escalate.ts';
import { aRules } from '../support/builders.ts';
import { anIncident, OPENED } from '../support/incidents.ts';

const HOUR = 60 * 60_000;
const duty: Duty = {
  id: 'd1',
  what: 'Set the size back.',
  owner: 'URESPONDER',
  targets: ['deployment/order-service'],
  run: 'run-1',
  undo: 'R43-undo',
  at: OPENED,
  done: null,
};
const owing = (change: Partial<Duty> = {}) =>
  anIncident([], { state: 'mitigated', owed: [{ ...duty, ...change }] });

test('the clock alone reminds of a change for a while, also where the incident has ended', () => {
  expect(dueAt(owing(), aRules())).toBe(OPENED + HOUR / 2);
  expect(dueAt({ ...owing(), state: 'resolved' }, aRules())).toBe(OPENED + HOUR / 2);
  expect(dueAt(owing({ done: { by: 'U1', at: OPENED } }), aRules())).toBeNull();
  expect(dueAt(owing({ undo: null }), aRules())).toBeNull();
});

test('a silence of three days leaves one reminder, and the next comes in its own time', () => {
  const { events, outgoing } = overdue(owing(), OPENED + 75 * HOUR, aRules());
  expect(events).toEqual([{ type: 'reminded', duty: 'd1', times: 5, at: OPENED + 75 * HOUR }]);
  expect(outgoing.map(({ key }) => key)).toEqual(['owed/d1/reminder-5']);
  expect(dueAt(owing({ reminded: 5 }), aRules())).toBe(OPENED + 98 * HOUR);
});

test('before its time nobody is reminded', () => {
  expect(overdue(owing(), OPENED + HOUR / 2 - 1, aRules()).events).toEqual([]);
});
