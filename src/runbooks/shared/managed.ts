import { skipped } from '../../domain/finding.ts';
import type { Check } from '../define-runbook.ts';
import type { Names } from '../names.ts';

/** The check of pods that are somebody else's to run: there are none to ask, and that is no trouble. */
export function unlessManaged<T>(
  check: Check<T>,
  managed: (names: Names) => boolean,
  words = 'Not applicable: run by somebody else.',
): Check<T> {
  return {
    ...check,
    equivalent: (names) =>
      managed(names) ? '# not applicable: somebody else runs it' : check.equivalent(names),
    look: async (ask) => (managed(ask.names) ? skipped(words) : await check.look(ask)),
  };
}
