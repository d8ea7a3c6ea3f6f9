import { createHash } from 'node:crypto';
import type { LockSeen, RedisLever, RedisProbe } from '../../src/ports/redis.ts';
import { SystemError } from '../../src/ports/system-error.ts';
import { type Lock, lockAt, locksAt } from '../world/inventory.ts';
import { RUNBOOK_COMPANY } from '../world/names.ts';
import type { WorldState } from '../world/state.ts';
import type { World } from '../world/world.ts';

const REDIS = 'Redis';
/** As the real adapter: of more than these only the number is told. */
const ONE_BY_ONE = 10_000;
/** When a lock was taken, where its value says it: ISO 8601, or epoch ms. */
const TIME = /\b\d{4}-\d\d-\d\dT[\d:.]+Z|(?<![\w.-])\d{13}(?![\w.-])/g;

/** The locks of the world's inventory behind the port, as a Redis would tell them. What it is, `conditions.redis` says. */
export function pretendRedis(world: World): { readonly probe: RedisProbe; readonly lever: RedisLever } {
  const { locks: ours } = RUNBOOK_COMPANY;
  const theirs = world.names.locks;
  const shown = (key: string) => (key.startsWith(ours) ? `${theirs}${key.slice(ours.length)}` : key);
  const own = (key: string) => (key.startsWith(theirs) ? `${ours}${key.slice(theirs.length)}` : key);
  const named = (lock: Lock): Lock => ({ ...lock, key: shown(lock.key) });
  return {
    probe: {
      async locks({ pattern, ttlMs }, signal) {
        return await asked(world, signal, ({ inventory, conditions }, at) => {
          const found = locksAt(inventory, at)
            .map(named)
            .filter(({ key }) => globOf(pattern).test(key));
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
              const lock = lockAt(inventory, own(key), at);
              return lock === null ? [] : [[key, holderOf(lock)] as const];
            }),
          ),
        );
      },
    },
    lever: {
      async deleteLock(key, holder, signal) {
        if (signal.aborted) throw tooSlow();
        return await world.change((state, at) => {
          mustAnswer(state);
          if (state.conditions.redis === 'replica')
            throw refused('is a replica: nothing can be deleted there; REDIS_URL must name the master');
          const lock = lockAt(state.inventory, own(key), at);
          if (lock === null) return `The lock ${key} was gone already; nothing was deleted.`;
          if (holderOf(lock) !== holder)
            throw refused(`holds another lock ${key} by now; it was not deleted`);
          state.inventory.locks.delete(own(key));
          return `The lock ${key} was deleted.`;
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
  if (signal.aborted) throw tooSlow();
  return await world.read((state, at) => {
    mustAnswer(state);
    return look(state, at);
  });
}

function mustAnswer({ conditions }: WorldState): void {
  if (conditions.redis !== 'down') return;
  const words = `${REDIS} cannot be reached (ECONNREFUSED).`;
  throw new SystemError(REDIS, 'unreachable', words, { sent: 'no', mayRetry: true });
}

function refused(words: string): SystemError {
  return new SystemError(REDIS, 'refused', `${REDIS} ${words}.`, { sent: 'no', mayRetry: false });
}

function tooSlow(): SystemError {
  const words = `${REDIS} did not answer in time.`;
  return new SystemError(REDIS, 'too slow', words, { sent: 'no', mayRetry: true });
}

function seen(lock: Lock, ttlMs: number | null, at: number): LockSeen {
  return { key: lock.key, holder: holderOf(lock), ageMs: ageOf(lock, ttlMs, at) };
}

/** What Redis can tell: what is left of the time to live, and a time in the value. The younger of the two. */
function ageOf({ value, expiresAt }: Lock, ttlMs: number | null, at: number): number | null {
  const left = expiresAt === null ? null : expiresAt - at;
  const byTtl = ttlMs === null || left === null || left > ttlMs ? [] : [ttlMs - left];
  const times = (value.match(TIME) ?? []).map((time) =>
    /^\d{13}$/.test(time) ? Number(time) : Date.parse(time),
  );
  const ages = [...byTtl, ...times.map((time) => at - time).filter((age) => age >= 0)];
  return ages.length === 0 ? null : Math.min(...ages);
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
