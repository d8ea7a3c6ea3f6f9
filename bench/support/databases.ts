import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { migrate } from '../../src/store/database.ts';
import { startEmbeddedPostgres } from '../../src/store/embedded.ts';

/** One real PostgreSQL with durable commits, which both sides of every comparison write to. */
export interface DatabaseServer {
  /** An empty database, as its owner. */
  fresh(name: string): Promise<string>;
  /** A database with the bot's tables. */
  forBot(name: string): Promise<BotDatabase>;
}

/** The address of one database, as its owner and as the role that the bot runs as. */
export interface BotDatabase {
  readonly owner: string;
  readonly bot: string;
}

/** Starts the server in a temporary folder; it ends, and the folder goes, with `stack`. */
export async function startServer(stack: AsyncDisposableStack): Promise<DatabaseServer> {
  const folder = mkdtempSync(join(tmpdir(), 'oms-bench-'));
  // The server may run as another user than we do.
  chmodSync(folder, 0o755);
  stack.defer(() => rmSync(folder, { recursive: true, force: true }));
  const first = await startEmbeddedPostgres({ dataDir: join(folder, 'data') });
  // Lateness is read from the time of each commit, which the server keeps only when asked to before it starts.
  await run(first.url, 'alter system set track_commit_timestamp = on');
  await first.stop();
  const server = await startEmbeddedPostgres({ dataDir: join(folder, 'data') });
  stack.defer(() => rmSync(server.dataDir, { recursive: true, force: true }));
  stack.defer(server.stop);
  let count = 0;
  async function fresh(name: string): Promise<string> {
    count += 1;
    const database = `${name}_${count}`;
    await run(server.url, `create database ${database}`);
    const url = new URL(server.url);
    url.pathname = `/${database}`;
    return url.href;
  }
  return {
    fresh,
    async forBot(name) {
      const owner = await fresh(name);
      await migrate(owner);
      return { owner, bot: `${owner}?options=${encodeURIComponent('-c role=oms_bot')}` };
    },
  };
}

/** A pool for the measuring side. */
export function openPool(stack: AsyncDisposableStack, url: string): pg.Pool {
  const pool = new pg.Pool({ connectionString: url, max: 3 });
  pool.on('error', () => undefined);
  stack.defer(async () => await pool.end());
  return pool;
}

async function run(url: string, text: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query(text);
  await client.end();
}
