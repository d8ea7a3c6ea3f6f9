import { causesBefore } from '../domain/cause-history.ts';
import { calledSince } from '../domain/escalation.ts';
import { impactPercent } from '../domain/impact.ts';
import type { Incident } from '../domain/incident.ts';
import type { TeamId } from '../domain/severity.ts';
import type { Outgoing } from '../ports/journal.ts';
import type { Page } from '../ports/pager.ts';
import { runbookById } from '../runbooks/catalogue.ts';
import type { Rules } from './rules.ts';

/** A page's call may take this long, ms (ours). */
export const PAGE_MS = 10_000;

/** Wakes a team about an incident under one dedup key. */
export function trigger(
  incident: Incident,
  dedupKey: string,
  team: TeamId,
  because: string,
  rules: Rules,
): Outgoing {
  const runbook = runbookById(incident.runbook);
  const percent = impactPercent(incident.impact);
  const payload: Page = {
    action: 'trigger',
    team,
    dedupKey,
    incident: incident.id,
    summary: `${incident.id} ${runbook.title} (${incident.environment}). ${because}`.slice(0, 1000),
    severity: incident.severity,
    details: {
      service: rules.service,
      criticality: rules.criticality,
      severity: incident.severity,
      impact: percent === null ? 'unknown' : `${Math.round(percent)} % of orders`,
      cause: causeOf(incident),
      acknowledged: whoHasIt(incident),
      done: doneOf(incident) || 'nothing',
      card: rules.channels.alerts,
      rungsBefore: incident.climbed.map((step) => `rung ${step.rung}: ${step.because}`).join(' ') || 'none',
    },
    links: incident.sources.flatMap(({ url, summary }) =>
      url === null ? [] : [{ href: url, text: summary.slice(0, 80) }],
    ),
  };
  return { stream: `page ${dedupKey}`, key: `${dedupKey}/trigger`, kind: 'page', payload };
}

/** Each cause that is supported, with its reason: the first alone may be the older one. */
function causeOf(incident: Incident): string {
  const { diagnosis, healthySince } = incident;
  const supported = (diagnosis?.causes ?? []).filter(({ verdict }) => verdict === 'supported');
  const before = causesBefore(incident).map(({ title }) => title);
  const now = healthySince === null ? 'none is seen now' : 'none is seen any more, all checks are healthy';
  const open = healthySince === null ? 'not known yet' : now;
  const none = before.length === 0 ? open : `${now}; before: ${before.join('; ')}`;
  return supported.map(({ title, because }) => `${title}: ${because}`).join(' ') || none;
}

/** Slack's id of a person means nothing to whoever reads a page. */
function whoHasIt({ acknowledged }: Incident): string {
  if (acknowledged === null) return 'nobody';
  const [, name] = /^pagerduty:(.*)$/s.exec(acknowledged.by) ?? [];
  return name ?? 'somebody in Slack; the card says who';
}

/** What was run, and what came of it. */
function doneOf({ runs }: Incident): string {
  return runs
    .map(({ title, state, outcome, proof }) => `${title}: ${proof?.verdict ?? outcome ?? state}`)
    .join('; ');
}

/** Closes what was opened under this dedup key. */
export function close(incident: Incident, dedupKey: string, team: TeamId, because: string): Outgoing {
  const payload: Page = {
    action: 'resolve',
    team,
    dedupKey,
    summary: because,
    severity: incident.severity,
    details: {},
    links: [],
  };
  return { stream: `page ${dedupKey}`, key: `${dedupKey}/resolve`, kind: 'page', payload };
}

/** Closes every page that this incident's rungs opened. */
export function closePages(incident: Incident, because: string): readonly Outgoing[] {
  return calledSince(incident)
    .filter(({ paged }) => paged)
    .map(({ rung }) => {
      const team = incident.ladder.find(({ number }) => number === rung)?.team ?? 'orders';
      return close(incident, rungKey(incident, rung), team, because);
    });
}

/** The channels and people that were called since it began or came back hear that it is over, once each. */
export function allClear(incident: Incident): readonly Outgoing[] {
  const { id, generation, ladder } = incident;
  const called = calledSince(incident).flatMap((step) => ladder.filter(({ number }) => number === step.rung));
  const key = (to: string) => `${id}/${generation}/over/${to}`;
  const channels = new Set(called.flatMap((rung) => rung.channels));
  const people = new Set(called.flatMap((rung) => rung.people));
  return [
    ...[...channels].map((channel) => ({
      stream: `channel ${channel}`,
      key: key(channel),
      kind: 'slack post' as const,
      payload: { what: 'over', channel, incident: id },
    })),
    ...[...people].map((address) => ({
      stream: `person ${address}`,
      key: key(address),
      kind: 'slack post' as const,
      payload: { what: 'over', address, incident: id },
    })),
  ];
}

/** Each rung of each generation has its own: a trigger on an open key wakes nobody. */
export function rungKey({ environment, id, generation }: Incident, rung: number): string {
  return `oms/${environment}/${id}/${generation}/rung-${rung}`;
}
