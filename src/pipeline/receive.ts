import { isDeepStrictEqual } from 'node:util';
import { type Alert, joinIds, type KnownIds, NO_IDS, type Reading } from '../domain/alert.ts';
import { failedBefore, reopening } from '../domain/ending.ts';
import type { IncidentId, PersonId } from '../domain/ids.ts';
import type { Incident, IncidentEvent } from '../domain/incident.ts';
import { SEVERITIES, type Severity } from '../domain/severity.ts';
import type { Delivery, Transaction } from '../ports/journal.ts';
import { runbookById } from '../runbooks/catalogue.ts';
import type { AnyRunbook } from '../runbooks/define-runbook.ts';
import { changeOf } from './change.ts';
import type { Parts } from './parts.ts';
import { ladderFor } from './rules.ts';

/** What became of one delivery of alerts. */
export interface Received {
  readonly incidents: readonly IncidentId[];
  /** Alerts that no incident took, with the clear answer. */
  readonly unmatched: readonly string[];
}

/** Every alert of one delivery opens, joins, reopens or quiets an incident, in one commit with the delivery itself. */
export async function receive(parts: Parts, reading: Reading, delivery: Delivery | null): Promise<Received> {
  return await parts.journal.transact('receive', async (tx) => {
    const incidents = new Map<string, Incident>();
    const changed = new Set<string>();
    const newestOf = async ({ runbook, scope }: Pick<Alert, 'runbook' | 'scope'>) =>
      incidents.get(`${runbook} ${scope}`) ?? (await tx.newest(runbook, scope));
    for (const read of reading.alerts) {
      const alert = await lent(read, newestOf);
      const before = await newestOf(alert);
      const after = await takeAlert(parts, tx, alert, before);
      if (after === null) continue;
      const place = `${alert.runbook} ${alert.scope}`;
      incidents.set(place, after);
      if (after !== before) changed.add(place);
    }
    // A group that is sent again and says nothing new is not remarked upon again.
    for (const [place, incident] of incidents) {
      const events = reading.remarks.map((remark) => ({ type: 'remarked' as const, remark, at: tx.now }));
      if (changed.has(place)) save(parts, tx, incident, events);
    }
    for (const alert of reading.unmatched) {
      tx.note({
        type: 'alert not taken',
        source: alert.source,
        key: alert.key,
        reason: alert.reason,
        because: alert.because,
      });
    }
    if (delivery !== null) await tx.done(delivery);
    return {
      incidents: [...new Set([...incidents.values()].map(({ id }) => id))],
      unmatched: reading.unmatched.map(({ because }) => because),
    };
  });
}

/** The alert as it is to be taken: a code that another runbook's open incident explains belongs to that one. */
async function lent(
  alert: Alert,
  newestOf: (place: Pick<Alert, 'runbook' | 'scope'>) => Promise<Incident | null>,
): Promise<Alert> {
  const { lends } = runbookById(alert.runbook);
  if (lends === undefined || alert.code !== lends.code) return alert;
  const other = { ...alert, runbook: lends.to };
  // What one incident knows as firing stays with it, so that its end finds it there.
  if (knows(await newestOf(alert), alert)) return alert;
  const newest = await newestOf(other);
  const joins = alert.status === 'firing' && newest !== null && newest.state !== 'resolved';
  return joins || knows(newest, alert) ? other : alert;
}

/** Whether this alert belongs to it already. Its end does so also after that of the incident, which may come back. */
function knows(incident: Incident | null, { source, key, status }: Alert): boolean {
  return (
    incident !== null &&
    (incident.state !== 'resolved' || status === 'resolved') &&
    incident.sources.some((one) => one.source === source && one.key === key && one.state === 'firing')
  );
}

/** A person who acts on something opens an incident for it, or joins the one that is open. */
export async function openByPerson(parts: Parts, tx: Transaction, alert: Alert): Promise<Incident> {
  const newest = await tx.newest(alert.runbook, alert.scope);
  if (newest !== null && newest.state !== 'resolved') return brought(parts, tx, newest, alert);
  return (
    (await takeAlert(parts, tx, { ...alert, startsAt: tx.now }, newest)) ??
    (await opened(parts, tx, alert, newest))
  );
}

/** What a person knows of an incident that is open already; it is looked at with that. */
function brought(parts: Parts, tx: Transaction, incident: Incident, { ids, by }: Alert): Incident {
  if (isDeepStrictEqual(joinIds(incident.ids, ids), incident.ids) || by === null) return incident;
  const change = changeOf(
    incident,
    [
      { type: 'ids brought', ids, by, at: tx.now },
      { type: 'look asked', lookAt: tx.now, because: 'A person named what it is about.', at: tx.now },
    ],
    parts.rules,
  );
  tx.save(change);
  return change.after;
}

