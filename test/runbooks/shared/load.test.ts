import { describe, expect, test } from 'vitest';
import type { Sample } from '../../../src/ports/samples.ts';
import { RUNBOOK_NAMES } from '../../../src/runbooks/names.ts';
import { loadIs, loadOf, spellLoad } from '../../../src/runbooks/shared/load.ts';
import { DEFAULT_THRESHOLDS } from '../../../src/runbooks/thresholds.ts';
import { MINUTE, NOW } from '../../support/runbooks.ts';

const HOUR = 60 * MINUTE;
const WEEK = 7 * 24 * HOUR;
const names = { ...RUNBOOK_NAMES, metrics: { ...RUNBOOK_NAMES.metrics, requests: 'requests_total' } };

/** One sample a minute from `from` to `to`, both before now, of a counter that rises by `perMinute`. */
function rising(from: number, to: number, perMinute: number, first = 0): readonly Sample[] {
  return Array.from({ length: Math.round((from - to) / MINUTE) + 1 }, (_, place) => ({
    at: NOW - from + place * MINUTE,
    value: first + place * perMinute,
  }));
}
const of = async (...parts: readonly (readonly Sample[])[]) =>
  await loadOf({
    names,
    now: NOW,
    histories: async (named, from, to) => {
      expect(named).toEqual(['metric requests_total', 'pod set of requests_total']);
      return { 'metric requests_total': parts.flat().filter(({ at }) => at >= from && at <= to) };
    },
  });

describe('the load', () => {
  test('is compared with last week at this hour', async () => {
    const load = await of(
      rising(WEEK + 20 * MINUTE, WEEK - 20 * MINUTE, 100),
      rising(HOUR, 0, 250, 1_000_000),
    );
    expect(load).toEqual({ perMinute: 250, usual: 100, than: 'last week at this hour' });
    expect(load === null ? '' : spellLoad(load)).toBe('250 requests a minute, 100 last week at this hour');
  });

  test('else with the middle of the last 24 h', async () => {
    const load = await of(rising(5 * HOUR, 10 * MINUTE, 100), rising(9 * MINUTE, 0, 300, 50_000));
    expect(load).toMatchObject({ usual: 100, than: 'the last 24 h' });
    expect(load?.perMinute).toBeGreaterThanOrEqual(300);
    expect(load === null ? '' : spellLoad(load)).toContain('100 in the last 24 h');
  });

  test('under two hours of samples, a gap just now, or nothing configured say nothing', async () => {
    expect(await of(rising(2 * HOUR, 0, 100))).toBeNull();
    expect(await of(rising(9 * HOUR, 20 * MINUTE, 100))).toBeNull();
    expect(await loadOf({ names: RUNBOOK_NAMES, now: NOW, histories: async () => ({}) })).toBeNull();
  });

  test('pods that begin anew make no spike and no hole', async () => {
    const load = await of(rising(5 * HOUR, 5 * MINUTE, 100, 70_000), rising(4 * MINUTE, 0, 100));
    expect(load).toMatchObject({ perMinute: 100, usual: 100 });
  });

  test.each([
    [200, 'spike'],
    [199, 'more'],
    [150, 'more'],
    [149, 'usual'],
    [0, 'usual'],
  ] as const)('%i instead of 100 is %s', (perMinute, says) => {
    expect(loadIs({ perMinute, usual: 100 }, DEFAULT_THRESHOLDS)).toBe(says);
  });
});
