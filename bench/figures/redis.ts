import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { connectRedis, type RedisConnection } from '../../src/adapters/redis/connect.ts';
import { REDIS } from '../../src/adapters/redis/redis-error.ts';
import { policyFor } from '../../src/adapters/resilience.ts';
import { startRedis } from '../../test/systems/redis.ts';
import type { Bench, Figure } from '../figure.ts';
import { rangeOf } from '../statistics.ts';
import { type Process, startProcess } from '../support/processes.ts';

const ROUNDS = 5;
const KEYS = 1_000_000;
const LOCKS = 10_000;
/** Deleted in each round. */
const STALE = 200;
const PATTERN = 'lock:inventory:*';
const TTL_MS = 3_600_000;
const QUIET_MS = 300;
const MOST_MS = 15;

/** What another client of the same Redis feels while R12 looks for locks among a million keys and R14 deletes some. */
export const redis: Bench = {
  name: 'redis',
  async run(progress) {
    await using stack = new AsyncDisposableStack();
    const server = await startRedis(['--enable-debug-command', 'local']);
    stack.defer(server.stop);
    const owner = new Redis(server.url);
    stack.defer(() => owner.disconnect());
    const ours = connectRedis({ url: server.url, policy: policyFor(REDIS) });
    stack.defer(ours.close);
    await fill(owner);
    const neighbour = startProcess(stack, new URL('../peers/redis-neighbour.ts', import.meta.url), {
      REDIS_PORT: new URL(server.url).port,
    });
    await neighbour.said(/up/);
    const felt = { idle: [] as number[], look: [] as number[], remove: [] as number[], keys: [] as number[] };
    for (let round = 1; round <= ROUNDS; round += 1) {
      felt.idle.push(await worst(neighbour, async () => await sleep(1_000)));
      felt.look.push(await worst(neighbour, async () => await look(ours)));
      felt.remove.push(await worst(neighbour, async () => await remove(ours)));
      felt.keys.push(await worst(neighbour, async () => await owner.keys(PATTERN)));
      const shown = Object.entries(felt).map(([name, ms]) => `${name} ${ms.at(-1)?.toFixed(1)}`);
      progress(`round ${round} of ${ROUNDS}: ${shown.join(', ')} ms`);
    }
    const figure = (name: string, how: string, ms: readonly number[]): Figure => ({
      name: `worst wait of another client, ${KEYS.toLocaleString('en')} keys, ${name}`,
      how,
      unit: 'ms',
      ours: { name: 'oms-bot', value: Math.max(...ms) },
      beside: { name: 'KEYS', value: Math.max(...felt.keys) },
      goal: { on: 'value', most: MOST_MS },
      range: rangeOf(ms),
      samples: ROUNDS,
    });
    return [
      figure(
        'R12',
        `It asks for one key every millisecond while we look at ${LOCKS} locks among them.`,
        felt.look,
      ),
      figure(
        'R14',
        `The same while we look for and delete ${STALE} locks, one after the other.`,
        felt.remove,
      ),
    ];
  },
};

async function fill(owner: Redis): Promise<void> {
  await owner.call('DEBUG', 'POPULATE', KEYS - LOCKS, 'order', 30);
  const pipeline = owner.pipeline();
  for (let count = 0; count < LOCKS; count += 1)
    pipeline.set(`lock:inventory:sku-${count}`, `pod-${count % 9}`, 'PX', TTL_MS - count * 100);
  await pipeline.exec();
}

const soon = () => AbortSignal.timeout(60_000);

async function look({ probe }: RedisConnection) {
  return await probe.locks({ pattern: PATTERN, ttlMs: TTL_MS }, soon());
}

async function remove(ours: RedisConnection): Promise<void> {
  const { locks } = await look(ours);
  if (locks.length < STALE) throw new Error(`Only ${locks.length} locks were found.`);
  for (const { key, holder } of locks.slice(0, STALE)) await ours.lever.deleteLock(key, holder, soon());
}

/** The longest that the neighbour waited during `work` and right after it, ms. */
async function worst(neighbour: Process, work: () => Promise<unknown>): Promise<number> {
  await sleep(QUIET_MS);
  await neighbour.ask({ took: true });
  await work();
  await sleep(QUIET_MS);
  const { worst: most, asked } = await neighbour.ask({ took: true });
  if (asked === 0) throw new Error('The other client asked nothing meanwhile.');
  return most ?? Number.NaN;
}
