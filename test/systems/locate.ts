import { oneAtATime } from './cache.ts';
import type { System } from './catalogue.ts';

/** Where a real system comes from in this run. */
export type Located =
  /** An address that somebody gave: nothing is started. */
  | { readonly given: string }
  /** A program of this machine, or for Kafka the folder of its jars. */
  | { readonly at: string }
  | { readonly missing: string };

const known = new Map<System, Promise<Located>>();

/** The address in the environment, else what is here, else the package manager's, else why there is none. */
export async function locate(system: System): Promise<Located> {
  const found = known.get(system) ?? search(system);
  known.set(system, found);
  return await found;
}

async function search(system: System): Promise<Located> {
  const given = process.env[system.variable ?? ''];
  if (given !== undefined && given !== '') return { given };
  const here = system.here();
  if (here !== null) return { at: here };
  try {
    // Somebody else may have brought it while we waited.
    return { at: await oneAtATime(system.installer, async () => system.here() ?? (await system.install())) };
  } catch (err) {
    return { missing: err instanceof Error ? err.message : 'unknown' };
  }
}
