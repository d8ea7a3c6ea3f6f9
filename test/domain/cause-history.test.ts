import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type CauseHistory, isOver, rememberCauses } from '../../src/domain/cause-history.ts';
import type { CauseVerdict, JudgedCause } from '../../src/domain/finding.ts';

const judged = (verdict: CauseVerdict, id = '1.C1'): JudgedCause => ({
  id,
  title: '',
  verdict,
  because: '',
  outside: true,
});
const verdicts = fc.constantFrom<CauseVerdict>('supported', 'ruled out', 'open');
/** Judgements, each with the ms since the one before. */
const story = fc.array(fc.tuple(fc.nat(90_000), verdicts), { minLength: 1, maxLength: 12 });

function told(steps: readonly (readonly [number, CauseVerdict])[]) {
  let history: CauseHistory = {};
  let now = 1_000_000;
  const past: { readonly at: number; readonly verdict: CauseVerdict }[] = [];
  for (const [gap, verdict] of steps) {
    now += gap;
    past.push({ at: now, verdict });
    history = rememberCauses(history, [judged(verdict)], now);
  }
  return { history, now, past };
}

describe('over', () => {
  test('means: supported once, then ruled out by every judgement for a minute and more', () => {
    fc.assert(
      fc.property(story, fc.constantFrom(60_000, 300_000), (steps, forMs) => {
        const { history, now, past } = told(steps);
        const lastSupported = past.findLastIndex(({ verdict }) => verdict === 'supported');
        const lastOther = past.findLastIndex(({ verdict }) => verdict !== 'ruled out');
        const clear = past[lastOther + 1];
        const truth = lastSupported >= 0 && clear !== undefined && now - clear.at >= forMs;
        expect(isOver(history, '1.C1', now, forMs)).toBe(truth);
      }),
    );
  });

  test('one judgement alone is never enough, and what was never supported is never over', () => {
    fc.assert(
      fc.property(verdicts, story, (only, steps) => {
        const { history, now } = told([[0, only]]);
        expect(isOver(history, '1.C1', now)).toBe(false);
        const never = told(steps.map(([gap, verdict]) => [gap, verdict === 'supported' ? 'open' : verdict]));
        expect(never.history).toEqual({});
      }),
    );
  });

  test('a look without an answer begins the minute anew', () => {
    const { history, now } = told([
      [0, 'supported'],
      [60_000, 'ruled out'],
      [60_000, 'open'],
      [60_000, 'ruled out'],
    ]);
    expect(isOver(history, '1.C1', now)).toBe(false);
    expect(isOver(history, '1.C1', now + 59_999)).toBe(false);
    expect(isOver(history, '1.C1', now + 60_000)).toBe(true);
  });

  test('causes do not touch each other', () => {
    const before = rememberCauses({}, [judged('supported', '1.C1'), judged('supported', '1.C4')], 0);
    const after = rememberCauses(before, [judged('ruled out', '1.C4')], 1);
    expect(after['1.C1']).toEqual(before['1.C1']);
    expect(after['1.C4']).toEqual({ supportedAt: 0, clearSince: 1 });
  });

  test('is untouched by a judgement that only repeats an older one', () => {
    const before = rememberCauses({}, [judged('supported')], 0);
    expect(
      rememberCauses(before, [{ ...judged('supported'), kept: { at: 0, because: '' } }], 60_000),
    ).toEqual(before);
  });
});
