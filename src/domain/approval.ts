import type { PersonId } from './ids.ts';
import { effectiveTier, type Offer } from './offer.ts';

/** Lists of user ids and user groups; an empty list means nobody. `byAction` wins for the step that it names. */
export interface Approvers {
  readonly responders: readonly string[];
  readonly approvers: readonly string[];
  readonly managers: readonly string[];
  readonly byAction: Readonly<Record<string, readonly string[]>>;
}

/**
 * Who may approve this offer: those named for its action, else the list that the offer names, else by its tier: safe and
 * disruptive the responders, guarded the approvers (design §7).
 */
export function whoMayApprove(
  offer: Pick<Offer, 'action' | 'tier' | 'targets' | 'approvers'>,
  lists: Approvers,
): readonly string[] {
  const named = lists.byAction[offer.action];
  if (named !== undefined) return named;
  if (offer.approvers !== undefined) return lists[offer.approvers];
  return effectiveTier(offer) === 'guarded' ? lists.approvers : [...lists.responders, ...lists.approvers];
}

export type Permission = { readonly ok: true } | { readonly ok: false; readonly because: string };

/** Whether this person's yes counts for this offer. Pure: the membership was asked before. */
export function mayApprove(
  offer: Pick<Offer, 'tier' | 'requestedBy' | 'title'>,
  person: PersonId,
  membership: 'yes' | 'no' | 'could not tell',
): Permission {
  if (offer.tier === 'guarded' && offer.requestedBy === person) {
    return {
      ok: false,
      because: `You asked for “${offer.title}” yourself; a second person has to approve it.`,
    };
  }
  if (membership === 'yes') return { ok: true };
  if (membership === 'no') return { ok: false, because: `You may not approve “${offer.title}”.` };
  return {
    ok: false,
    because: `Slack did not say whether you may approve “${offer.title}”, so nothing was started.`,
  };
}
