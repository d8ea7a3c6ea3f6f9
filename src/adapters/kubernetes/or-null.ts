import { SystemError } from '../../ports/system-error.ts';

/** Null where what was asked for does not exist. */
export async function orNull<T>(ask: () => Promise<T>): Promise<T | null> {
  try {
    return await ask();
  } catch (err) {
    if (err instanceof SystemError && err.fault === 'not found') return null;
    throw err;
  }
}
