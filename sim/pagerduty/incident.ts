import type { TriggerInput } from './event.ts';

export type IncidentStatus = 'triggered' | 'acknowledged' | 'resolved';

export interface HistoryEntry {
  /** Real time, epoch ms. */
  readonly at: number;
  readonly what: 'triggered' | 'alert added' | 'acknowledged' | 'resolved' | 'note';
  /** The integration's service, or the person. */
  readonly by: string;
  readonly text: string;
}

/** What happens to an incident, in the words of the webhooks. */
export type Happening = 'triggered' | 'acknowledged' | 'resolved' | 'annotated';

/** An incident as PagerDuty keeps it. */
export interface PagerDutyIncident {
  readonly id: string;
  readonly number: number;
  readonly service: string;
  /** The dedup key that opened it. */
  readonly key: string;
  readonly title: string;
  readonly severity: TriggerInput['payload']['severity'];
  status: IncidentStatus;
  /** How often somebody was woken: once, whatever arrives while it is open. */
  pages: number;
  /** The triggers that arrived, oldest first. */
  readonly alerts: TriggerInput[];
  readonly notes: { readonly at: number; readonly by: string; readonly text: string }[];
  readonly history: HistoryEntry[];
}

/** The incidents of an account; the pure part behind the two APIs and the web page. */
export interface IncidentBook {
  /** Oldest first. */
  readonly incidents: readonly PagerDutyIncident[];
  trigger(service: string, key: string, event: TriggerInput): void;
  /** What an event asks for; one for a key that is not open does nothing, as at PagerDuty. */
  acknowledgeKey(service: string, key: string): void;
  resolveKey(service: string, key: string): void;
  /** Throws for an unknown id; false when the incident cannot move there. */
  acknowledge(id: string, user: string): boolean;
  resolve(id: string, user: string): boolean;
  note(id: string, user: string, text: string): PagerDutyIncident['notes'][number] | null;
  find(id: string): PagerDutyIncident | null;
}

/** @param happened called after each of them, whoever caused it; `text` is the note's */
export function createIncidentBook(
  happened: (incident: PagerDutyIncident, what: Happening, by: string, at: number, text: string) => void,
): IncidentBook {
  const incidents: PagerDutyIncident[] = [];

  function find(id: string): PagerDutyIncident | null {
    return incidents.find((incident) => incident.id === id) ?? null;
  }

  function openOn(service: string, key: string): PagerDutyIncident | null {
    return (
      incidents.find((each) => each.service === service && each.key === key && each.status !== 'resolved') ??
      null
    );
  }

  function move(incident: PagerDutyIncident, to: 'acknowledged' | 'resolved', by: string): boolean {
    if (incident.status === 'resolved' || incident.status === to) return false;
    const at = Date.now();
    incident.status = to;
    incident.history.push({ at, what: to, by, text: '' });
    happened(incident, to, by, at, '');
    return true;
  }

  function byPerson(id: string, to: 'acknowledged' | 'resolved', user: string): boolean {
    const incident = find(id);
    if (incident === null) throw new Error(`no incident ${id}`);
    return move(incident, to, user);
  }

  return {
    incidents,
    find,
    trigger(service, key, event) {
      const at = Date.now();
      const text = event.payload.summary;
      const open = openOn(service, key);
      if (open !== null) {
        open.alerts.push(event);
        open.history.push({ at, what: 'alert added', by: service, text });
        return;
      }
      const number = incidents.length + 1;
      const incident: PagerDutyIncident = {
        id: `Q${number.toString(36).toUpperCase().padStart(13, '0')}`,
        number,
        service,
        key,
        title: text,
        severity: event.payload.severity,
        status: 'triggered',
        pages: 1,
        alerts: [event],
        notes: [],
        history: [{ at, what: 'triggered', by: service, text }],
      };
      incidents.push(incident);
      happened(incident, 'triggered', service, at, '');
    },
    acknowledgeKey(service, key) {
      const open = openOn(service, key);
      if (open !== null) move(open, 'acknowledged', service);
    },
    resolveKey(service, key) {
      const open = openOn(service, key);
      if (open !== null) move(open, 'resolved', service);
    },
    acknowledge: (id, user) => byPerson(id, 'acknowledged', user),
    resolve: (id, user) => byPerson(id, 'resolved', user),
    note(id, user, text) {
      const incident = find(id);
      if (incident === null) return null;
      const note = { at: Date.now(), by: user, text };
      incident.notes.push(note);
      incident.history.push({ at: note.at, what: 'note', by: user, text });
      happened(incident, 'annotated', user, note.at, text);
      return note;
    },
  };
}
