import { expect, test } from 'vitest';
import { scenarios } from '../../sim/world/scenarios/catalogue.ts';
import { verdictOf } from '../support/verdict.ts';

/** The bot is told of an alert, not of its cause: what it says of the causes is compared with what was started. */
test.each(scenarios)('$id: $causes', async (story) => {
  const { causes } = await verdictOf([story]);
  const said = causes.map(({ id, verdict, because }) => `${id} ${verdict}: ${because}`);
  const supported = causes.flatMap(({ id, verdict }) => (verdict === 'supported' ? [id] : []));
  expect(supported, said.join('\n')).toEqual(story.causes);
});
