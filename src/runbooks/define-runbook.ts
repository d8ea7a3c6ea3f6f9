import type { KnownIds } from '../domain/alert.ts';
import type { Duty, FoundDone, Owed } from '../domain/duty.ts';
import type { CauseVerdict, Finding, Seen, StepName } from '../domain/finding.ts';
import type { Impact } from '../domain/impact.ts';
import type { Incident } from '../domain/incident.ts';
import type { Binding, Field, Offer, Tier } from '../domain/offer.ts';
import type { ProofPlan, ProofSample, Run, RunItem } from '../domain/run.ts';
import type { RunbookId, Severity, TeamId } from '../domain/severity.ts';
import type { Levers, Licence } from '../ports/levers.ts';
import type { ImpactCounts, Probes } from '../ports/probes.ts';
import type { Sample } from '../ports/samples.ts';
import type { Advice, ByHand, Knowledge } from './knowledge.ts';
import type { Names } from './names.ts';
import { type About, type Change, type Changes, whatChanged } from './shared/what-changed.ts';
import type { Thresholds } from './thresholds.ts';

export type { Advice, BulletId, ByHand, Carrier, Ends, Knowledge } from './knowledge.ts';

/** What a check may use: questions, never levers. */
export interface Asking {
  readonly probes: Probes;
  readonly ids: KnownIds;
  readonly thresholds: Thresholds;
  readonly names: Names;
  /** Story time, epoch ms. */
  readonly now: number;
  /** The findings of the round before, by the check's name. */
  readonly previous: AnyFindings | null;
  readonly incident: Pick<Incident, 'openedAt' | 'clockStartedAt' | 'brokenSince' | 'runs'>;
  readonly signal: AbortSignal;
  /** What the bot saw of a figure before, oldest first; at most eight days. Empty where nothing is kept. */
  history(name: string, from: number): Promise<readonly Sample[]>;
  /** The same of several figures within a span; a name of which nothing is kept is left out. */
  histories(
    names: readonly string[],
    from: number,
    to: number,
  ): Promise<Readonly<Record<string, readonly Sample[]>>>;
}

/** One question to one system. */
export interface Check<T> {
  readonly step: StepName;
  readonly title: string;
  /** The system in words: *The order service*. */
  readonly system: string;
  /** The runbook's own command; null for an X-check, which it implies without one. */
  readonly source: string | null;
  /** What to type by hand. */
  equivalent(names: Names): string;
  /** Why `equivalent` is not `source`, in one line. */
  readonly instead?: string;
  /** The ids that it needs, in words: *order*. */
  readonly parameters?: readonly string[];
  /** ms of real time. */
  readonly deadlineMs: number;
  look(ask: Asking): Promise<Seen<T>>;
}

export type Findings<Data> = { readonly [Name in keyof Data]: Finding<Data[Name]> };
export type AnyFindings = Readonly<Record<string, Finding>>;

/** What causes and actions may read. Pure. */
export interface Judging<Data> {
  readonly findings: Findings<Data>;
  /** X1 of this runbook. */
  readonly changes: Finding<Changes>;
  readonly now: number;
  readonly thresholds: Thresholds;
  readonly names: Names;
  readonly incident: Incident;
  /** Runbooks that have an incident open, this one among them: what would feed another one waits. */
  readonly open: readonly RunbookId[];
  /** What nobody has ticked off yet, of any incident; it outlives the one that left it. */
  readonly owed: readonly Duty[];
}

export interface Cause<Data> {
  readonly id: string;
  readonly title: string;
  readonly outside: boolean;
  /** Changes of these kinds bring it about: with such a suspect (X1) it stands before others that are supported too. */
  readonly broughtBy?: readonly Change['kind'][];
  /** The runbook calls it a usual one (8.N2): of several that are supported it stands before the others of its kind. */
  readonly usual?: boolean;
  /** The rule in words, one sentence each, for the runbook's page; what `judge` decides. */
  readonly rule: (thresholds: Thresholds) => { readonly supported: string; readonly ruledOut: string };
  judge(judging: Judging<Data>): { readonly verdict: CauseVerdict; readonly because: string };
}

