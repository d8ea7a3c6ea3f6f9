import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createWorld } from '../../../sim/world/world.ts';
import { HOUR, MINUTE, stuckIds, type TestWorld, testWorld } from './support.ts';

let here: TestWorld;
beforeEach(async () => {
  here = await testWorld();
});
afterEach(async () => await here.stop());

async function rows(text: string): Promise<unknown[]> {
  return (await here.pool.query({ text, rowMode: 'array' })).rows;
}

describe('a healthy world', () => {
  test('had as many orders last week at this time, and for the hours to come', async () => {
    const hours = (await rows(
      `select extract(hour from created_at)::int, count(*)::int from orders
        where created_at >= '2026-03-02T21:00:00Z' and created_at < '2026-03-03T09:00:00Z' group by 1`,
    )) as [number, number][];
    expect(hours).toHaveLength(12);
    for (const [, count] of hours) expect(count).toBeGreaterThanOrEqual(19);
    for (const [, count] of hours) expect(count).toBeLessThanOrEqual(21);
  });

  test('has about 120 orders of six hours in the table, none stuck, most of them shipped', async () => {
    const [[all, old]] = (await rows(
      `select count(*)::int, extract(epoch from max(created_at) - min(created_at))::int from orders
        where id not like 'ord_past%'`,
    )) as [[number, number]];
    expect(all).toBeGreaterThan(100);
    expect(all).toBeLessThan(140);
    expect(old).toBeGreaterThan(5.8 * 3600);
    const { orders } = await here.world.snapshot();
    expect(orders.stuck).toBe(0);
    expect(orders.byStatus['shipped']).toBeGreaterThan(90);
  });

  test('ships every paid order within 5 to 15 minutes of its creation', async () => {
    const outside = await rows(
      `select id from orders where status = 'shipped'
         and updated_at - created_at not between interval '5 minutes' and interval '15 minutes'`,
    );
    expect(outside).toEqual([]);
  });

  test('goes on when story time is skipped, each thing at its own time', async () => {
    const before = await rows(`select id from orders`);
    here.skip(HOUR);
    await here.world.settle();
    const added = await rows(
      `select count(distinct updated_at)::int, count(*)::int from orders where created_at > '2026-03-10T03:00:00Z'`,
    );
    const [[times, count]] = added as [[number, number]];
    expect(count).toBeGreaterThan(14);
    expect(times).toBe(count);
    expect((await rows(`select id from orders`)).length).toBe(before.length + count);
  });

  test('is the same in one skip as in twenty, for the same seed', async () => {
    const other = await testWorld();
    here.skip(20 * MINUTE);
    await here.world.settle();
    for (let minute = 0; minute < 20; minute += 1) {
      other.skip(MINUTE);
      await other.world.settle();
    }
    const text = 'select * from orders order by id';
    expect((await other.pool.query(text)).rows).toEqual((await here.pool.query(text)).rows);
    await other.stop();
  });

  test('tells its listeners when time changed something, and only then', async () => {
    let told = 0;
    const stop = here.world.onChange(() => {
      told += 1;
    });
    await here.world.snapshot();
    expect(told).toBe(0);
    here.skip(HOUR);
    await here.world.snapshot();
    expect(told).toBe(1);
    stop();
    here.skip(HOUR);
    await here.world.settle();
    expect(told).toBe(1);
  });

  test('differs with the seed', async () => {
    const other = await testWorld(2);
    const text = `select id from orders where id not like 'ord_past%' order by created_at limit 5`;
    expect((await other.pool.query(text)).rows).not.toEqual((await here.pool.query(text)).rows);
    await other.stop();
  });
});

describe('the table', () => {
  test('counts: a status that somebody wrote by SQL holds', async () => {
    const [[id]] = (await rows(`select id from orders where status = 'processing' limit 1`)) as [[string]];
    await here.pool.query(`update orders set status = 'cancelled', updated_at = '2026-03-10T03:00:00Z'`);
    here.skip(30 * MINUTE);
    expect(await here.world.order(id)).toMatchObject({ status: 'cancelled' });
  });

  test('may get orders by SQL; a retry frees them', async () => {
    await here.pool.query(
      `insert into orders values ('ord_xyz789abc', 'processing', 'WORKFLOW_STUCK', '2026-03-09T20:00:00Z', '2026-03-09T20:01:00Z')`,
    );
    expect(await stuckIds(here.world)).toEqual(['ord_xyz789abc']);
    await here.world.retryWorkflow('ord_xyz789abc', null);
    here.skip(15 * MINUTE);
    expect(await here.world.order('ord_xyz789abc')).toMatchObject({ status: 'shipped', errorCode: null });
  });

  test('of somebody else is not touched', async () => {
    await here.pool.query(`comment on table orders is null`);
    const before = await rows('select count(*) from orders');
    await expect(createWorld({ pool: here.pool, now: Date.now })).rejects.toThrow(/no pretend world made/);
    expect(await rows('select count(*) from orders')).toEqual(before);
  });

  test('catches up when it was out of reach during a change', async () => {
    const [[id]] = (await rows(`select id from orders where status = 'shipped' limit 1`)) as [[string]];
    await here.pool.query(`alter table orders rename to away`);
    const to = { status: 'delivered', reason: 'seen at the door', by: null } as const;
    await expect(here.world.setStatus(id, to)).rejects.toThrow();
    await here.pool.query(`alter table away rename to orders`);
    await here.world.setStatus(id, to);
    expect(await rows(`select status from orders where id = '${id}'`)).toEqual([['delivered']]);
  });
});
