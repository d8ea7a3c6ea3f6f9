import type { PersonId } from './ids.ts';

/** No change is started while this stands; it ends by itself. Times are story time, epoch ms. */
export interface Freeze {
  readonly until: number;
  readonly by: PersonId;
  readonly at: number;
  readonly reason: string;
  /** The first of the two people who want it lifted. */
  readonly liftAskedBy: PersonId | null;
}

/** So long whoever froze may lift it alone (design §7). */
export const OWN_LIFT_MS = 10 * 60_000;
/** A longer freeze is forgotten by those who work under it (our default). */
export const FREEZE_AT_MOST_MS = 7 * 24 * 60 * 60_000;
/** An extension by less than this is the same freeze once more. */
const SAME_MS = 60_000;

/** What a wish to freeze until `until` means for what stands. It never gets shorter and keeps who froze first. */
export function freezing(standing: Freeze | null, wish: Omit<Freeze, 'liftAskedBy'>): Freeze | null {
  if (standing === null) return { ...wish, liftAskedBy: null };
  return wish.until - standing.until < SAME_MS ? null : { ...standing, until: wish.until, liftAskedBy: null };
}

/** Whether this person's word lifts it, or a second one is needed. */
export function lifting(standing: Freeze, by: PersonId, now: number): 'lifted' | 'asked' | 'asked before' {
  if (standing.by === by && now - standing.at <= OWN_LIFT_MS) return 'lifted';
  if (standing.liftAskedBy === null) return 'asked';
  return standing.liftAskedBy === by ? 'asked before' : 'lifted';
}
