import { describe, expect, test } from 'vitest';
import { outcome, patient } from '../support/trouble.ts';
import type { OrdersDatabaseUnderTest } from './orders-database.ts';

/** X8. @param now the time that ages count from, epoch ms */
export function oversoldContract(here: () => OrdersDatabaseUnderTest, NOW: number): void {
  describe('oversold orders', () => {
    const question = {
      code: 'OVERSOLD_PRODUCT',
      decided: ['cancelled'],
      windowMinutes: 60,
      most: 2,
      now: NOW,
    };
    const ask = async () => await here().probe.oversold(question, patient());

    async function orders(
      rows: readonly (readonly [id: string, status: string, code: string | null, minutesAgo: number])[],
    ): Promise<void> {
      await here().sql('create table orders (id text, status text, error_code text, created_at timestamptz)');
      await here().sql('grant select on orders to public');
      for (const [id, status, code, minutesAgo] of rows) {
        const at = new Date(NOW - minutesAgo * 60_000).toISOString();
        await here().sql('insert into orders values ($1, $2, $3, $4)', [id, status, code, at]);
      }
    }

    test('are those with the code, not decided, of the window; the newest are named, all are counted', async () => {
      await orders([
        ['ord_aaa111', 'reservation_failed', 'OVERSOLD_PRODUCT', 30],
        ['ord_bbb222', 'reservation_failed', 'OVERSOLD_PRODUCT', 10],
        ['ord_ccc333', 'reservation_failed', 'OVERSOLD_PRODUCT', 20],
        ['ord_ddd444', 'cancelled', 'OVERSOLD_PRODUCT', 10],
        ['ord_eee555', 'reservation_failed', 'INVENTORY_UNAVAILABLE', 10],
        ['ord_fff666', 'reservation_failed', null, 10],
        ['ord_ggg777', 'reservation_failed', 'OVERSOLD_PRODUCT', 61],
      ]);
      expect(await ask()).toEqual({
        orders: [
          { id: 'ord_bbb222', since: NOW - 10 * 60_000 },
          { id: 'ord_ccc333', since: NOW - 20 * 60_000 },
        ],
        unread: 0,
        total: 3,
        source: 'orders table',
      });
    });

    test('are none in an empty table', async () => {
      await orders([]);
      expect(await ask()).toEqual({ orders: [], unread: 0, total: 0, source: 'orders table' });
    });

    test('of the view of the schema’s owners go first, ids that are no order’s counted', async () => {
      await orders([['ord_aaa111', 'reservation_failed', 'OVERSOLD_PRODUCT', 30]]);
      await here().sql(`create view oms_bot_oversold as select * from (values
        ('ord_zzz999', timestamptz '2026-03-10 11:00:00Z'), ('4711', timestamptz '2026-03-10 10:00:00Z')) v(order_id, since)`);
      await here().sql('grant select on oms_bot_oversold to public');
      expect(await ask()).toEqual({
        orders: [{ id: 'ord_zzz999', since: NOW - 60 * 60_000 }],
        unread: 1,
        total: 2,
        source: 'oversold view',
      });
    });

    test('of a view with an empty time are not understood', async () => {
      await here().sql(
        `create view oms_bot_oversold as select 'ord_zzz999'::text as order_id, null::timestamptz as since`,
      );
      await here().sql('grant select on oms_bot_oversold to public');
      expect(await outcome(ask())).toMatchObject({
        fault: 'not understood',
        message: expect.stringContaining('The view oms_bot_oversold cannot be used: since'),
      });
    });

    test('without the right to read the ids, the grant is named', async () => {
      await here().sql('create table orders (id text, status text, error_code text, created_at timestamptz)');
      expect(await outcome(ask())).toMatchObject({
        fault: 'forbidden',
        message: expect.stringMatching(
          /`GRANT SELECT ON orders TO \w+` would, and so .* deploy\/orders-db\.sql/,
        ),
      });
    });
  });
}
