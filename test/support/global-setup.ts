import pg from 'pg';
import type { TestProject } from 'vitest/node';
import { startEmbeddedPostgres } from '../../src/store/embedded.ts';
import { noteRan } from '../systems/notes.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    postgresUrl: string;
  }
}

/** One real PostgreSQL for the whole run; each test file makes its own database on it. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const given = process.env['TEST_DATABASE_URL'];
  if (given !== undefined && given !== '') {
    await prepare(given);
    project.provide('postgresUrl', given);
    return async () => undefined;
  }
  const server = await startEmbeddedPostgres();
  await prepare(server.url);
  project.provide('postgresUrl', server.url);
  return async () => await server.stop();
}

/** A role belongs to the whole server: made here once, since many files migrate their own database at the same time. */
async function prepare(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const version = await client.query<{ server_version: string }>('show server_version');
  noteRan('PostgreSQL', version.rows[0]?.server_version.split(' ')[0] ?? 'unknown');
  const known = await client.query(`select from pg_roles where rolname = 'oms_bot'`);
  if (known.rowCount === 0) await client.query('create role oms_bot nologin');
  await client.end();
}
