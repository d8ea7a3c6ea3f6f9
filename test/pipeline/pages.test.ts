import { expect, test } from 'vitest';
import type { Incident } from '../../src/domain/incident.ts';
import { trigger } from '../../src/pipeline/pages.ts';
import type { Page } from '../../src/ports/pager.ts';
import { aRules } from '../support/builders.ts';
import { aFinding, anIncident, aRun, OPENED } from '../support/incidents.ts';

const cause = (id: string, title: string) =>
  ({ id, title, verdict: 'supported', because: 'It was seen.', outside: false }) as const;

/** What whoever is woken reads beside the title. */
function details(change: Partial<Incident> = {}, causes: Parameters<typeof anIncident>[2] = []) {
  const incident = anIncident([aFinding('broken', 'x')], change, causes);
  return (trigger(incident, 'key', 'orders', 'x', aRules()).payload as unknown as Page).details;
}

test('a page names every cause', () => {
  expect(details({}, [cause('3.C2', 'Engine away'), cause('3.C3', 'Illegal transition')])['cause']).toBe(
    'Engine away: It was seen. Illegal transition: It was seen.',
  );
  expect(details()['cause']).toBe('not known yet');
});

test('a page about what its cause has left behind names the cause before', () => {
  const over = { ...cause('5.C3', 'The credentials ran out'), verdict: 'ruled out' } as const;
  const causeHistory = { '5.C3': { supportedAt: OPENED, clearSince: OPENED } };
  expect(details({ causeHistory }, [over])['cause']).toBe(
    'none is seen now; before: The credentials ran out',
  );
});

test('a page about what is healthy again does not say that its cause is not known yet', () => {
  expect(details({ healthySince: OPENED })['cause']).toBe('none is seen any more, all checks are healthy');
});

test('a page says what was done and where the card stands', () => {
  const runs = [aRun({}, { verdict: 'partly helped' }), aRun({ title: 'Restart', outcome: 'failed' })];
  expect(details({ runs })).toMatchObject({
    done: 'Retry workflow: partly helped; Restart: failed',
    card: '#orders-alerts',
  });
  expect(details()['done']).toBe('nothing');
});

test('a page names nobody by an id of Slack', () => {
  const by = (id: string) => details({ acknowledged: { by: id, at: OPENED } })['acknowledged'];
  expect(by('U0MARA')).not.toContain('U0MARA');
  expect(by('pagerduty:Ann Lee')).toBe('Ann Lee');
});
