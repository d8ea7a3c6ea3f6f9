import type { Run, RunItem } from '../domain/run.ts';
import type { Parts } from './parts.ts';
import { timeLimit } from './time-limit.ts';

/** What a question about a run's effect may use. Reads only. */
export async function proving(parts: Parts, run: Run, items: readonly RunItem[] = []) {
  return {
    probes: parts.probes,
    run,
    items,
    names: parts.rules.names,
    thresholds: parts.rules.thresholds,
    now: await parts.journal.now(),
    signal: timeLimit(parts.clock, parts.rules.timing.readMs).signal,
  };
}
