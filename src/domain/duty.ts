import type { StepName } from './finding.ts';
import type { PersonId, RunId } from './ids.ts';
import type { Run } from './run.ts';

/** What a run leaves for people to do. It outlives its incident and ends only by somebody's name. */
export interface Duty {
  readonly id: string;
  readonly what: string;
  /** A team's name, or the person who asked for the run. */
  readonly owner: string;
  /** What it is about: the run's targets that were, or may have been, changed. */
  readonly targets: readonly string[];
  readonly run: RunId;
  /** The action that takes the change back, where that is what is owed: then the incident does not end without it. */
  readonly undo: StepName | null;
  /** Story time, epoch ms. */
  readonly at: number;
  readonly done: { readonly by: PersonId; readonly at: number } | null;
}

/** How a runbook names somebody who is known only at the run. */
const ASKER = 'whoever asked';

/** What an action leaves to do, as its runbook says it. */
export interface Owed {
  /** `{count}` stands for the run's parameter of that name. */
  readonly what: string;
  readonly owner: string;
  readonly undo?: StepName;
}

/** The duties of one run, as its action declares them. */
export function dutiesOf(
  run: Run,
  owes: readonly Owed[],
  targets: readonly string[],
  at: number,
  nextId: () => string,
): readonly Duty[] {
  if (targets.length === 0) return [];
  return owes.map(({ what, owner, undo }) => ({
    id: nextId(),
    what: what.replace(/\{(\w+)\}/g, (whole, name: string) => run.parameters[name] ?? whole),
    owner: owner === ASKER ? (run.requestedBy ?? run.by) : owner,
    targets,
    undo: undo ?? null,
    run: run.id,
    at,
    done: null,
  }));
}

/** The run took a temporary change back: whoever approved it has ticked the duty off. */
export function takenBack(
  { owed }: { readonly owed: readonly Duty[] },
  run: Pick<Run, 'action' | 'by' | 'targets'>,
  at: number,
): readonly {
  readonly type: 'duty done';
  readonly duty: string;
  readonly by: PersonId;
  readonly at: number;
}[] {
  return openUndos(owed)
    .filter(({ undo, targets }) => undo === run.action && targets.some((one) => run.targets.includes(one)))
    .map(({ id }) => ({ type: 'duty done' as const, duty: id, by: run.by, at }));
}

export function openDuties(duties: readonly Duty[]): readonly Duty[] {
  return duties.filter(({ done }) => done === null);
}

/** Temporary changes that nobody has taken back. */
export function openUndos(duties: readonly Duty[]): readonly Duty[] {
  return openDuties(duties).filter(({ undo }) => undo !== null);
}
