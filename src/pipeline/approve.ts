import { isDeepStrictEqual } from 'node:util';
import { mayApprove, whoMayApprove } from '../domain/approval.ts';
import type { OfferId, PersonId } from '../domain/ids.ts';
import type { Incident, IncidentEvent } from '../domain/incident.ts';
import type { Offer } from '../domain/offer.ts';
import { NO_COUNTS, type Run } from '../domain/run.ts';
import type { Transaction } from '../ports/journal.ts';
import { actionOf } from '../runbooks/catalogue.ts';
import { changeOf } from './change.ts';
import type { Answer, Parts } from './parts.ts';

const MINUTE = 60_000;

/** A yes by a named person to one offer. It is recorded; the run comes afterwards, once, on any replica. */
export async function approve(parts: Parts, offerId: OfferId, by: PersonId): Promise<Answer> {
  const membership = await memberFor(parts, offerId, by);
  return await onOffer(parts, 'approve', offerId, by, async (tx, incident, offer) => {
    if (offer.fields.length > 0)
      return { because: `“${offer.title}” asks something first; fill in its form.` };
    const because = await whyNot(parts, tx, incident, offer, by, membership);
    if (because !== null) return { because };
    const run = runOf(parts, offer, by, tx.now);
    return {
      event: { type: 'approved', offer: offer.id, by, run, at: tx.now },
      says: `“${offer.title}” is approved and starts now.`,
    };
  });
}

type Membership = Parameters<typeof mayApprove>[2];

/** Asked before the commit: Slack may take longer to answer than a transaction may last. An offer never changes. */
async function memberFor(parts: Parts, offerId: OfferId, by: PersonId): Promise<Membership> {
  const offer = await parts.journal.transact('read offer', async (tx) => await offerIn(tx, offerId));
  if (offer === null) return 'could not tell';
  return await parts.people.isOneOf(by, whoMayApprove(offer, parts.rules.approvals));
}

/** An offer that stands. */
export async function offerIn(tx: Transaction, offerId: OfferId): Promise<Offer | null> {
  const id = await tx.incidentOfOffer(offerId);
  const incident = id === null ? null : await tx.incident(id);
  return incident?.offers.find((offer) => offer.id === offerId) ?? null;
}

/** The answers to an offer's form make a new, immutable offer; a guarded one then waits for a second person. */
export async function request(
  parts: Parts,
  offerId: OfferId,
  by: PersonId,
  given: Readonly<Record<string, string>>,
): Promise<Answer> {
  return await onOffer(parts, 'request', offerId, by, async (tx, incident, offer) => {
    const action = actionOf(offer.action);
    const answers = declared(offer, given);
    const wrong = Object.values(action.validate(answers, { ...parts.rules, shown: offer.parameters }));
    if (wrong.length > 0) return { because: wrong.join(' ') };
    if (offer.waits !== null) return { because: `“${offer.title}” waits: ${offer.waits}.` };
    const parameters = { ...offer.parameters, ...answers };
    const says = `“${offer.title}” waits for a second person on the card of ${incident.id}.`;
    if (incident.offers.some((standing) => asksTheSame(standing, offer, parameters, by))) return { says };
    const filled: Offer = {
      ...offer,
      id: parts.ids.next(),
      parameters,
      preview: [...offer.preview, ...answered(offer, answers)],
      fields: [],
      equivalent: action.equivalent(parts.rules.names, offer.targets, parameters),
      requestedBy: by,
      at: tx.now,
      expiresAt: tx.now + parts.rules.approvals.expireAfterMinutes * MINUTE,
    };
    return {
      event: { type: 'requested', offer: filled, by, at: tx.now },
      says,
    };
  });
}

/** What was filled in, in the words of the form. */
function answered({ fields }: Offer, answers: Readonly<Record<string, string>>): readonly string[] {
  return fields.flatMap(({ name, label, kind, options }) => {
    const value = answers[name];
    if (value === undefined || value === '') return [];
    const shown = options?.find((option) => option.value === value)?.text ?? value;
    return [kind === 'tick' ? `${label}: “${shown}”` : `${label}: ${shown}`];
  });
}

/** A form that was sent twice is one request. */
function asksTheSame(standing: Offer, form: Offer, parameters: Offer['parameters'], by: PersonId): boolean {
  return (
    standing.requestedBy === by &&
    standing.action === form.action &&
    isDeepStrictEqual([...standing.targets], [...form.targets]) &&
    isDeepStrictEqual({ ...standing.parameters }, parameters)
  );
}

