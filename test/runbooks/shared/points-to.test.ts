import { expect, test } from 'vitest';
import type { RunbookId } from '../../../src/domain/severity.ts';
import { CATALOGUE } from '../../../src/runbooks/catalogue.ts';
import { aJudging } from '../../support/runbooks.ts';

/** The first sentence of each runbook that speaks of runbook 6, with nothing found yet. */
function pointing(open: readonly RunbookId[]): readonly number[] {
  return CATALOGUE.flatMap(({ number, advice }) => {
    const [first] = advice ?? [];
    return first?.id === '6.impact' && first.say(aJudging({}, { open })) !== null ? [number] : [];
  });
}

test.each<[string, readonly RunbookId[], readonly number[]]>([
  ['while runbook 6 is open', ['stuck-orders', 'database-pool'], [2, 3, 9, 10]],
  ['while others are', ['stuck-orders', 'memory'], []],
  ['while none is', [], []],
])('%s', (_case, open, numbers) => expect(pointing(open)).toEqual(numbers));
