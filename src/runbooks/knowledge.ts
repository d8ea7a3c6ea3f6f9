import type { Owed, Owner } from '../domain/duty.ts';
import type { StepName } from '../domain/finding.ts';
import type { ByHandId } from '../domain/incident.ts';
import type { Judging } from './define-runbook.ts';
import type { LinkName } from './links.ts';

/** A sentence of the runbook at the moment when it matters, for the card. */
export interface Advice<Data> {
  /** The bullet that says it: `1.B2`. */
  readonly id: string;
  /** When it is shown, in words, for the runbook's page. */
  readonly shown: string;
  /** The sentence, while it matters; null otherwise. */
  say(judging: Judging<Data>): string | null;
}

/** Duties by where they come from and how their words begin. */
export interface Ends {
  readonly after: readonly (StepName | ByHandId)[];
  readonly begins: string;
}

/** What only a person can do. It changes nothing by itself; a tick with a name says that it is done, or what was seen. */
export interface ByHand<Data> {
  readonly id: ByHandId;
  readonly owner: Owner;
  /** One sentence that tells them what to do. */
  readonly what: string;
  /** The key below `links` that leads there; null: there is none. */
  readonly link: LinkName | null;
  /** When it is shown, in words, for the runbook's page. */
  readonly shown: string;
  /** Why it matters now, in one sentence; null: it does not. */
  when(judging: Judging<Data>): string | null;
  /** What a tick may say; a cause may read it in `incident.ticks`. Absent: it is done. */
  readonly answers?: readonly string[];
  /** The answer that says that it is done. Absent where there are answers: each says what was seen, and ages. */
  readonly done?: string;
  /** What runs and other steps left to do that this step does: whoever ticks off one has ticked off the other. */
  readonly ends?: Ends;
  /** What is left to do once it is done. */
  readonly owes?: readonly Owed[];
  /** Ready to be copied to whom it concerns; no personal data. */
  text?(judging: Judging<Data>): string;
}

/** What makes one bullet of the source (`1.S1` … `10.N4`) work. */
export type Carrier =
  | { readonly by: 'check' | 'action'; readonly step: StepName; readonly part?: string }
  | { readonly by: 'cause' | 'by hand' | 'advice'; readonly id: string }
  /** How impact is counted, when help is called, how people's complaints are taken. */
  | { readonly by: 'impact' | 'escalation' | 'complaints' };

type Five = 1 | 2 | 3 | 4 | 5;
type Four = 1 | 2 | 3 | 4;
/** The 28 bullets of one runbook: symptoms, causes, how to confirm, fixes; rollback, notes. */
export type BulletId<N extends number = number> =
  | `${N}.${'S' | 'C' | 'H' | 'F'}${Five}`
  | `${N}.${'B' | 'N'}${Four}`;
export type Knowledge<N extends number = number> = Readonly<Record<BulletId<N>, readonly Carrier[]>>;
