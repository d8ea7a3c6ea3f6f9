import type { StepName } from './finding.ts';
import type { OfferId, PersonId, RunId } from './ids.ts';

/** `unsent`: planned, but the run ended before its turn. */
export type ItemState = 'planned' | 'begun' | 'done' | 'failed' | 'unknown' | 'unsent';

/** One target of one run. */
export interface RunItem {
  readonly target: string;
  readonly state: ItemState;
  /** What the system answered or what was read back, one sentence. */
  readonly line: string;
}

export type RunOutcome = 'done' | 'failed' | 'partly' | 'unknown';
/** Whether the run helped; `could not tell` is never *helped*. */
export type ProofVerdict = 'helped' | 'partly helped' | 'did not help' | 'made it worse' | 'could not tell';

/** One repetition of the proof's look. */
export interface ProofSample {
  readonly at: number;
  /** Targets for which it reads as helped. */
  readonly moved: readonly string[];
  /** Targets about which nothing could be learned. */
  readonly unknown: readonly string[];
  readonly line: string;
  /** A value to draw, where the proof reads a figure. */
  readonly value: number | null;
  /** Reads worse than before the run. */
  readonly worse: boolean;
  /** What was asked for is still under way on the other side (a rollout): nothing is judged yet. */
  readonly settling?: boolean;
  /** It will not come to an end by itself (a stuck rollout): the proof is over. */
  readonly stuck?: boolean;
}

/** When the action's check is asked again, and for how long. All in ms of story time. */
export interface ProofPlan {
  readonly everyMs: number;
  readonly withinMs: number;
  /** The change itself may take so long on the other side before the proof begins; absent: it is immediate. */
  readonly settleMs?: number;
  /** Asked so often until then. */
  readonly settleEveryMs?: number;
  /** How many samples in a row must agree. */
  readonly alike: number;
  /** What the samples' values are counted in; absent: they are no figure to show. */
  readonly unit?: '%';
  /** What success means, in words. */
  readonly words: string;
}

export interface Proof {
  readonly plan: ProofPlan;
  readonly since: number;
  readonly nextAt: number | null;
  readonly samples: readonly ProofSample[];
  readonly verdict: ProofVerdict | null;
  readonly line: string;
}

/** One execution of one approval. */
export interface Run {
  readonly id: RunId;
  readonly offer: OfferId;
  /** The offer whose form was filled in; null: none was. */
  readonly form: OfferId | null;
  readonly action: StepName;
  readonly title: string;
  readonly targets: readonly string[];
  readonly parameters: Readonly<Record<string, string>>;
  readonly by: PersonId;
  readonly requestedBy: PersonId | null;
  readonly approvedAt: number;
  readonly state: 'approved' | 'running' | 'ended';
  readonly beganAt: number | null;
  readonly endedAt: number | null;
  readonly counts: RunCounts;
  readonly outcome: RunOutcome | null;
  /** One sentence: what came of it. */
  readonly line: string;
  readonly proof: Proof | null;
  /** It asked only: its answer is all that comes of it. */
  readonly question: boolean;
  /** The symptom may come back: watched as *mitigated* after a helpful proof. */
  readonly mitigates: boolean;
  /**
   * What the system said when it let the bot do none of what it was asked. Absent: it let it, it failed otherwise, or whoever
   * ran it was lost and nobody heard.
   */
  readonly forbidden?: string;
}

export interface RunCounts {
  readonly planned: number;
  readonly done: number;
  readonly failed: number;
  readonly unknown: number;
  readonly unsent: number;
}

export const NO_COUNTS: RunCounts = { planned: 0, done: 0, failed: 0, unknown: 0, unsent: 0 };

/** Counts the items by state; *begun* still counts as planned. */
export function countItems(items: readonly RunItem[]): RunCounts {
  const of = (state: ItemState) => items.filter((item) => item.state === state).length;
  return {
    planned: of('planned') + of('begun'),
    done: of('done'),
    failed: of('failed'),
    unknown: of('unknown'),
    unsent: of('unsent'),
  };
}

/**
 * The outcome of a run whose items have all ended. `failed`: surely nothing was done. `unknown`: of nothing that was asked is
 * known what became of it. `partly`: any mixture.
 */
export function outcomeOf(counts: RunCounts): RunOutcome {
  const total = counts.done + counts.failed + counts.unknown + counts.unsent;
  if (counts.done === total) return 'done';
  if (counts.unknown > 0 && counts.done === 0 && counts.failed === 0) return 'unknown';
  if (counts.done === 0 && counts.unknown === 0) return 'failed';
  return 'partly';
}

/** For so long a refusal that was seen counts as a right that is missing, ms; then it may be tried again. Ours. */
export const REFUSAL_MS = 15 * 60_000;

/**
 * The newest run of this action, where it was forbidden a short while ago. A token of the order service holds for all its
 * ids; what names its kind (`deployment/…`, `group/…`) has a right of its own.
 */
export function refusalOf(
  runs: readonly Run[],
  action: StepName,
  targets: readonly string[],
  now: number,
): { readonly said: string; readonly at: number } | null {
  const own = targets.some((target) => target.includes('/'));
  const run = runs.findLast(
    (other) => other.action === action && (!own || other.targets.some((one) => targets.includes(one))),
  );
  if (run?.forbidden === undefined || run.endedAt === null || now - run.endedAt >= REFUSAL_MS) return null;
  return { said: run.forbidden, at: run.endedAt };
}
