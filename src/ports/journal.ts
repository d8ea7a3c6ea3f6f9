import type { Duty } from '../domain/duty.ts';
import type { Freeze } from '../domain/freeze.ts';
import type { IncidentId, OfferId, RunId } from '../domain/ids.ts';
import type { Incident, IncidentEvent } from '../domain/incident.ts';
import type { ItemState, Run, RunItem } from '../domain/run.ts';
import type { RunbookId } from '../domain/severity.ts';

/** Something that must be said outside, kept until it was. Streams are in order: a resolve never overtakes its trigger. */
export interface Outgoing {
  readonly stream: string;
  /** One message per key, whatever crashes. */
  readonly key: string;
  readonly kind: 'slack post' | 'page';
  readonly payload: unknown;
}

/** One delivery that was stored before it was acknowledged. */
export interface Delivery {
  readonly id: number;
  readonly source: 'slack' | 'alertmanager' | 'pagerduty';
  readonly deliveryId: string;
  readonly payload: unknown;
  readonly attempts: number;
}

/** A decision, ready to be committed: the incident after its events, and what they make us say. */
export interface Change {
  /** Null for a new incident. */
  readonly before: Incident | null;
  readonly after: Incident;
  readonly events: readonly IncidentEvent[];
  /** When a decision is due by the clock alone; null: never. Story time, epoch ms. */
  readonly dueAt: number | null;
  /** When the systems are to be looked at next, for a diagnosis or a proof; null: never. Story time, epoch ms. */
  readonly lookAt: number | null;
  readonly outgoing: readonly Outgoing[];
}

/** A run that this process may work on until its lease ends. */
export interface ClaimedRun {
  readonly incident: IncidentId;
  readonly run: RunId;
  /** It had begun under somebody whose lease lapsed: never sent again, only read back. */
  readonly takenOver: boolean;
}

/** A time in which Slack could not be reached, and the incidents that were paged instead. */
export interface SlackOutage {
  readonly id: number;
  readonly paged: readonly IncidentId[];
}

/** Everything inside is one commit. `now` is story time, the same for all replicas. */
export interface Transaction {
  readonly now: number;
  nextIncidentId(): Promise<IncidentId>;
  /** Locks it. */
  incident(id: IncidentId): Promise<Incident | null>;
  /** The newest of its runbook and scope, open or not. Locks the pair, so that two alerts open one incident. */
  newest(runbook: RunbookId, scope: string): Promise<Incident | null>;
  incidentOfDuty(duty: string): Promise<IncidentId | null>;
  incidentOfOffer(offer: OfferId): Promise<IncidentId | null>;
  /** Due by the clock and not being decided elsewhere. Locks them until the commit. */
  claimDue(limit: number): Promise<readonly Incident[]>;
  save(change: Change): void;
  /** Facts that belong to no incident: an alert of another environment, a refusal. */
  note(fact: { readonly type: string } & Readonly<Record<string, unknown>>): void;
  /** The delivery is dealt with when this commits. False when it was done already, by whoever had it meanwhile. */
  done(delivery: Delivery): Promise<boolean>;
  /** What is said outside although it belongs to no incident. */
  say(outgoing: Outgoing): void;
  /** The freeze that stands. Locks its row, so that none begins before this commits; *to change it*: for ourselves alone. */
  frozen(purpose?: 'to change it'): Promise<Freeze | null>;
  /** Null: none stands. Resolves with the number of this change. */
  setFreeze(freeze: Freeze | null): Promise<number>;
  /** A freeze whose time is over and that nobody has ended yet. */
  freezeOver(): Promise<Freeze | null>;
  /** The outage of Slack that is open. Locks it. */
  slackOutage(): Promise<SlackOutage | null>;
  beginSlackOutage(): Promise<SlackOutage>;
  slackOutagePaged(id: number, incidents: readonly IncidentId[]): Promise<void>;
  endSlackOutage(id: number): Promise<void>;
  /** Whether nobody had this slot of the schedule before; ours with this commit. */
  claimSlot(name: string): Promise<boolean>;
  /** The newest row of the chain; hash in hex. */
  head(): Promise<{ readonly seq: number; readonly hash: string }>;
  /** Takes away deliveries done and messages sent long ago; says how many. */
  sweep(): Promise<{ readonly inbox: number; readonly outbox: number }>;
  /** A run of any incident that has not ended and has one of these targets. */
  busyWith(targets: readonly string[]): Promise<{ readonly incident: IncidentId; readonly run: Run } | null>;
  /** A run of any incident that has ended and is not proven yet, with one of these targets. */
  unprovenOn(
    targets: readonly string[],
  ): Promise<{ readonly incident: IncidentId; readonly run: Run } | null>;
  planItems(run: RunId, targets: readonly string[]): Promise<void>;
  /** Marks a planned item as begun; false when it is not planned any more, or another run is at the same target. */
  beginItem(run: RunId, target: string): Promise<boolean>;
  /** How an item ended. */
  setItem(
    run: RunId,
    target: string,
    state: Exclude<ItemState, 'planned' | 'begun'>,
    line: string,
  ): Promise<void>;
  items(run: RunId): Promise<readonly RunItem[]>;
}

