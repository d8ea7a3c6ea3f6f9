import { type Config, ConfigError, leaves, valueAt } from './config.ts';
import type { Clock } from './ports/clock.ts';
import type { Log } from './ports/log.ts';

/** The file is read again so often, ms of real time; what it says counts from the next start on. */
const EVERY_MS = 10_000;
/** Keys that are named; of more only their number. */
const NAMED = 5;

export interface Drift {
  /** One sentence while the file says something else than what runs; null: it does not. */
  now(): string | null;
  /** Looks, when it is time to. Never more to do. */
  round(): Promise<boolean>;
}

/** Notices that `oms.yaml` was changed under a running bot. @param read reads it anew; throws ConfigError */
export function createDrift(given: {
  readonly running: Config;
  readonly read: () => Config;
  readonly clock: Clock;
  readonly log: Log;
}): Drift {
  const { running, read, clock, log } = given;
  let next = 0;
  let line: string | null = null;
  return {
    now: () => line,
    async round() {
      const now = clock.now();
      if (now < next) return false;
      next = now + EVERY_MS;
      const found = differenceOf(running, read);
      if (found !== line && found !== null) log.warn({}, found);
      if (found === null && line !== null) log.info({}, 'oms.yaml says again what runs');
      line = found;
      return false;
    },
  };
}

function differenceOf(running: Config, read: () => Config): string | null {
  const file = running.file ?? 'oms.yaml';
  try {
    const keys = changedKeys(running.oms, read().oms);
    if (keys.length === 0) return null;
    const values = keys.length === 1 ? '1 value differs' : `${keys.length} values differ`;
    const more = keys.length > NAMED ? ' and others' : '';
    return `${file} was changed and is not read until the bot restarts: ${values} (${keys.slice(0, NAMED).join(', ')}${more}).`;
  } catch (err) {
    if (!(err instanceof ConfigError)) throw err;
    const many = err.mistakes.length === 1 ? 'a mistake' : `${err.mistakes.length} mistakes`;
    return `${file} was changed and has ${many}, so the bot would not start again: oms config check names them.`;
  }
}

function changedKeys(before: Config['oms'], after: Config['oms']): readonly string[] {
  const [old, fresh] = [before, after].map(
    (oms) => new Map(leaves(oms).map((path) => [path.join('.'), JSON.stringify(valueAt(oms, path))])),
  );
  const keys = new Set([...(old?.keys() ?? []), ...(fresh?.keys() ?? [])]);
  return [...keys].filter((key) => old?.get(key) !== fresh?.get(key));
}
