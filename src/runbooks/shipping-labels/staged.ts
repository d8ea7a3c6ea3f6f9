import { healthy, skipped } from '../../domain/finding.ts';
import type { SecretPair } from '../../ports/kubernetes.ts';
import { SystemError } from '../../ports/system-error.ts';
import type { Check } from '../define-runbook.ts';
import { keyNames } from '../shared/secret.ts';

/** What R35 has to know first. Nothing here is healthy or not: it says what could be done. */
export const staged: Check<SecretPair> = {
  step: 'R35',
  title: 'Are new carrier credentials staged?',
  system: 'Kubernetes',
  source: null,
  equivalent: (names) => keyNames(names, names.carrier.staged),
  deadlineMs: 4_000,
  async look({ probes, names, signal }) {
    const { secret, staged: next } = names.carrier;
    let pair: SecretPair;
    try {
      pair = await probes.kubernetes.secretPair(names.orderService.namespace, secret, next, signal);
    } catch (err) {
      // Not every company lets the bot change secrets; that is no trouble of the carrier's.
      if (err instanceof SystemError && err.fault === 'forbidden') return skipped(err.message);
      throw err;
    }
    const evidence = pair.stagedKeys.map((key) => `staged key ${key}`);
    const line = nothingNew(pair, next) ?? `New credentials are staged in ${next}.`;
    return healthy(`${line[0]?.toUpperCase()}${line.slice(1)}`.replace(/\.?$/, '.'), pair, evidence);
  },
};

/** Why there is nothing to promote; null: there is. */
export function nothingNew(pair: SecretPair, next: string): string | null {
  if (pair.staged === null || pair.stagedKeys.length === 0) return `nothing is staged in ${next}`;
  if (pair.stagedEmpty) return `a value staged in ${next} is empty`;
  return pair.same ? `what is staged in ${next} is in use already` : null;
}
