import type { KnownIds } from '../domain/alert.ts';
import type { IncidentId, PersonId } from '../domain/ids.ts';
import { complaintsOf, type Incident } from '../domain/incident.ts';
import { masked } from '../domain/secrets.ts';
import type { RunbookId } from '../domain/severity.ts';
import type { Answer, Parts } from './parts.ts';
import { personsAlert, takeAlert } from './receive.ts';

/** So much of a complaint is kept, characters; a form of Slack's takes no more either. */
export const LONGEST_COMPLAINT = 3_000;

/** What somebody heard from a customer, or sees themselves. */
export interface Complaint {
  readonly runbook: RunbookId;
  readonly text: string;
  readonly ids: KnownIds;
  /** The same for the same delivery, however often it comes: it is counted once. */
  readonly key: string;
}

/**
 * A complaint opens an incident or joins the open one as a person's word, and asks for a look. Its text goes beside the
 * chain and into the thread, nowhere else; the incident only counts it.
 */
export async function complain(parts: Parts, complaint: Complaint, by: PersonId): Promise<Answer> {
  const text = masked(complaint.text.trim());
  const scope = scopeOf(await parts.journal.openIncidents(), complaint.runbook);
  return await parts.journal.transact('complaint', async (tx) => {
    if (text === '') {
      const because = 'It needs what you heard, in a few words.';
      return { ok: false, because, fields: { text: because } };
    }
    const newest = await tx.newest(complaint.runbook, scope);
    const key = `complaint ${complaint.key}`;
    if (newest?.sources.some((source) => source.key === key))
      return { ok: true, because: `It is counted already, in ${newest.id}.` };
    const alert = {
      ...personsAlert(complaint.runbook, by, 'A person reports it.', key, complaint.ids),
      scope,
      complaint: text.slice(0, LONGEST_COMPLAINT),
    };
    const incident = await takeAlert(parts, tx, alert, newest);
    if (incident === null || incident.state === 'resolved')
      return { ok: false, because: 'The incident ended this very moment. Please send it once more.' };
    const cut = text.length > LONGEST_COMPLAINT ? ` Its first ${LONGEST_COMPLAINT} characters are kept.` : '';
    return { ok: true, because: `${said(incident, newest)}${cut}` };
  });
}

function said(incident: Incident, before: Incident | null): string {
  const { count } = complaintsOf(incident);
  const opened = before?.id !== incident.id;
  const which = count === 1 ? 'its first complaint' : `complaint ${count}`;
  return opened
    ? `${incident.id} is opened with it; the systems are being asked, and its card comes into the channel.`
    : `${incident.id} has it as ${which}; the text stands in its thread.`;
}

/** Whoever complains names no scope: they mean the one that is open, where there is one. */
function scopeOf(
  open: readonly { readonly id: IncidentId; readonly runbook: RunbookId; readonly scope: string }[],
  runbook: RunbookId,
): string {
  const scopes = open.flatMap((one) => (one.runbook === runbook ? [one.scope] : []));
  return scopes.length === 1 ? (scopes[0] ?? '') : '';
}
