import { broken, healthy, unknown } from '../../domain/finding.ts';
import type { LockQuestion, LockSeen } from '../../ports/redis.ts';
import type { Check } from '../define-runbook.ts';
import { type Names, shellWord } from '../names.ts';
import { spell } from '../shared/spell.ts';
import type { Thresholds } from '../thresholds.ts';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
/** Locks that are shown one by one. */
const SHOWN = 10;
/** A key that can stand in a line, in a journal and in a command as it is. */
const PLAIN = /^[\x21-\x7e]{1,200}$/;

export interface LocksFound {
  readonly total: number;
  /** Past the age at which a lock has outlived its owner. */
  readonly stale: number;
  readonly live: number;
  /** How old they are cannot be told, or nobody looked: they are neither. */
  readonly untold: number;
  /** A replica answered. */
  readonly replica: boolean;
  /** Of the stale ones, the oldest first; at most one offer's worth, and only keys that can be shown. */
  readonly oldest: readonly LockSeen[];
}

export function lockQuestion({ redis }: Names): LockQuestion {
  return {
    pattern: redis.lockPattern,
    ttlMs: redis.lockTtlSeconds === null ? null : redis.lockTtlSeconds * SECOND,
  };
}

/** R12: which locks have outlived their owner. */
export const inventoryLocks: Check<LocksFound> = {
  step: 'R12',
  title: 'How old are the inventory’s locks?',
  system: 'Redis',
  source: 'kubectl exec -it redis-0 -- redis-cli keys "lock:inventory:*"',
  equivalent(names) {
    const scan = `redis-cli --scan --pattern ${shellWord(names.redis.lockPattern)}`;
    const each = `echo "$key ttl_ms=$(redis-cli pttl "$key")"`;
    return redisShell(names, `${scan} | while read -r key; do ${each}; done`);
  },
  instead: 'KEYS stops Redis for everybody while it walks over all keys; SCAN does it in small steps.',
  deadlineMs: 4_000,
  async look({ probes, names, thresholds, signal }) {
    const { locks, total, replica } = await probes.redis.locks(lockQuestion(names), signal);
    const old = locks.filter(({ ageMs }) => isStale(ageMs, thresholds));
    const live = locks.filter(({ ageMs }) => ageMs !== null && !isStale(ageMs, thresholds)).length;
    const found: LocksFound = {
      total,
      stale: old.length,
      live,
      untold: total - old.length - live,
      replica,
      oldest: old.filter(({ key }) => PLAIN.test(key)).slice(0, thresholds.ordersPerBatch),
    };
    const evidence = [...ages(locks, found, thresholds), ...old.slice(0, SHOWN).map(lineOf)];
    const minutes = thresholds.staleLockMinutes;
    const who = replica ? ' A replica answered, which may be behind.' : '';
    if (total === 0) return healthy(`No inventory lock is held.${who}`, found);
    const untold =
      found.untold === 0
        ? ''
        : ` The age of ${found.untold} cannot be told${names.redis.lockTtlSeconds === null ? ' (`redis.lockTtlSeconds` is not configured)' : ''}.`;
    const longest = old[0]?.ageMs ?? null;
    if (longest !== null) {
      const line = `${old.length} of ${count(total)} ${old.length === 1 ? 'is' : 'are'} older than ${minutes} min, the oldest ${spell(longest)}; ${live === 0 ? 'none is' : live === 1 ? '1 is' : `${live} are`} younger.`;
      return broken(`${line}${untold}${who}`, found, evidence);
    }
    if (found.untold > 0)
      return unknown(
        `${count(total)} ${total === 1 ? 'is' : 'are'} held, ${live} of them younger than ${minutes} min.${untold}${who}`,
        found,
        evidence,
      );
    return healthy(
      `${total === 1 ? 'The one' : `All ${total}`} inventory ${total === 1 ? 'lock is' : 'locks are'} younger than ${minutes} min.${who}`,
      found,
      evidence,
    );
  },
};

/** A script for the shell of the Redis pod; where somebody else runs it, for one's own. */
export function redisShell({ redis }: Names, script: string, options = ''): string {
  if (redis.managed) return script.replaceAll('redis-cli', 'redis-cli -u "$REDIS_URL"');
  return `kubectl -n ${redis.namespace} exec ${options}${redis.pod} -- sh -c ${shellWord(script)}`;
}

function isStale(ageMs: number | null, { staleLockMinutes }: Thresholds): boolean {
  return ageMs !== null && ageMs > staleLockMinutes * MINUTE;
}

function count(total: number): string {
  return `${total} inventory ${total === 1 ? 'lock' : 'locks'}`;
}

/** The distribution: how long a reservation has, and past what a lock has outlived it. */
function ages(
  locks: readonly LockSeen[],
  { untold }: LocksFound,
  { reservationSeconds, staleLockMinutes }: Thresholds,
): readonly string[] {
  const bands = [
    ...[reservationSeconds * SECOND, staleLockMinutes * MINUTE, 60 * MINUTE].map(
      (most) => [`up to ${spell(most)}`, most] as const,
    ),
    ['over 1 h', Number.POSITIVE_INFINITY],
  ] as const;
  const told = bands.map(([name, most], place) => {
    const least = bands[place - 1]?.[1] ?? -1;
    return [
      name,
      locks.filter(({ ageMs }) => ageMs !== null && ageMs > least && ageMs <= most).length,
    ] as const;
  });
  return [...told, ['age not known', untold] as const]
    .filter(([, many]) => many > 0)
    .map(([name, many]) => `${name}: ${many}`);
}

function lineOf({ key, ageMs }: LockSeen): string {
  return `${key.slice(0, 200)}  ${ageMs === null ? 'age not known' : spell(ageMs)}`;
}
