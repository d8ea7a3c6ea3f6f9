import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { LockQuestion, RedisLever, RedisProbe } from '../../src/ports/redis.ts';
import { outcome, patient } from '../support/trouble.ts';

export interface RedisUnderTest {
  readonly probe: RedisProbe;
  readonly lever: RedisLever;
  /** @param leftMs of its time to live; null: it never ends */
  put(key: string, value: string, leftMs: number | null): Promise<void>;
  get(key: string): Promise<string | null>;
  /** Its own clock, epoch ms. */
  now(): Promise<number>;
  stop(): Promise<void>;
}

const MINUTE = 60_000;
const TTL = 30 * MINUTE;
const holder = (value: string) => createHash('sha1').update(value).digest('hex');
let number = 0;

/** What every Redis behind `RedisProbe` and `RedisLever` has to keep. It is empty at first. */
export function redisContract(name: string, open: () => Promise<RedisUnderTest>): void {
  describe(`Redis: ${name}`, () => {
    let here: RedisUnderTest;
    beforeAll(async () => {
      here = await open();
    });
    afterAll(async () => await here?.stop());

    /** Keys that no other test has. */
    function prefix(): string {
      number += 1;
      return `lock:contract-${number}:`;
    }
    const ask = async (pattern: string, ttlMs: LockQuestion['ttlMs'] = TTL) =>
      await here.probe.locks({ pattern, ttlMs }, patient());
    /** Minutes, as far as a clock that runs on lets them be told. */
    const ages = (seen: Awaited<ReturnType<typeof ask>>) =>
      seen.locks.map(({ ageMs }) => (ageMs === null ? null : Math.floor(ageMs / MINUTE)));

    test('nothing that matches is nothing, on a server that may be changed', async () => {
      expect(await ask(`${prefix()}*`)).toEqual({ locks: [], total: 0, replica: false });
    });

    test('those that match are seen, with whose they are, and no others', async () => {
      const mine = prefix();
      await here.put(`${mine}sku-1`, 'pod-1', TTL);
      await here.put(`${mine}sku-2`, 'pod-2', TTL);
      await here.put(`${prefix()}sku-1`, 'pod-3', TTL);
      const seen = await ask(`${mine}*`);
      expect(seen.total).toBe(2);
      expect(seen.locks.map((lock) => [lock.key, lock.holder]).sort()).toEqual([
        [`${mine}sku-1`, holder('pod-1')],
        [`${mine}sku-2`, holder('pod-2')],
      ]);
    });

    test('each is seen once, however many there are', async () => {
      const mine = prefix();
      const keys = Array.from({ length: 1_200 }, (_, place) => `${mine}${place}`);
      await Promise.all(keys.map(async (key) => await here.put(key, 'pod', TTL)));
      const seen = await ask(`${mine}*`);
      expect(seen.total).toBe(1_200);
      expect(seen.locks.map(({ key }) => key).sort()).toEqual(keys.sort());
    });

    test('an age is what is gone of the time to live; the oldest stand first, and last those without one', async () => {
      const mine = prefix();
      await here.put(`${mine}young`, 'pod', TTL - 1.5 * MINUTE);
      await here.put(`${mine}endless`, 'pod', null);
      await here.put(`${mine}old`, 'pod', TTL - 12.5 * MINUTE);
      await here.put(`${mine}longer-than-they-get`, 'pod', 2 * TTL);
      expect(ages(await ask(`${mine}*`))).toEqual([12, 1, null, null]);
    });

    test('without a known time to live only the value tells', async () => {
      const mine = prefix();
      const taken = (await here.now()) - 7.5 * MINUTE;
      await here.put(`${mine}a`, `pod-1:${taken}`, null);
      await here.put(`${mine}b`, JSON.stringify({ by: 'pod-1', at: new Date(taken).toISOString() }), MINUTE);
      await here.put(`${mine}c`, 'pod-1', MINUTE);
      expect(ages(await ask(`${mine}*`, null))).toEqual([7, 7, null]);
    });

    test('where both tell, the younger counts: a lock that is renewed is alive', async () => {
      const mine = prefix();
      const taken = (await here.now()) - 50.5 * MINUTE;
      await here.put(`${mine}renewed`, `pod-1:${taken}`, TTL - 0.5 * MINUTE);
      expect(ages(await ask(`${mine}*`))).toEqual([0]);
    });

    test('holders: of those that are still there', async () => {
      const mine = prefix();
      await here.put(`${mine}1`, 'pod-1', TTL);
      const keys = [`${mine}1`, `${mine}2`];
      expect(await here.probe.holders(keys, patient())).toEqual({ [`${mine}1`]: holder('pod-1') });
      expect(await here.probe.holders([], patient())).toEqual({});
    });

    test('a lock that is still its holder’s is deleted, and only that one', async () => {
      const mine = prefix();
      await here.put(`${mine}1`, 'pod-1', null);
      await here.put(`${mine}2`, 'pod-1', null);
      const said = await here.lever.deleteLock(`${mine}1`, holder('pod-1'), patient());
      expect(said).toBe(`The lock ${mine}1 was deleted.`);
      expect([await here.get(`${mine}1`), await here.get(`${mine}2`)]).toEqual([null, 'pod-1']);
    });

    test('one that is gone is said to be gone, and nothing else happens', async () => {
      const key = `${prefix()}1`;
      const said = await here.lever.deleteLock(key, holder('pod-1'), patient());
      expect(said).toBe(`The lock ${key} was gone already; nothing was deleted.`);
    });

    test('one that was taken again meanwhile survives', async () => {
      const key = `${prefix()}1`;
      await here.put(key, 'pod-1', TTL);
      const [seen] = (await ask(key)).locks;
      await here.put(key, 'pod-2', TTL);
      expect(await outcome(here.lever.deleteLock(key, seen?.holder ?? '', patient()))).toEqual({
        fault: 'refused',
        sent: 'no',
        mayRetry: false,
        message: `Redis holds another lock ${key} by now; it was not deleted.`,
      });
      expect(await here.get(key)).toBe('pod-2');
    });

    test('a value of any bytes has a holder', async () => {
      const key = `${prefix()}1`;
      await here.put(key, 'Ünïcode \u{1F512}\0', null);
      const [seen] = (await ask(key)).locks;
      await here.lever.deleteLock(key, seen?.holder ?? '', patient());
      expect(await here.get(key)).toBeNull();
    });

    test('a call whose time is up before it begins asks and changes nothing', async () => {
      const key = `${prefix()}1`;
      await here.put(key, 'pod-1', null);
      const late = AbortSignal.abort();
      const tooSlow = { fault: 'too slow', sent: 'no', mayRetry: true };
      expect(await outcome(here.probe.locks({ pattern: key, ttlMs: null }, late))).toMatchObject(tooSlow);
      expect(await outcome(here.lever.deleteLock(key, holder('pod-1'), late))).toMatchObject(tooSlow);
      expect(await here.get(key)).toBe('pod-1');
    });
  });
}
