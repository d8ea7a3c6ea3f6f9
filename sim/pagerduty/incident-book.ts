import { createHash, randomBytes } from 'node:crypto';

/** Who did something: a person in PagerDuty, or the integration that a routing key belongs to. */
export type Agent = { readonly kind: 'person' | 'integration'; readonly name: string };

export interface PagerLink {
  readonly href: string;
  readonly text: string;
}

/** What a `trigger` brings. */
export interface TriggerEvent {
  readonly summary: string;
  readonly source: string;
  readonly severity: 'critical' | 'error' | 'warning' | 'info';
  readonly details: unknown;
  readonly links: readonly PagerLink[];
}

export interface PagerEntry {
  /** Story time, epoch ms. */
  readonly at: number;
  readonly what: 'triggered' | 'alert added' | 'acknowledged' | 'resolved' | 'note';
  readonly by: string;
  readonly text: string;
}

/** An incident as PagerDuty holds it; times are epoch ms of story time. */
export interface PagerIncident {
  /** `Q…`, as in its address. */
  readonly id: string;
  readonly number: number;
  readonly dedupKey: string;
  readonly service: string;
  readonly title: string;
  readonly severity: TriggerEvent['severity'];
  readonly urgency: 'high' | 'low';
  readonly status: 'triggered' | 'acknowledged' | 'resolved';
  readonly createdAt: number;
  readonly updatedAt: number;
  /** How many triggers it gathered; only the first one woke somebody. */
  readonly alerts: number;
  readonly acknowledgedBy: string | null;
  readonly resolvedBy: string | null;
  readonly details: unknown;
  readonly links: readonly PagerLink[];
  readonly history: readonly PagerEntry[];
}

/** One time that somebody's telephone rang. */
export interface PagerPage {
  readonly at: number;
  readonly incident: string;
  readonly dedupKey: string;
  readonly service: string;
}

/** What changed; a webhook goes out for each but `alert added`, as at PagerDuty. */
export interface BookChange {
  readonly what: PagerEntry['what'];
  readonly incident: PagerIncident;
  readonly agent: Agent;
  readonly text: string;
}

export interface IncidentBook {
  /** Oldest first. */
  all(): readonly PagerIncident[];
  pages(): readonly PagerPage[];
  find(id: string): PagerIncident | null;
  /** Opens an incident, or adds an alert to the one that is open under that key. Returns the key. */
  trigger(service: string, dedupKey: string | null, event: TriggerEvent): string;
  /** The one of that service that is open under the key. */
  open(service: string, dedupKey: string): PagerIncident | null;
  /** Each says whether anything changed: an acknowledged one stays so, a resolved one is over. */
  acknowledge(id: string, agent: Agent): boolean;
  resolve(id: string, agent: Agent): boolean;
  annotate(id: string, agent: Agent, text: string): boolean;
}

export function createIncidentBook(now: () => number, changed: (change: BookChange) => void): IncidentBook {
  const incidents = new Map<string, PagerIncident>();
  const pages: PagerPage[] = [];

  function find(id: string): PagerIncident | null {
    return incidents.get(id) ?? null;
  }

  function write(
    incident: PagerIncident,
    what: PagerEntry['what'],
    agent: Agent,
    text: string,
    change: Partial<PagerIncident>,
  ): void {
    const at = now();
    const entry: PagerEntry = { at, what, by: agent.name, text };
    const next = { ...incident, ...change, updatedAt: at, history: [...incident.history, entry] };
    incidents.set(next.id, next);
    changed({ what, incident: next, agent, text });
  }

  function open(service: string, dedupKey: string): PagerIncident | null {
    const found = [...incidents.values()].find(
      (one) => one.service === service && one.dedupKey === dedupKey && one.status !== 'resolved',
    );
    return found ?? null;
  }

  return {
    all: () => [...incidents.values()],
    pages: () => [...pages],
    find,
    open,
    trigger(service, wanted, event) {
      const dedupKey = wanted ?? randomBytes(16).toString('hex');
      const agent: Agent = { kind: 'integration', name: service };
      const known = open(service, dedupKey);
      if (known !== null) {
        write(known, 'alert added', agent, event.summary, { alerts: known.alerts + 1 });
        return dedupKey;
      }
      const incident = newIncident(incidents.size + 1, service, dedupKey, event, now());
      pages.push({ at: incident.createdAt, incident: incident.id, dedupKey, service });
      write(incident, 'triggered', agent, event.summary, {});
      return dedupKey;
    },
    acknowledge(id, agent) {
      const incident = find(id);
      if (incident?.status !== 'triggered') return false;
      write(incident, 'acknowledged', agent, '', { status: 'acknowledged', acknowledgedBy: agent.name });
      return true;
    },
    resolve(id, agent) {
      const incident = find(id);
      if (incident === null || incident.status === 'resolved') return false;
      write(incident, 'resolved', agent, '', { status: 'resolved', resolvedBy: agent.name });
      return true;
    },
    annotate(id, agent, text) {
      const incident = find(id);
      if (incident === null) return false;
      write(incident, 'note', agent, text, {});
      return true;
    },
  };
}

function newIncident(
  number: number,
  service: string,
  dedupKey: string,
  event: TriggerEvent,
  at: number,
): PagerIncident {
  const id = `Q${createHash('sha256').update(`incident ${number}`).digest('hex').slice(0, 13).toUpperCase()}`;
  return {
    id,
    number,
    dedupKey,
    service,
    title: event.summary,
    severity: event.severity,
    // What PagerDuty's “dynamic notifications” make of a severity.
    urgency: event.severity === 'critical' || event.severity === 'error' ? 'high' : 'low',
    status: 'triggered',
    createdAt: at,
    updatedAt: at,
    alerts: 1,
    acknowledgedBy: null,
    resolvedBy: null,
    details: event.details,
    links: event.links,
    history: [],
  };
}
