import type { Finding } from '../../../src/domain/finding.ts';
import type { Asking, Check } from '../../../src/runbooks/define-runbook.ts';
import { DEFAULT_THRESHOLDS } from '../../../src/runbooks/thresholds.ts';
import { anIncident } from '../../support/incidents.ts';
import { fakeProbes, MINUTE, NOW } from '../../support/runbooks.ts';
import { NAMES } from './support.ts';

/** One check alone, with what the look before left. */
export async function look<T>(
  check: Check<T>,
  given: Parameters<typeof fakeProbes>[0],
  change: Partial<Asking> & { readonly before?: Readonly<Record<string, unknown>> } = {},
) {
  const { before, ...rest } = change;
  const previous =
    before === undefined
      ? null
      : Object.fromEntries(
          Object.entries(before).map(([name, data]): [string, Finding] => [
            name,
            { step: 'R16', verdict: 'broken', line: '', evidence: [], data, at: NOW, tookMs: 1 },
          ]),
        );
  return await check.look({
    probes: fakeProbes(given),
    ids: anIncident([]).ids,
    thresholds: DEFAULT_THRESHOLDS,
    names: NAMES,
    now: NOW + MINUTE,
    previous,
    incident: anIncident([]),
    open: [],
    signal: new AbortController().signal,
    history: async () => [],
    ...rest,
  } as Asking);
}
