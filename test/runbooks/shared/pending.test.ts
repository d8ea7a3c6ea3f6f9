import { describe, expect, test } from 'vitest';
import { type List, lateOnes, pendingAmong } from '../../../src/runbooks/shared/pending.ts';
import { DEFAULT_THRESHOLDS } from '../../../src/runbooks/thresholds.ts';

interface Row {
  readonly id: string;
}

const all = Array.from({ length: 120 }, (_, place): Row => ({ id: `ret_${place}` }));

/** A service that gives so many at most, and a cursor for the rest only where it knows of cursors. */
function listOf(rows: readonly Row[], most: number, cursors: boolean, total = rows.length): List<Row> {
  return async ({ limit, cursor }) => {
    const from = cursor === null ? 0 : Number(cursor);
    const size = Math.min(limit, most);
    const next = cursors && from + size < rows.length ? String(from + size) : null;
    return { rows: rows.slice(from, from + size), unread: 0, total, next };
  };
}

describe('which are pending', () => {
  test('a list that ends with all that there are says what is not on it', async () => {
    const { found, whole } = await pendingAmong(listOf(all, 50, true), ['ret_119', 'ret_gone']);
    expect([[...found.keys()], whole]).toEqual([['ret_119'], true]);
  });

  test.each<[string, List<Row>]>([
    ['a page that is shorter than the total, without a cursor', listOf(all, 50, false)],
    ['an empty page of 40', listOf([], 50, true, 40)],
  ])('%s says nothing of what is not on it', async (_what, list) => {
    const { found, whole } = await pendingAmong(list, ['ret_119']);
    expect([found.size, whole]).toEqual([0, false]);
  });

  test('what people named is elsewhere only where the list was read to its end', async () => {
    const late = async (list: List<Row>) => await lateOnes(list, ['ret_gone'], DEFAULT_THRESHOLDS);
    expect(await late(listOf(all, 200, true))).toMatchObject({ elsewhere: ['ret_gone'], unsure: [] });
    expect(await late(listOf(all, 50, false))).toMatchObject({ elsewhere: [], unsure: ['ret_gone'] });
  });
});
