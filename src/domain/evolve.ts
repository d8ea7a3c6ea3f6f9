import { type Alert, joinIds, NO_IDS } from './alert.ts';
import { rememberCauses } from './cause-history.ts';
import { type Finding, overall } from './finding.ts';
import { type Impact, impactPercent } from './impact.ts';
import type { Incident, IncidentEvent, Source } from './incident.ts';

type Opened = Extract<IncidentEvent, { type: 'opened' }>;

/** The incident as its first event leaves it. Its first look is due at once. */
export function begin(event: Opened): Incident {
  return {
    id: event.id,
    runbook: event.runbook,
    scope: event.scope,
    severity: event.severity,
    environment: event.environment,
    state: 'open',
    generation: 1,
    version: 0,
    openedAt: event.at,
    reopenedAt: null,
    failedAt: [...(event.failedBefore === undefined ? [] : [event.failedBefore]), event.clockStartedAt],
    clockStartedAt: event.clockStartedAt,
    announcedAt: null,
    sources: [],
    ids: NO_IDS,
    answers: [],
    ticks: [],
    diagnosis: null,
    lookAt: event.at,
    healthySince: null,
    causeHistory: {},
    brokenSince: null,
    impact: null,
    worstImpact: null,
    offers: [],
    runs: [],
    owed: [],
    ladder: event.ladder,
    climbed: [],
    acknowledged: null,
    hold: null,
    watched: [],
    mitigated: null,
    resolution: null,
  };
}

/** One event further. Pure; replaying the journal gives the same incident. */
export function evolve(incident: Incident, event: IncidentEvent): Incident {
  switch (event.type) {
    case 'opened':
      return begin(event);
    case 'reopened':
      return {
        ...incident,
        state: 'open',
        generation: incident.generation + 1,
        reopenedAt: event.at,
        failedAt: failedAgain(incident, event.at),
        resolution: null,
        mitigated: null,
        healthySince: null,
        lookAt: event.at,
      };
    case 'raised':
      return { ...incident, severity: event.severity, ladder: event.ladder };
    case 'alert joined':
      return join(incident, event.alert, event.at);
    case 'alert resolved':
      return {
        ...incident,
        sources: incident.sources.map((source) =>
          source.source === event.source && source.key === event.key
            ? { ...source, state: 'resolved' }
            : source,
        ),
      };
    case 'ids brought':
      return { ...incident, ids: joinIds(incident.ids, event.ids) };
    case 'announced':
      return { ...incident, announcedAt: incident.announcedAt ?? event.at };
    case 'look asked':
      // A proof may end after its incident has; nobody would make this look, and it would be due for ever.
      if (incident.state === 'resolved') return incident;
      // A look that is due may be under way already and too early to see why: that it was asked again must show, and it keeps
      // its place before those that fell due later.
      return {
        ...incident,
        lookAt:
          incident.lookAt !== null && incident.lookAt <= event.at
            ? incident.lookAt + 1
            : Math.min(incident.lookAt ?? event.lookAt, event.lookAt),
      };
    case 'diagnosed':
      return {
        ...incident,
        diagnosis: event.diagnosis,
        lookAt: event.lookAt,
        impact: event.impact,
        worstImpact: worse(incident.worstImpact ?? null, event.impact),
        causeHistory: rememberCauses(incident.causeHistory, event.diagnosis.causes, event.at),
        brokenSince: brokenSince(incident, event.diagnosis.findings, event.at),
        healthySince: healthySince(incident, event.diagnosis.findings, event.at),
        mitigated: unseen(incident, event.diagnosis.findings, event.at),
        offers: [...event.offers, ...incident.offers.filter((offer) => offer.requestedBy !== null)],
      };
    case 'requested':
      return { ...incident, offers: [...incident.offers, event.offer] };
    case 'withdrawn':
      return { ...incident, offers: incident.offers.filter((offer) => offer.id !== event.offer) };
    case 'refused':
    case 'remarked':
      return incident;
    case 'approved':
      return {
        ...incident,
        offers: incident.offers.filter((offer) => offer.id !== event.offer),
        runs: [...incident.runs, event.run],
      };
    case 'run updated':
      return {
        ...incident,
        runs: incident.runs.map((run) => (run.id === event.run ? { ...run, ...event.change } : run)),
      };
    case 'owed':
      return { ...incident, owed: [...incident.owed, ...event.duties] };
    case 'reminded':
      return {
        ...incident,
        owed: incident.owed.map((duty) =>
          duty.id === event.duty ? { ...duty, reminded: event.times } : duty,
        ),
      };
    case 'duty done':
      return {
        ...incident,
        owed: incident.owed.map((duty) =>
          duty.id === event.duty ? { ...duty, done: { by: event.by, at: event.at } } : duty,
        ),
      };
    case 'mitigated':
      return {
        ...incident,
        state: 'mitigated',
        watched: [...incident.watched, event.run],
        mitigated: { since: event.at, until: event.until, because: event.because },
      };
    case 'relapsed':
      return { ...incident, state: 'open', mitigated: null, failedAt: failedAgain(incident, event.at) };
    case 'answered':
      return {
        ...incident,
        answers: [...incident.answers.filter(({ step }) => step !== event.answer.step), event.answer],
      };
    case 'ticked':
      return {
        ...incident,
        ticks: [...incident.ticks.filter(({ step }) => step !== event.tick.step), event.tick],
      };
    case 'acknowledged':
      return { ...incident, acknowledged: { by: event.by, at: event.at } };
    case 'held':
      return { ...incident, hold: { by: event.by, at: event.at, until: event.until, reason: event.reason } };
    case 'climbed':
      return { ...incident, climbed: [...incident.climbed, event.climbed] };
    case 'resolved':
      return {
        ...incident,
        state: 'resolved',
        resolution: { at: event.at, by: event.by, because: event.because },
        lookAt: null,
        offers: [],
        mitigated: null,
      };
    default:
      return unreachable(event);
  }
}

