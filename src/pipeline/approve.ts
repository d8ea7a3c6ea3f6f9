import { mayApprove, whoMayApprove } from '../domain/approval.ts';
import type { StepName } from '../domain/finding.ts';
import type { OfferId, PersonId } from '../domain/ids.ts';
import type { Incident, IncidentEvent } from '../domain/incident.ts';
import { type Offer, waitsNow } from '../domain/offer.ts';
import { NO_COUNTS, type Run } from '../domain/run.ts';
import type { Transaction } from '../ports/journal.ts';
import { actionOf } from '../runbooks/catalogue.ts';
import { changeOf } from './change.ts';
import type { Answer, Parts } from './parts.ts';

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
      events: [{ type: 'approved', offer: offer.id, by, run, at: tx.now }],
      says: `“${offer.title}” is approved and starts now.`,
    };
  });
}

export type Membership = Parameters<typeof mayApprove>[2];

/** Asked before the commit: Slack may take longer to answer than a transaction may last. An offer never changes. */
export async function memberFor(parts: Parts, offerId: OfferId, by: PersonId): Promise<Membership> {
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

/** Which request, and whose: others may stand beside it, and whoever asked waits for the answer. */
export function asked({ title, targets, requestedBy }: Offer): string {
  const on = targets.length === 1 ? ` (${targets[0]})` : '';
  return requestedBy === null ? `“${title}”${on}.` : `“${title}”${on}, which <@${requestedBy}> asked for.`;
}

/** A no to a request. Recorded with its name, like a yes. */
export async function refuse(parts: Parts, offerId: OfferId, by: PersonId): Promise<Answer> {
  return await onOffer(parts, 'refuse', offerId, by, async (tx, _incident, offer) => ({
    events: [
      { type: 'withdrawn', offer: offer.id, because: `${asked(offer)} <@${by}> said no.`, at: tx.now },
    ],
    says: `“${offer.title}” was not started.`,
  }));
}

export type Choice =
  /** Without events it was done before. */
  | { readonly events: readonly IncidentEvent[]; readonly says: string }
  | { readonly because: string; readonly fields?: Answer['fields'] };

/** Decides about one offer in one commit; a no is recorded as well. */
export async function onOffer(
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
      if (choice.events.length > 0) tx.save(changeOf(incident, choice.events, parts.rules));
      return { ok: true, because: choice.says };
    }
    tx.save(
      changeOf(
        incident,
        [{ type: 'refused', offer: offerId, by, because: choice.because, at: tx.now }],
        parts.rules,
      ),
    );
    return { ok: false, because: choice.because, ...(choice.fields && { fields: choice.fields }) };
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

/** Why this person's yes to this offer does not count now; null: it does. */
export async function whyNot(
  parts: Parts,
  tx: Transaction,
  incident: Incident,
  offer: Offer,
  by: PersonId,
  membership: Membership,
): Promise<string | null> {
  const list = whoMayApprove(offer, parts.rules.approvals);
  const permission = mayApprove(offer, by, membership);
  if (!permission.ok) return `${permission.because} ${namesOf(list, offer.requestedBy)}`;
  const waits = waitsNow(offer, incident.offers);
  if (waits !== null) return `“${offer.title}” waits: ${waits}.`;
  if (offer.expiresAt !== null && offer.expiresAt <= tx.now)
    return `The request for “${offer.title}” has expired. Ask again.`;
  const elsewhere = (found: { readonly incident: Incident['id'] }) =>
    found.incident === incident.id ? '' : ` It belongs to ${found.incident}.`;
  const busy = await tx.busyWith(offer.targets);
  if (busy !== null)
    return `<@${busy.run.by}> is at it: “${busy.run.title}” is under way on the same target.${elsewhere(busy)}`;
  const unproven = actionOf(offer.action).afterProof ? await tx.unprovenOn(offer.targets) : null;
  if (unproven !== null)
    return `“${unproven.run.title}” was done to the same target, and nobody knows yet what came of it. Nothing was started.${elsewhere(unproven)}`;
  const frozen = await tx.frozen();
  return frozen === null
    ? null
    : `Changes are frozen by <@${frozen.by}>: ${frozen.reason}. Nothing was started.`;
}

/** Whose yes counts for this step on these targets. */
export function whoMayRun({ rules }: Parts, step: StepName, targets: readonly string[]): readonly string[] {
  const { tier, approvers } = actionOf(step);
  const named = approvers === undefined ? {} : { approvers };
  return whoMayApprove({ action: step, tier, targets, ...named }, rules.approvals);
}

/** Who may, in a sentence. */
export function namesOf(list: readonly string[], asker: PersonId | null = null): string {
  if (list.length === 0) return 'Nobody is on the list; `approvals` in oms.yaml names them.';
  // Whoever asked is no second person.
  const others = list.filter((id) => id !== asker);
  if (others.length === 0) return 'Nobody else is on the list; `approvals` in oms.yaml names them.';
  const names = others.map((id) => (id.startsWith('S') ? `<!subteam^${id}>` : `<@${id}>`));
  return `These may: ${names.join(', ')}.`;
}

/** The run that an approval makes; it has not begun. */
export function runOf(parts: Parts, offer: Offer, by: PersonId, now: number): Run {
  return {
    id: parts.ids.next(),
    offer: offer.id,
    form: offer.form,
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
    question: offer.question,
    mitigates: !offer.question && actionOf(offer.action).mitigates,
  };
}
