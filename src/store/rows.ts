import { createHash, randomBytes } from 'node:crypto';
import { NO_IDS } from '../domain/alert.ts';
import type { Incident, IncidentEvent } from '../domain/incident.ts';

/** Rows of a higher format are another version's; this process leaves them alone. */
export const FORMAT = 1;

/** An incident as its two columns hold it; `body` holds all but the diagnosis. */
export interface IncidentRow {
  readonly body: Incident;
  readonly diagnosis: Incident['diagnosis'];
}

/** What our own code wrote with this format; a row of an older version lacks what came later. Another format never gets here. */
export function decode({ body, diagnosis }: IncidentRow): Incident {
  return {
    ...body,
    diagnosis: completed(diagnosis ?? body.diagnosis),
    ids: { ...NO_IDS, ...body.ids },
    answers: body.answers ?? [],
    ticks: body.ticks ?? [],
  };
}

function completed(diagnosis: Incident['diagnosis']): Incident['diagnosis'] {
  if (diagnosis === null) return null;
  return { ...diagnosis, advice: diagnosis.advice ?? [], byHand: diagnosis.byHand ?? [] };
}

/** One row of the chain, with what is kept beside it. */
export interface Fact {
  readonly at: string;
  readonly incident: string | null;
  readonly text: string;
  readonly asides: readonly { readonly hash: string; readonly salt: string; readonly text: string }[];
}

/**
 * What the chain says of an event: its type, time, incident and the names of who and what. All the rest, free text
 * among it, stands beside the chain under a salted hash, so that it can be erased and the chain stays whole.
 */
export function factOf(incident: string | null, event: IncidentEvent | Note): Fact {
  const whole = storable(event);
  const salt = randomBytes(16).toString('hex');
  const hash = asideHash(salt, whole);
  const named = {
    type: event.type,
    at: event.at,
    ...(incident === null ? {} : { incident }),
    ...pick(event, 'by'),
    ...pick(event, 'offer'),
    ...pick(event, 'run'),
    body: hash,
  };
  return {
    at: new Date(event.at).toISOString(),
    incident,
    text: storable(named),
    asides: [{ hash, salt, text: whole }],
  };
}

/** A fact that belongs to no incident. */
export interface Note {
  readonly type: string;
  readonly at: number;
}

export function asideHash(salt: string, text: string): string {
  return createHash('sha256').update(salt).update(text).digest('hex');
}

/** Names stay, whole objects go beside: an event carries an id as a string or the thing itself with its id. */
function pick(event: object, key: 'by' | 'offer' | 'run'): Record<string, string> {
  const value = (event as Record<string, unknown>)[key];
  if (typeof value === 'string') return { [key]: value };
  if (typeof value === 'object' && value !== null && 'id' in value) return { [key]: String(value.id) };
  return {};
}

/**
 * JSON as `jsonb` takes it. NUL and half a surrogate pair are legal in JSON and refused by PostgreSQL: one such letter
 * in a log line, a form or an alert would keep the whole row from ever being written.
 */
export function storable(value: unknown): string {
  return JSON.stringify(value).replace(/\\(u(?:0000|d[89a-f][0-9a-f]{2})|.)/g, (escaped, what: string) =>
    what.length > 1 ? '' : escaped,
  );
}