/** One thing that could be done now. */
export interface Draft {
  readonly targets: readonly string[];
  readonly parameters: Readonly<Record<string, string>>;
  readonly preview: readonly string[];
  readonly binding: Binding;
  readonly fields?: readonly Field[];
  /** The right that the bot lacks for it, where the look tells so; of the cluster's rights the diagnosis asks by itself. */
  readonly lacks?: string;
}

export interface Acting {
  readonly levers: Levers;
  readonly names: Names;
  readonly thresholds: Thresholds;
  readonly licence: Licence;
  readonly signal: AbortSignal;
}

export interface Proving {
  readonly probes: Probes;
  readonly run: Run;
  /** What was answered for each target; empty before the run. */
  readonly items: readonly RunItem[];
  readonly names: Names;
  readonly thresholds: Thresholds;
  readonly now: number;
  readonly signal: AbortSignal;
}

/** Whether what was approved is still so: the targets that still qualify, or what has changed. */
export type StillHolds =
  | {
      readonly targets: readonly string[];
      /** Kept with the run's parameters: what was so at its beginning, for the read-back and the proof. */
      readonly noted?: Readonly<Record<string, string>>;
      readonly dropped: readonly { readonly target: string; readonly because: string }[];
    }
  | { readonly changed: string };

/** What is asked again after a run. */
export interface ProofRule {
  plan(thresholds: Thresholds): ProofPlan;
  sample(proving: Proving): Promise<Omit<ProofSample, 'at'>>;
  /** The runbook's own command for watching it (R8), where it has one. */
  readonly watch?: {
    readonly step: StepName;
    readonly title: string;
    readonly source: string;
    equivalent(names: Names): string;
  };
}

/** Something that the runbook would do. Without a proof it is no action. */
export interface Action<Data> {
  readonly step: StepName;
  readonly title: string;
  readonly tier: Tier;
  /** The runbook's own command; null for an undo and for an X-action, which it has only in words. */
  readonly source: string | null;
  /** Why `equivalent` is not `source`, in one line. */
  readonly instead?: string;
  /** What it must be told, in words: *order*, *status*, *reason*. */
  readonly parameters?: readonly string[];
  equivalent(names: Names, targets: readonly string[], parameters: Readonly<Record<string, string>>): string;
  /** What the runbook says of it, for the dialog, the form and the runbook's page; one sentence each. */
  readonly notes: readonly string[];
  /** When it is recommended and when it waits, in words, for the runbook's page; what `when` and `notWhile` decide. */
  readonly rule: (thresholds: Thresholds) => { readonly when: string; readonly notWhile: readonly string[] };
  draft(judging: Judging<Data>): readonly Draft[];
  /** Why it is recommended now; null when it is only possible. */
  when(judging: Judging<Data>, draft: Draft): string | null;
  /** Why it has to wait; null when it may be done. */
  notWhile(judging: Judging<Data>, draft: Draft): string | null;
  /** What is wrong with the answers of the form, by field; empty when nothing is. */
  validate(
    answers: Readonly<Record<string, string>>,
    rules: Pick<Judging<Data>, 'names' | 'thresholds'> & {
      /** What the offer was shown with: the present value, the most that fits. */
      readonly shown: Readonly<Record<string, string>>;
    },
  ): Readonly<Record<string, string>>;
  stillHolds(proving: Proving, run: Run): Promise<StillHolds>;
  /** One target. Resolves with what the system said; throws SystemError. */
  apply(target: string, parameters: Readonly<Record<string, string>>, acting: Acting): Promise<string>;
  readBack(
    target: string,
    parameters: Readonly<Record<string, string>>,
    proving: Proving,
  ): Promise<'done' | 'not done' | 'unknown'>;
  readonly proof: ProofRule;
  readonly mitigates: boolean;
  /** What the run leaves for people to do; an undo among it holds the incident open until it is done. */
  readonly owes: readonly Owed[];
  /** What of it the system did by itself, as a check sees; asked with each sample of the proof. */
  foundDone?(proving: Proving): Promise<readonly FoundDone[]>;
  /**
   * Not approved while the proof of any run on the same target is under way, in whatever incident: nothing is paid or used
   * up twice.
   */
  readonly afterProof?: boolean;
  /** Whose yes counts, where it is not everybody's whom the tier allows (runbook 9: managers). */
  readonly approvers?: Offer['approvers'];
}

