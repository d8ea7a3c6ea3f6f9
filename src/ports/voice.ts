import type { Freeze } from '../domain/freeze.ts';
import type { IncidentId } from '../domain/ids.ts';
import type { Incident } from '../domain/incident.ts';
import type { Outgoing } from './journal.ts';

/** An incident whose card does not show its newest state. */
export interface StaleCard {
  readonly incident: Incident;
  /** The freeze that stands, and the number of its newest change. */
  readonly freeze: Freeze | null;
  readonly freezeVersion: number;
  /** The message that is the card; null before the first post. */
  readonly ts: string | null;
  /** The newest message of the channel before a post was tried whose outcome nobody knows; null: none was tried. */
  readonly afterMark: string | null;
}

/** The head of one stream of the outbox. */
export interface Waiting {
  readonly id: number;
  readonly stream: string;
  readonly key: string;
  readonly kind: Outgoing['kind'];
  readonly payload: unknown;
  /** How often it was put off. */
  readonly attempts: number;
  /** As for a card: set before the first try. */
  readonly afterMark: string | null;
}

/** What the background voice remembers about what it said. */
export interface VoiceStore {
  /** Takes or renews a named lease for `ms` of real time; false while somebody else holds it. */
  lease(name: string, ms: number): Promise<boolean>;
  /** Most severe first, then oldest. */
  staleCards(channel: string, limit: number): Promise<readonly StaleCard[]>;
  /** Written before the post: after a crash the search for our own message begins behind `afterMark`. */
  cardTried(incident: IncidentId, channel: string, afterMark: string): Promise<void>;
  /** `shown` null: it was sent and nobody knows whether it arrived. `ts` null: somebody deleted it. */
  cardShown(
    incident: IncidentId,
    channel: string,
    ts: string | null,
    shown: { readonly version: number; readonly freezeVersion: number } | null,
  ): Promise<void>;
  cardOf(incident: IncidentId, channel: string): Promise<string | null>;
  heads(kind: Outgoing['kind'], limit: number): Promise<readonly Waiting[]>;
  /** Whether more waits behind it in its stream. */
  followed(waiting: Waiting): Promise<boolean>;
  tried(id: number, afterMark: string): Promise<void>;
  sent(id: number, reference: string): Promise<void>;
  /** Not now: again after `afterMs` of real time; counted in `attempts`. */
  later(id: number, afterMs: number, because: string): Promise<void>;
}
