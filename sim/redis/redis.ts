import { createHash } from 'node:crypto';
import type { LockSeen, RedisLever, RedisProbe } from '../../src/ports/redis.ts';
import { SystemError, type SystemFault } from '../../src/ports/system-error.ts';
import { type Lock, lockAt, locksAt } from '../world/inventory.ts';
import type { WorldState } from '../world/state.ts';
import type { World } from '../world/world.ts';

const REDIS = 'Redis';
/** As the real adapter: of more than these only the number is told. */
const ONE_BY_ONE = 10_000;

/** The locks of the world's inventory behind the port, as a Redis would tell them. What it is, `conditions.redis` says. */
export function pretendRedis(world: World): { readonly probe: RedisProbe; readonly lever: RedisLever } {
  return {
    probe: {
      async locks({ pattern, ttlMs }, signal) {
        return await asked(world, signal, ({ inventory, conditions }, at) => {
          const found = locksAt(inventory, at).filter(({ key }) => globOf(pattern).test(key));
          const locks = found.map((lock) => seen(lock, ttlMs, at)).sort(oldestFirst);
          return {
            locks: locks.slice(0, ONE_BY_ONE),
            total: found.length,
            replica: conditions.redis === 'replica',
          };
        });
      },

      async holders(keys, signal) {
        return await asked(world, signal, ({ inventory }, at) =>
          Object.fromEntries(
            keys.flatMap((key) => {
              const lock = lockAt(inventory, key, at);
              return lock === null ? [] : [[key, holderOf(lock)] as const];
            }),
          ),
        );
      },
    },
    lever: {
      async deleteLock(key, holder, signal) {
        if (signal.aborted) throw refusal('too slow', 'was not asked: the time was up before.');
        return await world.change((state, at) => {
          mustAnswer(state);
          if (state.conditions.redis === 'replica')
            throw refusal('refused', 'answered as a replica, which deletes nothing.');
          const lock = lockAt(state.inventory, key, at);
          if (lock === null) return 'It was gone already.';
          if (holderOf(lock) !== holder)
            throw refusal('refused', 'holds another lock under that key by now; it was left alone.');
          state.inventory.locks.delete(key);
          return 'Deleted.';
        });
      },
    },
  };
}

async function asked<T>(
  world: World,
  signal: AbortSignal,
  look: (state: WorldState, at: number) => T,
): Promise<T> {
  if (signal.aborted) throw refusal('too slow', 'was not asked: the time was up before.');
  return await world.read((state, at) => {
    mustAnswer(state);
    return look(state, at);
  });
}

function mustAnswer({ conditions }: WorldState): void {
  if (conditions.redis === 'down') throw refusal('unreachable', 'cannot be reached (ECONNREFUSED).');
}

function refusal(fault: SystemFault, words: string): SystemError {
  return new SystemError(REDIS, fault, `${REDIS} ${words}`, {
    sent: 'no',
    mayRetry: fault === 'unreachable',
  });
}

function seen(lock: Lock, ttlMs: number | null, at: number): LockSeen {
  const left = lock.expiresAt === null ? null : lock.expiresAt - at;
  const ageMs = ttlMs === null || left === null || left > ttlMs ? null : ttlMs - left;
  return { key: lock.key, holder: holderOf(lock), ageMs };
}

function holderOf({ value }: Lock): string {
  return createHash('sha1').update(value).digest('hex');
}

function oldestFirst(one: LockSeen, other: LockSeen): number {
  return (other.ageMs ?? -1) - (one.ageMs ?? -1);
}

/** Redis' own globs, as far as a pattern of locks needs them: `*` and `?`. */
function globOf(pattern: string): RegExp {
  const plain = pattern.replace(/[\\^$.+()[\]{}|]/g, '\\$&');
  return new RegExp(`^${plain.replace(/\*/g, '[^]*').replace(/\?/g, '[^]')}$`);
}
