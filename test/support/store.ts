import { randomUUID } from 'node:crypto';
import type pg from 'pg';
import { systemClock } from '../../src/adapters/system/clock.ts';
import type { Ids, Step } from '../../src/ports/clock.ts';
import type { Journal } from '../../src/ports/journal.ts';
import type { Log } from '../../src/ports/log.ts';
import { openPool } from '../../src/store/database.ts';
import { createJournal } from '../../src/store/journal.ts';
import { asBot, freshDatabase, ofServer } from './postgres.ts';

export const quiet: Log = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
};
export const ids: Ids = { next: () => randomUUID() };
export const step: Step = async (_name, work) => await work();

export interface TestStore {
  readonly journal: Journal;
  /** As the bot. */
  readonly pool: pg.Pool;
  /** As the owner: skips time, reads all. */
  readonly owner: pg.Pool;
  readonly url: string;
  skip(ms: number): Promise<void>;
  close(): Promise<void>;
}

/** A migrated database and the journal on it, as the role that the bot runs as. */
export async function openStore(): Promise<TestStore> {
  const database = await freshDatabase(ofServer('migrated'));
  const pool = openPool(asBot(database.url), quiet);
  const owner = openPool(database.url, quiet, 2);
  return {
    journal: createJournal({ pool, clock: systemClock, step }),
    pool,
    owner,
    url: database.url,
    skip: async (ms) => {
      await owner.query(`update clock set story_offset = story_offset + $1 * interval '1 ms'`, [ms]);
    },
    close: async () => {
      await Promise.all([pool.end(), owner.end()]);
      await database.drop();
    },
  };
}
