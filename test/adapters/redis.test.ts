import { Redis } from 'ioredis';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { connectRedis, type RedisConnection } from '../../src/adapters/redis/connect.ts';
import { plainPolicy } from '../support/policy.ts';
import { outcome, patient } from '../support/trouble.ts';
import { REDIS } from '../systems/catalogue.ts';
import { describeOn } from '../systems/describe-on.ts';
import { type RealRedis, startRedis } from '../systems/redis.ts';

/** SHA-1 of `pod-1`. */
const POD_1 = 'd7ee19705290f8cc0e8ebb7b5aaae9ca64990574';
const LOCKS = { pattern: 'lock:*', ttlMs: 60_000 };

(await describeOn(REDIS))('Redis', () => {
  let redis: RealRedis;
  let owner: Redis;
  const open: RedisConnection[] = [];
  beforeAll(async () => {
    redis = await startRedis();
    owner = new Redis(redis.url);
  });
  beforeEach(async () => {
    await owner.flushdb();
  });
  afterEach(() => {
    for (const connection of open.splice(0)) connection.close();
  });
  afterAll(async () => {
    owner?.disconnect();
    await redis?.stop();
  });

  function connection(url = redis.url): RedisConnection {
    const made = connectRedis({ url, policy: plainPolicy });
    open.push(made);
    return made;
  }

  /** As a user of its own with these rights. */
  async function as(...rights: readonly string[]): Promise<RedisConnection> {
    await owner.call('ACL', 'SETUSER', 'bot', 'reset', 'on', '>pass', ...rights);
    return connection(redis.url.replace('//', '//bot:pass@'));
  }

  test('looks by SCAN, and never by KEYS', async () => {
    await owner.config('RESETSTAT');
    await owner.set('lock:1', 'pod-1', 'PX', 30_000);
    expect(await connection().probe.locks(LOCKS, patient())).toMatchObject({ total: 1 });
    const commands = await owner.info('commandstats');
    expect(commands).toContain('cmdstat_scan');
    expect(commands).not.toContain('cmdstat_keys');
  });

  test('of more than 10,000 all are counted, and so many looked at', async () => {
    const pipeline = owner.pipeline();
    for (let count = 0; count < 10_300; count += 1) pipeline.set(`lock:${count}`, 'pod-1', 'PX', 50_000);
    await pipeline.exec();
    const seen = await connection().probe.locks(LOCKS, patient());
    expect([seen.total, seen.locks.length]).toEqual([10_300, 10_000]);
  });

  test('what is no plain value, or far too long for one, has no age and is never deleted', async () => {
    await owner.hset('lock:hash', 'pod-1', '1');
    await owner.set('lock:long', 'x'.repeat(2_000), 'PX', 30_000);
    const { probe, lever } = connection();
    const { locks } = await probe.locks(LOCKS, patient());
    expect(locks.map(({ key, holder, ageMs }) => [key, holder, ageMs]).sort()).toEqual([
      ['lock:hash', '', null],
      ['lock:long', '', null],
    ]);
    expect(await probe.holders(['lock:hash', 'lock:long'], patient())).toEqual({
      'lock:hash': '',
      'lock:long': '',
    });
    for (const { key, holder } of locks)
      expect(await outcome(lever.deleteLock(key, holder, patient()))).toMatchObject({
        fault: 'refused',
        sent: 'no',
      });
    expect(await owner.exists('lock:hash', 'lock:long')).toBe(2);
  });

  test('a connection that ended while nobody asked is not noticed', async () => {
    const { probe } = connection();
    await probe.locks(LOCKS, patient());
    await owner.call('CLIENT', 'KILL', 'SKIPME', 'yes');
    expect(await probe.locks(LOCKS, patient())).toMatchObject({ total: 0 });
  });

  test('calls at the same time do not share a connection, and keep no more than they needed', async () => {
    const { probe } = connection();
    const all = await Promise.all(Array.from({ length: 5 }, async () => await probe.locks(LOCKS, patient())));
    expect(all).toHaveLength(5);
    const bots = async () => String(await owner.call('CLIENT', 'LIST')).match(/name=oms-bot/g)?.length;
    expect(await bots()).toBeLessThanOrEqual(5);
    const before = await bots();
    await probe.locks(LOCKS, patient());
    expect(await bots()).toBe(before);
  });

  describe('with few rights', () => {
    test('a user who may only read can look, and change nothing', async () => {
      await owner.set('lock:1', 'pod-1', 'PX', 30_000);
      const { probe, lever } = await as('~lock:*', '+@read', '+time');
      expect(await probe.locks(LOCKS, patient())).toMatchObject({ total: 1, replica: false });
      expect(await outcome(lever.deleteLock('lock:1', POD_1, patient()))).toEqual({
        fault: 'forbidden',
        sent: 'no',
        mayRetry: false,
        message: 'Redis does not let us do this; the user of REDIS_URL needs the right (EVAL).',
      });
    });

    test('one with the rights that the operations guide names can do both', async () => {
      await owner.set('lock:inventory:1', 'pod-1', 'PX', 30_000);
      const { probe, lever } = await as('~lock:inventory:*', '+@read', '+time', '+eval', '+del');
      const seen = await probe.locks({ ...LOCKS, pattern: 'lock:inventory:*' }, patient());
      expect(seen).toMatchObject({ total: 1, locks: [{ holder: POD_1 }] });
      expect(await lever.deleteLock('lock:inventory:1', POD_1, patient())).toContain('was deleted');
    });

    test('one who may not delete is told so, and the lock stays', async () => {
      await owner.set('lock:1', 'pod-1');
      const { lever } = await as('~lock:*', '+@read', '+eval');
      expect(await outcome(lever.deleteLock('lock:1', POD_1, patient()))).toMatchObject({
        fault: 'forbidden',
        sent: 'no',
        message: 'Redis does not let us do this; the user of REDIS_URL needs the right (TYPE, GET, DEL).',
      });
      expect(await owner.get('lock:1')).toBe('pod-1');
    });

    test.each([
      ['another command', ['~lock:*', '+@read', '-scan', '+time'], '(SCAN)'],
      ['other keys', ['~order:*', '+@read', '+time'], '(keys that match the lock pattern)'],
    ])('one who lacks %s is told which', async (_what, rights, named) => {
      await owner.set('lock:1', 'pod-1');
      const said = await outcome((await as(...rights)).probe.locks(LOCKS, patient()));
      expect(said).toMatchObject({ fault: 'forbidden', message: expect.stringContaining(named) });
    });

    test.each([
      ['a wrong password', 'bot:wrong@', 'does not accept the user or password of REDIS_URL'],
      ['no password', '', 'wants a password, and REDIS_URL has none'],
    ])('%s is said without it', async (_what, user, words) => {
      await as('~*', '+@all');
      await owner.call('ACL', 'SETUSER', 'default', 'resetpass', '>secret');
      const url = redis.url.replace('//', `//${user}`);
      const said = await outcome(connection(url).probe.locks(LOCKS, patient()));
      await owner.call('ACL', 'SETUSER', 'default', 'nopass');
      expect(said).toMatchObject({
        fault: 'forbidden',
        mayRetry: false,
        message: expect.stringContaining(words),
      });
      expect(JSON.stringify(said)).not.toContain('wrong@');
    });
  });

  describe('a server that is not as it should be', () => {
    test('a replica is told, and nothing is deleted there', async () => {
      await owner.set('lock:1', 'pod-1');
      await owner.config('SET', 'repl-diskless-sync-delay', '0');
      const replica = await startRedis(['--replicaof', `127.0.0.1 ${new URL(redis.url).port}`]);
      const { probe, lever } = connection(replica.url);
      await expect
        .poll(async () => await probe.locks(LOCKS, patient()).catch(() => null), { timeout: 10_000 })
        .toMatchObject({ replica: true, total: 1 });
      expect(await outcome(lever.deleteLock('lock:1', POD_1, patient()))).toMatchObject({
        fault: 'refused',
        sent: 'no',
        message: 'Redis is a replica: nothing can be deleted there; REDIS_URL must name the master.',
      });
      await replica.stop();
    });

    test('a node of a cluster is not looked at: it would show only its own part', async () => {
      const node = await startRedis(['--cluster-enabled', 'yes']);
      expect(await outcome(connection(node.url).probe.locks(LOCKS, patient()))).toMatchObject({
        fault: 'refused',
        message: expect.stringContaining('runs as a cluster'),
      });
      await node.stop();
    });

    test('one that takes no changes refuses, and the lock stays', async () => {
      await owner.set('lock:1', 'pod-1');
      await owner.config('SET', 'min-replicas-to-write', '1');
      const said = await outcome(connection().lever.deleteLock('lock:1', POD_1, patient()));
      await owner.config('SET', 'min-replicas-to-write', '0');
      expect(said).toMatchObject({
        fault: 'failed',
        sent: 'no',
        message: expect.stringContaining('(NOREPLICAS)'),
      });
      expect(await owner.get('lock:1')).toBe('pod-1');
    });
  });
});