/** Only what the form asked, and of a choice only what it offered: nothing else may come in this way. */
function declared(offer: Offer, given: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(
    offer.fields.flatMap(({ name, options }) => {
      const answer = given[name];
      const known = options === undefined || options.some(({ value }) => value === answer);
      return answer === undefined || !known ? [] : [[name, answer] as const];
    }),
  );
}

/** A no to a request. Recorded with its name, like a yes. */
export async function refuse(parts: Parts, offerId: OfferId, by: PersonId): Promise<Answer> {
  return await onOffer(parts, 'refuse', offerId, by, async (tx, _incident, offer) => ({
    event: { type: 'withdrawn', offer: offer.id, because: `<@${by}> said no.`, at: tx.now },
    says: `“${offer.title}” was not started.`,
  }));
}

type Choice =
  /** Without an event it was done before. */
  { readonly event?: IncidentEvent; readonly says: string } | { readonly because: string };

async function onOffer(
  parts: Parts,
  name: string,
  offerId: OfferId,
  by: PersonId,
  choose: (tx: Transaction, incident: Incident, offer: Offer) => Promise<Choice>,
): Promise<Answer> {
  return await parts.journal.transact(name, async (tx) => {
    const id = await tx.incidentOfOffer(offerId);
    const incident = id === null ? null : await tx.incident(id);
    if (incident === null)
      return {
        ok: false,
        because: 'This button belongs to nothing that is known here. Nothing was started.',
      };
    const offer = incident.offers.find((other) => other.id === offerId);
    const choice =
      offer === undefined ? { because: gone(incident, offerId) } : await choose(tx, incident, offer);
    if ('says' in choice) {
      if (choice.event !== undefined) tx.save(changeOf(incident, [choice.event], parts.rules));
      return { ok: true, because: choice.says };
    }
    tx.save(
      changeOf(
        incident,
        [{ type: 'refused', offer: offerId, by, because: choice.because, at: tx.now }],
        parts.rules,
      ),
    );
    return { ok: false, because: choice.because };
  });
}

/** Why an offer that once stood there cannot be approved any more. */
function gone(incident: Incident, offerId: OfferId): string {
  const run = incident.runs.find(({ offer }) => offer === offerId);
  if (run !== undefined) {
    return `<@${run.by}> approved it already; it is ${run.outcome === null ? 'running' : run.outcome}. It does not run twice.`;
  }
  if (incident.state === 'resolved') return `${incident.id} is resolved. Nothing was started.`;
  return `The world has changed since this button was shown. The card of ${incident.id} has the newest one; nothing was started.`;
}

async function whyNot(
  parts: Parts,
  tx: Transaction,
  incident: Incident,
  offer: Offer,
  by: PersonId,
  membership: Membership,
): Promise<string | null> {
  const list = whoMayApprove(offer, parts.rules.approvals);
  const permission = mayApprove(offer, by, membership);
  if (!permission.ok) return `${permission.because} ${namesOf(list)}`;
  if (offer.waits !== null) return `“${offer.title}” waits: ${offer.waits}.`;
  if (offer.expiresAt !== null && offer.expiresAt <= tx.now)
    return `The request for “${offer.title}” has expired. Ask again.`;
  const busy = await tx.busyWith(offer.targets);
  if (busy !== null) {
    const where = busy.incident === incident.id ? '' : ` It belongs to ${busy.incident}.`;
    return `<@${busy.run.by}> is at it: “${busy.run.title}” is under way on the same target.${where}`;
  }
  const frozen = await tx.frozen();
  return frozen === null
    ? null
    : `Changes are frozen by <@${frozen.by}>: ${frozen.reason}. Nothing was started.`;
}

function namesOf(list: readonly string[]): string {
  if (list.length === 0) return 'Nobody is on the list; `approvals` in oms.yaml names them.';
  const names = list.map((id) => (id.startsWith('S') ? `<!subteam^${id}>` : `<@${id}>`));
  return `These may: ${names.join(', ')}.`;
}

/** The run that an approval makes; it has not begun. */
export function runOf(parts: Parts, offer: Offer, by: PersonId, now: number): Run {
  return {
    id: parts.ids.next(),
    offer: offer.id,
    action: offer.action,
    title: offer.title,
    targets: offer.targets,
    parameters: offer.parameters,
    by,
    requestedBy: offer.requestedBy,
    approvedAt: now,
    state: 'approved',
    beganAt: null,
    endedAt: null,
    counts: { ...NO_COUNTS, planned: offer.targets.length },
    outcome: null,
    line: '',
    proof: null,
    mitigates: actionOf(offer.action).mitigates,
  };
}
