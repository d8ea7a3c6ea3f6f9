import type { Alert } from './alert.ts';
import { openUndos } from './duty.ts';
import type { Incident } from './incident.ts';
import type { Run } from './run.ts';

/** Two healthy diagnoses this far apart, nothing unknown, end an incident (design §6). */
export const HEALTHY_FOR_MS = 60_000;
/** Mitigated is watched for at least this long (runbook-knowledge §0, our default). */
export const WATCH_AT_LEAST_MS = 30 * 60_000;
/** And for so many times the gap between the last two failures (the same). */
export const WATCH_GAPS = 2;
/**
 * How long it is watched after a restart or a temporary change, ms: twice the time between the last two failures, and at
 * least `WATCH_AT_LEAST_MS` (runbook-knowledge §0, our default).
 */
export function watchFor({ failedAt }: Pick<Incident, 'failedAt'>): number {
  const [before, last] = failedAt ?? [];
  return Math.max(
    WATCH_AT_LEAST_MS,
    before === undefined || last === undefined ? 0 : WATCH_GAPS * (last - before),
  );
}

/** The gap to a failure of an earlier incident counts for so long (our default). */
const GAP_MOST_MS = 24 * 60 * 60_000;

/** When the same failed before, if a restart or a temporary change healed it for now, at most a day ago; else null. */
export function failedBefore(earlier: Incident | null, now: number): number | null {
  const last = earlier?.watched.length ? earlier.failedAt?.at(-1) : undefined;
  return last === undefined || now - last > GAP_MOST_MS ? null : last;
}

/** Within this time after the end a new alert continues the same incident (design §6). */
export const SAME_INCIDENT_MS = 10 * 60_000;

/** Whether an alert still fires whose source will say when it does not: until then nothing ends by itself. */
export function stillFires({ sources }: Pick<Incident, 'sources'>): boolean {
  return sources.some(({ state, tellsResolved }) => tellsResolved && state === 'firing');
}

/**
 * Why an incident may end by itself now, or null. Every source has resolved or cannot say so, and the checks have been
 * healthy long enough. While a run is under way or unproven nothing ends.
 */
export function endsBecause(incident: Incident, now: number): string | null {
  if (incident.state === 'resolved' || unfinished(incident)) return null;
  if (incident.mitigated !== null && now < incident.mitigated.until) return null;
  if (stillFires(incident)) return null;
  if (incident.healthySince === null || incident.diagnosis === null) return null;
  if (incident.diagnosis.at - incident.healthySince < HEALTHY_FOR_MS) return null;
  const minutes = Math.round((incident.diagnosis.at - incident.healthySince) / 60_000);
  return `All checks have been healthy for ${minutes} ${minutes === 1 ? 'minute' : 'minutes'} and no alert is firing.`;
}

/**
 * Whether a proof alone ends it: only where all sources are people, who send no *resolved* (design §6), and nothing else
 * that was begun is still open.
 */
export function proofEnds(incident: Incident): boolean {
  return (
    incident.sources.length > 0 &&
    incident.sources.every(({ source }) => source === 'person') &&
    !unfinished(incident) &&
    toWatch(incident) === undefined
  );
}

/** A restart or a temporary change that helped and was not watched yet; the watch begins when all is seen to be healthy. */
export function toWatch({ state, runs, watched }: Incident): Run | undefined {
  if (state !== 'open') return undefined;
  return runs.find((run) => run.mitigates && run.proof?.verdict === 'helped' && !watched.includes(run.id));
}

/** A run that is under way or unproven, or a change for a while that nobody has taken back. */
function unfinished({ runs, owed }: Incident): boolean {
  return (
    openUndos(owed).length > 0 ||
    runs.some(({ state, proof }) => state !== 'ended' || (proof !== null && proof.verdict === null))
  );
}

export type Reopening = 'open already' | 'same incident' | 'new incident' | 'not newer';

/**
 * What a firing alert means for the newest incident of its runbook and scope. One that the incident had heard of has to begin
 * anew; one that it never heard of is news, however long it fires already (decision 0043).
 */
export function reopening(
  incident: Incident | null,
  { source, key, startsAt }: Pick<Alert, 'source' | 'key' | 'startsAt'>,
  now: number,
): Reopening {
  if (incident === null) return 'new incident';
  const { resolution } = incident;
  if (resolution === null) return 'open already';
  const began = startsAt ?? now;
  const heard = incident.sources.filter((one) => one.source === source && one.key === key);
  // Of a clock ahead of ours: the same alert, told again, would seem to have begun after the end.
  const again = heard.some((one) => one.startsAt === began || began <= resolution.at);
  if (again) return 'not newer';
  return now - resolution.at <= SAME_INCIDENT_MS ? 'same incident' : 'new incident';
}