/** A person as a source: says when, not when it is over. */
export function personsAlert(
  runbook: Alert['runbook'],
  by: PersonId,
  summary: string,
  key: string,
  ids: KnownIds = NO_IDS,
): Alert {
  return {
    source: 'person',
    key,
    status: 'firing',
    runbook,
    code: null,
    scope: '',
    summary,
    startsAt: null,
    ids,
    url: null,
    tellsResolved: false,
    by,
  };
}

/** Opens, joins, reopens or quiets the incident of its runbook and scope. Null: none took it. */
export async function takeAlert(
  parts: Parts,
  tx: Transaction,
  alert: Alert,
  newest: Incident | null,
): Promise<Incident | null> {
  if (alert.status === 'resolved') return quiet(parts, tx, alert, newest);
  switch (reopening(newest, alert, tx.now)) {
    case 'new incident':
      return await opened(parts, tx, alert, newest);
    case 'open already':
      return save(parts, tx, newest, joining(parts, tx, alert, newest));
    case 'same incident':
      return save(parts, tx, newest, [
        { type: 'reopened', because: 'An alert came within 10 minutes of the end.', at: tx.now },
        { type: 'alert joined', alert, at: tx.now },
        ...raising(parts, newest, alert, tx.now),
      ]);
    case 'not newer':
      tx.note({
        type: 'alert not taken',
        source: alert.source,
        key: alert.key,
        reason: 'not newer',
        because: 'The incident had heard of it and has ended since it began.',
      });
      return newest;
  }
}

/** @param earlier of the same runbook and scope, which has ended; null: there is none */
async function opened(
  parts: Parts,
  tx: Transaction,
  alert: Alert,
  earlier: Incident | null,
): Promise<Incident> {
  const runbook = runbookById(alert.runbook);
  const severity = severityOf(runbook, [alert.code]);
  const id = await tx.nextIncidentId();
  // A clock ahead of ours would postpone the rule; one far behind would climb before anybody looked.
  const clockStartedAt = Math.min(alert.startsAt ?? tx.now, tx.now);
  const before = failedBefore(earlier, clockStartedAt);
  const events: IncidentEvent[] = [
    {
      type: 'opened',
      id,
      runbook: alert.runbook,
      scope: alert.scope,
      severity,
      environment: parts.rules.environment,
      clockStartedAt,
      ladder: ladderFor(severity, runbook.team, parts.rules),
      ...(before === null ? {} : { failedBefore: before }),
      at: tx.now,
    },
    { type: 'alert joined', alert, at: tx.now },
  ];
  const change = changeOf(null, events, parts.rules);
  tx.save(change);
  return change.after;
}

/** The same alert once more says nothing new and is not journaled again. */
function joining(parts: Parts, tx: Transaction, alert: Alert, incident: Incident | null): IncidentEvent[] {
  const same = incident?.sources.some(
    (source) =>
      source.source === alert.source &&
      source.key === alert.key &&
      source.state === 'firing' &&
      source.startsAt === alert.startsAt,
  );
  if (same) return [];
  const asked: IncidentEvent = {
    type: 'look asked',
    lookAt: tx.now,
    because: 'An alert joined.',
    at: tx.now,
  };
  return [{ type: 'alert joined', alert, at: tx.now }, ...raising(parts, incident, alert, tx.now), asked];
}

/** A code that weighs more than those before it raises the incident, and the ladder with it; nothing lowers it. */
function raising(parts: Parts, incident: Incident | null, alert: Alert, now: number): IncidentEvent[] {
  // Who complains has no code, and says nothing of how bad it is.
  if (incident === null || alert.complaint !== undefined) return [];
  const runbook = runbookById(incident.runbook);
  const severity = severityOf(runbook, [...incident.sources.map(({ code }) => code), alert.code]);
  if (SEVERITIES.indexOf(severity) >= SEVERITIES.indexOf(incident.severity)) return [];
  const because = `${alert.code ?? 'An alert without a code'} weighs more than what came before it.`;
  return [
    { type: 'raised', severity, ladder: ladderFor(severity, runbook.team, parts.rules), because, at: now },
  ];
}

function severityOf(runbook: AnyRunbook, codes: readonly (string | null)[]): Severity {
  return runbook.severityOf?.(codes) ?? runbook.severity;
}

function quiet(parts: Parts, tx: Transaction, alert: Alert, newest: Incident | null): Incident | null {
  if (newest === null || !knows(newest, alert)) {
    tx.note({
      type: 'alert not taken',
      source: alert.source,
      key: alert.key,
      reason: 'nothing to resolve',
      because: 'No incident knows this alert as firing.',
    });
    return newest;
  }
  return save(parts, tx, newest, [
    { type: 'alert resolved', source: alert.source, key: alert.key, at: tx.now },
    // One that has ended makes nothing of it.
    { type: 'look asked', lookAt: tx.now, because: 'An alert resolved.', at: tx.now },
  ]);
}

function save(
  parts: Parts,
  tx: Transaction,
  before: Incident | null,
  events: readonly IncidentEvent[],
): Incident | null {
  if (events.length === 0) return before;
  const change = changeOf(before, events, parts.rules);
  tx.save(change);
  return change.after;
}
