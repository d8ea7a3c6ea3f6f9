import { Redis } from 'ioredis';
import { expect, test } from 'vitest';
import { REDIS } from './catalogue.ts';
import { describeOn } from './describe-on.ts';
import { locate } from './locate.ts';
import { startRedis } from './redis.ts';

(await describeOn(REDIS))('Redis', () => {
  test('says its version, keeps a key, and is gone after its end', async () => {
    const redis = await startRedis();
    expect(redis.version).toMatch(/^\d+\.\d+\.\d+$/);
    const client = new Redis(redis.url, { maxRetriesPerRequest: 0, retryStrategy: () => null });
    client.on('error', () => undefined);
    await client.set('order:lock:ord_1', 'pod-1', 'PX', 60_000);
    expect(await client.pttl('order:lock:ord_1')).toBeGreaterThan(0);
    if ('at' in (await locate(REDIS))) {
      await redis.stop();
      await expect(client.get('order:lock:ord_1')).rejects.toThrow();
    }
    client.disconnect();
  });
});
