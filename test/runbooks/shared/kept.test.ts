import { expect, test } from 'vitest';
import { keep } from '../../../src/runbooks/shared/kept.ts';

const MINUTE = 60_000;

/** What is kept after looking for two hours, so often. */
function after(everyMs: number) {
  let looks: readonly { readonly at: number }[] = [];
  for (let at = 0; at <= 120 * MINUTE; at += everyMs) looks = keep(looks, { at }, 75 * MINUTE, 80);
  return looks;
}

test.each([5_000, 20_000, 60_000, 240_000])('looks every %i ms tell the whole time', (everyMs) => {
  const looks = after(everyMs);
  expect(looks.at(-1)?.at).toBe(120 * MINUTE);
  expect(120 * MINUTE - (looks[0]?.at ?? 0)).toBeGreaterThan(70 * MINUTE);
  expect(looks.length).toBeLessThanOrEqual(82);
});

test('what is no faster is kept whole', () => expect(after(60_000)).toHaveLength(76));
