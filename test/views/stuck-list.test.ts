import { describe, expect, test } from 'vitest';
import { type ListedOrder, stuckList } from '../../src/views/stuck-list.ts';

const MINUTE = 60_000;
const AT = Date.parse('2026-01-01T03:00:00Z');

function order(id: string, errorCode: string | null, minute: number): ListedOrder {
  return {
    id,
    status: 'processing',
    errorCode,
    updatedAt: AT + minute * MINUTE,
    lastEvent: null,
    attempts: [],
  };
}

/** Headings and the orders below them, as they are read. */
function read(orders: readonly ListedOrder[]): string[] {
  const now = AT + 180 * MINUTE;
  const view = {
    orders,
    total: orders.length,
    unread: 0,
    status: 'processing',
    olderThanMinutes: 120,
    now,
    cursor: null,
    next: null,
  };
  return stuckList(view).blocks.flatMap((block) => {
    if (block.type === 'context' && 'text' in (block.elements[0] ?? {}))
      return [plain(String((block.elements[0] as { text: string }).text))];
    return block.type === 'section' && block.accessory !== undefined
      ? [plain(block.text?.text ?? '').split(' ')[0] ?? '']
      : [];
  });
}

const plain = (text: string) => text.replace(/<!date[^|]*\|([^>]*)>/g, '$1').replace(/[*\u200b]/g, '');

describe('the list of stuck orders', () => {
  test.each<[string, ListedOrder[], string[]]>([
    [
      'one code, one onset',
      [order('ord_b', 'X', 9), order('ord_a', 'X', 0)],
      ['2 orders, X, since 03:00 UTC to 03:09 UTC', 'ord_a', 'ord_b'],
    ],
    [
      'one code, two onsets',
      [order('ord_a', 'X', 0), order('ord_b', 'X', 10)],
      ['1 order, X, since 03:00 UTC', 'ord_a', '1 order, X, since 03:10 UTC', 'ord_b'],
    ],
    [
      'two codes in one onset',
      [order('ord_a', 'Y', 1), order('ord_b', null, 0), order('ord_c', 'Y', 2)],
      [
        '1 order, no code, since 03:00 UTC',
        'ord_b',
        '2 orders, Y, since 03:01 UTC to 03:02 UTC',
        'ord_a',
        'ord_c',
      ],
    ],
  ])('groups %s', (_rule, orders, lines) => {
    expect(read(orders)).toEqual(lines);
  });
});
