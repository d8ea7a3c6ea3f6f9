import type { StepName } from './finding.ts';
import type { OfferId, PersonId } from './ids.ts';

/** `safe`: one responder. `disruptive`: one responder after before → after. `guarded`: a second person, with a reason. */
export type Tier = 'safe' | 'disruptive' | 'guarded';

/** What must still be true at the run. */
export type Binding =
  | {
      readonly kind: 'exact';
      /** What was shown, as the system named it (a generation, a status). */
      readonly expected: string;
      /** The same in words for a person. */
      readonly words: string;
    }
  | {
      readonly kind: 'subset';
      /** Of the targets shown, those that still qualify are run. */
      readonly words: string;
    }
  | { readonly kind: 'none'; readonly words: string };

/** One question of a modal. */
export interface Field {
  readonly name: string;
  readonly label: string;
  /** A number is written in digits, a date as `2024-01-31`. */
  readonly kind: 'text' | 'long-text' | 'select' | 'tick' | 'number' | 'date';
  /** Stands below the field, in smaller letters. */
  readonly hint?: string;
  readonly options?: readonly { readonly value: string; readonly text: string }[];
  readonly minLength?: number;
  readonly maxLength?: number;
  /** Of a number. */
  readonly least?: number;
  readonly most?: number;
  /** May be left empty, a tick unticked; otherwise the form insists. */
  readonly optional?: boolean;
  /** What stands in it at first: the text, or the value of one of the options. */
  readonly initial?: string;
}

/**
 * Something we could change, proposed in one incident. Immutable; a newer one supersedes it.
 * An offer with `fields` cannot be approved itself: filling them makes a new offer that carries the answers. A guarded one then
 * waits for a second person; any other is approved by the same yes.
 */
export interface Offer {
  readonly id: OfferId;
  readonly action: StepName;
  /** *Retry workflow*, as on the button. */
  readonly title: string;
  readonly tier: Tier;
  /** The list whose yes counts, where the tier does not say it (runbook: manual approvals of returns are a manager's). */
  readonly approvers?: 'managers';
  /** What is changed, one name each: an order id, `deployment/order-service`, `payments`. */
  readonly targets: readonly string[];
  readonly parameters: Readonly<Record<string, string>>;
  /** What would happen, one sentence a line; before → after where there is one. */
  readonly preview: readonly string[];
  /** What the runbook says of the action, one sentence a line, for whoever says yes; absent: nothing. */
  readonly notes?: readonly string[];
  readonly binding: Binding;
  /** Why this is recommended; null when it is only possible. */
  readonly recommended: string | null;
  /** Why the button waits (the runbook's *not while*); null when it may be pressed. */
  readonly waits: string | null;
  /** The right that the bot lacks for it, in words: it waits for nothing else, and only people can do it. */
  readonly lacks?: string;
  /** What a modal must ask first. */
  readonly fields: readonly Field[];
  /** The command to type by hand instead. */
  readonly equivalent: string;
  /** Asks only (R26, R32), although it is a POST: never by itself, one person's click each time. */
  readonly question: boolean;
  /** The offer whose form was filled in; null: none was. */
  readonly form: OfferId | null;
  /** Who filled in the fields; of a guarded action never its approver. */
  readonly requestedBy: PersonId | null;
  /** Story time, epoch ms. */
  readonly at: number;
  /** Story time after which it can no longer be approved; null: as long as it is not superseded. */
  readonly expiresAt: number | null;
}

/** Over this many targets a safe batch counts as disruptive (design §7). So many refunds are asked about in one look, too. */
export const LARGE_BATCH = 50;

/** The tier that counts: a large safe batch needs the care of a disruptive one. */
export function effectiveTier(offer: Pick<Offer, 'tier' | 'targets'>): Tier {
  return offer.tier === 'safe' && offer.targets.length > LARGE_BATCH ? 'disruptive' : offer.tier;
}

/**
 * Why it has to wait now; null: it need not. What somebody asked for stays as it was asked: what has come up since then stands
 * in the newest offer of the same.
 */
export function waitsNow(offer: Offer, all: readonly Offer[]): string | null {
  if (offer.requestedBy === null) return offer.waits;
  const newest = all.filter(
    ({ requestedBy, action, targets }) =>
      requestedBy === null && action === offer.action && targets.join() === offer.targets.join(),
  );
  return newest.every(({ waits }) => waits !== null) ? (newest[0]?.waits ?? null) : null;
}
