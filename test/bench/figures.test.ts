import { describe, expect, test } from 'vitest';
import { compared, type Figure, verdictOn } from '../../bench/figure.ts';
import { asJson, asTable } from '../../bench/report.ts';
import { median, percentile } from '../../bench/statistics.ts';

const HUNDRED = Array.from({ length: 100 }, (_, place) => 100 - place);
const MACHINE = { cores: 2, memoryGb: 24, node: '24.0.0', load: [0.5, 1.25] } as const;

function aFigure(change: Partial<Figure> = {}): Figure {
  return {
    name: 'command → ack, p99',
    how: 'Typed.',
    unit: 'ms',
    ours: { name: 'oms-bot', value: 12 },
    beside: { name: 'bare Bolt', value: 10 },
    goal: { on: 'ratio', most: 1.3 },
    range: [1.1, 1.25],
    samples: 500,
    ...change,
  };
}

describe('a percentile', () => {
  test.each([
    [0.5, 50],
    [0.95, 95],
    [0.99, 99],
    [1, 100],
    [0, 1],
  ])('of %d of 1 to 100 in any order is %d', (share, value) => {
    expect(percentile(HUNDRED, share)).toBe(value);
  });

  test('is a value that was measured, also of few', () => {
    expect(percentile([3, 1], 0.99)).toBe(3);
    expect(median([4, 1])).toBe(1);
    expect(median([7])).toBe(7);
  });

  test('of nothing is an error, not a zero', () => {
    expect(() => percentile([], 0.5)).toThrow();
  });

  test('leaves what it was given in its order', () => {
    const given = [3, 1, 2];
    percentile(given, 0.5);
    expect(given).toEqual([3, 1, 2]);
  });
});

describe('a comparison', () => {
  test('takes the percentile of all rounds together and the range of the rounds’ own ratios', () => {
    const rounds = [
      { ours: [2, 4], theirs: [1, 2] },
      { ours: [9, 9], theirs: [3, 3] },
    ];
    expect(compared(rounds, 1)).toEqual({ ours: 9, theirs: 3, range: [2, 3], samples: 4 });
  });
});

describe('a verdict', () => {
  test.each([
    ['a ratio below its goal', {}, { ratio: 1.2, met: true, missedBy: 0 }],
    [
      'the goal itself',
      { ours: { name: '', value: 13 }, beside: { name: '', value: 10 } },
      { ratio: 1.3, met: true, missedBy: 0 },
    ],
    ['a ratio above it', { ours: { name: '', value: 20 } }, { ratio: 2, met: false, missedBy: 0.7 }],
    [
      'a number above it, whatever the ratio',
      { goal: { on: 'value', most: 11.5 } as const },
      { ratio: 1.2, met: false, missedBy: 0.5 },
    ],
  ])('on %s', (_name, change, verdict) => {
    const found = verdictOn(aFigure(change));
    expect({ ...found, missedBy: Number(found.missedBy.toFixed(9)) }).toEqual(verdict);
  });

  test('is never “met” on a number that could not be measured', () => {
    expect(verdictOn(aFigure({ ours: { name: '', value: Number.NaN } })).met).toBe(false);
  });
});

describe('the report', () => {
  const figures = [
    aFigure(),
    aFigure({
      name: 'lateness',
      ours: { name: 'oms-bot', value: 72.44 },
      goal: { on: 'value', most: 50 },
      range: [60, 80],
    }),
  ];

  test('shows goal, verdict and range in the goal’s own unit', () => {
    const lines = asTable(figures, MACHINE).split('\n');
    expect(lines[2]).toMatch(
      /12\.0 ms oms-bot.*10\.0 ms bare Bolt.*1\.20 ×.*≤ 1\.30 ×.*met.*1\.10 × – 1\.25 ×.*500/,
    );
    expect(lines[3]).toMatch(/7\.24 ×.*≤ 50\.0 ms.*missed by 22\.4 ms.*60\.0 ms – 80\.0 ms/);
    expect(lines.at(-1)).toBe('2 cores, 24 GB, Node 24.0.0; load 0.5 → 1.3.');
  });

  test('has no ratio beside nothing, and shows what a number is made of', () => {
    const none = { name: 'quiet', value: 0 };
    const text = asTable(
      [aFigure({ name: 'wrong', unit: 'of all', ours: none, beside: none, details: ['| a | b |'] })],
      MACHINE,
    );
    expect(text).toMatch(/wrong +0 quiet +0 quiet +–/);
    expect(text).toContain('\nwrong:\n| a | b |\n');
  });

  test('keeps its columns under each other', () => {
    const [head = '', , first = '', second = ''] = asTable(figures, MACHINE).split('\n');
    expect([first, second].map((line) => line.indexOf('≤'))).toEqual([
      head.indexOf('goal'),
      head.indexOf('goal'),
    ]);
  });

  test('is as JSON what the table says, verdicts included', () => {
    const read = JSON.parse(JSON.stringify(asJson(figures, MACHINE)));
    expect(read.figures).toMatchObject([
      { name: 'command → ack, p99', met: true, missedBy: 0, samples: 500 },
      { name: 'lateness', met: false, range: [60, 80] },
    ]);
  });
});
