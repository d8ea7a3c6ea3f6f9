import { verifyChain } from '../store/audit.ts';
import { openPool } from '../store/database.ts';
import { startEmbeddedPostgres } from '../store/embedded.ts';
import { ownConfig } from './config.ts';

/** `oms audit verify`. Returns the exit code: 0 whole, 1 broken. Without DATABASE_URL it opens the embedded database. */
export async function audit(print: (line: string) => void): Promise<number> {
  const { env } = ownConfig();
  const embedded =
    env.DATABASE_URL === undefined ? await startEmbeddedPostgres({ dataDir: '.oms/postgres' }) : null;
  const silent = {
    debug: () => undefined,
    info: () => undefined,
    warn: () => undefined,
    error: () => undefined,
  };
  const pool = openPool(env.DATABASE_URL ?? embedded?.url ?? '', silent, 1);
  try {
    const found = await verifyChain(pool);
    if (found.ok)
      print(
        `The journal is whole: ${found.rows} rows, ${found.erased} with erased text, newest hash ${found.head}.`,
      );
    else
      print(
        `The journal is broken at row ${found.seq}. ${found.because} Until a person has looked, approve nothing.`,
      );
    return found.ok ? 0 : 1;
  } finally {
    await pool.end();
    await embedded?.stop();
  }
}
