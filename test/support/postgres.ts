import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { inject } from 'vitest';
import { migrate } from '../../src/store/database.ts';

/** Where test databases are made. */
interface Server {
  readonly postgresUrl: string;
  /** The name of a database as the bot's migrations leave it; copied, never used. */
  readonly migrated: string;
}

let named: Server | null = null;

/** Outside a test run, which has a server of its own (`global-setup.ts`), somebody names one. */
export function nameServer(server: Server): void {
  named = server;
}

export function ofServer(what: keyof Server): string {
  return named?.[what] ?? inject(what);
}

/** Makes the role of the bot, and the database that others are copies of. @returns its name */
export async function prepareServer(url: string): Promise<string> {
  const migrated = `t_migrated_${process.pid}`;
  // A role belongs to the whole server.
  await onServer(
    url,
    `do $$ begin create role oms_bot nologin; exception when duplicate_object then null; end $$`,
  );
  await onServer(url, `create database ${migrated}`);
  await migrate(Object.assign(new URL(url), { pathname: `/${migrated}` }).href);
  return migrated;
}

export interface FreshDatabase {
  readonly url: string;
  drop(): Promise<void>;
}

/**
 * A database of its own on the run's server.
 * @param template what it is a copy of; an empty one unless told
 */
export async function freshDatabase(template = 'template1'): Promise<FreshDatabase> {
  const server = ofServer('postgresUrl');
  const name = `t_${randomUUID().replaceAll('-', '').slice(0, 16)}`;
  // Copied as files: through the write-ahead log it takes ten times as long.
  await onServer(server, `create database ${name} template ${template} strategy file_copy`);
  const url = new URL(server);
  url.pathname = `/${name}`;
  return {
    url: url.href,
    drop: async () => await onServer(server, `drop database if exists ${name} with (force)`),
  };
}

/** The same database as the role that the bot runs as. */
export function asBot(url: string): string {
  return `${url}?options=${encodeURIComponent('-c role=oms_bot')}`;
}

async function onServer(server: string, text: string): Promise<void> {
  const client = new pg.Client({ connectionString: server });
  await client.connect();
  await client.query(text);
  await client.end();
}

/** A role of its own that may log in and nothing else, as the one for the orders database should be. */
export async function readingRole(url: string): Promise<FreshDatabase & { readonly name: string }> {
  const name = `r_${randomUUID().replaceAll('-', '').slice(0, 16)}`;
  await onServer(url, `create role ${name} login password '${name}'`);
  const as = new URL(url);
  as.username = name;
  as.password = name;
  return {
    name,
    url: as.href,
    drop: async () => await onServer(ofServer('postgresUrl'), `drop role ${name}`),
  };
}
