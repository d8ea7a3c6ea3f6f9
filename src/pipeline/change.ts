import { reminderAt, teamOf } from '../domain/duty.ts';
import { nextRung } from '../domain/escalation.ts';
import { begin, evolve } from '../domain/evolve.ts';
import type { Incident, IncidentEvent } from '../domain/incident.ts';
import type { Change, Outgoing } from '../ports/journal.ts';
import { byHandOf } from '../runbooks/catalogue.ts';
import { newsOf } from './news.ts';
import { allClear, closePages } from './pages.ts';
import type { Rules } from './rules.ts';

/** A decision made ready for one commit: the events folded in, the next deadlines read off the new state. */
export function changeOf(
  before: Incident | null,
  events: readonly IncidentEvent[],
  rules: Rules,
  outgoing: readonly Outgoing[] = [],
): Change {
  let after = before;
  for (const event of events) after = after === null ? opening(event) : evolve(after, event);
  if (after === null) throw new Error('A change needs at least one event.');
  after = { ...after, version: (before?.version ?? 0) + 1 };
  const log = threadLog(after, events);
  return {
    before,
    after,
    events,
    dueAt: dueAt(after, rules),
    lookAt: lookAt(after),
    outgoing: [
      ...newsOf(before, after, events),
      ...log,
      ...detailsOf(before, after),
      ...dutyPosts(after, events, rules),
      ...outgoing,
      // However an incident ends, nobody is kept awake by it, and who was called hears of it.
      ...events.flatMap((event) =>
        event.type === 'resolved' ? [...closePages(after, event.because), ...allClear(after)] : [],
      ),
    ],
  };
}

/** What is never worth a line in the thread: it stands on the card, or is told as news. */
const SILENT: ReadonlySet<IncidentEvent['type']> = new Set([
  'opened',
  'diagnosed',
  'look asked',
  'announced',
  'reopened',
  'relapsed',
  'raised',
  'reminded',
]);

function threadLog(incident: Incident, events: readonly IncidentEvent[]): readonly Outgoing[] {
  return events
    .filter((event) => !SILENT.has(event.type) && !isSaidOfDuty(incident, event, events))
    .map((event, place) => ({
      stream: `thread ${incident.id}`,
      key: `${incident.id}/${incident.version}/${place}`,
      kind: 'slack post',
      payload: { what: 'thread', incident: incident.id, event },
    }));
}

/** A step by hand that did nothing but end what was owed: *has done* says the same, and for which order. */
function isSaidOfDuty(
  { runbook, owed }: Incident,
  event: IncidentEvent,
  events: readonly IncidentEvent[],
): boolean {
  if (event.type !== 'ticked') return false;
  const what = byHandOf(runbook, event.tick.step)?.what;
  const done = events.flatMap((other) => (other.type === 'duty done' ? [other.duty] : []));
  return owed.some((duty) => done.includes(duty.id) && duty.what === what);
}

/** What is owed, in the channel of its team where one is configured; once for each duty. */
function dutyPosts(
  { id, runs }: Incident,
  events: readonly IncidentEvent[],
  { dutyChannels, groupOwners }: Rules,
): readonly Outgoing[] {
  return events
    .flatMap((event) => (event.type === 'owed' ? event.duties : []))
    .flatMap((duty) => {
      const group = runs.find((run) => run.id === duty.run)?.parameters['group'] ?? '';
      const team = teamOf(duty, groupOwners[group] ?? null);
      const channel = team === null ? undefined : dutyChannels[team];
      if (channel === undefined) return [];
      const payload = { what: 'duty', incident: id, duty: duty.id, channel };
      return [{ stream: `channel ${channel}`, key: `owed/${duty.id}`, kind: 'slack post' as const, payload }];
    });
}

/** Every finding of the first diagnosis, once; later ones are shown to whoever asks. */
function detailsOf(before: Incident | null, { id, diagnosis }: Incident): readonly Outgoing[] {
  if (diagnosis === null || (before?.diagnosis ?? null) !== null) return [];
  const { at, tookMs, causes } = diagnosis;
  const findings = diagnosis.findings.map(({ last: _, ...finding }) => ({ ...finding, data: null }));
  return [
    {
      stream: `thread ${id}`,
      key: `${id}/details`,
      kind: 'slack post',
      payload: { what: 'details', incident: id, diagnosis: { at, tookMs, causes, findings } },
    },
  ];
}

/** The next decision that the clock alone makes: a rung, the end of an approval's validity, a reminder of what is owed. */
export function dueAt(incident: Incident, rules: Rules): number | null {
  const reminders = incident.owed.flatMap((duty) => reminderAt(duty) ?? []);
  if (incident.state === 'resolved') return earliest(reminders);
  const expiries = incident.offers.flatMap(({ expiresAt }) => (expiresAt === null ? [] : [expiresAt]));
  const rung = nextRung(incident, rules.escalation)?.at;
  return earliest([...reminders, ...expiries, ...(rung === undefined ? [] : [rung])]);
}

/** The next look at the systems: a whole diagnosis, or one sample of a proof. */
export function lookAt(incident: Incident): number | null {
  const proofs = incident.runs.flatMap(({ proof }) => (proof?.nextAt == null ? [] : [proof.nextAt]));
  return earliest([...proofs, ...(incident.lookAt === null ? [] : [incident.lookAt])]);
}

function earliest(times: readonly number[]): number | null {
  return times.length === 0 ? null : Math.min(...times);
}

function opening(event: IncidentEvent): Incident {
  if (event.type !== 'opened') throw new Error(`An incident begins with “opened”, not with “${event.type}”.`);
  return begin(event);
}
