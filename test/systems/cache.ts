import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** What was downloaded or built once stays here; `XDG_CACHE_HOME` moves it. */
export function cached(name: string): string {
  const given = process.env['XDG_CACHE_HOME'];
  const base = given === undefined || given === '' ? join(homedir(), '.cache') : given;
  return join(base, 'oms-bot', name);
}

/**
 * Fills a folder of the cache so that it is there whole or not at all; returns it.
 * @param fill gets an empty folder that takes the name when it resolves
 */
export async function fillOnce(name: string, fill: (folder: string) => Promise<void>): Promise<string> {
  const folder = cached(name);
  const partial = `${folder}.partial`;
  // Of somebody who was killed: its installer runs one at a time.
  rmSync(partial, { recursive: true, force: true });
  mkdirSync(partial, { recursive: true });
  try {
    await fill(partial);
    renameSync(partial, folder);
  } finally {
    rmSync(partial, { recursive: true, force: true });
  }
  return folder;
}

/**
 * One process of this machine at a time. What it guards is harmless twice, so that a lock whose owner was killed may
 * simply be taken.
 */
export async function oneAtATime<T>(name: string, work: () => Promise<T>): Promise<T> {
  mkdirSync(cached(''), { recursive: true });
  const lock = cached(`${name}.lock`);
  for (;;) {
    try {
      writeFileSync(lock, String(process.pid), { flag: 'wx' });
      break;
    } catch {
      if (!alive(lock)) rmSync(lock, { force: true });
      await sleep(100);
    }
  }
  try {
    return await work();
  } finally {
    rmSync(lock, { force: true });
  }
}

function alive(lock: string): boolean {
  try {
    const pid = Number(readFileSync(lock, 'utf8'));
    // Empty for the moment between its making and its writing.
    return pid === 0 || process.kill(pid, 0);
  } catch (err) {
    return err instanceof Error && 'code' in err && err.code === 'EPERM';
  }
}
