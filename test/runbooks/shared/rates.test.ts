import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type ByPod, byPod, readNumbers, risen } from '../../../src/runbooks/shared/rates.ts';

const counters = fc.dictionary(fc.constantFrom('a', 'b', 'c', 'd'), fc.nat(1_000_000));

/** The true rise of one counter that may begin anew, told by its single steps. */
const history = fc.array(fc.oneof(fc.nat(50), fc.constant('restart' as const)), { maxLength: 20 });

describe('how much counters have risen', () => {
  test('without a restart it is the difference', () => {
    fc.assert(
      fc.property(counters, fc.nat(1_000), (before, more) => {
        const after = Object.fromEntries(Object.entries(before).map(([pod, value]) => [pod, value + more]));
        expect(risen(before, after)).toBe(more * Object.keys(before).length);
      }),
    );
  });

  test('it never falls below zero, and never above what all pods have counted in their lives', () => {
    fc.assert(
      fc.property(counters, counters, (before, after) => {
        const rise = risen(before, after);
        expect(rise).toBeGreaterThanOrEqual(0);
        expect(rise).toBeLessThanOrEqual(Object.values(after).reduce((sum, one) => sum + one, 0));
      }),
    );
  });

  test('with restarts it is never more than what truly happened', () => {
    fc.assert(
      fc.property(fc.nat(1_000), history, (start, steps) => {
        let [value, truth] = [start, 0];
        for (const step of steps) {
          if (step === 'restart') value = 0;
          else {
            value += step;
            truth += step;
          }
        }
        expect(risen({ a: start }, { a: value })).toBeLessThanOrEqual(truth);
      }),
    );
  });

  test('a new pod counts from zero, one that is gone counts no more', () => {
    fc.assert(
      fc.property(counters, fc.nat(1_000), (before, value) => {
        expect(risen(before, { ...before, fresh: value })).toBe(value);
        expect(risen({ ...before, gone: value }, before)).toBe(0);
      }),
    );
  });
});

test('a name by pod leaves out who did not answer, and is null where nobody has it', () => {
  const pages = [
    { pod: 'a', value: { tries: 4 }, problem: null },
    { pod: 'b', value: null, problem: 'silent' },
    { pod: 'c', value: {}, problem: null },
  ];
  expect(byPod(pages, 'tries')).toEqual({ a: 4 });
  expect(byPod(pages, 'others')).toBeNull();
  expect(byPod(pages, null)).toBeNull();
});

describe('numbers kept in a run', () => {
  test('come back as they were', () => {
    fc.assert(
      fc.property(counters, (kept: ByPod) => {
        expect(readNumbers(JSON.stringify(kept))).toEqual({ ...kept });
      }),
    );
  });

  test.each([
    [undefined, null],
    ['', null],
    ['no json', null],
    ['null', null],
    ['[1,2]', null],
    ['{"a":1,"b":"2"}', { a: 1 }],
  ])('%s reads as %s', (text, value) => expect(readNumbers(text)).toEqual(value));
});
