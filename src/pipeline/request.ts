import { isDeepStrictEqual } from 'node:util';
import type { OfferId, PersonId } from '../domain/ids.ts';
import type { Incident } from '../domain/incident.ts';
import type { Offer } from '../domain/offer.ts';
import type { Transaction } from '../ports/journal.ts';
import { actionOf } from '../runbooks/catalogue.ts';
import { type Choice, type Membership, memberFor, onOffer, runOf, whyNot } from './approve.ts';
import type { Answer, Parts } from './parts.ts';

const MINUTE = 60_000;

/**
 * The answers to an offer's form make a new, immutable offer. A guarded one waits for a second person; to any other the
 * same yes is the approval.
 */
export async function request(
  parts: Parts,
  offerId: OfferId,
  by: PersonId,
  given: Readonly<Record<string, string>>,
): Promise<Answer> {
  const membership = await memberFor(parts, offerId, by);
  return await onOffer(parts, 'request', offerId, by, async (tx, incident, offer) => {
    const action = actionOf(offer.action);
    const answers = declared(offer, given);
    const wrong = action.validate(answers, { ...parts.rules, shown: offer.parameters });
    if (Object.keys(wrong).length > 0) return { because: Object.values(wrong).join(' '), fields: wrong };
    if (offer.waits !== null) return { because: `“${offer.title}” waits: ${offer.waits}.` };
    const filled = filledIn(parts, offer, answers, by, tx.now);
    if (offer.tier !== 'guarded') return await runNow(parts, tx, incident, filled, by, membership);
    const says = `“${offer.title}” waits for a second person on the card of ${incident.id}.`;
    if (incident.offers.some((standing) => asksTheSame(standing, filled))) return { says, events: [] };
    return { events: [{ type: 'requested', offer: filled, by, at: tx.now }], says };
  });
}

async function runNow(
  parts: Parts,
  tx: Transaction,
  incident: Incident,
  offer: Offer,
  by: PersonId,
  membership: Membership,
): Promise<Choice> {
  // A form may be sent twice: by a person who saw no answer, or by whoever pressed twice.
  // What surely did not happen may be asked for again.
  const before = incident.runs.find(
    (run) =>
      run.form === offer.form &&
      run.by === by &&
      run.outcome !== 'failed' &&
      answersOf(run.parameters, offer.parameters),
  );
  if (before !== undefined)
    return {
      events: [],
      says: `You approved this already; it is ${before.outcome ?? 'running'}. It does not run twice.`,
    };
  const because = await whyNot(parts, tx, incident, { ...offer, requestedBy: null }, by, membership);
  if (because !== null) return { because };
  const run = runOf(parts, offer, by, tx.now);
  return {
    events: [
      { type: 'requested', offer, by, at: tx.now },
      { type: 'approved', offer: offer.id, by, run, at: tx.now },
    ],
    says: `“${offer.title}” is approved and starts now.`,
  };
}

/** A run has noted more since: what was so at its beginning. */
function answersOf(noted: Offer['parameters'], asked: Offer['parameters']): boolean {
  return Object.entries(asked).every(([name, value]) => noted[name] === value);
}

function filledIn(
  parts: Parts,
  offer: Offer,
  answers: Readonly<Record<string, string>>,
  by: PersonId,
  now: number,
): Offer {
  const parameters = { ...offer.parameters, ...answers };
  return {
    ...offer,
    id: parts.ids.next(),
    form: offer.id,
    parameters,
    preview: [...offer.preview, ...answered(offer, answers)],
    fields: [],
    equivalent: actionOf(offer.action).equivalent(parts.rules.names, offer.targets, parameters),
    requestedBy: by,
    at: now,
    expiresAt: now + parts.rules.approvals.expireAfterMinutes * MINUTE,
  };
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
function asksTheSame(standing: Offer, filled: Offer): boolean {
  return (
    standing.requestedBy === filled.requestedBy &&
    standing.action === filled.action &&
    isDeepStrictEqual([...standing.targets], [...filled.targets]) &&
    isDeepStrictEqual({ ...standing.parameters }, { ...filled.parameters })
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