function healthySince(
  { healthySince: before }: Incident,
  findings: readonly Finding[],
  at: number,
): number | null {
  return overall(findings) === 'healthy' ? (before ?? at) : null;
}

function unseen({ mitigated }: Incident, findings: readonly Finding[], at: number): Incident['mitigated'] {
  if (mitigated === null) return null;
  const { unseenSince: before, ...rest } = mitigated;
  return overall(findings) === 'unknown' ? { ...rest, unseenSince: before ?? at } : rest;
}

/** What failed until a watch began failed last just before that, however long ago it had begun to. */
function failedAgain({ failedAt, clockStartedAt, mitigated }: Incident, at: number): readonly number[] {
  return [Math.max(failedAt?.at(-1) ?? clockStartedAt, mitigated?.since ?? 0), at];
}

function worse(before: Impact | null, now: Impact): Impact | null {
  const percent = impactPercent(now);
  return percent !== null && percent > (impactPercent(before) ?? 0) ? now : before;
}

function brokenSince(
  { brokenSince: before }: Incident,
  findings: readonly Finding[],
  at: number,
): number | null {
  const verdict = overall(findings);
  if (verdict === 'healthy') return null;
  return verdict === 'broken' ? (before ?? at) : before;
}

function join(incident: Incident, alert: Alert, at: number): Incident {
  const source: Source = {
    source: alert.source,
    key: alert.key,
    state: 'firing',
    tellsResolved: alert.tellsResolved,
    code: alert.code,
    summary: alert.summary,
    startsAt: alert.startsAt,
    since: at,
    url: alert.url,
    by: alert.by,
    ...(alert.complaint === undefined ? {} : { complaint: true }),
  };
  const known = incident.sources.find((other) => other.source === alert.source && other.key === alert.key);
  const sources = known
    ? incident.sources.map((other) => (other === known ? { ...source, since: known.since } : other))
    : [...incident.sources, source];
  return { ...incident, sources, ids: joinIds(incident.ids, alert.ids) };
}

function unreachable(event: never): never {
  throw new Error(`An event of an unknown type: ${JSON.stringify(event)}`);
}
