import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Proof, ProofPlan, ProofSample, Run } from '../../src/domain/run.ts';
import { judge } from '../../src/pipeline/verify.ts';
import { aRun } from '../support/incidents.ts';

const MINUTE = 60_000;
const PLAN: ProofPlan = { everyMs: MINUTE, withinMs: 10 * MINUTE, alike: 3, words: 'It is well.' };
const SETTLES: ProofPlan = { ...PLAN, settleMs: 10 * MINUTE, settleEveryMs: 10_000 };
const run = (...targets: readonly string[]): Run => aRun({ targets });
const begun = (plan: ProofPlan): Proof => ({
  plan,
  since: 0,
  nextAt: 0,
  samples: [],
  verdict: null,
  line: plan.words,
});

type State = 'moved' | 'unknown' | 'neither';
function sampleOf(targets: readonly string[], states: readonly State[], at: number): ProofSample {
  const of = (state: State) => targets.filter((_, place) => states[place] === state);
  return { at, moved: of('moved'), unknown: of('unknown'), line: '', value: null, worse: false };
}

/** Samples every minute until a verdict or the end of the story. */
function told(of: Run, plan: ProofPlan, samples: readonly ProofSample[]): Proof {
  let proof = begun(plan);
  for (const sample of samples) {
    if (proof.verdict !== null) break;
    proof = judge(of, proof, sample);
  }
  return proof;
}

const TARGETS = ['a', 'b', 'c'] as const;
const state = fc.constantFrom<State>('moved', 'unknown', 'neither');
const stories = fc
  .integer({ min: 1, max: 3 })
  .chain((many) =>
    fc.array(fc.array(state, { minLength: many, maxLength: many }), { minLength: 1, maxLength: 16 }),
  )
  .map((rows) => {
    const targets = TARGETS.slice(0, rows[0]?.length ?? 1);
    return { targets, rows, samples: rows.map((row, place) => sampleOf(targets, row, place * MINUTE)) };
  });

describe('a proof', () => {
  test('helped only while nothing is unknown: every target moved in as many samples in a row as must agree', () => {
    fc.assert(
      fc.property(stories, ({ targets, samples }) => {
        const proof = told(run(...targets), PLAN, samples);
        if (proof.verdict !== 'helped') return;
        for (const sample of proof.samples.slice(-PLAN.alike)) {
          expect(sample.unknown).toEqual([]);
          expect(sample.moved).toEqual(targets);
        }
        expect(proof.samples.length).toBeGreaterThanOrEqual(PLAN.alike);
      }),
    );
  });

  test('partly helped claims no target that the last samples do not all show', () => {
    fc.assert(
      fc.property(stories, ({ targets, samples }) => {
        const proof = told(run(...targets), PLAN, samples);
        if (proof.verdict !== 'partly helped') return;
        const last = proof.samples.slice(-PLAN.alike);
        expect(targets.some((target) => last.every(({ moved }) => moved.includes(target)))).toBe(true);
        expect(targets.every((target) => last.every(({ moved }) => moved.includes(target)))).toBe(false);
      }),
    );
  });

  test('nobody waits for what was never asked for, and it is not called helped either', () => {
    const sample = (at: number, moved: readonly string[]) => ({
      ...sampleOf([], [], at),
      moved,
      unknown: ['c'],
    });
    const plan = { ...PLAN, alike: 1 };
    const idle = (moved: readonly string[]) =>
      judge(run('a', 'b', 'c'), begun(plan), sample(0, moved), 1).verdict;
    expect(idle(['a', 'b'])).toBe('partly helped');
    expect(idle(['a'])).toBe(null);
    expect(idle([])).toBe(null);
  });

  test('nothing but unknown ends as could not tell, whatever the targets', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 3 }), (many) => {
        const targets = TARGETS.slice(0, many);
        const dark = Array.from({ length: 20 }, (_, place) =>
          sampleOf(targets, ['unknown', 'unknown', 'unknown'], place * MINUTE),
        );
        expect(told(run(...targets), PLAN, dark).verdict).toBe('could not tell');
      }),
    );
  });

  test('ends: soon after the deadline at the latest, and not before it unless it helped', () => {
    fc.assert(
      fc.property(stories, ({ targets, rows }) => {
        const whole = Array.from({ length: 14 }, (_, place) =>
          sampleOf(targets, rows[place % rows.length] ?? [], place * MINUTE),
        );
        const proof = told(run(...targets), PLAN, whole);
        expect(proof.verdict).not.toBeNull();
        expect(proof.nextAt).toBeNull();
        const end = proof.samples.at(-1)?.at ?? 0;
        if (proof.verdict !== 'helped') expect(end).toBeGreaterThanOrEqual(PLAN.withinMs);
      }),
    );
  });

  test('worse in a row ends it at once', () => {
    const worse = [0, 1, 2].map((place) => ({
      ...sampleOf(['a'], ['neither'], place * MINUTE),
      worse: true,
    }));
    expect(told(run('a'), PLAN, worse.slice(0, 2)).verdict).toBeNull();
    expect(told(run('a'), PLAN, worse).verdict).toBe('made it worse');
  });

  test('several targets read as so many of so many', () => {
    const half = (place: number) => sampleOf(['a', 'b'], ['moved', 'neither'], place * MINUTE);
    expect(told(run('a', 'b'), PLAN, [half(0)]).line).toBe('2 asked, 1 finished. ');
    const proof = told(
      run('a', 'b'),
      PLAN,
      Array.from({ length: 14 }, (_, place) => half(place)),
    );
    expect(proof).toMatchObject({ verdict: 'partly helped', line: '1 of 2 finished. ' });
  });
});

