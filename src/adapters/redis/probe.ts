import { createHash } from 'node:crypto';
import type { Redis } from 'ioredis';
import type { LockSeen, RedisProbe } from '../../ports/redis.ts';
import { SystemError } from '../../ports/system-error.ts';
import type { Policy } from '../resilience.ts';
import type { RedisConnections } from './connection.ts';
import { lockAge } from './lock-age.ts';
import { REDIS, redisError } from './redis-error.ts';

/** Keys that one step of SCAN walks over: others wait for one step at most. Measured, `docs/figures.md`. */
const STEP = 500;
/** So many locks are looked at one by one (port). */
const LOOKED_AT = 10_000;
/** So many keys are known by name, so that one that SCAN shows twice counts once; beyond, it may count twice. */
const REMEMBERED = 100_000;
/** In one conversation with Redis. */
const AT_ONCE = 250;
/** Bytes. What is longer is no lock's value. */
const LONGEST = 1_024;

export function redisProbe(connections: RedisConnections, policy: Policy): RedisProbe {
  return {
    async locks({ pattern, ttlMs }, signal) {
      const ask = async () =>
        await connections.use(signal, async (redis, { replica }) => {
          const { keys, total } = await scan(redis, pattern, signal);
          const now = await timeOf(redis);
          const locks: LockSeen[] = [];
          let gone = 0;
          for (const some of chunks(keys)) {
            for (const one of await read(redis, some)) {
              const { key, leftMs, value } = one;
              if (leftMs === 'gone') gone += 1;
              else {
                // Where nothing can be compared it is never one to delete.
                const ageMs = value === null ? null : lockAge({ value, leftMs, ttlMs, now });
                locks.push({ key, holder: holderOf(one), ageMs });
              }
            }
          }
          locks.sort((one, other) => (other.ageMs ?? -1) - (one.ageMs ?? -1));
          return { locks, total: total - gone, replica };
        });
      return await policy.repeatable(ask, signal);
    },

    async holders(keys, signal) {
      const ask = async () =>
        await connections.use(signal, async (redis) => {
          const found: [string, string][] = [];
          for (const some of chunks(keys))
            for (const one of await read(redis, some))
              if (one.leftMs !== 'gone') found.push([one.key, holderOf(one)]);
          return Object.fromEntries(found);
        });
      return await policy.repeatable(ask, signal);
    },
  };
}

/** All keys that match, the first of them by name. @throws SystemError when the time is up before the end */
async function scan(
  redis: Redis,
  pattern: string,
  signal: AbortSignal,
): Promise<{ readonly keys: readonly string[]; readonly total: number }> {
  const seen = new Set<string>();
  let total = 0;
  let cursor = '0';
  do {
    // The caller has its answer already; this ends the walk.
    if (signal.aborted) throw notToTheEnd();
    const [next, keys] = await redis.scan(cursor, 'MATCH', pattern, 'COUNT', STEP);
    for (const key of keys) {
      if (seen.has(key)) continue;
      total += 1;
      if (seen.size < REMEMBERED) seen.add(key);
    }
    cursor = next;
  } while (cursor !== '0');
  return { keys: [...seen].slice(0, LOOKED_AT), total };
}

interface Read {
  readonly key: string;
  /** Of its time to live; null: it never ends. */
  readonly leftMs: number | null | 'gone';
  /** One character a byte; null: it is no plain value, or too long for one. */
  readonly value: string | null;
}

/** As `redis.sha1hex` makes it; empty for what is no plain value, which matches nothing. */
function holderOf({ value }: Read): string {
  return value === null ? '' : createHash('sha1').update(value, 'latin1').digest('hex');
}

async function read(redis: Redis, keys: readonly string[]): Promise<readonly Read[]> {
  const pipeline = redis.pipeline();
  for (const key of keys) pipeline.getrangeBuffer(key, 0, LONGEST).pttl(key);
  const replies = (await pipeline.exec()) ?? [];
  return keys.map((key, place) => {
    const [unreadable, bytes] = replies[2 * place] ?? [];
    const [untimed, left] = replies[2 * place + 1] ?? [];
    if (untimed instanceof Error) throw untimed;
    if (typeof left !== 'number') throw notUnderstood();
    if (left === -2) return { key, leftMs: 'gone', value: null };
    const leftMs = left === -1 ? null : left;
    if (unreadable instanceof Error) {
      if (!unreadable.message.startsWith('WRONGTYPE')) throw unreadable;
      return { key, leftMs, value: null };
    }
    if (!Buffer.isBuffer(bytes)) throw notUnderstood();
    return { key, leftMs, value: bytes.length > LONGEST ? null : bytes.toString('latin1') };
  });
}

/** Epoch ms by the clock of Redis. */
async function timeOf(redis: Redis): Promise<number> {
  const [seconds, microseconds] = (await redis.time()).map(Number);
  const now = (seconds ?? Number.NaN) * 1_000 + Math.floor((microseconds ?? Number.NaN) / 1_000);
  if (Number.isNaN(now)) throw notUnderstood();
  return now;
}

function* chunks(keys: readonly string[]): Generator<readonly string[]> {
  for (let from = 0; from < keys.length; from += AT_ONCE) yield keys.slice(from, from + AT_ONCE);
}

function notUnderstood(): SystemError {
  return redisError(new Error('RESP'));
}

function notToTheEnd(): SystemError {
  const words = `${REDIS} has more keys than could be looked through in the time there was.`;
  return new SystemError(REDIS, 'too slow', words, { sent: 'no', mayRetry: false });
}