/**
 * A check that is a POST (R26, R32): asked only by one person's click, sent once. Its answer stands in the incident
 * (`answers`) for the causes; answers of its form are neither kept nor logged.
 */
export interface Question<Data> {
  readonly step: StepName;
  readonly title: string;
  readonly system: string;
  readonly source: string;
  equivalent(names: Names): string;
  readonly instead?: string;
  readonly parameters?: readonly string[];
  /** What is asked and what it costs, for the dialog; one sentence each. */
  preview(judging: Judging<Data>): readonly string[];
  /** Empty: one click with a confirm. */
  fields(judging: Judging<Data>): readonly Field[];
  notWhile(judging: Judging<Data>): string | null;
  /** What is wrong with the answers of the form, by field. */
  validate(answers: Readonly<Record<string, string>>): Readonly<Record<string, string>>;
  ask(answers: Readonly<Record<string, string>>, acting: Acting): Promise<Seen<null>>;
}

export interface Runbook<Data> {
  readonly id: RunbookId;
  readonly number: number;
  readonly title: string;
  readonly codes: readonly string[];
  /** All words of one row in an alert's text mean this runbook. */
  readonly words: readonly (readonly string[])[];
  /** An alert with all labels of one row means this runbook. */
  labels?(names: Names): readonly Readonly<Record<string, string>>[];
  /** The same as `words`, of words that a company chooses itself. */
  namedWords?(names: Names): readonly (readonly string[])[];
  /** Labels that decide before its codes and words do. */
  readonly owner?: {
    readonly labels: readonly string[];
    /**
     * Whose an alert is whose first of these labels has this value: this runbook's, another's, or null: not this one's,
     * whatever else it may be. @param code null: words alone named this runbook
     */
    whose(code: string | null, value: string, names: Names): RunbookId | null;
  };
  readonly severity: Severity;
  readonly team: TeamId;
  readonly checks: { readonly [Name in keyof Data]: Check<Data[Name]> };
  readonly causes: readonly Cause<Data>[];
  readonly actions: readonly Action<Data>[];
  readonly questions?: readonly Question<Data>[];
  readonly advice?: readonly Advice<Data>[];
  readonly byHand?: readonly ByHand<Data>[];
  /** Every bullet of the source with what carries it. */
  readonly knowledge: Knowledge;
  readonly impact: {
    /** What counts as affected, in words. */
    readonly means: string;
    /** @param found what a check of the same look saw, as soon as it has */
    measure(
      ask: Asking,
      found: <Name extends keyof Data>(name: Name) => Promise<Finding<Data[Name]>>,
    ): Promise<ImpactCounts | Impact>;
  };
  /** A code that means another runbook while that one has an open incident: one outage is one incident. */
  readonly lends?: { readonly code: string; readonly to: RunbookId };
  /** The severity that these codes mean together; absent: always `severity`. */
  severityOf?(codes: readonly (string | null)[]): Severity;
  /** Why this needs nobody after all, so that the incident ends by itself; null: it does. */
  harmless?(judging: Judging<Data>): string | null;
  /** Why rung 1 is climbed without waiting; null: it waits. */
  atOnce(judging: Judging<Data>): string | null;
}

/** Methods are compared bivariantly on purpose: the catalogue holds runbooks of ten different shapes of data. */
export type AnyRunbook = Runbook<Record<string, unknown>>;
export type AnyAction = Action<Record<string, unknown>>;
export type AnyQuestion = Question<Record<string, unknown>>;
export type AnyByHand = ByHand<Record<string, unknown>>;

/** Ties causes and actions to the checks beside them, and gives every runbook its X1, which they read as `changes`. */
export function defineRunbook<Data extends Record<keyof Data, unknown>>(
  runbook: Runbook<Data> & { readonly about?: (names: Names) => About },
): Runbook<Data> {
  const { about, ...rest } = runbook;
  return { ...rest, checks: { ...runbook.checks, changes: whatChanged(about) } };
}
