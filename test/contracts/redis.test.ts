import { Redis } from 'ioredis';
import { connectRedis } from '../../src/adapters/redis/connect.ts';
import { plainPolicy } from '../support/policy.ts';
import { REDIS } from '../systems/catalogue.ts';
import { describeOn } from '../systems/describe-on.ts';
import { startRedis } from '../systems/redis.ts';
import { redisContract } from './redis.ts';

(await describeOn(REDIS))('on the real thing', () => {
  redisContract('a real one', async () => {
    const redis = await startRedis();
    const other = new Redis(redis.url);
    const connection = connectRedis({ url: redis.url, policy: plainPolicy });
    return {
      ...connection,
      async put(key, value, leftMs) {
        if (leftMs === null) await other.set(key, value);
        else await other.set(key, value, 'PX', leftMs);
      },
      get: async (key) => await other.get(key),
      now: async () => Number((await other.time())[0]) * 1_000,
      async stop() {
        connection.close();
        other.disconnect();
        await redis.stop();
      },
    };
  });
});
