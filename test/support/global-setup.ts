import pg from 'pg';
import type { TestProject } from 'vitest/node';
import { startEmbeddedPostgres } from '../../src/store/embedded.ts';
import { noteRan } from '../systems/notes.ts';
import { roomInMemory } from './folder.ts';
import { prepareServer } from './postgres.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    postgresUrl: string;
    /** The name of a database as the bot's migrations leave it; copied, never used. */
    migrated: string;
  }
}

/** One real PostgreSQL for the whole run; each test file makes its own database on it. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const given = process.env['TEST_DATABASE_URL'];
  const server =
    given === undefined || given === '' ? await startEmbeddedPostgres({ within: roomInMemory() }) : null;
  const url = server?.url ?? given ?? '';
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const version = await client.query<{ server_version: string }>('show server_version');
  noteRan('PostgreSQL', version.rows[0]?.server_version.split(' ')[0] ?? 'unknown');
  const migrated = await prepareServer(url);
  project.provide('postgresUrl', url);
  project.provide('migrated', migrated);
  return async () => {
    await client.query(`drop database ${migrated} with (force)`);
    await client.end();
    await server?.stop();
  };
}
