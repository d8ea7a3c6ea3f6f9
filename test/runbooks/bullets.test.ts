import { expect, test } from 'vitest';
import { bulletsIn } from '../../src/runbooks/bullets.ts';
import { CATALOGUE } from '../../src/runbooks/catalogue.ts';
import type { AnyRunbook } from '../../src/runbooks/define-runbook.ts';
import { exports } from '../../src/runbooks/exports.ts';

test('the source has 280 bullets', () => {
  expect(new Set(CATALOGUE.flatMap((runbook) => bulletsIn(runbook).map(({ id }) => id))).size).toBe(280);
});

test.each(CATALOGUE)('each bullet of runbook $number is carried by something that it has', (runbook) => {
  expect(bulletsIn(runbook).filter(({ carriedBy }) => carriedBy.length === 0)).toEqual([]);
});

test('what a runbook lacks carries nothing', () => {
  const without = bulletsIn({ ...(exports as AnyRunbook), causes: [] });
  expect(without.find(({ id }) => id === '10.C2')?.carriedBy).toEqual([]);
});