describe('what has to settle first', () => {
  const settling = (at: number, worse = false): ProofSample => ({
    ...sampleOf(['a'], ['neither'], at),
    line: '2 of 4 pods are new.',
    settling: true,
    worse,
  });

  test('is not judged, and is asked again sooner', () => {
    const proof = judge(run('a'), begun(SETTLES), settling(MINUTE));
    expect(proof).toMatchObject({ verdict: null, samples: [], nextAt: MINUTE + 10_000 });
  });

  test('the proof’s own time begins when it has settled, however long that took', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 599_999 }), (settledAt) => {
        const proof = judge(
          run('a'),
          judge(run('a'), begun(SETTLES), settling(settledAt)),
          sampleOf(['a'], ['neither'], settledAt),
        );
        expect(proof).toMatchObject({ since: settledAt, verdict: null, nextAt: settledAt + MINUTE });
      }),
    );
  });

  test('a rollout of somebody else in the middle is waited for, and is no verdict', () => {
    const plan = { ...SETTLES, withinMs: 30 * MINUTE, alike: 30 };
    let proof = begun(plan);
    const minute = (at: number) => {
      const fine = sampleOf(['a'], ['moved'], at * MINUTE);
      proof = judge(run('a'), proof, at >= 15 && at < 18 ? settling(at * MINUTE) : fine);
    };
    for (let at = 0; at < 32; at += 1) minute(at);
    expect(proof.verdict).toBe(null);
    minute(32);
    expect(proof.verdict).toBe('helped');
    // One that never comes to its end is none either.
    proof = begun(plan);
    minute(0);
    expect(judge(run('a'), proof, settling(39 * MINUTE)).verdict).toBe(null);
    expect(judge(run('a'), proof, settling(40 * MINUTE)).verdict).toBe('could not tell');
  });

  test('never helped while it settles; too long is did not help', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 120_000 }), { maxLength: 30 }), (gaps) => {
        let [proof, at] = [begun(SETTLES), 0];
        for (const gap of gaps) {
          at += gap;
          if (proof.verdict === null) proof = judge(run('a'), proof, { ...settling(at), moved: ['a'] });
        }
        expect(proof.verdict).toBe(at >= 10 * MINUTE ? 'did not help' : null);
      }),
    );
  });

  test.each([
    [false, 'did not help'],
    [true, 'made it worse'],
  ])('stuck, with fewer ready %s: %s', (worse, verdict) => {
    const stuck = { ...sampleOf(['a'], ['moved'], MINUTE), stuck: true, worse, line: 'No image.' };
    expect(judge(run('a'), begun(SETTLES), stuck)).toMatchObject({
      verdict,
      nextAt: null,
      line: 'No image.',
    });
  });

  test('what was taken back before it could be told is not said to have failed', () => {
    const gone = { ...sampleOf(['a'], ['unknown'], MINUTE), stuck: true, line: 'It was set again since.' };
    expect(judge(run('a'), begun(SETTLES), gone)).toMatchObject({ verdict: 'could not tell', nextAt: null });
  });
});
