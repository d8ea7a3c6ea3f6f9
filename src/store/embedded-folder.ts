import { createHash } from 'node:crypto';
import { chownSync, existsSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';

/** In the data folder: the superuser's password, readable by the server's user only. */
export const PASSWORD_FILE = 'oms-password';

export interface User {
  readonly uid: number;
  readonly gid: number;
}

/** Whom the server runs as when we are root, which PostgreSQL refuses; null: as ourselves. */
export function serverUser(): User | null {
  if (process.getuid?.() !== 0) return null;
  const lines = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map((line) => line.split(':'));
  const found = lines.find(([name]) => name === 'postgres') ?? lines.find(([name]) => name === 'nobody');
  return { uid: Number(found?.[2] ?? 65_534), gid: Number(found?.[3] ?? 65_534) };
}

export function own(path: string, user: User | null): void {
  if (user !== null) chownSync(path, user.uid, user.gid);
}

/** Whether any user of the machine may enter every folder above the file, as far as they exist. */
export function everybodyReaches(file: string): boolean {
  for (let path = dirname(file); path !== dirname(path); path = dirname(path)) {
    if (existsSync(path) && (statSync(path).mode & 0o001) === 0) return false;
  }
  return true;
}

/** The folder that was asked for, or, where only root may enter it, one below /var/lib that stands for it. */
export function reachableFolder(wanted: string, user: User | null): string {
  // The server is started elsewhere, so a relative path would mean another folder to it.
  const path = resolve(wanted);
  if (user === null || everybodyReaches(path)) return path;
  const name = createHash('sha256').update(path).digest('hex').slice(0, 16);
  return join('/var/lib/oms-bot', name);
}

/** What `startEmbeddedPostgres` made of a folder: where it lies, and whether there is a database in it. */
export type EmbeddedFolder =
  | { readonly dataDir: string; readonly state: 'none' | 'resting' }
  | { readonly dataDir: string; readonly state: 'running'; readonly url: string };

/**
 * Looks at the folder of an embedded PostgreSQL and starts nothing.
 * *running* is what its lock file says; a server that was killed may have left one.
 */
export function lookAtEmbedded(wanted: string): EmbeddedFolder {
  const dataDir = reachableFolder(wanted, serverUser());
  const secret = join(dataDir, PASSWORD_FILE);
  if (!existsSync(secret)) return { dataDir, state: 'none' };
  const lock = join(dataDir, 'postmaster.pid');
  if (!existsSync(lock)) return { dataDir, state: 'resting' };
  // PostgreSQL's own format: pid, folder, start, port, …
  const port = Number(readFileSync(lock, 'utf8').split('\n')[3]);
  return { dataDir, state: 'running', url: urlOf(readFileSync(secret, 'utf8'), port) };
}

/** As the superuser. */
export function urlOf(password: string, port: number): string {
  return `postgres://postgres:${password}@127.0.0.1:${port}/postgres`;
}
