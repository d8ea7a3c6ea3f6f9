import { verifyChain } from '../store/audit.ts';
import { databaseWords, openPool } from '../store/database.ts';
import { startEmbeddedPostgres } from '../store/embedded.ts';
import { lookAtEmbedded } from '../store/embedded-folder.ts';
import { ownConfig } from './config.ts';
import { SILENT } from './silent.ts';

/** Where `npm start` keeps the embedded database. */
const FOLDER = '.oms/postgres';

interface Opened {
  readonly url: string;
  readonly close: () => Promise<void>;
}

/**
 * `oms audit verify`. Returns the exit code: 0 whole, 1 broken, 2 could not look.
 * Without DATABASE_URL it looks at the embedded database, also beside the bot that runs it.
 */
export async function audit(print: (line: string) => void): Promise<number> {
  const { env } = ownConfig();
  try {
    const opened = await open(env.DATABASE_URL);
    if (typeof opened === 'string') {
      print(opened);
      return 2;
    }
    try {
      return await verify(opened.url, print);
    } finally {
      await opened.close();
    }
  } catch (err) {
    print(`The journal could not be read: ${databaseWords(err)}.`);
    return 2;
  }
}

/** The database, or why there is none to look at. */
async function open(url: string | undefined): Promise<Opened | string> {
  if (url !== undefined) return { url, close: async () => undefined };
  const found = lookAtEmbedded(FOLDER);
  if (found.state === 'none')
    return `There is no journal yet: DATABASE_URL is not set, and no bot has kept one in ${found.dataDir}.`;
  if (found.state === 'running' && (await answers(found.url)))
    return { url: found.url, close: async () => undefined };
  const { url: own, stop } = await startEmbeddedPostgres({ dataDir: FOLDER });
  return { url: own, close: stop };
}

async function answers(url: string): Promise<boolean> {
  return await withPool(
    url,
    async (pool) =>
      await pool.query('select 1').then(
        () => true,
        () => false,
      ),
  );
}

async function verify(url: string, print: (line: string) => void): Promise<number> {
  return await withPool(url, async (pool) => {
    const there = await pool.query<{ journal: string | null }>(
      `select to_regclass('journal')::text as journal`,
    );
    if (there.rows[0]?.journal == null) {
      print('There is no journal in this database: no bot has started on it yet.');
      return 2;
    }
    const found = await verifyChain(pool);
    if (found.ok)
      print(
        `The journal is whole: ${found.rows} rows, ${found.erased} with erased text, newest hash ${found.head === '' ? 'none' : found.head}.`,
      );
    else
      print(
        `The journal is broken at row ${found.seq}. ${found.because} Until a person has looked, approve nothing.`,
      );
    return found.ok ? 0 : 1;
  });
}

async function withPool<T>(url: string, ask: (pool: ReturnType<typeof openPool>) => Promise<T>): Promise<T> {
  const pool = openPool(url, SILENT, 1);
  try {
    return await ask(pool);
  } finally {
    await pool.end();
  }
}
