import { expect, test } from 'vitest';
import type { Sample } from '../../../src/ports/samples.ts';
import { earlier } from '../../../src/runbooks/shared/earlier.ts';
import { MINUTE, NOW } from '../../support/runbooks.ts';

const HOUR = 60 * MINUTE;
const WEEK = 7 * 24 * HOUR;

function asked(kept: Readonly<Record<string, readonly Sample[]>>) {
  return {
    now: NOW,
    history: async (name: string, from: number) => (kept[name] ?? []).filter(({ at }) => at >= from),
  };
}
const percent = (mean: number) => `${mean * 100} %`;

test('nothing kept says nothing', async () => {
  expect(await earlier(asked({}), 'rate', percent)).toBe('');
});

test('the mean over the pods, of the nearest sample', async () => {
  const at = (ago: number) => NOW - ago;
  const kept = {
    'metric rate': [
      { at: at(WEEK + MINUTE), value: 1.5 },
      { at: at(HOUR + 4 * MINUTE), value: 0.3 },
      { at: at(HOUR - MINUTE), value: 2.25 },
    ],
    'pods rate': [
      { at: at(WEEK + MINUTE), value: 2 },
      { at: at(HOUR + 4 * MINUTE), value: 3 },
      { at: at(HOUR - MINUTE), value: 3 },
    ],
  };
  expect(await earlier(asked(kept), 'rate', percent)).toBe('75 % an hour ago, 75 % last week at this hour');
});

test('a sample that is too far off, or without its pods, is none', async () => {
  const kept = {
    'metric rate': [
      { at: NOW - HOUR - 6 * MINUTE, value: 1 },
      { at: NOW - WEEK, value: 1 },
    ],
    'pods rate': [{ at: NOW - HOUR - 6 * MINUTE, value: 1 }],
  };
  expect(await earlier(asked(kept), 'rate', percent)).toBe('');
});
