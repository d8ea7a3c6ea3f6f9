import { describe, expect, test } from 'vitest';
import { OrderId } from '../../../src/domain/ids.ts';
import type { OversoldOrders, OversoldQuestion } from '../../../src/ports/orders-database.ts';
import { diagnosed, fakeProbes, MINUTE, NOW, silent } from '../../support/runbooks.ts';

const ID = 'inventory-reservation';
const order = (id: string, minutesAgo: number) => ({
  id: OrderId.parse(id),
  since: NOW - minutesAgo * MINUTE,
});

async function look(found: Partial<OversoldOrders>) {
  const oversold = async (): Promise<OversoldOrders> => ({
    orders: [],
    unread: 0,
    total: found.orders?.length ?? 0,
    source: 'orders table',
    ...found,
  });
  return (await diagnosed(ID, fakeProbes({ ordersDatabase: { oversold } }))).of('X8');
}

describe('X8', () => {
  test.each<[string, Partial<OversoldOrders>, string, string]>([
    ['none', {}, 'healthy', 'No order of the last 24 h is oversold and undecided.'],
    [
      'one a moment ago',
      { orders: [order('ord_aaa111', 5)] },
      'broken',
      '1 order is oversold and undecided, the newest for 5 min; each has to be decided, perhaps cancelled.',
    ],
    [
      'some, and no new one any more: for people to decide, and no trouble that goes on',
      { orders: [order('ord_bbb222', 6), order('ord_aaa111', 50)], total: 70 },
      'healthy',
      '70 orders are oversold and undecided, the newest for 6 min; each has to be decided, perhaps cancelled.',
    ],
    [
      'some that are no order’s id',
      { orders: [order('ord_aaa111', 5)], unread: 2, total: 3 },
      'unknown',
      '3 orders are oversold and undecided, the newest for 5 min; each has to be decided, perhaps cancelled. 2 have ids that are no order’s.',
    ],
    [
      'nothing but such',
      { unread: 3, total: 3 },
      'unknown',
      '3 orders are oversold and undecided; each has to be decided, perhaps cancelled. 3 have ids that are no order’s.',
    ],
  ])('%s', async (_what, found, verdict, line) => {
    expect(await look(found)).toMatchObject({ verdict, line });
  });

  test('the orders are listed', async () => {
    const { evidence } = await look({ orders: [order('ord_bbb222', 6), order('ord_aaa111', 50)] });
    expect(evidence).toEqual(['ord_bbb222', 'ord_aaa111']);
  });

  test('asks for a day, without those that somebody decided', async () => {
    const asked: OversoldQuestion[] = [];
    const oversold = async (question: OversoldQuestion): Promise<OversoldOrders> => {
      asked.push(question);
      return { orders: [], unread: 0, total: 0, source: 'orders table' };
    };
    await diagnosed(ID, fakeProbes({ ordersDatabase: { oversold } }));
    expect(asked).toEqual([
      {
        code: 'OVERSOLD_PRODUCT',
        decided: ['shipped', 'cancelled', 'delivered'],
        windowMinutes: 1_440,
        most: 50,
        now: NOW,
      },
    ]);
  });

  test('a database that does not answer is unknown, none is skipped', async () => {
    const oversold = async () => await Promise.reject(silent());
    expect((await diagnosed(ID, fakeProbes({ ordersDatabase: { oversold } }))).of('X8').verdict).toBe(
      'unknown',
    );
    expect((await diagnosed(ID, fakeProbes({}))).of('X8').verdict).toBe('skipped');
  });
});
