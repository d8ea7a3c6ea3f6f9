import { Redis } from 'ioredis';
import { REDIS } from './catalogue.ts';
import { locate } from './locate.ts';
import { noteRan } from './notes.ts';
import { accepts, freePort, ready, startServer, temporaryFolder } from './server.ts';

export interface RealRedis {
  /** An empty database of it. */
  readonly url: string;
  readonly version: string;
  stop(): Promise<void>;
}

/** @param more settings as on its command line, `--maxmemory-policy allkeys-lfu` */
export async function startRedis(more: readonly string[] = []): Promise<RealRedis> {
  const found = await locate(REDIS);
  if ('missing' in found) throw new Error(found.missing);
  if ('given' in found) {
    const url = new URL(found.given);
    // Files that run at the same time must not empty each other's.
    url.pathname = `/${process.env['VITEST_POOL_ID'] ?? '0'}`;
    return { url: url.href, version: await versionOf(url.href, 'emptied'), stop: async () => undefined };
  }
  const folder = temporaryFolder('redis');
  const port = await freePort();
  const settings = ['--port', `${port}`, '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no'];
  const server = startServer(folder, found.at, [...settings, '--dir', folder, ...more]);
  await ready('Redis', server, async () => await accepts(port), 10_000);
  const url = `redis://127.0.0.1:${port}/0`;
  return { url, version: await versionOf(url), stop: async () => await server.stop() };
}

async function versionOf(url: string, first?: 'emptied'): Promise<string> {
  const client = new Redis(url);
  try {
    if (first === 'emptied') await client.flushdb();
    const version = /redis_version:(\S+)/.exec(await client.info('server'))?.[1] ?? 'unknown';
    noteRan('Redis', version);
    return version;
  } finally {
    client.disconnect();
  }
}
