import type { Redis } from 'ioredis';
import { SystemError } from '../../ports/system-error.ts';
import { isCluster, isReply, REDIS, redisError } from './redis-error.ts';

/** An unused connection is kept for the next call for so long, ms: a batch deletes many locks in a row. */
const KEEP_MS = 10_000;
/** ms; the caller's deadline holds beside it. */
const CONNECT_MS = 3_000;

/** What answers at the address. */
export interface Server {
  /** It follows another, or does not say: nothing can be changed there. */
  readonly replica: boolean;
}

export interface RedisConnections {
  /**
   * Lends a connection to `work` alone, so that a call that is given up can end its own without hurting another's.
   * @throws SystemError with `sent: 'no'`; whoever sends a change decides by itself
   */
  use<T>(signal: AbortSignal, work: (redis: Redis, server: Server) => Promise<T>): Promise<T>;
  close(): void;
}

interface Held {
  readonly redis: Redis;
  /** What it reported by itself, which says more than *Connection is closed*. */
  readonly heard: Error[];
}

/** @param url `redis://user:password@host:port/0`, `rediss://` for TLS */
export function redisConnections(url: string): RedisConnections {
  const idle = new Set<Held>();
  const all = new Set<Held>();

  function open(Client: typeof Redis): Held {
    const redis = new Client(url, {
      lazyConnect: true,
      connectTimeout: CONNECT_MS,
      connectionName: 'oms-bot',
      // Its own question before the first command needs a right that we do not.
      enableReadyCheck: false,
      disableClientInfo: true,
      // What is repeated, and whether, is decided in one place, and that is not here.
      retryStrategy: () => null,
      autoResendUnfulfilledCommands: false,
      maxRetriesPerRequest: 0,
    });
    const held = { redis, heard: [] as Error[] };
    redis.on('error', (err: Error) => held.heard.push(err));
    redis.on('end', () => {
      idle.delete(held);
      all.delete(held);
    });
    all.add(held);
    return held;
  }

  function keep(held: Held): void {
    if (held.redis.status !== 'ready') return;
    idle.add(held);
    setTimeout(() => {
      if (idle.delete(held)) held.redis.disconnect();
    }, KEEP_MS).unref();
  }

  return {
    async use(signal, work) {
      let held: Held | null = null;
      let giveUp: () => void = () => undefined;
      const hungUp = new Promise<never>((_resolve, reject) => {
        giveUp = () => reject(tooSlow());
      });
      signal.addEventListener('abort', giveUp);
      const within = async <R>(call: Promise<R>) => await Promise.race([call, hungUp]);
      try {
        if (signal.aborted) throw tooSlow();
        let server: Server | null = null;
        const [kept] = idle;
        if (kept !== undefined) {
          idle.delete(kept);
          held = kept;
          // It may have ended while nobody looked.
          server = await within(greet(kept.redis)).catch(() => null);
        }
        if (held === null || server === null) {
          held?.redis.disconnect();
          // Loaded at the first call: a company without Redis never needs it.
          const { Redis } = await within(import('ioredis'));
          held = open(Redis);
          await within(held.redis.connect());
          server = await within(greet(held.redis));
        }
        const answer = await within(work(held.redis, server));
        keep(held);
        return answer;
      } catch (err) {
        const inOrder = !signal.aborted && (isReply(err) || err instanceof SystemError);
        if (held !== null && inOrder) keep(held);
        else held?.redis.disconnect();
        throw redisError(err, held?.heard);
      } finally {
        signal.removeEventListener('abort', giveUp);
      }
    },
    close() {
      for (const { redis } of all) redis.disconnect();
    },
  };
}

/** HELLO, which every user may say: unlike ROLE and INFO it needs no right. */
async function greet(redis: Redis): Promise<Server> {
  const said = await redis.call('HELLO');
  const facts = Array.isArray(said) ? said : [];
  const fact = (name: string) => facts[facts.indexOf(name) + 1];
  if (fact('mode') === 'cluster') throw isCluster();
  return { replica: fact('role') !== 'master' };
}

function tooSlow(): SystemError {
  return new SystemError(REDIS, 'too slow', `${REDIS} did not answer in time.`, {
    sent: 'no',
    mayRetry: true,
  });
}
