import pg from 'pg';
import type { TestProject } from 'vitest/node';
import { migrate } from '../../src/store/database.ts';
import { startEmbeddedPostgres } from '../../src/store/embedded.ts';
import { noteRan } from '../systems/notes.ts';
import { roomInMemory } from './folder.ts';

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
  const migrated = `t_migrated_${process.pid}`;
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const version = await client.query<{ server_version: string }>('show server_version');
  noteRan('PostgreSQL', version.rows[0]?.server_version.split(' ')[0] ?? 'unknown');
  // A role belongs to the whole server.
  const known = await client.query(`select from pg_roles where rolname = 'oms_bot'`);
  if (known.rowCount === 0) await client.query('create role oms_bot nologin');
  await client.query(`create database ${migrated}`);
  await migrate(Object.assign(new URL(url), { pathname: `/${migrated}` }).href);
  project.provide('postgresUrl', url);
  project.provide('migrated', migrated);
  return async () => {
    await client.query(`drop database ${migrated} with (force)`);
    await client.end();
    await server?.stop();
  };
}
