import { expect, test } from 'vitest';
import { scenarios } from '../../sim/world/scenarios/catalogue.ts';
import { CATALOGUE } from '../../src/runbooks/catalogue.ts';
import { saidOf, supportedIn, verdictOf } from '../support/verdict.ts';

/** The bot is told of an alert, not of its cause: what it says of the causes is compared with what was started. */
test.each(scenarios)('$id: $causes', async (story) => {
  const look = await verdictOf([story]);
  expect(supportedIn(look), saidOf(look)).toEqual(story.causes);
});

test('each of the 50 causes can be chosen, alone where it can come alone', () => {
  const ids = CATALOGUE.flatMap(({ causes }) => causes.map(({ id }) => id));
  expect(ids).toHaveLength(50);
  const alone = new Set(scenarios.flatMap(({ causes }) => (causes.length === 1 ? causes : [])));
  expect(ids.filter((id) => !alone.has(id))).toEqual([]);
});
