import { openUndos } from './duty.ts';
import type { Incident } from './incident.ts';

/** Two healthy diagnoses this far apart, nothing unknown, end an incident (design §6). */
export const HEALTHY_FOR_MS = 60_000;
/** Mitigated is watched for at least this long (runbook-knowledge §0, our default). */
export const WATCH_AT_LEAST_MS = 30 * 60_000;
/** Within this time after the end a new alert continues the same incident (design §6). */
export const SAME_INCIDENT_MS = 10 * 60_000;

/**
 * Why an incident may end by itself now, or null. Every source has resolved or cannot say so, and the checks have been
 * healthy long enough. While a run is under way or unproven nothing ends.
 */
export function endsBecause(incident: Incident, now: number): string | null {
  if (incident.state === 'resolved') return null;
  if (
    incident.runs.some((run) => run.state !== 'ended' || (run.proof !== null && run.proof.verdict === null))
  )
    return null;
  if (openUndos(incident.owed).length > 0) return null;
  if (incident.mitigated !== null && now < incident.mitigated.until) return null;
  if (incident.sources.some((source) => source.tellsResolved && source.state === 'firing')) return null;
  if (incident.healthySince === null || incident.diagnosis === null) return null;
  if (incident.diagnosis.at - incident.healthySince < HEALTHY_FOR_MS) return null;
  const minutes = Math.round((incident.diagnosis.at - incident.healthySince) / 60_000);
  return `All checks have been healthy for ${minutes} ${minutes === 1 ? 'minute' : 'minutes'} and no alert is firing.`;
}

/** Whether a proof alone ends it: only where all sources are people, who send no *resolved* (design §6). */
export function proofEnds(incident: Incident): boolean {
  return incident.sources.length > 0 && incident.sources.every(({ source }) => source === 'person');
}

export type Reopening = 'open already' | 'same incident' | 'new incident' | 'not newer';

/** What a firing alert means for the newest incident of its runbook and scope. */
export function reopening(incident: Incident | null, startsAt: number | null, now: number): Reopening {
  if (incident === null) return 'new incident';
  if (incident.resolution === null) return 'open already';
  const began = startsAt ?? now;
  if (began <= incident.resolution.at) return 'not newer';
  return now - incident.resolution.at <= SAME_INCIDENT_MS ? 'same incident' : 'new incident';
}
