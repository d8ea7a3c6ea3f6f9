import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { OrdersDatabaseProbe } from '../../src/ports/probes.ts';
import { outcome, patient } from '../support/trouble.ts';
import { oversoldContract } from './orders-oversold.ts';

const NOW = Date.parse('2026-03-10T12:00:00Z');
const QUESTION = { status: 'processing', olderThanMinutes: 120, windowMinutes: 120, now: NOW };

export interface OrdersDatabaseUnderTest {
  readonly probe: OrdersDatabaseProbe;
  /** As the owner of the database. */
  sql(text: string, values?: readonly unknown[]): Promise<readonly Record<string, unknown>[]>;
  stop(): Promise<void>;
}

/** What every database behind `OrdersDatabaseProbe` has to keep. It starts without an orders table. */
export function ordersDatabaseContract(name: string, open: () => Promise<OrdersDatabaseUnderTest>): void {
  describe(`orders database: ${name}`, () => {
    let here: OrdersDatabaseUnderTest;
    beforeAll(async () => {
      here = await open();
    });
    afterAll(async () => await here.stop());
    afterEach(async () => {
      await here.sql('drop view if exists oms_bot_impact, oms_bot_oversold');
      await here.sql('drop table if exists orders cascade');
    });

    async function table(rows: readonly (readonly [status: string, minutesAgo: number])[]): Promise<void> {
      await here.sql('create table orders (status text not null, updated_at timestamptz not null)');
      await here.sql('grant select on orders to public');
      for (const [status, minutesAgo] of rows) {
        const at = new Date(NOW - minutesAgo * 60_000).toISOString();
        await here.sql('insert into orders values ($1, $2)', [status, at]);
      }
    }

    async function view(row: string): Promise<void> {
      await here.sql(
        `create view oms_bot_impact as select * from (values ${row}) v(runbook, affected, total, as_of)`,
      );
      await here.sql('grant select on oms_bot_impact to public');
    }

    async function said() {
      return await outcome(here.probe.stuckShare(QUESTION, patient()));
    }

    test('counts the stuck, and those that left processing within the window', async () => {
      await table([
        ['processing', 121],
        ['processing', 119],
        ['shipped', 119],
        ['shipped', 121],
        ['cancelled', 5],
      ]);
      expect(await here.probe.stuckShare(QUESTION, patient())).toEqual({
        affected: 1,
        total: 3,
        windowMinutes: 120,
        source: 'orders table',
        at: NOW,
      });
    });

    test('does not count orders that never came to processing', async () => {
      await table([
        ['processing', 500],
        ['waiting', 5],
        ['basket', 5],
      ]);
      expect(await here.probe.stuckShare(QUESTION, patient())).toMatchObject({ affected: 1, total: 1 });
    });

    test('tells the statuses of orders that changed lately', async () => {
      await here.sql('create table orders (status text, updated_at timestamptz not null)');
      await here.sql('grant select on orders to public');
      await here.sql(
        `insert into orders values ('paid', now()), ('paid', now()), ('shipped', now() - interval '8 days'), (null, now())`,
      );
      expect(await here.probe.statuses(7, patient())).toEqual(['paid']);
    });

    test('tells tables with their columns, and which of them may be read', async () => {
      await here.sql('create table orders (id text, placed timestamptz)');
      await here.sql('grant select (id) on orders to public');
      expect(await here.probe.tables(patient())).toEqual([
        {
          table: 'orders',
          columns: [
            { name: 'id', type: 'text', readable: true },
            { name: 'placed', type: 'timestamp with time zone', readable: false },
          ],
        },
      ]);
    });

    test('of no orders counts none', async () => {
      await table([]);
      expect(await here.probe.stuckShare(QUESTION, patient())).toMatchObject({ affected: 0, total: 0 });
    });

    test('the view of the schema’s owners goes first', async () => {
      await table([['processing', 500]]);
      await view(`('stuck-orders', 4, 40, timestamptz '2026-03-10 11:59:00Z')`);
      expect(await here.probe.stuckShare(QUESTION, patient())).toEqual({
        affected: 4,
        total: 40,
        windowMinutes: 120,
        source: 'impact view',
        at: NOW - 60_000,
      });
    });

    test('a runbook of which the orders know nothing has the view alone', async () => {
      await table([['processing', 500]]);
      expect(await here.probe.impactView('refund-delays', 1_440, patient())).toBeNull();
      await view(`('refund-delays', 12, 80, timestamptz '2026-03-10 11:59:00Z')`);
      expect(await here.probe.impactView('refund-delays', 1_440, patient())).toEqual({
        affected: 12,
        total: 80,
        windowMinutes: 1_440,
        source: 'impact view',
        at: NOW - 60_000,
      });
    });

    test('counts orders that failed for a reason or wait too long, of those created in the window', async () => {
      await here.sql(
        'create table orders (status text, error_code text, created_at timestamptz, updated_at timestamptz)',
      );
      await here.sql('grant select on orders to public');
      const rows = [
        ['payment_failed', 'PAYMENT_GATEWAY_TIMEOUT', 10],
        ['payment_failed', 'PAYMENT_DECLINED', 10],
        ['waiting', null, 20],
        ['waiting', null, 5],
        ['shipped', null, 40],
        ['shipped', null, 70],
      ] as const;
      for (const [status, code, minutesAgo] of rows) {
        const at = new Date(NOW - minutesAgo * 60_000).toISOString();
        await here.sql('insert into orders values ($1, $2, $3, $3)', [status, code, at]);
      }
      const question = {
        waiting: 'waiting',
        waitingMinutes: 15,
        codes: ['PAYMENT_GATEWAY_TIMEOUT'],
        now: NOW,
        runbook: 'payment-failures',
      };
      const narrow = { ...question, windowsMinutes: [30, 60], fewest: 4 };
      expect(await here.probe.failedShare(narrow, patient())).toMatchObject({
        affected: 2,
        total: 4,
        windowMinutes: 30,
      });
      const wide = { ...question, windowsMinutes: [30, 60], fewest: 5 };
      expect(await here.probe.failedShare(wide, patient())).toMatchObject({
        affected: 2,
        total: 5,
        windowMinutes: 60,
      });
    });

    test('leaves out orders by their ids, and counts what changed of late', async () => {
      await here.sql(
        'create table orders (id text, status text, updated_at timestamptz, created_at timestamptz, error_code text)',
      );
      await here.sql('grant select on orders to public');
      for (const [id, minutesAgo] of [
        ['ord_gone01', 5],
        ['ord_fails1', 10],
        ['ord_fails2', 40],
      ] as const) {
        const at = new Date(NOW - minutesAgo * 60_000).toISOString();
        await here.sql('insert into orders values ($1, $2, $3, $3, $4)', [id, 'failed', at, 'GONE']);
      }
      const question = {
        waiting: null,
        waitingMinutes: 0,
        codes: ['GONE'],
        fewest: 1,
        now: NOW,
        runbook: 'x',
      };
      const share = async (except: readonly string[]) =>
        await here.probe.failedShare({ ...question, windowsMinutes: [30], except }, patient());
      expect(await share([])).toMatchObject({ affected: 2, total: 2 });
      expect(await share(['ord_gone01'])).toMatchObject({ affected: 1, total: 2 });
      expect(await here.probe.changedOrders(30, NOW, patient())).toBe(2);
      expect(await here.probe.changedOrders(60, NOW, patient())).toBe(3);
    });

    oversoldContract(() => here, NOW);

    test('counts orders of late and of the same time last week, over the narrowest span that has enough', async () => {
      await here.sql('create table orders (created_at timestamptz)');
      await here.sql('grant select on orders to public');
      const week = 7 * 24 * 60;
      const ago = [0, 10, 29, 31, 59, week, week + 29, week + 31, week + 59, week + 61, week - 1, week + 361];
      for (const minutes of ago)
        await here.sql('insert into orders values ($1)', [new Date(NOW - minutes * 60_000).toISOString()]);
      const rate = async (fewest: number, windowsMinutes = [30, 60, 120]) =>
        await here.probe.orderRate({ windowsMinutes, fewest, now: NOW }, patient());
      expect(await rate(2)).toEqual({ created: 3, lastWeek: 2, windowMinutes: 30 });
      expect(await rate(4)).toEqual({ created: 5, lastWeek: 4, windowMinutes: 60 });
      expect(await rate(20)).toEqual({ created: 5, lastWeek: 5, windowMinutes: 120 });
      expect(await rate(1, [2])).toEqual({ created: 1, lastWeek: 1, windowMinutes: 2 });
    });

    test('an index on the time of creation serves both spans', async () => {
      await here.sql('create table orders (created_at timestamptz)');
      await here.sql('grant select on orders to public');
      await here.sql(
        `insert into orders select $1::timestamptz - n * interval '1 minute' from generate_series(0, 30000) n`,
        [new Date(NOW).toISOString()],
      );
      await here.sql('create index on orders (created_at)');
      const counted = await here.probe.orderRate({ windowsMinutes: [30], fewest: 20, now: NOW }, patient());
      expect(counted).toEqual({ created: 30, lastWeek: 30, windowMinutes: 30 });
    });

    test.each([
      ['without a row for the runbook', `('another', 1, 2, now())`, 'it has no row for this runbook'],
      ['with an empty count', `('stuck-orders', null::int, 2, now())`, 'affected'],
      ['with an empty time', `('stuck-orders', 1, 2, null::timestamptz)`, 'as_of'],
      ['with a negative count', `('stuck-orders', -1, 2, now())`, 'affected'],
      ['with more affected than there are', `('stuck-orders', 3, 2, now())`, 'more orders affected'],
    ])('a view %s is not understood', async (_what, row, words) => {
      await view(row);
      expect(await said()).toMatchObject({
        fault: 'not understood',
        message: expect.stringContaining(words),
      });
    });

    test('a missing table is named', async () => {
      expect(await said()).toMatchObject({
        fault: 'not found',
        message: expect.stringContaining('has no such table; `orders` in oms.yaml names'),
      });
    });

    test('a missing column is named', async () => {
      await here.sql('create table orders (status text)');
      await here.sql('grant select on orders to public');
      expect(await said()).toMatchObject({ fault: 'not found', message: expect.stringContaining('column') });
    });

    test('a column of another kind is refused', async () => {
      await here.sql('create table orders (status text, updated_at int)');
      await here.sql('grant select on orders to public');
      expect(await said()).toMatchObject({ fault: 'refused' });
    });

    test('a status that the database does not have is refused', async () => {
      await here.sql(`create type state as enum ('processing', 'shipped')`);
      await here.sql('create table orders (status state, updated_at timestamptz)');
      await here.sql('grant select on orders to public');
      const answer = await said();
      await here.sql('drop table orders');
      await here.sql('drop type state');
      expect(answer).toMatchObject({ fault: 'refused', message: expect.stringContaining('oms.yaml') });
    });

    test('a table that we may not read is named', async () => {
      await here.sql('create table orders (status text, updated_at timestamptz)');
      expect(await said()).toMatchObject({
        fault: 'forbidden',
        message: expect.stringMatching(
          /`GRANT SELECT ON orders TO \w+` would, and so .* deploy\/orders-db\.sql/,
        ),
      });
    });

    test('a caller that hung up before asks nothing', async () => {
      const asked = here.probe.stuckShare(QUESTION, AbortSignal.abort());
      expect(await outcome(asked)).toMatchObject({ fault: 'too slow', sent: 'no' });
    });
  });
}
