import { expect, test } from 'vitest';
import { rowsOf } from '../../src/cli/config.ts';
import { factsIn } from '../../src/cli/overview.ts';
import { readConfig } from '../../src/config.ts';

const config = readConfig({ env: {}, readFile: () => null });
const keys = rowsOf(config).map(({ key }) => key);

test.each(factsIn(config.oms))('$id stands under a key that there is: $carriedBy', ({ carriedBy }) => {
  expect(keys.some((key) => key === carriedBy || key.startsWith(`${carriedBy}.`))).toBe(true);
});
