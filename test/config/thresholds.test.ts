import { expect, test } from 'vitest';
import { rowsOf } from '../../src/cli/config.ts';
import { ConfigError, readConfig } from '../../src/config.ts';
import { DEFAULT_THRESHOLDS, THRESHOLD_NAMES, THRESHOLDS } from '../../src/runbooks/thresholds.ts';

const configOf = (yaml: string) => readConfig({ env: {}, readFile: () => yaml });

test('the defaults are those of the table', () => {
  expect(configOf('').oms.thresholds).toEqual(DEFAULT_THRESHOLDS);
});

test('a unit stands in the name, and a meaning is one sentence', () => {
  const ENDINGS: Partial<Record<string, RegExp>> = {
    minutes: /Minutes$/,
    seconds: /Seconds$/,
    days: /Days$/,
    percent: /Percent$/,
    'parts of 1': /Share$/,
    'times the usual': /Factor$/,
    kB: /Kilobytes$/,
    GiB: /Gib$/,
  };
  for (const name of THRESHOLD_NAMES) {
    const { unit, means } = THRESHOLDS[name];
    expect(name).toMatch(ENDINGS[unit] ?? /./);
    expect(means, name).toMatch(/^[A-Z][^.]*\.$/);
  }
});

test.each([
  ['thresholds.lagMessages', '', '100', 'the runbook'],
  ['thresholds.spikeFactor', '', '2', 'our default'],
  ['thresholds.spikeFactor', 'thresholds:\n  spikeFactor: 3\n', '3', 'oms.yaml:2'],
])('explain says value, origin, unit and meaning of %s', (key, yaml, value, origin) => {
  const row = rowsOf(configOf(yaml)).find((each) => each.key === key);
  expect(row).toMatchObject({ value, origin });
  expect(row?.means).toMatch(/In (messages; the runbook says 100|times the usual; 2 is our own default)\.$/);
});

test.each([
  ['a share above 1', 'batchStopShare: 20'],
  ['more than 100 percent', 'memoryPercent: 140'],
  ['half a pod', 'readyPodsForRestart: 1.5'],
  ['nothing', 'lagMessages: 0'],
])('%s is refused with its line', (_what, line) => {
  const key = line.split(':')[0];
  expect(() => configOf(`thresholds:\n  ${line}\n`)).toThrow(ConfigError);
  expect(() => configOf(`thresholds:\n  ${line}\n`)).toThrow(`oms.yaml:2: thresholds.${key}`);
});
