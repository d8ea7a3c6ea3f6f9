import { expect, test } from 'vitest';
import { givenUp } from '../../src/views/given-up.ts';
import { textsOf } from './hostile.ts';

test('however long the trouble’s own words are, what to do meanwhile is said', () => {
  const { text, blocks } = givenUp('alertmanager', 10, 'x<'.repeat(5_000));
  for (const said of [text, ...textsOf(blocks)]) expect(said).toContain('Look in Alertmanager');
});
