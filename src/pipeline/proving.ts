import type { Run, RunItem } from '../domain/run.ts';
import type { Parts } from './parts.ts';

/** What a question about a run's effect may use. Reads only. */
export async function proving(parts: Parts, run: Run, items: readonly RunItem[] = []) {
  const ending = new AbortController();
  void parts.clock.sleep(parts.rules.timing.readMs).then(() => ending.abort());
  return {
    probes: parts.probes,
    run,
    items,
    names: parts.rules.names,
    thresholds: parts.rules.thresholds,
    now: await parts.journal.now(),
    signal: ending.signal,
  };
}