/** What falls due by itself, in time. */
export type Waits = 'deadlines' | 'looks' | 'inbox' | 'runs' | 'leases';

/** The record of all of this; the only durable state there is. */
export interface Journal {
  /** Runs `work` in one commit named `name`; all or nothing. Throws JournalUnavailable when the database is gone. */
  transact<T>(name: string, work: (tx: Transaction) => Promise<T>): Promise<T>;
  /** Stores before the acknowledgement; false when the same delivery was stored before. Throws past `withinMs`. */
  accept(
    source: Delivery['source'],
    deliveryId: string,
    payload: unknown,
    withinMs: number,
  ): Promise<boolean>;
  /**
   * The oldest undone delivery that nobody works on, with a lease of `leaseMs`. Those of one webhook come in order, so
   * that a *resolved* never overtakes its *firing*; one that has failed once holds nobody up any more.
   */
  claimDelivery(leaseMs: number): Promise<Delivery | null>;
  /** Not now: try again after `afterMs` of real time. */
  postpone(delivery: Delivery, afterMs: number, because: string): Promise<void>;
  claimLook(leaseMs: number): Promise<Incident | null>;
  releaseLook(id: IncidentId): Promise<void>;
  claimRun(leaseMs: number): Promise<ClaimedRun | null>;
  renewRun(run: Run['id'], leaseMs: number): Promise<boolean>;
  /** Story time now. */
  now(): Promise<number>;
  /** Ms until the earliest thing of this kind that is due by itself, at most `most`; 0 when something is due. */
  untilDue(kind: Waits, most: number): Promise<number>;
  /** What is left to do right now, by kind; all zero when there is nothing. */
  backlog(channel: string): Promise<Readonly<Record<string, number>>>;
  /** Resolved at or after this story time, oldest first. */
  resolvedSince(at: number): Promise<readonly Incident[]>;
  openIncidents(): Promise<readonly Incident[]>;
  /** Runbooks that have an incident open. */
  openRunbooks(): Promise<readonly RunbookId[]>;
  /** Duties that nobody has ticked off, oldest first. */
  owed(): Promise<readonly { readonly incident: IncidentId; readonly duty: Duty }[]>;
  /** Alerts since this story time that no incident took, by why not. */
  notTaken(since: number): Promise<readonly { readonly reason: string; readonly count: number }[]>;
  freeze(): Promise<Freeze | null>;
  incidentById(id: IncidentId): Promise<Incident | null>;
}

/** Our own database does not answer. Nothing may be decided. */
export class JournalUnavailable extends Error {
  override readonly name = 'JournalUnavailable';
}
