import { type KnownIds, NO_IDS } from '../domain/alert.ts';
import { begin } from '../domain/evolve.ts';
import type { Finding } from '../domain/finding.ts';
import type { AnyRunbook } from '../runbooks/define-runbook.ts';
import { diagnose, type Look, type Looking } from './diagnose.ts';

/**
 * One whole look that belongs to no incident and is recorded nowhere: from a terminal, or while our own database is gone.
 * @param now story time; it and real time differ only in a pretend world
 * @param told of each finding as it comes
 */
export async function lookLive(
  parts: Looking,
  runbook: AnyRunbook,
  now: number,
  ids: KnownIds = NO_IDS,
  told?: (finding: Finding) => void,
): Promise<Look> {
  const unrecorded = begin({
    type: 'opened',
    id: 'OMS-0',
    runbook: runbook.id,
    scope: '',
    severity: runbook.severity,
    environment: parts.rules.environment,
    clockStartedAt: now,
    ladder: [],
    at: now,
  });
  return await diagnose(parts, { ...unrecorded, ids }, now, told === undefined ? {} : { told });
}
