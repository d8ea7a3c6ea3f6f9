import { Redis } from 'ioredis';
import pg from 'pg';
import { pretendRedis } from '../../sim/redis/redis.ts';
import { lockAt } from '../../sim/world/inventory.ts';
import { createWorld } from '../../sim/world/world.ts';
import { connectRedis } from '../../src/adapters/redis/connect.ts';
import { plainPolicy } from '../support/policy.ts';
import { freshDatabase } from '../support/postgres.ts';
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

redisContract('the pretend one', async () => {
  const database = await freshDatabase();
  const pool = new pg.Pool({ connectionString: database.url, max: 2 });
  pool.on('error', () => undefined);
  const world = await createWorld({ pool, now: Date.now, seed: 7 });
  return {
    ...pretendRedis(world),
    put: async (key, value, leftMs) =>
      await world.change(({ inventory }, now) => {
        const expiresAt = leftMs === null ? null : now + leftMs;
        inventory.locks.set(key, { key, value, takenAt: now, expiresAt });
      }),
    get: async (key) => await world.read(({ inventory }, now) => lockAt(inventory, key, now)?.value ?? null),
    now: async () => Date.now(),
    async stop() {
      await pool.end();
      await database.drop();
    },
  };
});
