import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { lineSearch } from '../../src/adapters/kubernetes/line-search.ts';

function search(
  pieces: readonly (string | Uint8Array)[],
  ...containing: readonly string[]
): readonly string[] {
  const found: string[] = [];
  const looking = lineSearch(containing, (line) => found.push(line));
  for (const piece of pieces) looking.add(typeof piece === 'string' ? Buffer.from(piece) : piece);
  looking.end();
  return found;
}

describe('lines that contain a text', () => {
  test.each<[readonly string[], readonly string[], readonly string[]]>([
    [['a x\nb\nc x\n'], ['x'], ['a x', 'c x']],
    [['a x\nb\nc x'], ['x'], ['a x', 'c x']],
    [['a ', 'x', '\n', 'b\nc', ' x y', '\n'], ['x'], ['a x', 'c x y']],
    [['x\nx\n\nx'], ['x'], ['x', 'x', 'x']],
    [['x y x\ny\n'], ['x', 'y'], ['x y x', 'y']],
    [['nothing'], ['x'], []],
    [[], ['x'], []],
    [['a\nb'], [''], ['a', 'b']],
    [['a.c\nabc\n'], ['a.c'], ['a.c']],
    [['--previous\n-f x\n'], ['-f', '--previous'], ['--previous', '-f x']],
    [
      ['\u001b[31mERROR\u001b[0m code=\u001b[1;33mPAYMENT_FAILED\u001b[m status=503\n'],
      ['PAYMENT_FAILED'],
      ['ERROR code=PAYMENT_FAILED status=503'],
    ],
  ])('%j for %j', (pieces, containing, lines) => expect(search(pieces, ...containing)).toEqual(lines));

  test('letters that are parted come together again, bytes that are none are marked', () => {
    const bytes = Buffer.from('größe x\nü x');
    expect(search([bytes.subarray(0, 3), bytes.subarray(3, 10), bytes.subarray(10)], 'x')).toEqual([
      'größe x',
      'ü x',
    ]);
    expect(search([Buffer.from([0, 255, 120, 0, 10])], 'x')).toEqual(['\u0000\ufffdx\u0000']);
  });

  test('a line of a megabyte keeps its beginning and what is around the match', () => {
    const long = `2026-01-01T00:00:00Z ${'a'.repeat(1_000_000)} PAYMENT_FAILED status=503 ${'b'.repeat(100_000)}`;
    const [line = '', ...more] = search([`${long}\nshort PAYMENT_FAILED\n`], 'PAYMENT_FAILED');
    expect(line.length).toBeLessThan(9_000);
    expect(line.startsWith('2026-01-01T00:00:00Z a')).toBe(true);
    expect(line).toContain('PAYMENT_FAILED status=503 b');
    expect(more).toEqual(['short PAYMENT_FAILED']);
  });

  test('however it is parted, it finds what a search in the whole text finds', () => {
    const letters = fc.constantFrom('a', 'b', 'x', 'ä', '\n', 'xy');
    fc.assert(
      fc.property(
        fc.array(letters, { maxLength: 60 }),
        fc.array(fc.nat(80), { maxLength: 6 }),
        (parts, cuts) => {
          const bytes = Buffer.from(parts.join(''));
          const places = [
            ...new Set([0, ...cuts.map((cut) => Math.min(cut, bytes.length)), bytes.length]),
          ].sort((one, other) => one - other);
          const pieces = places.slice(1).map((end, at) => bytes.subarray(places[at], end));
          const lines = bytes.toString().split('\n');
          expect(search(pieces, 'xa', 'b')).toEqual(
            lines.filter((line) => line.includes('xa') || line.includes('b')),
          );
        },
      ),
    );
  });
});
