import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readQuantity, writeBytes } from '../../src/adapters/kubernetes/quantity.ts';

describe('a quantity in whole units', () => {
  test.each([
    ['4Gi', 4_294_967_296],
    ['512Mi', 536_870_912],
    ['1.5Gi', 1_610_612_736],
    ['0.1Ki', 103],
    ['1000000000', 1_000_000_000],
    ['1G', 1_000_000_000],
    ['1e3', 1_000],
    ['1E3', 1_000],
    ['1.5e3', 1_500],
    ['12e-1', 2],
    ['5e+2', 500],
    ['3T', 3_000_000_000_000],
    ['7Ti', 7_696_581_394_432],
    ['128974848', 128_974_848],
    ['129e6', 129_000_000],
    ['123456789n', 1],
    ['250u', 1],
    ['1500m', 2],
    ['2000m', 2],
    ['0', 0],
    ['.5Gi', 536_870_912],
    ['1.', 1],
    ['+3k', 3_000],
  ])('%s is %s', (text, value) => expect(readQuantity(text, 'whole')).toBe(value));
});

describe('a quantity in thousandths', () => {
  test.each([
    ['250m', 250],
    ['1500m', 1_500],
    ['2', 2_000],
    ['0.1', 100],
    ['249600000n', 250],
    ['1n', 1],
    ['1k', 1_000_000],
  ])('%s is %s', (text, value) => expect(readQuantity(text, 'thousandths')).toBe(value));
});

test.each([
  '',
  ' 1',
  '1 Gi',
  '-1',
  '1Kb',
  '1gi',
  '1i',
  'Gi',
  '1ee3',
  '1e',
  '0x10',
  '1_000',
  '1e999',
  '9Ei',
  '1E',
  'NaN',
])('“%s” is none', (text) => expect(readQuantity(text, 'whole')).toBeNull());

test('whatever number of bytes is written reads back as it was', () => {
  fc.assert(
    fc.property(fc.maxSafeNat(), (bytes) => {
      expect(readQuantity(writeBytes(bytes), 'whole')).toBe(bytes);
    }),
  );
});

test('a decimal is never read as less than it is, nor as one more', () => {
  fc.assert(
    fc.property(fc.nat(1_000_000), fc.nat(999), (whole, thousandths) => {
      const text = `${whole}.${String(thousandths).padStart(3, '0')}`;
      expect(readQuantity(text, 'thousandths')).toBe(whole * 1_000 + thousandths);
      expect(readQuantity(text, 'whole')).toBe(thousandths === 0 ? whole : whole + 1);
    }),
  );
});

test.each([
  [4_294_967_296, '4Gi'],
  [1_572_864_000, '1500Mi'],
  [1_000_000_001, '1000000001'],
  [0, '0'],
  [1_024, '1Ki'],
])('%s bytes are written as %s', (bytes, text) => expect(writeBytes(bytes)).toBe(text));
