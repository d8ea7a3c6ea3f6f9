import { expect, test } from 'vitest';
import { usualPercent } from '../../../src/runbooks/shared/usual.ts';
import { DEFAULT_THRESHOLDS } from '../../../src/runbooks/thresholds.ts';
import { MINUTE, NOW } from '../../support/runbooks.ts';

const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** Two counters, every hour, that grow by so much a day; the newest day first. */
function kept(days: readonly { readonly all: number; readonly declined: number }[]) {
  const rows = {
    all: [] as { at: number; value: number }[],
    declined: [] as { at: number; value: number }[],
  };
  const end = NOW - 30 * MINUTE;
  let [all, declined] = [1_000, 100];
  for (const [place, day] of [...days].reverse().entries()) {
    const start = end - (days.length - place) * DAY;
    for (let hour = 0; hour <= 24; hour += 24) {
      rows.all.push({ at: start + (hour / 24) * DAY, value: all + (hour === 0 ? 0 : day.all) });
      rows.declined.push({
        at: start + (hour / 24) * DAY,
        value: declined + (hour === 0 ? 0 : day.declined),
      });
    }
    all += day.all;
    declined += day.declined;
  }
  return rows;
}

async function usual(rows: ReturnType<typeof kept>) {
  return await usualPercent(
    {
      now: NOW,
      thresholds: DEFAULT_THRESHOLDS,
      history: async (name, from) =>
        (name === 'metric all' ? rows.all : rows.declined).filter(({ at }) => at >= from),
    },
    'declined',
    'all',
  );
}

test.each([
  ['nothing kept', [], null],
  ['two days are too few', [day(100, 5), day(100, 5)], null],
  ['the middle one of three', [day(100, 90), day(100, 5), day(100, 4)], 5],
  ['the mean of the two in the middle of four', [day(100, 90), day(100, 8), day(100, 6), day(100, 4)], 7],
  ['a day with too few attempts does not count', [day(19, 19), day(100, 6), day(100, 5), day(100, 4)], 5],
] as const)('%s', async (_what, days, percent) => expect(await usual(kept(days))).toBe(percent));

test('a pod that went takes nothing from the share', async () => {
  const rows = kept([day(100, 10), day(100, 10), day(100, 10)]);
  const fallen = (list: { at: number; value: number }[]) =>
    list.map((row, place) => (place < 2 ? row : { ...row, value: row.value - 90 }));
  expect(await usual({ all: fallen(rows.all), declined: fallen(rows.declined) })).toBe(10);
});

function day(all: number, declined: number) {
  return { all, declined };
}
