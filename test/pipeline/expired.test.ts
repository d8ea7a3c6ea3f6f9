import { expect, test } from 'vitest';
import { overdue } from '../../src/pipeline/escalate.ts';
import { aRules } from '../support/builders.ts';
import { anIncident, anOffer, OPENED } from '../support/incidents.ts';

test('a request that nobody answered says which it was, and whose', () => {
  const offer = anOffer({ title: 'Set status by hand', requestedBy: 'UMARA', expiresAt: OPENED + 1 });
  const { events } = overdue(anIncident([], { offers: [offer] }), OPENED + 2, aRules());
  expect(events).toContainEqual(
    expect.objectContaining({
      type: 'withdrawn',
      because: '“Set status by hand” (ord_aaa111), which <@UMARA> asked for. Nobody approved it in time.',
    }),
  );
});
