import { type KnownIds, NO_IDS } from '../domain/alert.ts';
import { begin } from '../domain/evolve.ts';
import type { Finding } from '../domain/finding.ts';
import type { Incident } from '../domain/incident.ts';
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
  return await diagnose(parts, unrecorded(parts, runbook, now, ids), now, told === undefined ? {} : { told });
}

/** What a look is about that belongs to no incident. */
export function unrecorded(
  { rules }: Pick<Looking, 'rules'>,
  { id: runbook, severity }: AnyRunbook,
  now: number,
  ids: KnownIds,
): Incident {
  const opened = begin({
    type: 'opened',
    id: 'OMS-0',
    runbook,
    scope: '',
    severity,
    environment: rules.environment,
    clockStartedAt: now,
    ladder: [],
    at: now,
  });
  return { ...opened, ids };
}
