import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { cronScheduler } from '../../src/adapters/system/cron.ts';
import { quiet } from '../support/store.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test.each([
  ['UTC', '2026-06-01T08:59:50Z'],
  ['Europe/Berlin', '2026-06-01T06:59:50Z'],
  ['America/New_York', '2026-06-01T12:59:50Z'],
])('09:00 is the time of %s, and each slot has one name', async (timeZone, before) => {
  vi.setSystemTime(new Date(before));
  const slots: string[] = [];
  const job = { name: 'digest', expression: '0 9 * * *', run: async (slot: string) => void slots.push(slot) };
  const stop = cronScheduler(quiet).start([job], timeZone);
  await vi.advanceTimersByTimeAsync(9_000);
  expect(slots).toEqual([]);
  await vi.advanceTimersByTimeAsync(2_000);
  expect(slots).toEqual(['2026-06-01T09:00']);
  await vi.advanceTimersByTimeAsync(24 * 60 * 60_000);
  expect(slots).toEqual(['2026-06-01T09:00', '2026-06-02T09:00']);
  await stop();
  await vi.advanceTimersByTimeAsync(24 * 60 * 60_000);
  expect(slots).toHaveLength(2);
});
