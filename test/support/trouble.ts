import { SystemError } from '../../src/ports/system-error.ts';

/** What a call came to: `done`, or the three things of its error that decide what may happen next. */
export async function outcome(
  call: Promise<unknown>,
): Promise<'done' | Pick<SystemError, 'fault' | 'sent' | 'mayRetry' | 'message'>> {
  try {
    await call;
    return 'done';
  } catch (err) {
    if (!(err instanceof SystemError)) throw err;
    return { fault: err.fault, sent: err.sent, mayRetry: err.mayRetry, message: err.message };
  }
}

/** A deadline that nobody reaches. */
export function patient(): AbortSignal {
  return new AbortController().signal;
}
