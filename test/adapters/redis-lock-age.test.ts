import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { lockAge } from '../../src/adapters/redis/lock-age.ts';

const NOW = Date.parse('2026-03-10T12:00:00.000Z');
const MINUTE = 60_000;
const age = (value: string, leftMs: number | null = null, ttlMs: number | null = null) =>
  lockAge({ value, leftMs, ttlMs, now: NOW });

describe('the age of a lock', () => {
  test.each([
    ['milliseconds', String(NOW - 5 * MINUTE), 5 * MINUTE],
    ['milliseconds behind an owner', `pod-7:${NOW - 5 * MINUTE}`, 5 * MINUTE],
    ['seconds alone', String((NOW - 5 * MINUTE) / 1_000), 5 * MINUTE],
    ['seconds in JSON', `{"at": ${(NOW - 5 * MINUTE) / 1_000}, "by":"pod-7"}`, 5 * MINUTE],
    ['a date', '{"acquired":"2026-03-10T12:55:00+01:00"}', 5 * MINUTE],
    ['taken and ends', `${NOW - 5 * MINUTE}|${NOW + 5 * MINUTE}`, 5 * MINUTE],
    ['a clock that is a second ahead', String(NOW + 1_000), 0],
    ['an owner only', 'order-service-6f9d-4kx2p', null],
    ['a random token', '7c9e6679-7425-40de-944b-e07fc1f90ae7', null],
    ['an id with thirteen digits', `ord_${NOW - MINUTE}`, null],
    ['a number inside a token', `pod-${NOW - MINUTE}-a`, null],
    ['ten digits that are no time', 'phone:1700000000', null],
    ['a date without a zone', '2026-03-10T11:55:00', null],
    ['the year 2001', '1000000000000', null],
    ['nothing', '', null],
  ])('told by its value: %s', (_what, value, ms) => {
    expect(age(value)).toBe(ms);
  });

  test.each([
    ['half gone', 5 * MINUTE, 10 * MINUTE, 5 * MINUTE],
    ['just taken', 10 * MINUTE, 10 * MINUTE, 0],
    ['more left than a fresh one gets', 11 * MINUTE, 10 * MINUTE, null],
    ['no end', null, 10 * MINUTE, null],
    ['nobody says what a fresh one gets', 5 * MINUTE, null, null],
  ])('told by its time to live: %s', (_what, left, ttl, ms) => {
    expect(age('pod-7', left, ttl)).toBe(ms);
  });

  test('is never more than either of the two tells, and never negative', () => {
    const ms = fc.integer({ min: 0, max: 100 * MINUTE });
    fc.assert(
      fc.property(ms, ms, ms, (taken, left, more) => {
        const both = age(String(NOW - taken), left, left + more);
        expect(both).toBe(Math.min(taken, more));
      }),
    );
  });
});
