import { Redis } from 'ioredis';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { connectRedis, type RedisConnection } from '../../src/adapters/redis/connect.ts';
import { policyFor } from '../../src/adapters/resilience.ts';
import { type ProxyMode, startTcpProxy, type TcpProxy } from '../support/tcp-proxy.ts';
import { outcome, patient } from '../support/trouble.ts';
import { REDIS } from '../systems/catalogue.ts';
import { describeOn } from '../systems/describe-on.ts';
import { type RealRedis, startRedis } from '../systems/redis.ts';

/** SHA-1 of `pod-1`. */
const POD_1 = 'd7ee19705290f8cc0e8ebb7b5aaae9ca64990574';
const LOCKS = { pattern: 'lock:*', ttlMs: 60_000 };

/** Repeats what may be repeated: a deletion must not be. */
const policy = policyFor('Redis', { failures: Number.MAX_SAFE_INTEGER, backoffMs: [1, 1] });

/** What comes out of each way to misbehave; `done`: whether the lock is gone when the call has ended. */
const TABLE: readonly {
  readonly mode: Exclude<ProxyMode, 'open'>;
  readonly fault: string;
  /** When it begins with the change itself. */
  readonly done: boolean;
}[] = [
  { mode: 'down', fault: 'unreachable', done: false },
  { mode: 'silent', fault: 'too slow', done: false },
  { mode: 'garbage', fault: 'not understood', done: true },
  { mode: 'cut', fault: 'unreachable', done: true },
];

(await describeOn(REDIS))('a Redis that', () => {
  let redis: RealRedis;
  let owner: Redis;
  let proxy: TcpProxy;
  let connection: RedisConnection;
  beforeAll(async () => {
    redis = await startRedis();
    owner = new Redis(redis.url);
  });
  afterAll(async () => {
    owner?.disconnect();
    await redis?.stop();
  });
  beforeEach(async () => {
    await owner.flushdb();
    await owner.set('lock:1', 'pod-1');
    proxy = await startTcpProxy({ host: '127.0.0.1', port: Number(new URL(redis.url).port) });
    connection = connectRedis({ url: `redis://127.0.0.1:${proxy.port}/0`, policy });
    return async () => {
      connection.close();
      await proxy.stop();
    };
  });

  /** A proxy that is down has to tear what stands already. */
  function misbehave(mode: ProxyMode): void {
    proxy.mode = mode;
    if (mode === 'down') proxy.drop();
  }
  const patience = (mode: ProxyMode) => (mode === 'silent' ? AbortSignal.timeout(300) : patient());
  /** As many as that script ran. */
  const scripts = async () =>
    Number(/cmdstat_eval:calls=(\d+)/.exec(await owner.info('commandstats'))?.[1] ?? 0);

  describe.each(TABLE)('is $mode', ({ mode, fault, done }) => {
    test('is told of by every question', async () => {
      misbehave(mode);
      const { probe } = connection;
      for (const ask of [
        async () => await probe.locks(LOCKS, patience(mode)),
        async () => await probe.holders(['lock:1'], patience(mode)),
      ])
        expect(await outcome(ask())).toMatchObject({ fault, sent: 'no', mayRetry: true });
    });

    test('in the middle of a look: no half of it counts', async () => {
      proxy.onRequest = (bytes) => {
        if (bytes.includes('scan')) misbehave(mode);
      };
      expect(await outcome(connection.probe.locks(LOCKS, patience(mode)))).toMatchObject({
        fault,
        sent: 'no',
      });
    });

    test('before a lock is deleted: nothing was sent', async () => {
      misbehave(mode);
      const call = connection.lever.deleteLock('lock:1', POD_1, patience(mode));
      expect(await outcome(call)).toMatchObject({ fault, sent: 'no' });
      expect(await owner.get('lock:1')).toBe('pod-1');
    });

    test('once the deletion is on its way: it may be done, and is not sent again', async () => {
      const before = await scripts();
      proxy.onRequest = (bytes) => {
        if (bytes.includes('redis.call')) misbehave(mode);
        // Whoever comes again finds it well: a second deletion would go through, and be seen.
        else if (/hello/i.test(bytes.toString('latin1'))) proxy.mode = 'open';
      };
      const call = connection.lever.deleteLock('lock:1', POD_1, patience(mode));
      expect(await outcome(call)).toMatchObject({ fault, sent: 'maybe' });
      expect(await scripts()).toBe(before + (done ? 1 : 0));
      expect(await owner.get('lock:1')).toBe(done ? null : 'pod-1');
    });

    test('is well again for the next call', async () => {
      misbehave(mode);
      await outcome(connection.probe.locks(LOCKS, patience(mode)));
      proxy.mode = 'open';
      expect(await connection.probe.locks(LOCKS, patient())).toMatchObject({ total: 1 });
    });
  });

  test('holds the deletion back is given up, and the lock stays known as perhaps deleted', async () => {
    // HELLO and reads go on, whatever writes waits.
    await owner.call('CLIENT', 'PAUSE', '60000', 'WRITE');
    const call = connection.lever.deleteLock('lock:1', POD_1, AbortSignal.timeout(300));
    expect(await outcome(call)).toMatchObject({ fault: 'too slow', sent: 'maybe' });
    await owner.call('CLIENT', 'UNPAUSE');
  });

  test('is not there was surely not reached', async () => {
    const { port } = proxy;
    await proxy.stop();
    const { probe, lever } = connectRedis({ url: `redis://127.0.0.1:${port}`, policy });
    const says = {
      fault: 'unreachable',
      sent: 'no',
      mayRetry: true,
      message: 'Redis cannot be reached (ECONNREFUSED).',
    };
    expect(await outcome(probe.locks(LOCKS, patient()))).toEqual(says);
    expect(await outcome(lever.deleteLock('lock:1', POD_1, patient()))).toEqual(says);
    proxy = await startTcpProxy({ host: '127.0.0.1', port });
  });
});
