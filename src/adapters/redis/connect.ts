import type { RedisLever, RedisProbe } from '../../ports/redis.ts';
import type { Policy } from '../resilience.ts';
import { redisConnections } from './connection.ts';
import { redisLever } from './lever.ts';
import { redisProbe } from './probe.ts';

export interface RedisConnection {
  readonly probe: RedisProbe;
  readonly lever: RedisLever;
  /** Ends its connections; calls that run fail. */
  close(): void;
}

/**
 * One Redis. Makes no connection before the first call; each call has the deadline of its caller's signal only.
 * @param options.url `redis://user:password@host:port/0`, `rediss://` for TLS
 */
export function connectRedis(options: { readonly url: string; readonly policy: Policy }): RedisConnection {
  const connections = redisConnections(options.url);
  return {
    probe: redisProbe(connections, options.policy),
    lever: redisLever(connections, options.policy),
    close: connections.close,
  };
}
